"""Places in a class: the wish for some of them on one date, and how many are left.

A place is an `Attendee` with a number, once each: they are counted, never kept in a counter. `SeatWish` is what
`lifecycle` asks instead of the calendars: the session holds the claims on teacher and room, a booking only takes
places in it. A party that does not fit is refused whole.
"""

from collections.abc import Collection, Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Exists, Q

from flectar.core import clock
from flectar.core.tenancy import current_project_id
from flectar.offers.booking.availability import Reason
from flectar.offers.booking.errors import NobodyDoesIt, SlotTaken
from flectar.offers.booking.hours import instant_of, minute_of
from flectar.offers.booking.models import Attendee, Booking, Limit, Resource, Service, ServiceExtra, Session
from flectar.offers.booking.prices.pricing import NotOffered
from flectar.offers.booking.scheduling import claiming, limits
from flectar.offers.booking.scheduling.claiming import Pick
from flectar.offers.booking.scheduling.diaries import Item, candidates, customer_rules
from flectar.offers.booking.scheduling.wish import ALTERNATIVES, Wish
from flectar.platform.projects.models import Project

# Written out: everybody in a race for the last places asks it twice, the second time while the others wait.
_PLACES = """booking_attendee a JOIN booking_booking b ON b.project_id = a.project_id AND b.id = a.booking_id
 WHERE a.project_id = %(project)s AND a.booking_id <> ALL(%(without)s::uuid[])
   AND (b.status NOT IN ('requested', 'held') OR b.hold_until IS NULL OR b.hold_until > %(now)s)
   AND a.session_id"""
_TAKEN = f"SELECT a.session_id, count(*) FROM {_PLACES} = ANY(%(sessions)s) GROUP BY a.session_id"  # noqa: S608 - made of constants
_NOW = f"""
SELECT is_cancelled, starts_at, capacity, resource_id, coalesce(taken.count, 0)
  FROM booking_session LEFT JOIN ({_TAKEN}) taken ON taken.session_id = id
 WHERE project_id = %(project)s AND id = ANY(%(sessions)s)
"""  # noqa: S608 - made of constants


_WITH_PLACES = f"""
SELECT DISTINCT s.starts_at
  FROM booking_session s
 WHERE s.project_id = %(project)s AND s.service_id = %(service)s AND NOT s.is_cancelled
   AND s.starts_at >= %(first)s AND s.starts_at < %(until)s
   AND s.capacity - (SELECT count(*) FROM {_PLACES} = s.id) >= %(party)s
"""  # noqa: S608 - as above


def _about(sessions: Collection[UUID], without: Sequence[UUID]) -> dict[str, Any]:
    project = current_project_id()
    return {"project": project, "sessions": list(sessions), "now": clock.now(), "without": list(without)}


def taken(sessions: Collection[UUID], *, without: Sequence[UUID] = ()) -> dict[UUID, int]:
    """Session → places that are taken. Those of a hold that has run out are free, though nobody wrote it down yet."""
    with connection.cursor() as cursor:
        cursor.execute(_TAKEN, _about(sessions, without))
        counted = dict(cursor.fetchall())
    return {pk: counted.get(pk, 0) for pk in sessions}


def left(sessions: Collection[Session]) -> dict[UUID, int]:
    """Session → places that can be had; never below zero, though the team may have added chairs."""
    counted = taken([one.pk for one in sessions])
    return {one.pk: max(0, one.capacity - counted[one.pk]) for one in sessions}


def open_for_customers(
    project: Project,
    service: Service,
    first: datetime,
    until: datetime,
    *,
    party: int = 1,
    now: datetime | None = None,
) -> list[Session]:
    """The dates in [first, until) that a customer may book by notice, horizon and limits, full or not, in order."""
    rules = customer_rules(project, service, now)
    begin = max(first, instant_of(rules.earliest))
    end = min(until, instant_of(rules.latest))
    found = planned(service, begin, end)
    if not any(one.is_limited for one in found):
        return found
    starts = [minute_of(one.starts_at) for one in found]
    held = limits.of(project, [service], {}, {}, first=starts[0], until=starts[-1] + 1, party=party).general
    return [one for one, start in zip(found, starts, strict=True) if not any(quota.is_full(start) for quota in held)]


def planned(service: Service, first: datetime, until: datetime) -> list[Session]:
    """Every date in [first, until) that takes place, in order. `is_limited`: its customers may be counted."""
    counting = Limit.objects.filter(Q(service=service) | Q(service=None, resource=None))
    return list(
        Session.objects.filter(service=service, is_cancelled=False, starts_at__gte=first, starts_at__lt=until)
        .annotate(is_limited=Exists(counting))
        .select_related("resource__location")
        .order_by("starts_at", "id")
    )


def next_open(project: Project, service: Service, *, party: int = 1, now: datetime | None = None) -> list[datetime]:
    """The dates with so many places left."""
    moment = now or clock.now()
    until = moment + timedelta(days=service.horizon_days + 1)
    found = open_for_customers(project, service, moment, until, party=party, now=now)
    places = left(found)
    return [one.starts_at for one in found if places[one.pk] >= party]


