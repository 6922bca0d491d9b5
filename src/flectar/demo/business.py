"""What a demo business is written down as."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

type Hours = Mapping[int, tuple[tuple[int, int], ...]]
"""Weekday → ((start minute, length), …); may run past midnight."""


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody of the team. With a role they can sign in; with services they take bookings."""

    first_name: str
    last_name: str
    email: str
    role: str = ""
    does: tuple[str, ...] = ()
    hours: Hours | None = None  # None: the business's own
    rates: Mapping[str, int] = field(default_factory=dict)  # what this person costs instead, in minor units
    is_only_here: bool = False  # and sees no other project of the organization
    at: str = ""  # the location; "": anywhere


@dataclass(frozen=True, slots=True)
class Thing:
    """A room, a table, a house. Those of one group stand in for each other; another group is needed as well."""

    kind: str
    name: str
    does: tuple[str, ...]
    group: int = 1
    units: int = 1
    seats: tuple[int, int | None] = (1, None)
    at: str = ""


@dataclass(frozen=True, slots=True)
class Place:
    """Another location. The first one is the business's own address."""

    name: str
    street: str
    postal_code: str
    city: str
    region: str
    latitude: str
    longitude: str
    phone: str
    hours: Hours


@dataclass(frozen=True, slots=True)
class Extra:
    name: str
    price: int
    minutes: int = 0
    share: float = 0.1  # of the bookings that have it
    more: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Season:
    """Month and day, both included; every year that the demo tells of."""

    name: str
    first: tuple[int, int]
    last: tuple[int, int]
    price: int
    more: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Question:
    label: str
    answers: tuple[str, ...] = ()
    more: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Service:
    """Minutes and minor units. `more` are further columns of the service."""

    group: str
    name: str
    description: str
    minutes: int
    price: int
    pause: int = 0
    weight: float = 1  # how often it is chosen beside the others
    parts: tuple[tuple[int, int], ...] = ()  # when the person is needed; () all the time
    extras: tuple[Extra, ...] = ()
    seasons: tuple[Season, ...] = ()
    questions: tuple[Question, ...] = ()
    terms: str = ""
    more: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Class:
    """A date of the weekly timetable. `drawn` is the part of its places that is taken, more or less."""

    weekday: int
    at: str
    service: str
    who: str
    drawn: float


@dataclass(frozen=True, slots=True)
class Code:
    """A coupon (percent or amount) and the part of the bookings that use it."""

    code: str
    name: str
    share: float
    percent: int | None = None
    amount: int | None = None
    more: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Package:
    """So many times of a service, sold to `buyers` customers."""

    name: str
    service: str
    units: int
    buyers: int


@dataclass(frozen=True, slots=True)
class Rhythm:
    """How busy it is: bookings of an average day of that weekday, times the month's share."""

    week: Mapping[int, float]
    months: tuple[float, ...] = (1,) * 12  # January first
    no_shows: float = 0.03
    cancelled: float = 0.08
    days_before: tuple[int, int] = (1, 14)  # when people book
    fades_after: float = 12  # days ahead, after which the calendar is about two thirds emptier
    regulars: float = 1.3  # the larger, the more alike all customers are
    people: int = 80  # customers of that year
    english: float = 0.15  # or of the other language
    parties: Mapping[int, int] = field(default_factory=lambda: {1: 1})  # how many come → how often


@dataclass(frozen=True, slots=True)
class Business:
    """A project with its organization. Several projects may name one organization."""

    slug: str
    name: str
    organization: str
    kind: str
    skin: str
    locale: str
    tagline: str
    description: str
    translations: Mapping[str, Mapping[str, str]]  # headline and text of the site in its other languages
    street: str
    postal_code: str
    city: str
    region: str
    latitude: str
    longitude: str
    phone: str
    email: str
    legal_name: str
    tax_id: str
    hours: Hours
    holidays: tuple[tuple[int, int, str], ...]  # month, day, note
    team: tuple[Person, ...]
    services: tuple[Service, ...]
    rhythm: Rhythm
    place_name: str = ""  # what the first location is called beside the others
    places: tuple[Place, ...] = ()
    things: tuple[Thing, ...] = ()
    classes: tuple[Class, ...] = ()
    terms: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    limits: tuple[Mapping[str, Any], ...] = ()
    codes: tuple[Code, ...] = ()
    packages: tuple[Package, ...] = ()
    customers: tuple[str, ...] = ()  # the best known ones; the others are drawn from the names of the country
    abroad: tuple[str, ...] = ()  # customers elsewhere, with numbers of +1
    notes: Mapping[str, str] = field(default_factory=dict)
    tags: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    remarks: tuple[str, ...] = ()  # what people write when they book
    brand: str = ""
    accent: str = ""


def from_to(start: str, end: str) -> tuple[int, int]:
    """("10:00", "20:00") as start minute and length; an end before the start is on the next day."""
    first, last = (int(text[:2]) * 60 + int(text[3:]) for text in (start, end))
    return first, (last - first) % 1440
