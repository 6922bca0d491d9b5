"""The long lists that a person chooses from: countries, currencies, time zones, in the reader's language."""

from functools import cache
from typing import Any
from zoneinfo import available_timezones

from babel import Locale, numbers
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from flectar.core.clock import now
from flectar.core.text import fold

type Choices = list[tuple[str, Any]]

_AREAS = ("Africa", "America", "Antarctica", "Asia", "Atlantic", "Australia", "Europe", "Indian", "Pacific")


def countries() -> Choices:
    return _countries(get_language() or "en")


def currencies() -> Choices:
    return _currencies(get_language() or "en")


def zones() -> Choices:
    """Grouped by part of the world, under the names that everybody uses for them: Europe/Madrid."""
    return [*_zones(), (_("Other"), [("UTC", "UTC")])]


def zone_names() -> frozenset[str]:
    return frozenset(name for _area, names in _zones() for name, _label in names) | {"UTC"}


@cache
def _countries(language: str) -> Choices:
    names = Locale.parse(language, sep="-").territories
    found = [(code, name) for code, name in names.items() if len(code) == 2 and code.isalpha() and code not in _NO_LAND]
    return sorted(found, key=lambda country: fold(country[1]))


# Codes that Unicode names and that are no country: the euro area, Outlying Oceania, tests, …
_NO_LAND = {"EU", "EZ", "QO", "UN", "XA", "XB", "ZZ"}


@cache
def _currencies(language: str) -> Choices:
    """Money in use today, as “Euro (EUR)”."""
    today = now().date()
    codes = {
        code
        for country, _name in _countries("en")
        for code in numbers.get_territory_currencies(country, today, today, tender=True, non_tender=False)
    }
    names = {code: numbers.get_currency_name(code, locale=Locale.parse(language, sep="-")) for code in codes}
    return [
        (code, f"{name[:1].upper()}{name[1:]} ({code})")
        for code, name in sorted(names.items(), key=lambda item: fold(item[1]))
    ]


@cache
def _zones() -> Choices:
    groups: dict[str, list[tuple[str, str]]] = {area: [] for area in _AREAS}
    for name in sorted(available_timezones()):
        area, slash, place = name.partition("/")
        if slash and area in groups:
            groups[area].append((name, place.replace("_", " ")))
    return list(groups.items())
