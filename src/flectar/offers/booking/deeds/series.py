"""Bookings that repeat by wall time: every date is looked at before any is saved.

A weekly ten o'clock stays ten o'clock when the clocks change. Of twelve dates of which the seventh is taken nothing is
saved: the answer names the seventh, and the customer chooses to leave it out or to take another time.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any
from zoneinfo import ZoneInfo

from dateutil.rrule import rrulestr
from django.db import transaction

from flectar.core import clock
from flectar.core.money import Money
from flectar.offers.booking.availability import Reason
from flectar.offers.booking.deeds import lifecycle
from flectar.offers.booking.deeds.lifecycle import Asked
from flectar.offers.booking.deeds.states import Status
from flectar.offers.booking.errors import (
    BookingError,
    KeyUsedForAnother,
    NothingLeft,
    PriceChanged,
    SeriesTaken,
    SlotTaken,
)
from flectar.offers.booking.messages import notices
from flectar.offers.booking.models import Booking, BookingQuerySet, Hold, Resource, Series, Service
from flectar.offers.booking.prices.pricing import Quote
from flectar.people.customers.models import Customer
from flectar.platform.projects.models import Project

MOST_DATES = 60


class Every(StrEnum):
    """How often; `rule` makes an RFC 5545 rule of it."""

    WEEK = "week"
    FORTNIGHT = "fortnight"
    MONTH = "month"
    """On the same weekday of the month: the fourth Tuesday, the last Friday."""


def rule(every: Every, count: int, first: datetime, zone: ZoneInfo) -> str:
    if every is not Every.MONTH:
        interval = ";INTERVAL=2" if every is Every.FORTNIGHT else ""
        return f"FREQ=WEEKLY{interval};COUNT={count}"
    day = first.astimezone(zone).date()
    nth = (day.day + 6) // 7
    weekday = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")[day.weekday()]
    return f"FREQ=MONTHLY;BYDAY={nth if nth < 5 else -1}{weekday};COUNT={count}"


@dataclass(frozen=True, slots=True)
class Planned:
    """One date of a series before it is booked. `starts_at` is its time, or the one that was chosen instead."""

    day: date
    starts_at: datetime
    resource: Resource | None = None  # with whom it would be; None while it is not free
    quote: Quote | None = None
    reason: Reason | None = None  # why the time of the series is not free on this day
    nearest: Sequence[datetime] = ()
    is_left_out: bool = False

    @property
    def is_free(self) -> bool:
        return self.quote is not None

    @property
    def is_open(self) -> bool:
        """Somebody must still say what becomes of it."""
        return not self.is_free and not self.is_left_out


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


def look(
    project: Project,
    asked: Asked,
    first: datetime,
    rule: str,
    *,
    skip: Collection[date] = (),
    instead: Mapping[date, datetime] | None = None,
    codes: Sequence[str] = (),
    hold: Hold | None = None,
    **options: Any,
) -> list[Planned]:
    """Every date as `book` would find it, nothing locked or written; what is not free comes with its nearest times.

    With whom the first date is, the others are too, where they can. Codes count for the first date only.
    """
    other, planned = instead or {}, []
    person = asked.resource
    for index, start in enumerate(dates_of(rule, first, project.tz)):
        day = start.astimezone(project.tz).date()
        held: dict[str, Any] = {"hold": hold} if index == 0 else {}
        options |= {"person": person, "codes": () if index else codes}
        found = _planned(project, asked, day, start, **options, **held)
        if found.reason is not None and (chosen := other.get(day)):
            moved = _planned(project, asked, day, chosen, **options)
            found = moved if moved.reason else replace(moved, reason=found.reason, nearest=found.nearest)
        if day in skip:
            found = replace(found, is_left_out=True, quote=None)
        planned.append(found)
        person = person or found.resource
    return planned


def _planned(
    project: Project,
    asked: Asked,
    day: date,
    start: datetime,
    *,
    person: Resource | None,
    codes: Sequence[str],
    **options: Any,
) -> Planned:
    """With this person if they can, else with whomever was asked for."""
    wish, refused = None, Reason.CLAIMED
    for one in dict.fromkeys((person, asked.resource)):
        wanted = replace(asked, resource=one)
        try:
            wish = lifecycle.wish_for(project, [wanted], start, **options)
            people = wish.likely()
        except SlotTaken as taken:
            refused = taken.reason
            continue
        return Planned(day, start, people[0], lifecycle.quotes_for(wish, [wanted], people, codes)[0])
    return Planned(day, start, reason=refused, nearest=tuple(wish.nearest()) if wish else ())


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
    resource: Resource | None = None,
    codes: Sequence[str] = (),
    hold: Hold | None = None,
    most_minor: int | None = None,
    notify: bool = True,
    **options: Any,
) -> list[Booking]:
    """All dates or none, by the same person where that is possible, and one mail about all of them.

    SeriesTaken names each date that is not free; `skip` leaves dates out, `instead` gives one another time. Dates are
    local days of the business, or of the location whose `project` is given. `most_minor`: what all dates together
    cost when they were shown. Codes count for the first date only.
    """
    if idempotency_key and (known := _of_key(idempotency_key, service, customer)):
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
            people = dict.fromkeys((made[0].resource if made else resource, resource))
            wanted: dict[str, Any] = options | {"series": series, "people": people}
            if index == 0:
                wanted |= {"codes": codes, "hold": hold, "idempotency_key": idempotency_key}
            try:
                made.append(_book_one(project, service, start, customer, **wanted))
            except SlotTaken as taken:
                conflicts.append(Conflict(start.astimezone(zone).date(), taken.reason, tuple(taken.nearest)))
        if conflicts:
            raise SeriesTaken(conflicts)
        if not made:
            raise NothingLeft
        total = sum(booking.price.minor for booking in made)
        if most_minor is not None and total > most_minor:
            raise PriceChanged(Money(total, project.currency))
        if notify:
            notices.series_booked(project, made)
    return made


def _book_one(
    project: Project,
    service: Service,
    start: datetime,
    customer: Customer,
    *,
    people: Collection[Resource | None],
    **options: Any,
) -> Booking:
    """With the first of these who is free; None is anyone."""
    for index, person in enumerate(people, 1):
        try:
            return lifecycle.book(project, service, start, customer, resource=person, notify=False, **options)
        except SlotTaken:
            if index == len(people):
                raise
    raise AssertionError("somebody, or anyone, was asked for")


def _of_key(key: str, service: Service, customer: Customer) -> list[Booking] | None:
    first = Booking.objects.filter(idempotency_key=key, series__isnull=False).first()
    if first is None:
        return None
    if (first.service_id, first.customer_id) != (service.pk, customer.pk):
        raise KeyUsedForAnother
    return list(Booking.objects.with_people().filter(series=first.series).order_by("starts_at"))


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


def cancel(
    booking: Booking, how_far: str, *, by_team: bool = False, reason: str = "", notify: bool = True
) -> list[Booking]:
    """What was cancelled, and one mail about all of it. A customer leaves out what is too late to be changed."""
    with transaction.atomic():
        wanted = [booking] if how_far == "one" else [one for one in reach(booking, how_far) if by_team or may_go(one)]
        if len(wanted) == 1:
            return [lifecycle.cancel(wanted[0], by_team=by_team, reason=reason, notify=notify)]
        gone = [lifecycle.cancel(one, by_team=by_team, reason=reason, notify=False) for one in wanted]
        if notify and gone:
            notices.series_cancelled(booking.project, gone, by_team=by_team, reason=reason)
    return gone


def may_go(booking: Booking) -> bool:
    """Whether the customer may cancel it by themselves."""
    waiting = booking.status in (Status.REQUESTED, Status.HELD) and not booking.is_hold_over
    return waiting or booking.can_be_changed_by_customer()


def move(
    booking: Booking,
    starts_at: datetime,
    how_far: str,
    *,
    resource: Resource | None = None,
    notify: bool = True,
    **options: Any,
) -> list[Booking]:
    """Each by as many local days, to the same new wall time. All or none; SeriesTaken names what is not free. One mail
    tells of all of them."""
    zone = booking.project.tz
    old, new = booking.starts_at.astimezone(zone), starts_at.astimezone(zone)
    days = (new.date() - old.date()).days
    conflicts, moved = [], []
    was: dict[Any, datetime] = {}
    with transaction.atomic():
        # The last first when it goes later: a series must not run into itself.
        together = sorted(reach(booking, how_far), key=lambda one: one.starts_at, reverse=starts_at > booking.starts_at)
        for one in together:
            day = one.starts_at.astimezone(zone).date() + timedelta(days=days)
            target = clock.to_instant(datetime.combine(day, new.time().replace(tzinfo=None)), zone)
            try:
                was[one.pk] = one.starts_at
                moved.append(lifecycle.move(one, target, resource=resource, notify=False, **options))
            except SlotTaken as taken:
                conflicts.append(Conflict(day, taken.reason, tuple(taken.nearest)))
        if conflicts:
            raise SeriesTaken(sorted(conflicts, key=lambda one: one.day))
        moved.sort(key=lambda one: one.starts_at)
        if notify and moved:
            notices.series_moved(booking.project, moved, before=was[moved[0].pk])
    return moved


__all__ = ["BookingError", "Conflict", "Every", "Planned", "book", "cancel", "dates_of", "look", "move", "reach"]
