"""Showing a mail inside a page: alone in a frame, where it may style itself and do nothing else."""

from typing import Any

from django.conf import settings
from django.http import HttpResponse
from django.utils.csp import CSP

# A mail carries inline styles, which our pages forbid; sandboxed it has no origin, no script, no form.
MAIL_CSP: dict[str, Any] = {
    "default-src": [CSP.NONE],
    "style-src": [CSP.UNSAFE_INLINE],
    "img-src": ["data:"],
    "frame-ancestors": [CSP.SELF],
    "sandbox": ["allow-popups", "allow-popups-to-escape-sandbox"],
}
FRAMING_CSP: dict[str, Any] = {**settings.SECURE_CSP, "frame-src": [CSP.SELF]}


def framed(html: str) -> HttpResponse:
    """The mail as it is, but its links open beside the page, as they do in a mail program."""
    return HttpResponse(html.replace("<head>", '<head><base target="_blank">', 1))
