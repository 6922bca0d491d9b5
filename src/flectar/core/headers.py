"""The headers of an answer that is made before Django is asked: refusals, and moves to another host. Nothing in such an
answer runs, is framed or is read from elsewhere. Django's own answers get theirs from the settings."""

from django.conf import settings

PERMISSIONS = (
    "accelerometer=(), camera=(), display-capture=(), geolocation=(), gyroscope=(), magnetometer=(), microphone=(), "
    "payment=(), usb=()"
)
type Headers = list[tuple[str, str]]

CLOSED = "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
HSTS = ("Strict-Transport-Security", "max-age=31536000")
SAFE: Headers = [
    ("X-Content-Type-Options", "nosniff"),
    ("Referrer-Policy", "strict-origin-when-cross-origin"),
    ("Permissions-Policy", PERMISSIONS),
    ("Cross-Origin-Opener-Policy", "same-origin"),
    ("Cross-Origin-Resource-Policy", "same-origin"),
]


def closed(policy: str = CLOSED) -> Headers:
    """All of them, with this Content-Security-Policy."""
    return [*SAFE, ("Content-Security-Policy", policy), *([HSTS] if settings.HTTPS else [])]
