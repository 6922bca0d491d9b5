"""Dates of classes: planned one by one or by a rule, changed, cancelled, and decided on when few have booked.

A date holds the time of everything the class needs, teacher AND room, by the same function and under the same locks
as an appointment. Every date of a rule is looked at before any is saved.

Locks: resource, session, then the bookings of the session.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from uuid import UUID, uuid4

from django.db import transaction

from flectar.core import clock
from flectar.core.events import announce
from flectar.core.jobs import job
from flectar.core.text import clean
from flectar.offers.booking.availability import Reason, why_not
from flectar.offers.booking.deeds import attendance, lifecycle, states, waiting
from flectar.offers.booking.deeds.series import dates_of
from flectar.offers.booking.deeds.states import Kind
from flectar.offers.booking.errors import NotChangeable, PlacesTaken, SeriesTaken, SlotTaken
from flectar.offers.booking.facts import BookingMoved, ServicesChanged, TimeFreed
from flectar.offers.booking.hours import minute_of
from flectar.offers.booking.messages import class_notices, notices
from flectar.offers.booking.models import (
    Attendee,
    Booking,
    BookingQuerySet,
    Claim,
    Resource,
    Service,
    Session,
    SessionQuerySet,
)
from flectar.offers.booking.scheduling import claiming, seats
from flectar.offers.booking.scheduling.wish import Wish, visit
from flectar.platform.audit.log import changes, record
from flectar.platform.projects.models import Project

DECIDED_BEFORE = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class Conflict:
    """A date on which the class cannot be, why not, and who or what is in the way."""

    day: date
    starts_at: datetime
    reason: Reason
    who: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Plan:
    """What a date is. `minutes` are those of the class without free time before and after."""

    service: Service
    starts_at: datetime
    minutes: int
    capacity: int
    resource: Resource | None = None
    least: int = 0
    is_cancelled_if_few: bool = False
    waiting_max: int = 20
    note: str = ""


def plan(project: Project, wanted: Plan, *, rule: str = "", skip: Collection[date] = ()) -> list[Session]:
    """One date, or those of a rule (RFC 5545, by wall time). SeriesTaken names each that cannot be; nothing is saved.

    `skip` are local days of the business that are left out.
    """
    starts = dates_of(rule, wanted.starts_at, project.tz) if rule else [wanted.starts_at]
    repeats = uuid4() if len(starts) > 1 else None
    made: list[Session] = []
    conflicts: list[Conflict] = []
    with transaction.atomic():
        for start in starts:
            if start.astimezone(project.tz).date() in skip:
                continue
            one = replace(wanted, starts_at=start)
            try:
                made.append(_plan_one(project, one, repeats))
            except SlotTaken as taken:
                conflicts.append(_conflict(project, one, taken.reason))
        if conflicts:
            raise SeriesTaken(conflicts)
        announce(ServicesChanged(project.pk))
    return made


def _plan_one(project: Project, wanted: Plan, repeats: UUID | None) -> Session:
    wish = _wish(project, wanted)
    with lifecycle.lapsing(set(wish.resources)):
        picks = wish.choose()[0]
        session: Session = Session.objects.create(
            project=project,
            service=wanted.service,
            resource=picks[0].resource,
            tz=project.zone,
            repeats=repeats,
            capacity=wanted.capacity,
            least=wanted.least,
            is_cancelled_if_few=wanted.is_cancelled_if_few,
            waiting_max=wanted.waiting_max,
            note=clean(wanted.note).strip()[:300],
            **_times(project, wanted),
        )
        if not claiming.claim(picks, session):
            raise SlotTaken(wanted.starts_at, Reason.CLAIMED)
        record("class.planned", target=session, new={"service": wanted.service.name, **_facts(session)})
        _decide_later(session)
    return session


def change(session: Session, wanted: Plan, *, notify: bool = True) -> Session:
    """Another time, teacher or number of places. Those who have booked move along, and are told of a new time or
    teacher. SlotTaken if teacher or room are not free then; PlacesTaken below what is booked."""
    project = session.project
    wish = _wish(project, wanted)
    with lifecycle.lapsing({*wish.resources, session.resource_id}, {session.pk}):
        session = _fresh(session)
        before, was = _facts(session), (session.starts_at, session.ends_at)
        booked = seats.taken([session.pk])[session.pk]
        if wanted.capacity < booked:
            raise PlacesTaken(booked)
        more = wanted.capacity > session.capacity
        Claim.objects.filter(session=session).delete()
        picks = wish.choose()[0]
        if not claiming.claim(picks, session):
            raise SlotTaken(wanted.starts_at, Reason.CLAIMED)
        _close_up(session, wanted.capacity)
        for name, value in _times(project, wanted).items():
            setattr(session, name, value)
        session.resource, session.capacity, session.least = picks[0].resource, wanted.capacity, wanted.least
        session.is_cancelled_if_few, session.waiting_max = wanted.is_cancelled_if_few, wanted.waiting_max
        session.note = clean(wanted.note).strip()[:300]
        session.version += 1
        session.save()
        old, new = changes(before, _facts(session))
        record("class.changed", target=session, old=old, new=new)
        if (session.starts_at, session.ends_at) != was or before["with"] != session.resource.name:
            _move_along(session, notify=notify)
            _decide_later(session)
        if was != (session.starts_at, session.ends_at) or more:
            announce(TimeFreed(project.pk, session.service_id, *was))
        if more:
            announce(TimeFreed(project.pk, session.service_id, session.starts_at, session.ends_at))
        announce(ServicesChanged(project.pk))
    return session


def _move_along(session: Session, *, notify: bool) -> None:
    for booking in bookings_of(session).select_for_update(no_key=True, of=("self",)):
        before = states.facts_of(booking)
        states.change(
            booking,
            starts_at=session.starts_at,
            ends_at=session.ends_at,
            local_start=session.local_start,
            resource=session.resource,
        )
        after = states.facts_of(booking)
        states.remember(booking, Kind.MOVED, from_status=booking.status, before=before, after=after)
        announce(BookingMoved(session.project.pk, booking.pk))
        if notify:
            notices.moved(session.project, booking, before=datetime.fromisoformat(before["starts_at"]))


def _close_up(session: Session, capacity: int) -> None:
    """Whoever sits beyond the last place gets one of the free ones before it."""
    people = list(Attendee.objects.filter(session=session).order_by("number"))
    used = {one.number for one in people}
    free = (number for number in range(1, capacity + 1) if number not in used)
    for one in people:
        if one.number is not None and one.number > capacity:
            Attendee.objects.filter(pk=one.pk).update(number=next(free))


def cancel(session: Session, *, how_far: str = "one", reason: str = "", notify: bool = True) -> list[Session]:
    """This date, this and the following, or all to come: everybody who booked is told, codes and money go back."""
    with transaction.atomic():
        return [_cancel_one(one, reason=reason, notify=notify) for one in reach(session, how_far)]


def _cancel_one(session: Session, *, reason: str, notify: bool) -> Session:
    held_by = set(Claim.objects.filter(session=session).values_list("resource", flat=True))
    with lifecycle.lapsing(held_by, {session.pk}):
        session = _fresh(session)
        if session.is_cancelled:
            return session
        # First: whoever waits is not offered the places that become free now.
        Session.objects.filter(pk=session.pk).update(is_cancelled=True, version=session.version + 1)
        session.is_cancelled = True
        session.version += 1
        for booking in bookings_of(session):
            if booking.status == states.Status.IN_PROGRESS:
                attendance.unarrive(booking)
            lifecycle.cancel(booking, by_team=True, reason=reason, notify=notify)
        Claim.objects.filter(session=session).delete()
        waiting.send_away(session)
        record("class.cancelled", target=session, new={"reason": reason[:300], **_facts(session)})
        announce(TimeFreed(session.project.pk, session.service_id, session.starts_at, session.ends_at))
        announce(ServicesChanged(session.project.pk))
    return session


def reach(session: Session, how_far: str) -> SessionQuerySet:
    """`one`, `following` (this and those after it) or `all` that are still to come, of those planned together."""
    found: SessionQuerySet = Session.objects.select_related("service", "resource", "project").filter(is_cancelled=False)
    if session.repeats is None or how_far == "one":
        return found.filter(pk=session.pk)
    since = session.starts_at if how_far == "following" else clock.now()
    return found.filter(repeats=session.repeats, starts_at__gte=since).order_by("starts_at", "id")


def bookings_of(session: Session) -> BookingQuerySet:
    """Those that have places in it."""
    rows: BookingQuerySet = (
        Booking.objects.with_people().filter(session=session).holding_time().order_by("created_at", "id")
    )
    return rows


# --- Too few people ---------------------------------------------------------------------------------------------------


def is_short(session: Session) -> bool:
    """Whether fewer have booked than the class needs."""
    return session.least > seats.taken([session.pk])[session.pk]


def _decide_later(session: Session) -> None:
    if session.least:
        decide.defer_at(
            max(session.starts_at - DECIDED_BEFORE, clock.now()),
            _key=f"decide {session.pk} {session.starts_at.isoformat()}",
            project_id=session.project_id,
            session_id=session.pk,
        )


@job("booking.decide_on_class")
def decide(project_id: UUID, session_id: UUID) -> None:
    """A day before: too few have booked. The business is told and decides; the system cancels only where it was told
    to when the date was planned."""
    session = Session.objects.select_related("service", "resource", "project").filter(pk=session_id).first()
    now = clock.now()
    if session is None or session.is_cancelled or not session.starts_at - DECIDED_BEFORE <= now < session.starts_at:
        return
    if not is_short(session):
        return
    booked = seats.taken([session.pk])[session.pk]
    if session.is_cancelled_if_few:
        cancel(session, reason=class_notices.too_few(session))
    class_notices.short(session, booked=booked)


# --- Inside -----------------------------------------------------------------------------------------------------------


def _wish(project: Project, wanted: Plan) -> Wish:
    """Everything the class needs, as the team books it: at any five minutes of the opening hours, never twice."""
    items = visit([(wanted.service, wanted.resource, {})], party=wanted.capacity, minutes=wanted.minutes)
    return Wish(project, items, wanted.starts_at, by_team=True, party=wanted.capacity)


def _conflict(project: Project, wanted: Plan, reason: Reason) -> Conflict:
    """With the names of those who cannot: of the group in which nobody is free."""
    day = wanted.starts_at.astimezone(project.tz).date()
    try:
        wish = _wish(project, wanted)
    except SlotTaken:
        return Conflict(day, wanted.starts_at, reason)
    start, rules = minute_of(wanted.starts_at), wish.rules
    for need in wish.needs(rules, start, start + 1):
        if why_not([need], rules, start):
            names = [wish.resources[diary.who].name for diary in need.diaries]
            return Conflict(day, wanted.starts_at, reason, names)
    return Conflict(day, wanted.starts_at, reason)


def _times(project: Project, wanted: Plan) -> dict[str, object]:
    return {
        "starts_at": wanted.starts_at,
        "ends_at": wanted.starts_at + timedelta(minutes=wanted.minutes),
        "local_start": lifecycle.wall(wanted.starts_at, project),
    }


def _facts(session: Session) -> dict[str, object]:
    return {
        "starts_at": session.starts_at.isoformat(),
        "ends_at": session.ends_at.isoformat(),
        "with": session.resource.name,
        "capacity": session.capacity,
        "least": session.least,
    }


def _fresh(session: Session) -> Session:
    """As it is now that the locks are held."""
    fresh: Session = Session.objects.select_related("service", "resource", "project").get(pk=session.pk)
    if fresh.starts_at < clock.now() - timedelta(days=1):
        raise NotChangeable
    return fresh
