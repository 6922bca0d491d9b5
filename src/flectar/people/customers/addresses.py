"""Postal addresses in their one stored form; what cannot be one is refused with a sentence to show."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from babel import Locale
from django.utils.translation import gettext as _

from flectar.core.text import clean, fold
from flectar.people.customers.contacts import BadContact, shortened
from flectar.people.customers.models import ContactKind, CustomerAddress
from flectar.platform.projects.choices import countries

PARTS: Mapping[str, int] = {"street": 160, "postal_code": 16, "city": 80, "region": 80}
KINDS = (ContactKind.HOME, ContactKind.WORK, ContactKind.BILLING, ContactKind.DELIVERY, ContactKind.OTHER)
MOST = 20


@dataclass(frozen=True, slots=True)
class PostalAddress:
    street: str = ""
    postal_code: str = ""
    city: str = ""
    region: str = ""
    country: str = "ES"
    kind: str = ""

    @property
    def key(self) -> str:
        return fold(" ".join(part for part in (self.street, self.postal_code, self.city, self.region) if part))[:600]

    def row(self, **values: Any) -> CustomerAddress:
        """Not saved yet."""
        parts = {name: getattr(self, name) for name in (*PARTS, "country", "kind")}
        return CustomerAddress(**parts, key=self.key, **values)

    def __str__(self) -> str:
        return str(self.row())


def of_row(row: CustomerAddress) -> PostalAddress:
    return PostalAddress(row.street, row.postal_code, row.city, row.region, row.country, row.kind)


def plain(values: Mapping[str, str], *, region: str) -> PostalAddress:
    """`region` is the country meant where none is named. Raises BadContact."""
    parts = {name: " ".join(clean(values.get(name, "")).split()) for name in PARTS}
    for name, most in PARTS.items():
        if len(parts[name]) > most:
            raise BadContact(_("“%(value)s” is too long for an address.") % {"value": shortened(parts[name])})
    kind = values.get("kind", "")
    found = PostalAddress(
        **parts, country=country(values.get("country", ""), region), kind=kind if kind in KINDS else ""
    )
    if not found.key:
        raise BadContact(_("Type a street or a town."))
    return found


def country(said: str, region: str) -> str:
    """The code of a country that is said by code or by name, in English or Spanish. Raises BadContact."""
    if not said.strip():
        return region.upper()
    code = said.strip().upper()
    if code in _codes().values():
        return code
    if found := _codes().get(fold(said)):
        return found
    raise BadContact(_("“%(country)s” is not a country that we know.") % {"country": shortened(said)})


@cache
def _codes() -> Mapping[str, str]:
    """Folded name → code. Read from the same list that the forms offer."""
    codes = [code for code, _name in countries()]
    names = {
        fold(str(Locale.parse(language).territories.get(code, code))): code
        for language in ("en", "es")
        for code in codes
    }
    return names | {"uk": "GB", "usa": "US", "espana": "ES"}


def each_once(found: Iterable[PostalAddress]) -> list[PostalAddress]:
    """In their order."""
    kept: dict[str, PostalAddress] = {}
    for one in found:
        kept.setdefault(one.key, one)
    return list(kept.values())
