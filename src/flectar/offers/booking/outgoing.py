"""What programs of the business hear of bookings: the booking as the API shows it, when it changes."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from flectar.offers.booking.facts import (
    BookingCancelled,
    BookingClosed,
    BookingConfirmed,
    BookingDeclined,
    BookingMoved,
    BookingRequested,
)
from flectar.offers.booking.models import Booking
from flectar.platform.webhooks.catalogue import EventType
from flectar.platform.webhooks.endpoints import emit

_NAMES: dict[type, str] = {
    BookingConfirmed: "booking.confirmed",
    BookingMoved: "booking.moved",
    BookingCancelled: "booking.cancelled",
    BookingRequested: "booking.requested",
    BookingDeclined: "booking.declined",
    BookingClosed: "booking.closed",
}
EVENTS = (
    EventType("booking.confirmed", _("A booking was made"), "booking"),
    EventType("booking.moved", _("A booking was moved"), "booking"),
    EventType("booking.cancelled", _("A booking was cancelled"), "booking"),
    EventType("booking.requested", _("A booking was asked for"), "booking"),
    EventType("booking.declined", _("A request was declined"), "booking"),
    EventType("booking.closed", _("A booking is over: they came, or they did not"), "booking"),
)


def tell(fact: Any) -> None:
    """A reaction to any of the facts above."""
    emit(_NAMES[type(fact)], lambda: _shown(fact.booking_id))


def _shown(booking_id: object) -> dict[str, Any]:
    # Loaded when it is needed: the API brings a library that the worker can do without.
    from flectar.offers.booking.api import as_shown

    booking = Booking.objects.with_people().get(pk=booking_id)
    return as_shown(booking).model_dump(mode="json")
