"""One text message through Twilio's Messages API. Source: twilio.com/docs/messaging/api/message-resource.

There is no idempotency key: an attempt of unknown outcome is made again, because a code that comes twice is better
than one that never comes.
"""

import json

import httpx2
from django.conf import settings

from flectar.core import http
from flectar.platform.outbox.models import Message
from flectar.platform.outbox.transport import InDoubt, Refused, Unavailable


def send(message: Message) -> str:
    """Twilio's id of it. Raises `Refused`, `Unavailable` or `InDoubt`, as a mailer's errors are understood."""
    account = settings.TWILIO_ACCOUNT
    form = {"To": message.to_address, "From": settings.TWILIO_FROM, "Body": message.text.strip()}
    try:
        # The address is the operator's own setting.
        with http.client(base_url=settings.TWILIO_URL, allow_private=True) as client:
            answer = client.post(
                f"/2010-04-01/Accounts/{account}/Messages.json", data=form, auth=(account, settings.TWILIO_TOKEN)
            )
    except (httpx2.ConnectError, httpx2.ConnectTimeout) as error:
        raise Unavailable("The provider of text messages could not be reached.") from error
    except httpx2.HTTPError as error:
        raise InDoubt("The connection broke before the provider answered.") from error
    if answer.is_success:
        return str(_json(answer).get("sid", ""))
    raise _understood(answer)


def _understood(answer: httpx2.Response) -> Exception:
    data = _json(answer)
    reason = f"{data.get('code', answer.status_code)} {data.get('message', '')}".strip()[:250]
    if answer.status_code == 429:
        seconds = answer.headers.get("retry-after", "")
        return Unavailable(reason, float(seconds) if seconds.isdecimal() else 1.0)
    if answer.status_code >= 500 or answer.status_code in {401, 403, 408}:
        # A wrong key is the operator's to mend, and every message waits for it rather than dying one by one.
        return Unavailable(reason)
    return Refused(reason)


def _json(answer: httpx2.Response) -> dict[str, object]:
    try:
        found = answer.json()
    except json.JSONDecodeError:
        return {}
    return found if isinstance(found, dict) else {}
