"""Which addresses an endpoint may have. The guard of core/http.py stands before every request; this says no early,
where it can be said without asking a name server."""

from urllib.parse import urlsplit

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from flectar.core.http import may_be_public


def validate_url(url: str) -> None:
    """https, a public host, no user name; else `ValidationError`."""
    try:
        parts = urlsplit(url)
        port, host = parts.port, (parts.hostname or "").removesuffix(".").lower()
    except ValueError as error:
        raise ValidationError(_("This is not an address. It looks like https://example.com/hooks")) from error
    if not host:
        raise ValidationError(_("This is not an address. It looks like https://example.com/hooks"))
    if parts.scheme != "https" and not (settings.DEMO and parts.scheme == "http"):
        raise ValidationError(_("Use https, so that nobody reads along."))
    if parts.username or parts.password:
        raise ValidationError(_("Leave name and password out: the signature proves that it is us."))
    if port not in (None, 80, 443):
        raise ValidationError(_("Use the usual port of the web: 443."))
    if not may_be_public(host):
        raise ValidationError(_("This address is not on the public internet."))
