"""What the team can be told of bookings, and of the calendars that are followed."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from flectar.offers.booking.models import Booking
from flectar.platform.notifications.kinds import Kind, Said
from flectar.platform.projects.models import Project
from flectar.ui import formats


def facts_of(booking: Booking) -> dict[str, str]:
    return {
        "booking": str(booking.pk),
        "customer": booking.customer.name,
        "service": booking.service_name,
        "person": booking.resource.first_name,
        "starts_at": booking.starts_at.isoformat(),
    }


def _detail(facts: Mapping[str, Any], project: Project) -> str:
    at = datetime.fromisoformat(facts["starts_at"])
    return _("%(when)s with %(name)s") % {"when": formats.when(at, project), "name": facts["person"]}


def _booked(facts: Mapping[str, Any], project: Project) -> Said:
    return Said(_("%(customer)s booked %(service)s") % facts, _detail(facts, project))


def _moved(facts: Mapping[str, Any], project: Project) -> Said:
    return Said(_("%(customer)s has another time: %(service)s") % facts, _detail(facts, project))


def _cancelled(facts: Mapping[str, Any], project: Project) -> Said:
    return Said(_("%(customer)s no longer comes: %(service)s") % facts, _detail(facts, project))


def _requested(facts: Mapping[str, Any], project: Project) -> Said:
    return Said(_("%(customer)s asks for %(service)s") % facts, _detail(facts, project))


def _paid_late(facts: Mapping[str, Any], project: Project) -> Said:
    return Said(_("%(customer)s paid too late for %(service)s") % facts, _detail(facts, project))


def _where(facts: Mapping[str, Any]) -> tuple[str, dict[str, str]]:
    return "booking:booking", {"booking_id": facts["booking"]}


def _failing(facts: Mapping[str, Any], project: Project) -> Said:
    return Said(
        _("The calendar “%(calendar)s” of %(person)s can’t be read") % facts,
        _("For a day now. The time it blocked stays blocked."),
    )


def _back(facts: Mapping[str, Any], project: Project) -> Said:
    return Said(_("The calendar “%(calendar)s” of %(person)s can be read again") % facts)


def _subscription(facts: Mapping[str, Any]) -> tuple[str, dict[str, str]]:
    return "booking:subscription", {"subscription_id": facts["subscription"]}


def _short(facts: Mapping[str, Any], project: Project) -> Said:
    at = formats.when(datetime.fromisoformat(facts["starts_at"]), project)
    said = ngettext("%(count)s place is booked", "%(count)s places are booked", facts["booked"])
    booked = said % {"count": facts["booked"]}
    if facts["is_cancelled"]:
        return Said(
            _("%(service)s, %(at)s: cancelled, too few people") % {**facts, "at": at},
            _("%(booked)s, it needs %(least)s. Everybody was told.") % {**facts, "booked": booked},
        )
    return Said(
        _("%(service)s, %(at)s: few people") % {**facts, "at": at},
        _("%(booked)s, it needs %(least)s. Let it take place, or cancel it.") % {**facts, "booked": booked},
    )


def _class(facts: Mapping[str, Any]) -> tuple[str, dict[str, str]]:
    return "booking:class", {"session_id": facts["session"]}


KINDS = (
    Kind(
        "class.short",
        gettext_lazy("A class with few people"),
        "users",
        "bookings.write",
        _short,
        _class,
        module="booking",
    ),
    Kind(
        "booking.booked",
        gettext_lazy("A new booking"),
        "calendar-check",
        "bookings.read",
        _booked,
        _where,
        module="booking",
    ),
    Kind(
        "booking.moved",
        gettext_lazy("A booking that moved"),
        "calendar-clock",
        "bookings.read",
        _moved,
        _where,
        module="booking",
    ),
    Kind(
        "booking.cancelled",
        gettext_lazy("A booking that was cancelled"),
        "calendar-x",
        "bookings.read",
        _cancelled,
        _where,
        module="booking",
    ),
    Kind(
        "booking.requested",
        gettext_lazy("A request for a booking"),
        "calendar-clock",
        "bookings.read",
        _requested,
        _where,
        module="booking",
    ),
    Kind(
        "booking.paid_late",
        gettext_lazy("A payment that came too late"),
        "calendar-x",
        "bookings.read",
        _paid_late,
        _where,
        module="booking",
    ),
    Kind(
        "calendar.failing",
        gettext_lazy("Another calendar that can’t be read"),
        "calendar-x",
        "staff.write",
        _failing,
        _subscription,
        module="booking",
    ),
    Kind(
        "calendar.back",
        gettext_lazy("Another calendar that can be read again"),
        "calendar-check",
        "staff.write",
        _back,
        _subscription,
        module="booking",
    ),
)
