"""Which addresses an endpoint may have. The guard of core/http.py stands before every request; this says no early,
where it can be said without asking a name server."""

import ipaddress
import socket
from urllib.parse import urlsplit

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from flectar.core.http import is_public

_INSIDE = ("localhost", ".localhost", ".local", ".internal", ".lan", ".home.arpa")


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
    if not _may_be_public(host):
        raise ValidationError(_("This address is not on the public internet."))


def _may_be_public(host: str) -> bool:
    if host.endswith(_INSIDE) or ("." not in host and ":" not in host and not host[:1].isdigit()):
        return False
    address = _literal(host)
    return is_public(address) if address else True


def _literal(host: str) -> str:
    """The IP address that a host is, also when it is written as 2130706433 or 0x7f.1; empty for a name."""
    try:
        return str(ipaddress.ip_address(host.partition("%")[0]))
    except ValueError:
        pass
    try:
        return socket.inet_ntoa(socket.inet_aton(host))
    except OSError:
        return ""
