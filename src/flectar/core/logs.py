"""Structured logs as JSON lines, with secrets and personal data taken out last, whatever put them in."""

import re
from collections.abc import Mapping, MutableMapping
from contextvars import ContextVar
from typing import Any

import structlog

request_id: ContextVar[str] = ContextVar("request_id", default="")

_SECRET_KEYS = re.compile(
    r"pass(word|wd|phrase)|secret|token|api_?key|auth|cookie|session|csrf|credential|private|signature|otp|\bcode\b"
    r"|card|iban|cvv|cvc|pin\b|email|phone|address",
    re.IGNORECASE,
)
_SECRET_VALUES = [
    re.compile(pattern)
    for pattern in (
        r"(?i)\b(?:bearer|basic)\s+[\w.~+/=-]{8,}",
        r"(?<=://)[^\s/@:]*:[^\s/@]+(?=@)",  # user:password in an address
        r"\bAKIA[A-Z0-9]{16}\b",
        r"\bfb_[a-z]+_[A-Za-z0-9_]{8,}",  # our own API keys
        r"\b(?:sk|rk|pk)[-_](?:live|test|proj)?[-_]?[A-Za-z0-9]{8,}",
        r"\bre_[A-Za-z0-9_]{8,}",
        r"\bwhsec_[A-Za-z0-9+/=]{8,}",
        r"\bya29\.[\w-]{8,}",
        r"\bEAA[A-Za-z0-9]{20,}",
        r"\beyJ[\w-]{5,}\.[\w-]{5,}\.[\w-]*",  # JSON Web Tokens
        r"\b[A-Z]{2}\d{2}[ ]?(?:[A-Z0-9]{4}[ ]?){2,7}[A-Z0-9]{1,4}\b",  # IBAN
        r"[\w.+-]+@[\w-]+\.[\w.-]+",
        r"(?<![\w.:-])\+\d[\d ()-]{7,17}\d\b",
        r"-----BEGIN [A-Z ]+-----[\s\S]+?-----END [A-Z ]+-----",
        r"(?i)(?:password|passwd|secret|token|api[_-]?key)\b[\"']?\s*[=:]\s*[\"']?[^\s\"',;&]+",
    )
]
_DIGITS = re.compile(r"\b(?:\d[ -]?){12,18}\d\b")
_REDACTED = "[redacted]"


def redact(value: Any) -> Any:
    """The same shape without what must not be logged."""
    if isinstance(value, str):
        return _redact_text(value)
    if isinstance(value, Mapping):
        return {
            key: _REDACTED if isinstance(key, str) and _SECRET_KEYS.search(key) else redact(item)
            for key, item in value.items()
        }
    if isinstance(value, list | tuple | set):
        return [redact(item) for item in value]
    if isinstance(value, bytes):
        return f"<{len(value)} bytes>"
    return value if isinstance(value, int | float | bool | None.__class__) else _redact_text(str(value))


def _redact_text(text: str) -> str:
    for pattern in _SECRET_VALUES:
        text = pattern.sub(_REDACTED, text)
    return _DIGITS.sub(lambda found: _REDACTED if _is_card(found.group()) else found.group(), text)


def _is_card(text: str) -> bool:
    """Luhn."""
    digits = [int(c) for c in text if c.isdigit()]
    doubled = [d if i % 2 == 0 else d * 2 - 9 * (d > 4) for i, d in enumerate(reversed(digits))]
    return sum(doubled) % 10 == 0


def _redact_last(_logger: Any, _name: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    # The logger's name is ours and may hold a word such as `sessions`.
    kept = {key: event.pop(key) for key in ("logger", "level", "timestamp") if key in event}
    return {**kept, **redact(event)}


def _with_request(_logger: Any, _name: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    if found := request_id.get():
        event["request"] = found
    return event


_SHARED: list[Any] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_log_level,
    structlog.stdlib.add_logger_name,
    structlog.stdlib.PositionalArgumentsFormatter(),
    _with_request,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
    # Never with local variables: they hold key bytes and passwords.
    structlog.processors.ExceptionRenderer(structlog.tracebacks.ExceptionDictTransformer(show_locals=False)),
    _redact_last,
]

LOGGING: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "json": {
            "()": structlog.stdlib.ProcessorFormatter,
            "foreign_pre_chain": _SHARED,
            "processors": [
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.JSONRenderer(),
            ],
        }
    },
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "json"}},
    "root": {"handlers": ["stderr"], "level": "INFO"},
    "loggers": {
        # These write URLs, arguments or recipients in clear at INFO.
        "httpx2": {"level": "WARNING"},
        "httpcore2": {"level": "WARNING"},
        "procrastinate": {"level": "WARNING"},
        "django.server": {"level": "WARNING"},
        "django.security.DisallowedHost": {"level": "CRITICAL"},
    },
}


def configure() -> None:
    """Point structlog at the standard library, so that libraries' lines and ours look the same."""
    structlog.configure(
        processors=[structlog.stdlib.filter_by_level, *_SHARED, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )


def get_logger(name: str) -> structlog.stdlib.BoundLogger:
    """A logger whose lines are an event and named values: log.info("booked", booking=…)."""
    return structlog.stdlib.get_logger(name)


__all__ = ["LOGGING", "configure", "get_logger", "redact", "request_id"]
