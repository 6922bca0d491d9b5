"""Hand one message to the mailer of the settings, and put every way it can fail into one of three answers."""

import smtplib
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from typing import Any

from django.conf import settings
from django.core.mail import mailers
from django.utils.module_loading import import_string

from flectar.core import clock
from flectar.platform.outbox.mime import mail_of
from flectar.platform.outbox.models import Message


class Refused(Exception):
    """For good: another attempt would be refused alike."""


class Unavailable(Exception):
    """Not taken, but later it may be. `retry_after` in seconds if the provider said so."""

    def __init__(self, reason: str, retry_after: float | None = None) -> None:
        self.retry_after = retry_after
        super().__init__(reason)


class InDoubt(Unavailable):
    """Nobody knows whether it was taken: the connection broke after the message had left us."""


@dataclass(frozen=True)
class Connection:
    """Which provider, and whether it recognises a repeated message as the first."""

    name: str

    @property
    def is_idempotent(self) -> bool:
        return self.name == "resend"


def connection(channel: str = Message.Channel.EMAIL) -> Connection:
    """The installation's own. Projects with their own provider come with the settings of integrations."""
    return Connection(settings.TEXT_PROVIDER if channel == Message.Channel.SMS else settings.MAIL_PROVIDER)


def hand_over(message: Message) -> str:
    """Send it and return the provider's id for it, "" where there is none (SMTP)."""
    if message.channel == Message.Channel.SMS:
        return _hand_over_text(message)
    if "default" not in mailers:
        raise Unavailable("No mail provider is set up.")
    mail = mail_of(message)
    try:
        mailers["default"].send_messages([mail])
    except (smtplib.SMTPException, OSError) as error:
        raise _understood(error) from error
    except ValueError as error:
        # An address or attachment that this provider cannot express.
        raise Refused(str(error)) from error
    status = getattr(mail, "anymail_status", None)
    return str(status.message_id or "") if status else ""


def _hand_over_text(message: Message) -> str:
    if not settings.TEXT_SENDER:
        raise Unavailable("No provider of text messages is set up.")
    sent: str = import_string(settings.TEXT_SENDER)(message)
    return sent


def _understood(error: Exception) -> Exception:
    if (response := getattr(error, "response", None)) is not None:
        return _understood_http(response)
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        codes = {code for code, _ in error.recipients.values()}
        return Refused(_smtp_words(error)) if all(code >= 500 for code in codes) else Unavailable(_smtp_words(error))
    if isinstance(error, smtplib.SMTPAuthenticationError):
        return Unavailable("The mail server did not accept our password.")
    if isinstance(error, smtplib.SMTPResponseException):
        refused = error.smtp_code >= 500 and not isinstance(error, smtplib.SMTPConnectError | smtplib.SMTPHeloError)
        return Refused(_smtp_words(error)) if refused else Unavailable(_smtp_words(error))
    if _never_connected(error):
        return Unavailable("The mail provider could not be reached.")
    return InDoubt("The connection broke before the provider answered.")


def _understood_http(response: Any) -> Exception:
    try:
        data = response.json()
        words = str(data.get("message", ""))[:250] if isinstance(data, dict) else ""
        name = data.get("name", "") if isinstance(data, dict) else ""
    except ValueError:
        words = name = ""
    reason = f"{response.status_code} {words}".strip()
    if response.status_code == 429:
        return Unavailable(reason, _seconds(response.headers.get("retry-after")) or 1.0)
    if name == "concurrent_idempotent_requests":
        return InDoubt(reason)
    if response.status_code >= 500 or response.status_code in {401, 403, 408, 425}:
        # A wrong key is the operator's to mend, and every mail waits for it rather than dying one by one.
        return Unavailable(reason, _seconds(response.headers.get("retry-after")))
    return Refused(reason)


def _seconds(retry_after: str | None) -> float | None:
    """Retry-After holds seconds or a date."""
    if not retry_after:
        return None
    if retry_after.isdecimal():
        return float(retry_after)
    try:
        return max(0.0, (parsedate_to_datetime(retry_after) - clock.now()).total_seconds())
    except (TypeError, ValueError):
        return None


def _never_connected(error: BaseException) -> bool:
    """A refused or timed-out connect, at whatever depth the libraries have wrapped it."""
    seen: BaseException | None = error
    while seen is not None:
        if isinstance(seen, ConnectionRefusedError | smtplib.SMTPConnectError) or type(seen).__name__ in {
            "ConnectTimeout", "ConnectTimeoutError", "NewConnectionError", "NameResolutionError", "gaierror",
        }:  # fmt: skip
            return True
        seen = seen.__cause__ or seen.__context__
    return False


def _smtp_words(error: smtplib.SMTPException) -> str:
    code: int
    words: bytes | str
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        code, words = next(iter(error.recipients.values()))
    elif isinstance(error, smtplib.SMTPResponseException):
        code, words = error.smtp_code, error.smtp_error
    else:
        return str(error)
    return f"{code} {words.decode(errors='replace') if isinstance(words, bytes) else words}"[:250]
