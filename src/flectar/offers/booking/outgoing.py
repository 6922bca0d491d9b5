"""What programs of the business hear of bookings: the booking as the API shows it, when it changes."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from flectar.offers.booking.facts import BookingCancelled, BookingConfirmed, BookingMoved
from flectar.offers.booking.models import Booking
from flectar.platform.webhooks.catalogue import EventType
from flectar.platform.webhooks.endpoints import emit

_NAMES: dict[type, str] = {
    BookingConfirmed: "booking.confirmed",
    BookingMoved: "booking.moved",
    BookingCancelled: "booking.cancelled",
}
EVENTS = (
    EventType("booking.confirmed", _("A booking was made"), "booking"),
    EventType("booking.moved", _("A booking was moved"), "booking"),
    EventType("booking.cancelled", _("A booking was cancelled"), "booking"),
)


def tell(fact: Any) -> None:
    """A reaction to any of the facts above."""
    emit(_NAMES[type(fact)], lambda: _shown(fact.booking_id))


def _shown(booking_id: object) -> dict[str, Any]:
    # Loaded when it is needed: the API brings a library that the worker can do without.
    from flectar.offers.booking.api import as_shown

    booking = Booking.objects.select_related("customer", "resource").get(pk=booking_id)
    return as_shown(booking).model_dump(mode="json")
