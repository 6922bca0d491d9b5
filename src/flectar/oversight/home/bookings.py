"""The bookings of the first page: those of today, and the next one to come, whatever its day."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q, Subquery

from flectar.core import clock
from flectar.offers.booking.deeds.queries import GONE
from flectar.offers.booking.models import Booking, BookingQuerySet, Resource
from flectar.platform.projects.models import Project


@dataclass(frozen=True, slots=True)
class Day:
    today: Sequence[Booking]
    next: Booking | None


def of(project: Project, people: Sequence[Resource], now: datetime, *, mine: Q | None = None) -> Day:
    """`people` are all that the reader may see, and `mine` what of the bookings: the page draws them anyway."""
    start, end = clock.day_bounds(project.today, project.tz)
    rows = list(asked(start, end, now, mine).prefetch_related("customer").order_by("starts_at", "id"))
    by_id = {person.pk: person for person in people}
    for row in rows:
        row.resource = by_id[row.resource_id]
    upcoming = [row for row in rows if row.starts_at > now and row.status in Booking.HOLDING]
    return Day([row for row in rows if start <= row.starts_at < end], upcoming[0] if upcoming else None)


def asked(start: datetime, end: datetime, now: datetime, mine: Q | None = None) -> BookingQuerySet:
    """Of the day, or the first that begins after now: one question, two indexes."""
    coming = (
        Booking.objects.holding_time()
        .filter(mine or Q(), starts_at__gt=now)
        .order_by("starts_at", "id")
        .values("pk")[:1]
    )
    found = Booking.objects.filter(mine or Q()).filter(
        Q(starts_at__gte=start, starts_at__lt=end) | Q(pk=Subquery(coming))
    )
    wanted: BookingQuerySet = found.exclude(status__in=GONE)
    return wanted
