"""What the last weeks brought, counted by the database."""

from datetime import date, datetime
from uuid import UUID

from django.db.models import BigIntegerField, Count, Sum
from django.db.models.fields.json import KT
from django.db.models.functions import Cast, TruncWeek

from flectar.offers.booking.models import Booking
from flectar.offers.booking.queries import GONE
from flectar.people.customers.models import Customer
from flectar.platform.projects.models import Project


def booked_by_week(project: Project, *, since: datetime, until: datetime) -> dict[date, tuple[int, int]]:
    """For the Monday of each week that has bookings: their sum in minor units, and how many."""
    rows = (
        Booking.objects.filter(starts_at__gte=since, starts_at__lt=until)
        .exclude(status__in=GONE)
        .annotate(week=TruncWeek("starts_at", tzinfo=project.tz))
        .values("week")
        .annotate(total=Sum(Cast(KT("price_snapshot__minor"), BigIntegerField())), number=Count("id"))
        .values_list("week", "total", "number")
    )
    return {week.date(): (total, number) for week, total, number in rows}


def new_by_week(project: Project, *, since: datetime) -> dict[date, int]:
    """For the Monday of each week that brought customers: how many. An import may bring a hundred thousand."""
    rows = (
        Customer.objects.filter(pk__gte=_first_id(since), created_at__gte=since)
        .annotate(week=TruncWeek("created_at", tzinfo=project.tz))
        .values("week")
        .annotate(number=Count("id"))
        .values_list("week", "number")
    )
    return {week.date(): number for week, number in rows}


def _first_id(at: datetime) -> UUID:
    """The smallest id that can be given at that instant: ids begin with their milliseconds, and they are indexed."""
    return UUID(int=(int(at.timestamp() * 1000) << 80) | (7 << 76) | (2 << 62))
