"""The tables: what is sold and who does it (rules), and what is promised (bookings and the claims that hold time)."""

from flectar.offers.booking.models.bookings import Booking, BookingEvent, BookingQuerySet, Claim
from flectar.offers.booking.models.resources import (
    CalendarImport,
    CalendarSource,
    Closure,
    ExternalBusy,
    Resource,
    Schedule,
    ScheduleOverride,
    ScheduleWindow,
)
from flectar.offers.booking.models.services import Service, ServiceNeed

__all__ = [
    "Booking",
    "BookingEvent",
    "BookingQuerySet",
    "CalendarImport",
    "CalendarSource",
    "Claim",
    "Closure",
    "ExternalBusy",
    "Resource",
    "Schedule",
    "ScheduleOverride",
    "ScheduleWindow",
    "Service",
    "ServiceNeed",
]
