"""The list of bookings as the team looks through it: views, search, filters, page by page in the order of time."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import groupby
from uuid import UUID

from django.db.models import F, Min, OuterRef, Q, Subquery, Value
from django.db.models.functions import Least
from django.http import QueryDict
from django.utils.translation import gettext as _

from flectar.core import clock
from flectar.core.planning import planned_anew
from flectar.offers.booking.deeds import asking
from flectar.offers.booking.models import Booking, BookingQuerySet, Resource
from flectar.offers.booking.models.bookings import LONGEST_CLAIM
from flectar.people.customers.models import Customer
from flectar.people.customers.search import search_everybody
from flectar.platform.projects.models import Project
from flectar.ui.index import Look

PAGE = 25
MATCHES = 200
COUNT_TO = 1000
VIEWS = ("upcoming", "requests", "unpaid", "past", "no-shows", "cancelled")
BACKWARD = VIEWS[3:]
UNPAID_SINCE = timedelta(days=90)
FILTERS = ("with", "dates", "service", "status")


@dataclass(frozen=True, slots=True)
class Page:
    days: Sequence[tuple[date, Sequence[Booking]]]
    next: str  # where the next page begins; empty on the last
    count: int | None  # of all that match, where this page shows them all


def read(asked: QueryDict) -> Look:
    """The order of time is forward for what is to come and backward for what has been, unless somebody turns it."""
    sorts = ("when", "-when") if asked.get("view", "upcoming") not in BACKWARD else ("-when", "when")
    return Look.read(asked, views=VIEWS, filters=FILTERS, sorts=sorts)


def upcoming() -> BookingQuerySet:
    """What has not ended yet and will take place, in the order of time.

    Begins with the first stay that is still going on; what is not a stay ends within days. A bound that the index
    knows: with an "or", it would walk through all that has been since the longest stay there could be.
    """
    now = clock.now()
    staying = Booking.objects.filter(nights__isnull=False, ends_at__gt=now)
    # Grouped, or the planner would look for the first start of all instead of among the few that go on.
    begun = staying.order_by().values("project").annotate(first=Min("starts_at")).values("first")
    first = Least(Value(now - LONGEST_CLAIM), Subquery(begun))
    found: BookingQuerySet = Booking.objects.holding_time().filter(ends_at__gt=now, starts_at__gte=first)
    return found.order_by("starts_at", "id")


def unpaid() -> BookingQuerySet:
    """Of what is paid when it is booked, in whole or in part: where something is still to be collected. What is paid at
    the counter is no debt before. Three months back; further back nobody collects by a list."""
    stands = (*Booking.HOLDING[1:], Booking.Status.COMPLETED)
    found: BookingQuerySet = Booking.objects.filter(
        status__in=stands, starts_at__gt=clock.now() - UNPAID_SINCE, due_minor__gt=0, total_minor__gt=F("paid_minor")
    )
    return found


def page(project: Project, look: Look, found: BookingQuerySet, *, people: Sequence[Resource]) -> Page:
    """A page of `matching` by local day. `look.after` is the `next` of the page before; `people` are all there are:
    the page shows them as a filter anyway."""
    place = _read_place(look.after)
    if place:
        at, pk = place
        # The first condition is what the index serves, the second what makes the page exact.
        found = (
            found.filter(Q(starts_at__gte=at), Q(starts_at__gt=at) | Q(id__gt=pk))
            if look.sort == "when"
            else found.filter(Q(starts_at__lte=at), Q(starts_at__lt=at) | Q(id__lt=pk))
        )
    # Looked up a row: joined, the planner would begin with the customers.
    name = Customer.objects.filter(pk=OuterRef("customer")).values("name")
    with planned_anew():
        rows = list(found.annotate(customer_name=Subquery(name[:1]))[: PAGE + 1])
    by_id = {person.pk: person for person in people}
    for row in rows:
        row.resource = by_id[row.resource_id]
    last = rows[PAGE - 1] if len(rows) > PAGE else None
    days = groupby(rows[:PAGE], key=lambda booking: booking.starts_at.astimezone(project.tz).date())
    return Page(
        [(day, list(members)) for day, members in days],
        next=_place(last) if last else "",
        count=None if place or last else len(rows),
    )


def matching(project: Project, look: Look, mine: Q | None = None) -> BookingQuerySet:
    """Every booking that the list would show, on whatever page, in its order. What a filter does not know, it leaves
    out. `mine` is what its reader may see at all (reach.py)."""
    found: BookingQuerySet
    if look.view == "cancelled":
        found = Booking.objects.filter(status__in=[Booking.Status.CANCELLED, Booking.Status.DECLINED])
    elif look.view == "past":
        now = clock.now()
        # Whatever has ended has begun: the index knows starts.
        found = Booking.objects.exclude(status=Booking.Status.CANCELLED).filter(starts_at__lt=now, ends_at__lte=now)
    elif look.view == "requests":
        found = asking.queue()
    elif look.view == "unpaid":
        found = unpaid()
    elif look.view == "no-shows":
        found = Booking.objects.filter(status=Booking.Status.NO_SHOW)
    else:
        found = upcoming()
    if mine:
        found = found.filter(mine)
    if (status := look.chosen.get("status")) in dict(statuses(look.view)):
        found = found.filter(status=status)
    if resource := _uuid(look.chosen.get("with", "")):
        found = found.filter(resource=resource)
    if service := _uuid(look.chosen.get("service", "")):
        found = found.filter(service=service)
    if stretch := days_of(project, look.chosen.get("dates", "")):
        start, end = clock.day_bounds(stretch[0], project.tz)[0], clock.day_bounds(stretch[1], project.tz)[1]
        found = found.filter(starts_at__gte=start, starts_at__lt=end)
    if look.text:
        people = search_everybody(look.text, limit=MATCHES)
        found = found.filter(Q(code=look.text.upper().replace(" ", "")[:12]) | Q(customer__in=people))
    return found.order_by("-starts_at", "-id") if look.sort == "-when" else found.order_by("starts_at", "id")


def counted(project: Project, asked: QueryDict, mine: Q | None = None) -> BookingQuerySet | None:
    """For the count of a saved view; a search is not counted."""
    look = read(asked)
    return None if look.text else matching(project, look, mine)


def days_of(project: Project, dates: str) -> tuple[date, date] | None:
    """The first and the last day that a word such as "week" means today, on the wall of the business."""
    today = project.today
    week = project.week_of(today)
    first = today.replace(day=1)
    return {
        "today": (today, today),
        "tomorrow": (today + timedelta(days=1), today + timedelta(days=1)),
        "week": (week, week + timedelta(days=6)),
        "next-week": (week + timedelta(days=7), week + timedelta(days=13)),
        "month": (first, (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)),
    }.get(dates)


def dates() -> list[tuple[str, str]]:
    return [
        ("today", _("today")),
        ("tomorrow", _("tomorrow")),
        ("week", _("this week")),
        ("next-week", _("next week")),
        ("month", _("this month")),
    ]


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


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
        "requests": (),
        "unpaid": (*Booking.HOLDING[1:], Booking.Status.COMPLETED),
        "no-shows": (),
        "past": (*Booking.HOLDING, Booking.Status.COMPLETED, Booking.Status.NO_SHOW),
        "cancelled": (Booking.Status.CANCELLED, Booking.Status.DECLINED),
    }[view]
    return [(status.value, str(status.label)) for status in among]


def view_names() -> dict[str, str]:
    return {
        "upcoming": _("Upcoming"),
        "requests": _("Requests"),
        "unpaid": _("Unpaid"),
        "past": _("Past"),
        "no-shows": _("No-shows"),
        "cancelled": _("Cancelled"),
    }