@dataclass(slots=True)
class SeatWish(Wish):
    """Places in the session of `starts_at`; with `with_whom`, in the one that this person leads."""

    with_whom: Resource | None = None
    _session: Session | None = field(init=False, default=None)
    _names: list[str] = field(init=False, default_factory=list)

    def __post_init__(self) -> None:
        if not self.items[0].chosen.groups:
            raise NobodyDoesIt
        self._session = self._find()
        if self._session is not None:
            minutes = int((self._session.ends_at - self._session.starts_at).total_seconds()) // 60
            self.items = [Item(self.items[0].chosen, minutes)]
        for booking in self.moving:
            people = Attendee.objects.filter(booking=booking).order_by("number")
            self._names += list(people.values_list("name", flat=True))

    @property
    def resources(self) -> dict[Any, Resource]:
        """No calendar changes: the session holds the time already."""
        return {}

    @property
    def session(self) -> Session | None:
        return self._session

    @property
    def sessions(self) -> set[UUID]:
        before = {booking.session_id for booking in self.moving if booking.session_id}
        return before | ({self._session.pk} if self._session else set())

    def must_be_free(self, *, lock: bool = False, counts: bool = True) -> list[tuple[Hashable, ...]]:
        session = self._led()
        booked = self._look(session)
        if session.is_cancelled or session.starts_at != self.starts_at:
            raise SlotTaken(self.starts_at, Reason.CLOSED)
        if self.is_forced:
            return [(session.resource_id,)]
        rules, start = self.rules, minute_of(self.starts_at)
        if start >= rules.latest:
            raise SlotTaken(self.starts_at, Reason.PAST_HORIZON)
        if start < rules.earliest:
            raise SlotTaken(self.starts_at, Reason.TOO_SOON)
        if counts and any(quota.is_full(start) for quota in self.quotas([], start, start + 1, lock=lock)):
            raise SlotTaken(self.starts_at, Reason.LIMIT)
        if session.capacity - booked < self.party:
            raise SlotTaken(self.starts_at, Reason.CAPACITY)
        return [(session.resource_id,)]

    def _look(self, session: Session) -> int:
        """Bring the session up to date; how many of its places are taken."""
        with connection.cursor() as cursor:
            cursor.execute(_NOW, _about([session.pk], self.without))
            row = cursor.fetchone()
        if row is None:
            raise SlotTaken(self.starts_at, Reason.CLOSED)
        session.is_cancelled, session.starts_at, session.capacity, session.resource_id, booked = row
        return int(booked)

    def choose(self) -> list[list[Pick]]:
        self.must_be_free(lock=True)
        return [[Pick(self._led().resource, ())]]

    def likely(self) -> list[Resource]:
        self.must_be_free()
        return [self._led().resource]

    def take(self, picks: Sequence[Pick], booking: Booking, *, expires_at: datetime | None = None) -> bool:
        """Places have no expiry of their own: those of a hold end with it."""
        return claiming.sit(booking, self._led(), self._names, beyond=self.is_forced)

    def nearest(self) -> list[datetime]:
        """The closest dates with enough places."""
        month, rules = timedelta(days=31), customer_rules(self.project, self.service)
        among = {
            **_about((), ()),
            "service": self.service.pk,
            "party": self.party,
            "first": max(instant_of(rules.earliest), self.starts_at - month),
            "until": min(instant_of(rules.latest), self.starts_at + month),
        }
        with connection.cursor() as cursor:
            cursor.execute(_WITH_PLACES, among)
            able = [row[0] for row in cursor.fetchall()]
        return sorted(sorted(able, key=lambda at: (abs(at - self.starts_at), at))[:ALTERNATIVES])

    def _led(self) -> Session:
        if self._session is None:
            raise SlotTaken(self.starts_at, Reason.CLOSED)
        return self._session

    def _find(self) -> Session | None:
        """Of several at one time the one with enough places, one's own first."""
        found = Session.objects.filter(service=self.service, starts_at=self.starts_at, is_cancelled=False)
        if self.with_whom is not None:
            found = found.filter(resource=self.with_whom)
        sessions = list(found.order_by("id"))
        for session in sessions:
            if known := self.items[0].chosen.all.get(session.resource_id):
                session.resource = known
        if len(sessions) > 1:
            places, mine = left(sessions), {booking.session_id for booking in self.moving}
            sessions.sort(key=lambda one: (one.pk not in mine, places[one.pk] < self.party))
        return sessions[0] if sessions else None


def wish(
    project: Project,
    service: Service,
    starts_at: datetime,
    *,
    resource: Resource | None = None,
    extras: Mapping[ServiceExtra, int] | None = None,
    **options: Any,
) -> SeatWish:
    if stocked := next((extra for extra in extras or () if extra.stock_id), None):
        raise NotOffered(stocked.name, 0)
    item = Item(candidates(service), service.duration_min)
    return SeatWish(project, [item], starts_at, with_whom=resource, **options)
