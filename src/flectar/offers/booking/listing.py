"""The list of bookings as the team looks through it: views, search, filters, page by page in the order of time."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby
from uuid import UUID

from django.db.models import Q
from django.utils.translation import gettext as _

from flectar.core import clock
from flectar.offers.booking.models import Booking, BookingQuerySet, Resource
from flectar.people.customers.search import search_everybody
from flectar.platform.projects.models import Project

PAGE = 25
MATCHES = 200
COUNT_TO = 1000
VIEWS = ("upcoming", "past", "cancelled")


@dataclass(frozen=True, slots=True)
class Filters:
    view: str = "upcoming"
    text: str = ""
    resource: UUID | None = None
    service: UUID | None = None
    status: str = ""


@dataclass(frozen=True, slots=True)
class Page:
    days: Sequence[tuple[date, Sequence[Booking]]]
    next: str  # where the next page begins; empty on the last


def upcoming() -> BookingQuerySet:
    """What has not ended yet and will take place."""
    found: BookingQuerySet = Booking.objects.holding_time().ending_after(clock.now())
    return found


def upcoming_count() -> str:
    """As far as it is worth counting."""
    found = upcoming()[: COUNT_TO + 1].count()
    return f"{COUNT_TO}+" if found > COUNT_TO else str(found)


def page(project: Project, filters: Filters, after: str = "", *, people: Sequence[Resource]) -> Page:
    """A page of bookings by local day. `after` is the `next` of the page before; `people` are all there are: the page
    shows them as a filter anyway."""
    found = _matching(filters)
    forward = filters.view == "upcoming"
    order = ("starts_at", "id") if forward else ("-starts_at", "-id")
    if place := _read_place(after):
        at, pk = place
        # The first condition is what the index serves, the second what makes the page exact.
        found = (
            found.filter(Q(starts_at__gte=at), Q(starts_at__gt=at) | Q(id__gt=pk))
            if forward
            else found.filter(Q(starts_at__lte=at), Q(starts_at__lt=at) | Q(id__lt=pk))
        )
    rows = list(found.prefetch_related("customer").order_by(*order)[: PAGE + 1])
    by_id = {person.pk: person for person in people}
    for row in rows:
        row.resource = by_id[row.resource_id]
    last = rows[PAGE - 1] if len(rows) > PAGE else None
    days = groupby(rows[:PAGE], key=lambda booking: booking.starts_at.astimezone(project.tz).date())
    return Page([(day, list(members)) for day, members in days], _place(last) if last else "")


def _matching(filters: Filters) -> BookingQuerySet:
    found: BookingQuerySet
    if filters.view == "cancelled":
        found = Booking.objects.filter(status__in=[Booking.Status.CANCELLED, Booking.Status.DECLINED])
    elif filters.view == "past":
        now = clock.now()
        # Whatever has ended has begun: the index knows starts.
        found = Booking.objects.exclude(status=Booking.Status.CANCELLED).filter(starts_at__lt=now, ends_at__lte=now)
    else:
        found = upcoming()
    if filters.status:
        found = found.filter(status=filters.status)
    if filters.resource:
        found = found.filter(resource=filters.resource)
    if filters.service:
        found = found.filter(service=filters.service)
    if text := filters.text.strip():
        people = search_everybody(text, limit=MATCHES)
        found = found.filter(Q(code=text.upper().replace(" ", "")[:12]) | Q(customer__in=people))
    return found


def _place(booking: Booking) -> str:
    return f"{booking.starts_at.isoformat()}~{booking.pk}"


def _read_place(text: str) -> tuple[datetime, UUID] | None:
    at, _tilde, pk = text.replace(" ", "+").partition("~")
    try:
        instant = datetime.fromisoformat(at)
        return (instant, UUID(pk)) if instant.tzinfo else None
    except ValueError:
        return None


def statuses(view: str) -> list[tuple[str, str]]:
    """What a booking of this view may be, for the filter."""
    among = {
        "upcoming": Booking.HOLDING,
        "past": (*Booking.HOLDING, Booking.Status.COMPLETED, Booking.Status.NO_SHOW),
        "cancelled": (Booking.Status.CANCELLED, Booking.Status.DECLINED),
    }[view]
    return [(status.value, str(status.label)) for status in among]


def view_names() -> dict[str, str]:
    return {"upcoming": _("Upcoming"), "past": _("Past"), "cancelled": _("Cancelled")}
