"""Bookings that repeat by wall time: every date is looked at before any is saved.

A weekly ten o'clock stays ten o'clock when the clocks change. Of twelve dates of which the seventh is taken nothing is
saved: the answer names the seventh, and the customer chooses to leave it out or to take another time.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from dateutil.rrule import rrulestr
from django.db import transaction

from flectar.core import clock
from flectar.offers.booking import lifecycle
from flectar.offers.booking.availability import Reason
from flectar.offers.booking.errors import BookingError, SeriesTaken, SlotTaken
from flectar.offers.booking.models import Booking, BookingQuerySet, Resource, Series, Service
from flectar.offers.booking.states import Status
from flectar.people.customers.models import Customer
from flectar.platform.projects.models import Project

MOST_DATES = 60


@dataclass(frozen=True, slots=True)
class Conflict:
    """A date that cannot be had, and what is free around it."""

    day: date
    reason: Reason
    nearest: Sequence[datetime] = field(default_factory=tuple)


def dates_of(rule: str, first: datetime, zone: ZoneInfo) -> list[datetime]:
    """The starts of a rule (RFC 5545, as FREQ=WEEKLY;COUNT=12) from `first` on, by wall time; sixty at most."""
    local = first.astimezone(zone).replace(tzinfo=None)
    found: list[datetime] = []
    for one in rrulestr(rule, dtstart=local):
        if len(found) == MOST_DATES:
            break
        found.append(clock.to_instant(one, zone))
    return found


def book(
    project: Project,
    service: Service,
    first: datetime,
    rule: str,
    customer: Customer,
    *,
    skip: Collection[date] = (),
    instead: Mapping[date, datetime] | None = None,
    idempotency_key: str | None = None,
    **options: Any,
) -> list[Booking]:
    """All dates or none. SeriesTaken names each date that is not free; `skip` leaves dates out, `instead` gives one
    another time. Dates are local days of the business."""
    if idempotency_key and (known := _of_key(idempotency_key)):
        return known
    zone, other = project.tz, instead or {}
    starts = [
        other.get(day, start)
        for start in dates_of(rule, first, zone)
        if (day := start.astimezone(zone).date()) not in skip
    ]
    conflicts: list[Conflict] = []
    made: list[Booking] = []
    with transaction.atomic():
        series = Series.objects.create(rrule=rule, tz=project.zone, local_start=lifecycle.wall(first, project))
        for index, start in enumerate(sorted(starts)):
            try:
                booking = lifecycle.book(
                    project,
                    service,
                    start,
                    customer,
                    idempotency_key=idempotency_key if index == 0 else None,
                    **{"notify": index == 0, **options},
                )
            except SlotTaken as taken:
                conflicts.append(Conflict(start.astimezone(zone).date(), taken.reason, tuple(taken.nearest)))
                continue
            Booking.objects.filter(pk=booking.pk).update(series=series)
            booking.series = series
            made.append(booking)
        if conflicts:
            raise SeriesTaken(conflicts)
    return made


def _of_key(key: str) -> list[Booking] | None:
    first = Booking.objects.filter(idempotency_key=key, series__isnull=False).first()
    return list(Booking.objects.with_people().filter(series=first.series).order_by("starts_at")) if first else None


def reach(booking: Booking, how_far: str) -> BookingQuerySet:
    """`one`, `following` (this and those after it) or `all` that are still to come, of the series."""
    mine: BookingQuerySet = Booking.objects.with_people().filter(pk=booking.pk)
    if booking.series_id is None or how_far == "one":
        return mine
    open_ones = Booking.objects.with_people().filter(
        series=booking.series_id, status__in=(Status.CONFIRMED, Status.REQUESTED, Status.HELD)
    )
    since = booking.starts_at if how_far == "following" else clock.now()
    found: BookingQuerySet = open_ones.filter(starts_at__gte=since).order_by("starts_at")
    return found


def cancel(booking: Booking, how_far: str, **options: Any) -> list[Booking]:
    with transaction.atomic():
        return [lifecycle.cancel(one, **options) for one in reach(booking, how_far)]


def move(
    booking: Booking, starts_at: datetime, how_far: str, *, resource: Resource | None = None, **options: Any
) -> list[Booking]:
    """Each by as many local days, to the same new wall time. All or none; SeriesTaken names what is not free."""
    zone = booking.project.tz
    old, new = booking.starts_at.astimezone(zone), starts_at.astimezone(zone)
    days = (new.date() - old.date()).days
    conflicts, moved = [], []
    with transaction.atomic():
        # The last first when it goes later: a series must not run into itself.
        together = sorted(reach(booking, how_far), key=lambda one: one.starts_at, reverse=starts_at > booking.starts_at)
        for one in together:
            day = one.starts_at.astimezone(zone).date() + timedelta(days=days)
            target = clock.to_instant(datetime.combine(day, new.time().replace(tzinfo=None)), zone)
            try:
                moved.append(lifecycle.move(one, target, resource=resource, **options))
            except SlotTaken as taken:
                conflicts.append(Conflict(day, taken.reason, tuple(taken.nearest)))
        if conflicts:
            raise SeriesTaken(conflicts)
    return sorted(moved, key=lambda one: one.starts_at)


__all__ = ["BookingError", "Conflict", "book", "cancel", "dates_of", "move", "reach"]
