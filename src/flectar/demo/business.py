"""What a demo business is written down as."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody of the team. With a role they can sign in; with services they take bookings."""

    first_name: str
    last_name: str
    email: str
    role: str = ""
    does: tuple[str, ...] = ()
    hours: dict[int, tuple[tuple[int, int], ...]] | None = None  # None: the business's own


@dataclass(frozen=True, slots=True)
class Service:
    """Minutes and minor units."""

    group: str
    name: str
    description: str
    minutes: int
    price: int
    pause: int = 0


@dataclass(frozen=True, slots=True)
class Business:
    """A project with its organization."""

    slug: str
    name: str
    organization: str
    kind: str
    skin: str
    locale: str
    tagline: str
    description: str
    translations: dict[str, dict[str, str]]  # headline and text of the site in its other languages
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
    hours: dict[int, tuple[tuple[int, int], ...]]  # weekday -> ((start minute, length), …)
    holidays: tuple[tuple[int, int, str], ...]  # month, day, note
    team: tuple[Person, ...]
    services: tuple[Service, ...]
    customers: tuple[str, ...] = field(default=())
    notes: dict[str, str] = field(default_factory=dict)


def from_to(start: str, end: str) -> tuple[int, int]:
    """("10:00", "20:00") as start minute and length."""
    first, last = (int(text[:2]) * 60 + int(text[3:]) for text in (start, end))
    return first, last - first
