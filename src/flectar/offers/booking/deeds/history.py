"""What happened to a booking, told for people: newest first."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, Q
from django.urls import reverse
from django.utils.translation import gettext as _

from flectar.core import clock
from flectar.offers.booking import reach
from flectar.offers.booking.models import Booking, BookingEvent
from flectar.people.customers.models import Customer
from flectar.people.customers.timeline import TimelineEntry
from flectar.platform.projects.models import Project
from flectar.ui import formats

_ICONS = {
    "booked": "calendar-check",
    "moved": "calendar-clock",
    "cancelled": "calendar-x",
    "restored": "undo-2",
    "requested": "calendar-clock",
    "proposed": "calendar-clock",
    "confirmed": "calendar-check",
    "declined": "calendar-x",
    "expired": "calendar-x",
    "paid_late": "calendar-x",
}


@dataclass(frozen=True, slots=True)
class Entry:
    icon: str
    text: str
    at: datetime
    note: str = ""
    quote: str = ""


def entries(booking: Booking) -> list[Entry]:
    found = [_entry(booking.project, booking, event) for event in booking.events.order_by("-at", "-id")]
    if booking.source == Booking.Source.IMPORT:
        found.append(Entry("file-up", _("Brought in from a file"), booking.created_at))
    return found


def _entry(project: Project, booking: Booking, event: BookingEvent) -> Entry:
    who = event.actor_name or (_("The customer") if event.actor_kind == "visitor" else _("The system"))
    text = {
        "booked": _("%(who)s booked this time"),
        "moved": _("%(who)s moved the booking"),
        "cancelled": _("%(who)s cancelled the booking"),
        "restored": _("%(who)s brought the booking back"),
        "noted": _("%(who)s changed the note"),
        "requested": _("%(who)s asked for this time"),
        "held": _("%(who)s chose this time, to be paid"),
        "confirmed": _("%(who)s accepted the request"),
        "declined": _("%(who)s declined the request"),
        "proposed": _("%(who)s proposed another time"),
        "expired": _("The time to pay or to answer ran out"),
        "paid": _("Paid"),
        "paid_late": _("Paid when the time was gone"),
        "arrived": _("%(who)s marked the arrival"),
        "completed": _("%(who)s marked it as done"),
        "no_show": _("%(who)s marked that nobody came"),
        "corrected": _("%(who)s corrected the attendance"),
    }.get(event.kind, "%(who)s") % {"who": who}
    return Entry(_ICONS.get(event.kind, "dot"), text, event.at, note=_change(project, event), quote=event.reason)


def _change(project: Project, event: BookingEvent) -> str:
    before, after = _said(project, event.before), _said(project, event.after)
    return f"{before} → {after}" if before and after and event.kind in ("moved", "proposed") else after


def _said(project: Project, facts: dict[str, str]) -> str:
    if "starts_at" not in facts:
        return ""
    at = datetime.fromisoformat(facts["starts_at"])
    day = formats.short_day(at.astimezone(project.tz).date())
    return _("%(when)s with %(name)s") % {"when": f"{day}, {formats.clock(at, project)}", "name": facts.get("with", "")}


@dataclass(frozen=True, slots=True)
class Past:
    """What the team knows of somebody: bookings that took place or will, and how often nobody came."""

    bookings: int
    no_shows: int


def past_of(customer: Customer) -> Past:
    stood = Q(status__in=[*Booking.HOLDING, Booking.Status.COMPLETED]) & ~Q(status=Booking.Status.REQUESTED)
    counts = Booking.objects.filter(customer=customer).aggregate(
        bookings=Count("pk", filter=stood), no_shows=Count("pk", filter=Q(status=Booking.Status.NO_SHOW))
    )
    return Past(**counts)


def of_customer(customer: Customer, reader: Any) -> Iterable[TimelineEntry]:
    """A customer's bookings, for their own timeline: those that the reader may see."""
    now = clock.now()
    for booking in (
        Booking.objects.filter(reach.of(reader, customer.project), customer=customer)
        .select_related("project")
        .prefetch_related("resource")
        .order_by("-starts_at")[:100]
    ):
        yield TimelineEntry(
            at=booking.starts_at,
            icon="calendar-x" if booking.is_cancelled else "calendar-check",
            title=booking.service_name,
            detail=_("with %(name)s") % {"name": booking.resource.name}
            + (f" · {booking.get_status_display()}" if not booking.is_confirmed else ""),
            url=reverse("booking:booking", kwargs={"project": booking.project.slug, "booking_id": booking.pk}),
            kind="booking",
            permission="bookings.read",
            is_ahead=booking.starts_at > now and booking.is_confirmed,
        )
