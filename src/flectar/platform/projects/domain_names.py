"""What may be a site's own domain: a name in its one spelling that somebody can own, and that is not ours."""

import re
from functools import cache
from ipaddress import ip_address
from typing import TYPE_CHECKING

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

if TYPE_CHECKING:
    from publicsuffixlist import PublicSuffixList

LONGEST = 200  # room for `_flectar.` and `www.` before it
_LABEL = re.compile(r"(?!-)[a-z0-9-]{1,63}(?<!-)")


def domain_from(text: str) -> str:
    """What is meant by “https://Peluquería.es/”: the domain, in lower case and punycode. Raises ValidationError."""
    import idna

    host = re.sub(r"^[a-z]+://", "", text.strip().lower()).partition("/")[0].partition(":")[0]
    typed = host.strip().removesuffix(".")
    try:
        name = idna.encode(typed, uts46=True, transitional=False).decode() if typed else ""
    except (idna.IDNAError, UnicodeError):
        name = ""
    if not _is_name(name):
        raise ValidationError(_("Write a domain, as in “casa-rosa.example”."))
    if _is_ours(name):
        raise ValidationError(_("This name belongs to this platform. Write a domain of your own."))
    if suffixes().publicsuffix(name) == name:
        raise ValidationError(
            _("“%(name)s” is an ending that many share. Write the name below it, as in “casa-rosa.%(name)s”.")
            % {"name": said(name)}
        )
    return name


def is_apex(name: str) -> bool:
    """Registered as such, not a part of another: it cannot be an alias."""
    return bool(suffixes().privatesuffix(name) == name)


def said(name: str) -> str:
    """As people read it: peluquería.es."""
    import idna

    try:
        return str(idna.decode(name))
    except (idna.IDNAError, UnicodeError):
        return name


@cache
def suffixes() -> "PublicSuffixList":
    """Mozilla's list, as the package brings it: nothing is asked of the network."""
    from publicsuffixlist import PublicSuffixList

    return PublicSuffixList()


def _is_name(name: str) -> bool:
    labels = name.split(".")
    if len(labels) < 2 or len(name) > LONGEST or not all(_LABEL.fullmatch(label) for label in labels):
        return False
    try:
        ip_address(name)
    except ValueError:
        return not labels[-1].isdigit()
    return False


def _is_ours(name: str) -> bool:
    ours = (settings.PLATFORM_HOST, settings.SITE_HOST, settings.FILES_HOST)
    return any(name == own or name.endswith(f".{own}") or own.endswith(f".{name}") for own in ours)
