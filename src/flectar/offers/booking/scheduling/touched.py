"""What a change of hours or blocked time lies on: bookings, and dates of classes. Shown before it is saved; nothing is
moved or cancelled by it."""

from bisect import bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from operator import itemgetter
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Count, Q

from flectar.core import clock
from flectar.offers.booking.hours import Span, merged, minute_of
from flectar.offers.booking.models import Booking, BookingQuerySet, Claim, Closure, Resource, Session
from flectar.offers.booking.scheduling import diaries
from flectar.platform.projects.touching import Touching

LOOKED_AHEAD = timedelta(days=180)
SHOWN = 50


@dataclass(slots=True)
class Touched:
    """In order of time; `SHOWN` of each at most. Who booked a class stands in its date, not among the bookings."""

    bookings: list[Booking] = field(default_factory=list)
    classes: list[Session] = field(default_factory=list)
    count: int = 0

    def __bool__(self) -> bool:
        return self.count > 0


def by(closure: Closure) -> Touched:
    bookings = bookings_in(closure)
    classes = _dates(Session.objects.filter(starts_at__lt=closure.ends_at, ends_at__gt=closure.starts_at))
    if closure.service_id:
        classes = classes.filter(service=closure.service_id)
    if closure.resource_id:
        classes = classes.filter(pk__in=_claims_in(closure).values("session"))
    return _shown(bookings.filter(session=None), classes)


def bookings_in(closure: Closure) -> BookingQuerySet:
    """Those that a closure touches: of stays any of their nights, of pools each unit, of classes each who booked."""
    found: BookingQuerySet = Booking.objects.holding_time().overlapping(closure.starts_at, closure.ends_at)
    if closure.resource_id:
        held = _claims_in(closure)
        found = found.filter(Q(pk__in=held.values("booking")) | Q(session__in=held.values("session")))
    if closure.service_id:
        found = found.filter(service=closure.service_id)
    return found.listed_with_people().order_by("starts_at", "id")


def _claims_in(closure: Closure) -> Any:
    found = Claim.objects.filter(resource=closure.resource_id, starts_at__lt=closure.ends_at)
    return found.filter(ends_at__gt=closure.starts_at)


class _Rather(Exception):
    """Takes the change back that was only tried."""


def by_hours(person: Resource, change: Callable[[], object]) -> Touched:
    """What would lie outside this person's hours after the change, and does not now. Nothing is changed."""
    found = _by_hours([person], change)
    person.refresh_from_db()
    return found


def by_hours_of_business(change: Callable[[], object]) -> Touched:
    """The same of everybody and everything that has hours: whoever has none of their own works those of the house."""
    return _by_hours(list(Resource.objects.active().exclude(kind__in=Resource.LONG)), change)


TOUCHING = Touching(by_hours_of_business, "booking/parts/outside.html", permission="bookings.read", module="booking")


def _by_hours(people: Sequence[Resource], change: Callable[[], object]) -> Touched:
    claims = _claims_to_come(people)
    before = _outside(people, claims)
    after: set[UUID] = set()
    try:
        with transaction.atomic():
            change()
            after = _outside([*Resource.objects.filter(pk__in=[one.pk for one in people])], claims)
            raise _Rather
    except _Rather:
        new = after - before
    held = Claim.objects.filter(pk__in=new)
    bookings = Booking.objects.holding_time().filter(pk__in=held.values("booking"))
    classes = _dates(Session.objects.filter(pk__in=held.values("session")))
    return _shown(bookings.listed_with_people().order_by("starts_at", "id"), classes)


def _claims_to_come(people: Sequence[Resource]) -> Sequence[Claim]:
    """By the night hours do not count."""
    now = clock.now()
    hourly = [one.pk for one in people if one.kind not in Resource.LONG]
    held = Claim.objects.filter(resource__in=hourly, starts_at__gte=now, starts_at__lt=now + LOOKED_AHEAD, held_by=None)
    return list(held.select_related("booking", "session").order_by("starts_at"))


def _outside(people: Sequence[Resource], claims: Sequence[Claim]) -> set[UUID]:
    """Those of the claims, without their buffers, that no window of their resource holds whole."""
    if not claims:
        return set()
    now = clock.now()
    read = diaries.read(people[0].project, people, minute_of(now), minute_of(now + LOOKED_AHEAD))
    windows = {pk: merged(diary.hours) for pk, diary in read.items()}
    return {claim.pk for claim in claims if not _fits(*_bare(claim), windows[claim.resource_id])}


def _bare(claim: Claim) -> tuple[datetime, datetime]:
    """A buffer may pass closing."""
    whole = claim.booking or claim.session
    if whole is None:
        return claim.starts_at, claim.ends_at
    return max(claim.starts_at, whole.starts_at), min(claim.ends_at, whole.ends_at)


def _fits(begins: datetime, ends: datetime, windows: Sequence[Span]) -> bool:
    """In order, and apart: only the last one that opens in time can hold it."""
    place = bisect_right(windows, minute_of(begins), key=itemgetter(0))
    return place > 0 and minute_of(ends) <= windows[place - 1][1]


def _dates(sessions: Any) -> Any:
    standing = sessions.filter(is_cancelled=False).select_related("service", "resource")
    return standing.annotate(booked=Count("attendees")).order_by("starts_at", "id")


def _shown(bookings: BookingQuerySet, classes: Any) -> Touched:
    return Touched(list(bookings[:SHOWN]), list(classes[:SHOWN]), bookings.count() + classes.count())
