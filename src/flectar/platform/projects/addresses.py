"""The address of a project: a host label of its public site and the first part of its dashboard's paths."""

import re
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models.functions import Replace
from django.utils.translation import gettext_lazy as _

from flectar.core.text import fold

LONGEST = 48

# First path segments of the platform and host labels of our own: never a project's address.
RESERVED = frozenset(
    """abuse account accounts admin api app appearance assets blog book booking bookings cdn checkout demo docs
    feeds files flectar ftp healthz help home imap internal invitations language legal localhost login logout looks mail
    metrics new news operator organizations pay pop postmaster privacy projects readyz root security settings
    signin signup site sites smtp start static status support terms transfers webhooks webmaster well-known
    www""".split()
)
_SLUG = re.compile(r"[a-z0-9](?:[a-z0-9-]{1,46}[a-z0-9])")
# Digits that pass for letters; 1 passes for two of them.
_DIGITS = [str.maketrans("01345789", f"o{one}eastbg") for one in "li"]


def validate_slug(slug: str) -> None:
    """A host label of 3 to 48 letters, digits and hyphens that is not ours and does not look like ours; no punycode."""
    if not _SLUG.fullmatch(slug):
        raise ValidationError(_("Use 3 to 48 small letters, digits and hyphens, as in “casa-rosa”."))
    if "--" in slug:
        raise ValidationError(_("Use one hyphen at a time."))
    if looks_reserved(slug):
        raise ValidationError(_("This address is reserved. Add a word, as in “%(slug)s-studio”.") % {"slug": slug})


def looks_reserved(slug: str) -> bool:
    """Ours, or what the eye may take for ours: adm1n, log-in, rnail."""
    return any(_bare(slug.translate(digits)) in _BARE_RESERVED for digits in _DIGITS)


def skeleton(slug: str) -> str:
    """What is left of an address when look-alikes are one: “rnar1a” and “marla” are the same to the eye. The ASCII
    rows of Unicode's confusables (UTS 39); digits that only remind of letters stay, or no name could be numbered."""
    return slug.replace("rn", "m").replace("vv", "w").translate(_ALIKE)


_ALIKE = str.maketrans("01", "ol")


class Skeleton(models.Func):
    """The same, made by the database: `skeleton` of a column."""

    function = "translate"
    arity = 3

    def __init__(self, *expressions: Any, **extra: Any) -> None:
        if len(expressions) == 1:
            joined = Replace(
                Replace(expressions[0], models.Value("rn"), models.Value("m")), models.Value("vv"), models.Value("w")
            )
            expressions = (joined, models.Value("01"), models.Value("ol"))
        super().__init__(*expressions, **extra)


def _bare(slug: str) -> str:
    return slug.replace("-", "").replace("rn", "m").replace("vv", "w")


_BARE_RESERVED = frozenset(_bare(slug) for slug in RESERVED)


def slug_from(name: str) -> str:
    """The address that a name suggests: “Peluquería Nácar” → peluqueria-nacar. Empty if none can be made of it."""
    words = re.sub(r"[^a-z0-9]+", "-", re.sub(r"['’`]", "", fold(name))).strip("-")
    if len(words) > LONGEST - 4:  # leaves room for a number behind
        words = words[: LONGEST - 4].rsplit("-", 1)[0].strip("-")
    if not words or not words.isascii():
        return ""
    if len(words) < 3 or looks_reserved(words):
        words = f"{words}-studio"
    return words
