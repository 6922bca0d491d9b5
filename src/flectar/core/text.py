"""Text as it comes from outside, and keys to sort and search it by."""

import re
import unicodedata

from django.utils.translation import gettext as _

_SURROGATE = re.compile("[\ud800-\udfff]")
_SPACES = re.compile(r"\s+")
# Letters that Unicode does not take apart into a base and a mark.
_LETTERS = str.maketrans(
    {"ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "đ": "d", "ð": "d", "ł": "l", "þ": "th", "ı": "i", "·": ""}
)


class BadText(ValueError):
    """Text that no database takes: a NUL or half of a surrogate pair. Fit to show."""


def clean(text: str) -> str:
    """The same text, or `BadText`. PostgreSQL refuses NUL, and UTF-8 refuses a lone surrogate."""
    if "\x00" in text:
        raise BadText(_("The text contains a character that cannot be stored (NUL). Remove it."))
    if _SURROGATE.search(text):
        raise BadText(_("The text contains half of a character (a lone surrogate). Type it again."))
    return text


def clean_tree(value: object) -> object:
    """`clean` every text in decoded JSON, keys too."""
    if isinstance(value, str):
        return clean(value)
    if isinstance(value, list):
        return [clean_tree(item) for item in value]
    if isinstance(value, dict):
        return {clean(key): clean_tree(item) for key, item in value.items()}
    return value


def fold(text: str) -> str:
    """The stored key that lists sort and search by: no case, no accents, single spaces.

    The same on every server; a database's own collation may differ from machine to machine. ñ sorts as n.
    """
    # Twice: taking ℌ apart gives a capital H, and the small form of İ comes with a mark.
    small = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
    bare = "".join(c for c in small if not unicodedata.combining(c))
    return _SPACES.sub(" ", bare.translate(_LETTERS)).strip()
