"""What happened to a booking that other apps react to. Announced in the deed's own transaction."""

from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True, slots=True)
class BookingConfirmed:
    project_id: UUID
    booking_id: UUID


@dataclass(frozen=True, slots=True)
class BookingMoved:
    project_id: UUID
    booking_id: UUID


@dataclass(frozen=True, slots=True)
class BookingCancelled:
    project_id: UUID
    booking_id: UUID


@dataclass(frozen=True, slots=True)
class ServicesChanged:
    """A service, its price, who does it or when they can changed: the public page shows it, or the next free time."""

    project_id: UUID
