"""What happened to a booking that other apps react to. Announced in the deed's own transaction."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID


@dataclass(frozen=True, slots=True)
class BookingConfirmed:
    """`is_new`: just made, so that nobody can have waited for it."""

    project_id: UUID
    booking_id: UUID
    is_new: bool = False


@dataclass(frozen=True, slots=True)
class BookingMoved:
    project_id: UUID
    booking_id: UUID


@dataclass(frozen=True, slots=True)
class BookingCancelled:
    project_id: UUID
    booking_id: UUID


@dataclass(frozen=True, slots=True)
class BookingRequested:
    """Somebody asks; without an answer it ends at `until`."""

    project_id: UUID
    booking_id: UUID
    until: datetime


@dataclass(frozen=True, slots=True)
class BookingHeld:
    """The time is kept until it is paid, at most until `until`."""

    project_id: UUID
    booking_id: UUID
    until: datetime


@dataclass(frozen=True, slots=True)
class BookingExpired:
    project_id: UUID
    booking_id: UUID


@dataclass(frozen=True, slots=True)
class BookingDeclined:
    project_id: UUID
    booking_id: UUID


@dataclass(frozen=True, slots=True)
class BookingPaidLate:
    """The money came when the time was gone: it goes back, and the customer is offered other times."""

    project_id: UUID
    booking_id: UUID


@dataclass(frozen=True, slots=True)
class BookingClosed:
    """It is over: they came, or they did not."""

    project_id: UUID
    booking_id: UUID


@dataclass(frozen=True, slots=True)
class TimeFreed:
    """Somebody else may have this time now: whoever waits for it is asked."""

    project_id: UUID
    service_id: UUID
    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True, slots=True)
class ServicesChanged:
    """A service, its price, who does it or when they can changed: the public page shows it, or the next free time."""

    project_id: UUID
