"""The day by person, as one drawing: who is busy when, from opening to closing."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from flectar.core import clock
from flectar.offers.booking.models import Booking, Resource
from flectar.platform.projects.models import Project

MOST_LANES = 8
HOUR = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Stretch:
    """`kind` is a class of the drawing: done, here, conf, req."""

    kind: str
    starts_at: datetime
    minutes: int


@dataclass(frozen=True, slots=True)
class Lane:
    name: str
    stretches: tuple[Stretch, ...]


@dataclass(frozen=True, slots=True)
class Ribbon:
    first: datetime
    hours: int
    lanes: tuple[Lane, ...]
    now: datetime | None  # while the drawing covers it
    busy: int

    @property
    def last(self) -> datetime:
        return self.first + self.hours * HOUR

    @property
    def marks(self) -> list[datetime]:
        return [self.first + n * HOUR for n in range(self.hours)]


def drawn(
    project: Project,
    people: Sequence[Resource],
    windows: Sequence[tuple[int, int]],
    bookings: Sequence[Booking],
    now: datetime,
) -> Ribbon | None:
    """None when the business is closed and nobody comes, or when nobody takes bookings."""
    people = [person for person in people if person.is_active][:MOST_LANES]
    bounds = _open(project, windows)
    bounds += [(booking.starts_at, booking.ends_at) for booking in bookings]
    if not people or not bounds:
        return None
    first = min(start for start, _ in bounds).replace(minute=0, second=0, microsecond=0)
    last = max(end for _, end in bounds)
    hours = min(-(-(last - first) // HOUR), 24)
    lanes = tuple(Lane(person.first_name, _stretches(person, bookings, now)) for person in people)
    return Ribbon(
        first=first,
        hours=hours,
        lanes=lanes,
        now=now if first <= now < first + hours * HOUR else None,
        busy=sum(any(stretch.kind == "here" for stretch in lane.stretches) for lane in lanes),
    )


def _open(project: Project, windows: Sequence[tuple[int, int]]) -> list[tuple[datetime, datetime]]:
    day = project.today
    midnight = datetime.combine(day, time.min)
    return [
        (
            clock.to_instant(midnight + timedelta(minutes=start), project.tz),
            clock.to_instant(midnight + timedelta(minutes=start + length), project.tz),
        )
        for start, length in windows
    ]


def _stretches(person: Resource, bookings: Sequence[Booking], now: datetime) -> tuple[Stretch, ...]:
    return tuple(
        Stretch(_kind(booking, now), booking.starts_at, booking.minutes)
        for booking in bookings
        if booking.resource_id == person.pk
    )


def _kind(booking: Booking, now: datetime) -> str:
    if booking.status == Booking.Status.REQUESTED:
        return "req"
    if booking.ends_at <= now:
        return "done"
    return "here" if booking.starts_at <= now else "conf"
