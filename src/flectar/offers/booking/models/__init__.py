"""The tables: what is sold and who does it (rules), and what is promised (bookings and the claims that hold time)."""

from flectar.offers.booking.models.bookings import (
    BookedExtra,
    Booking,
    BookingEvent,
    BookingQuerySet,
    Claim,
    Hold,
    RequirementAnswer,
    Series,
)
from flectar.offers.booking.models.coupons import Coupon, CouponUse, Entitlement, EntitlementUse
from flectar.offers.booking.models.embedding import Embedding
from flectar.offers.booking.models.feeds import Feed, Subscription
from flectar.offers.booking.models.figures import Figures
from flectar.offers.booking.models.imports import BookingImport
from flectar.offers.booking.models.letters import Letter, QuietHours
from flectar.offers.booking.models.no_shows import NoShowRule, Pardon
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
from flectar.offers.booking.models.services import (
    Limit,
    NeedGroup,
    Policy,
    Requirement,
    Season,
    Service,
    ServiceExtra,
    ServiceNeed,
)
from flectar.offers.booking.models.sessions import Attendee, Session, SessionQuerySet, Waiting
from flectar.offers.booking.models.versions import ServiceVersion

__all__ = [
    "Attendee",
    "BookedExtra",
    "Booking",
    "BookingEvent",
    "BookingImport",
    "BookingQuerySet",
    "CalendarImport",
    "CalendarSource",
    "Claim",
    "Closure",
    "Coupon",
    "CouponUse",
    "Embedding",
    "Entitlement",
    "EntitlementUse",
    "ExternalBusy",
    "Feed",
    "Figures",
    "Hold",
    "Letter",
    "Limit",
    "NeedGroup",
    "NoShowRule",
    "Pardon",
    "Policy",
    "QuietHours",
    "Requirement",
    "RequirementAnswer",
    "Resource",
    "Schedule",
    "ScheduleOverride",
    "ScheduleWindow",
    "Season",
    "Series",
    "Service",
    "ServiceExtra",
    "ServiceNeed",
    "ServiceVersion",
    "Session",
    "SessionQuerySet",
    "Subscription",
    "Waiting",
]
