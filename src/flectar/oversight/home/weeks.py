"""What the last weeks brought, counted by the database."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models import BigIntegerField, Count, Sum, Value
from django.db.models.fields.json import KT
from django.db.models.functions import Cast, TruncWeek

from flectar.offers.booking.deeds.queries import GONE
from flectar.offers.booking.models import Booking
from flectar.people.customers.models import Customer
from flectar.platform.projects.models import Project


@dataclass(frozen=True, slots=True)
class Weeks:
    """By the Monday of each week that brought something."""

    booked: Mapping[date, tuple[int, int]]  # the sum in minor units, and how many
    new: Mapping[date, int]  # customers; an import may bring a hundred thousand


def by_week(project: Project, *, since: datetime, until: datetime, bookings: bool, customers: bool) -> Weeks:
    """Both are one question; what the reader may not know is not asked."""
    parts = [
        *([_booked(project, since, until)] if bookings else []),
        *([_new(project, since)] if customers else []),
    ]
    booked: dict[date, tuple[int, int]] = {}
    new: dict[date, int] = {}
    if parts:
        for what, week, total, number in parts[0].union(*parts[1:], all=True):
            if what == "booked":
                booked[week.date()] = total, number
            else:
                new[week.date()] = number
    return Weeks(booked, new)


def _booked(project: Project, since: datetime, until: datetime) -> Any:
    return (
        Booking.objects.filter(starts_at__gte=since, starts_at__lt=until)
        .exclude(status__in=GONE)
        .annotate(what=Value("booked"), week=TruncWeek("starts_at", tzinfo=project.tz))
        .values("what", "week")
        .annotate(total=Sum(Cast(KT("price_snapshot__minor"), BigIntegerField())), number=Count("id"))
        .values_list("what", "week", "total", "number")
    )


def _new(project: Project, since: datetime) -> Any:
    return (
        Customer.objects.filter(pk__gte=_first_id(since), created_at__gte=since)
        .annotate(what=Value("new"), week=TruncWeek("created_at", tzinfo=project.tz))
        .values("what", "week")
        .annotate(total=Value(0, BigIntegerField()), number=Count("id"))
        .values_list("what", "week", "total", "number")
    )


def _first_id(at: datetime) -> UUID:
    """The smallest id that can be given at that instant: ids begin with their milliseconds, and they are indexed."""
    return UUID(int=(int(at.timestamp() * 1000) << 80) | (7 << 76) | (2 << 62))
