"""Nights as the database knows them: which stays of a service are free, and who takes one.

One query brings everything that fills the places, through btree indexes and plain comparisons. `nights.py` judges it.
The calendar on the page, `find`, and the wish that the writers ask again under their locks are the same judgement.
"""

from collections import defaultdict
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import connection

from flectar.core import clock
from flectar.offers.booking.availability import Reason
from flectar.offers.booking.errors import NightsTaken, NobodyDoesIt
from flectar.offers.booking.hours import Span, ceil_minute, instant_of, minute_on
from flectar.offers.booking.models import Resource, Season, Service, ServiceExtra
from flectar.offers.booking.models.bookings import LONGEST_STAY
from flectar.offers.booking.scheduling import claiming, limits
from flectar.offers.booking.scheduling import nights as rules
from flectar.offers.booking.scheduling.claiming import Pick
from flectar.offers.booking.scheduling.diaries import Candidates, Item, candidates
from flectar.offers.booking.scheduling.nights import DAY, Group, Night, Place, Taken, Terms
from flectar.offers.booking.scheduling.wish import ALTERNATIVES, Wish
from flectar.people.customers.models import Customer
from flectar.platform.projects.models import Location, Project

MOST_NIGHTS = 365
AROUND = 21  # days before and after a stay in which another one is near


def check_in(project: Project, service: Service, arrival: date) -> datetime:
    """From when one may come on that day."""
    return instant_of(minute_on(arrival, service.check_in_min, project.tz))


def check_out(project: Project, service: Service, departure: date) -> datetime:
    """Until when one leaves on that day."""
    return instant_of(minute_on(departure, service.check_out_min, project.tz))


def calendar(
    project: Project, service: Service, first: date, days: int, *, party: int = 1, now: datetime | None = None
) -> list[Night]:
    """The three facts of `days` dates from `first`, for so many people."""
    chosen = candidates(service, party=party)
    return read(project, chosen, first, first + days * DAY, party=party, now=now).calendar(first, days)


def find(
    project: Project,
    service: Service,
    arrival: date,
    nights: int,
    *,
    party: int,
    resource: Resource | None = None,
    extras: Mapping[ServiceExtra, int] | None = None,
    location: Location | None = None,
    without: Sequence[UUID] = (),
    now: datetime | None = None,
    by_team: bool = False,
) -> list[Pick] | Reason:
    """Who takes the stay, or why nobody can. `by_team` lifts notice, horizon, limits and the rules of seasons.

    `without`: as if these bookings were not. With `resource`, only there. A floating pool gives no units as long as
    others must change theirs first: that is `claiming.make_room`, and needs the locks.
    """
    if not 1 <= nights <= MOST_NIGHTS:
        return Reason.MIN_NIGHTS if nights < 1 else Reason.MAX_NIGHTS
    chosen = candidates(service, resource, party=party, extras=extras, location=location)
    book = read(project, chosen, arrival, arrival, party=party, without=without, now=now, by_team=by_team)
    return book.choose(arrival, arrival + nights * DAY)


# --- The wish of the writers ------------------------------------------------------------------------------------------


@dataclass(slots=True)
class StayWish(Wish):
    """Nights instead of a start. Of `starts_at` only the date counts: a stay begins at check-in."""

    def __post_init__(self) -> None:
        self.starts_at = check_in(self.project, self.service, self.arrival)
        if not self.items[0].chosen.groups:
            raise NobodyDoesIt
        item = self.items[0]
        self.items = [replace(item, minutes=self.minutes)]

    @property
    def arrival(self) -> date:
        return self.starts_at.astimezone(self.project.tz).date()

    @property
    def departure(self) -> date:
        return self.arrival + self.nights * DAY

    @property
    def minutes(self) -> int:
        """From check-in to check-out: a night when clocks change is longer or shorter."""
        ends_at = check_out(self.project, self.service, self.departure)
        return int((ends_at - self.starts_at).total_seconds()) // 60

    def must_be_free(self, *, lock: bool = False, counts: bool = True) -> list[tuple[Hashable, ...]]:
        self._found(lock=lock, counts=counts)
        return []

    def choose(self) -> list[list[Pick]]:
        """Under the locks: the place that is slept in first, then what else is needed."""
        picks = []
        for pick in self._found(lock=True):
            units = pick.units
            if not units and pick.is_forced:
                units = (claiming.next_unit(pick.resource, pick.spans),)
            elif not units:
                qty = next(group.qty for group in self.items[0].chosen.needed if pick.resource in group.members)
                units = tuple(claiming.make_room(pick.resource, pick.spans * qty) or ())
                if not units:
                    raise NightsTaken(self.starts_at, Reason.CLAIMED)
            picks.append(replace(pick, units=units))
        return [picks]

    def likely(self) -> list[Resource]:
        return [self._found(lock=False)[0].resource]

    def nearest(self) -> list[datetime]:
        """The closest check-ins from which as many nights are free."""
        first, last = self.arrival - AROUND * DAY, self.arrival + AROUND * DAY
        book = self._read(first, last, by_team=False)
        days = [first + n * DAY for n in range(2 * AROUND + 1)]
        able = [day for day in days if day + self.nights * DAY in book.departures(day)]
        closest = sorted(able, key=lambda day: (abs(day - self.arrival), day))[:ALTERNATIVES]
        return [check_in(self.project, self.service, day) for day in sorted(closest)]

    def _found(self, *, lock: bool, counts: bool = True) -> list[Pick]:
        if not 1 <= self.nights <= MOST_NIGHTS:
            raise NightsTaken(self.starts_at, Reason.MIN_NIGHTS if self.nights < 1 else Reason.MAX_NIGHTS)
        book = self._read(self.arrival, self.arrival, by_team=self.by_team, lock=lock, counts=counts)
        now_in = frozenset(booking.resource_id for booking in self.moving)
        found = book.choose(self.arrival, self.departure, now_in=now_in)
        if not isinstance(found, Reason):
            return found
        if not self.is_forced:
            raise NightsTaken(self.starts_at, found)
        if not self.items[0].chosen.exist:
            raise NobodyDoesIt
        span = book.terms.span(self.arrival, self.departure)
        return [Pick(group.members[0], (span,), (), is_forced=True) for group in self.items[0].chosen.needed]

    def _read(self, first: date, last: date, *, by_team: bool, lock: bool = False, counts: bool = True) -> "Book":
        return read(
            self.project,
            self.items[0].chosen,
            first,
            last,
            party=self.party,
            customer=self.customer,
            without=self.without,
            by_team=by_team,
            lock=lock,
            counts=counts,
        )


def wish(
    project: Project,
    service: Service,
    arrival: datetime,
    nights: int,
    *,
    party: int,
    resource: Resource | None = None,
    extras: Mapping[ServiceExtra, int] | None = None,
    location: Location | None = None,
    **options: Any,
) -> StayWish:
    """`arrival` is any instant of that day."""
    chosen = candidates(service, resource, party=party, extras=extras, location=location)
    return StayWish(project, [Item(chosen, 0)], arrival, party=party, nights=nights, location=location, **options)


# --- The facts --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Book:
    """Everything that is known about the stays of one service, for arrivals on some dates and a number of people."""

    groups: Sequence[Group]
    terms: Terms
    resources: Mapping[Any, Resource]
    quotas: limits.Quotas = field(default_factory=limits.Quotas)
    is_for_nobody: bool = False  # no place takes so many people, or so few

    def calendar(self, first: date, days: int) -> list[Night]:
        nights = rules.calendar(self.groups, self.terms, first, days)
        if not (self.quotas.general or self.quotas.own):
            return nights
        return [
            replace(night, may_arrive=False, reason=Reason.LIMIT)
            if night.may_arrive and not self.departures(night.day)
            else night
            for night in nights
        ]

    def departures(self, arrival: date) -> list[date]:
        return [] if self._is_full(arrival) else rules.departures(self._open(arrival), self.terms, arrival)

    def why_not(self, arrival: date, departure: date) -> Reason | None:
        if reason := rules.why_not(self.groups, self.terms, arrival, departure):
            return Reason.PARTY if self.is_for_nobody else reason
        if self._is_full(arrival) or rules.why_not(self._open(arrival), self.terms, arrival, departure):
            return Reason.LIMIT
        return None

    def choose(
        self, arrival: date, departure: date, *, now_in: frozenset[Hashable] = frozenset()
    ) -> list[Pick] | Reason:
        if reason := self.why_not(arrival, departure):
            return reason
        found = rules.choose(self._open(arrival), self.terms, arrival, departure, now_in=now_in)
        if isinstance(found, Reason):
            return found
        span = self.terms.span(arrival, departure)
        return [Pick(self.resources[place.who], (span,), units) for place, units in found]

    def _is_full(self, arrival: date) -> bool:
        return any(quota.is_full(self._start(arrival)) for quota in self.quotas.general)

    def _open(self, arrival: date) -> Sequence[Group]:
        """The groups without the places that take no more arrivals then."""
        if not self.quotas.own:
            return self.groups
        start = self._start(arrival)
        full = {who for who, quotas in self.quotas.own.items() if any(quota.is_full(start) for quota in quotas)}
        return [replace(one, places=[place for place in one.places if place.who not in full]) for one in self.groups]

    def _start(self, arrival: date) -> int:
        return self.terms.slept(arrival, arrival + DAY)[0]


def read(
    project: Project,
    chosen: Candidates,
    first: date,
    last: date,
    *,
    party: int = 1,
    customer: Customer | None = None,
    without: Sequence[UUID] = (),
    now: datetime | None = None,
    by_team: bool = False,
    lock: bool = False,
    counts: bool = True,
) -> Book:
    """Complete for stays that arrive from `first` to `last`. `lock` waits for the rows of limits; `counts`: limits,
    too."""
    moment = now or clock.now()
    service = chosen.service
    seasons = [] if by_team else list(Season.objects.filter(service=service, last__gte=first))
    terms = _terms(project, service, seasons, moment, by_team=by_team)
    longest = max([terms.max_nights, *(max(one.min_nights or 0, one.max_nights or 0) for one in terms.seasons)])
    resources = chosen.all
    since = terms.starts(first - 2 * DAY)  # dates of other calendars may reach half a day further than they say
    until = terms.ends(last + (longest + 1) * DAY)
    taken, closures, external = _facts(project, service, list(resources), since, until, without=without, now=moment)
    places = {
        pk: Place(
            pk,
            units=one.units,
            is_floating=one.allocation == Resource.Allocation.FLOATING,
            rank=one.rank,
            claims=taken[pk],
            closures=[_as_nights(span, terms) for span in (*closures[None], *closures[pk])],
            external=[_as_guests(span, terms) for span in external[pk]],
        )
        for pk, one in resources.items()
    }
    is_welcome = by_team or service.min_party <= party <= service.max_party
    groups = [
        Group([places[one.pk] for one in group.members] if is_welcome else [], qty=group.qty) for group in chosen.needed
    ]
    quotas = limits.Quotas()
    if counts and chosen.is_limited and not by_team:
        quotas = limits.of(
            project,
            [service],
            dict.fromkeys(resources, limits.Weight()),
            {},
            first=since,
            until=until,
            party=party,
            customer=customer,
            without=without,
            lock=lock,
        )
    is_for_nobody = bool(groups) and not chosen.is_switched_off and not all(one.places for one in groups)
    return Book(groups, terms, resources, quotas, is_for_nobody=is_for_nobody)


def _terms(project: Project, service: Service, seasons: Sequence[Season], now: datetime, *, by_team: bool) -> Terms:
    terms = Terms(
        zone=project.tz,
        check_in=service.check_in_min,
        check_out=service.check_out_min,
        before=service.buffer_before,
        after=service.buffer_after,
        max_nights=MOST_NIGHTS,
    )
    if by_team:
        return terms
    return replace(
        terms,
        min_nights=service.min_nights,
        max_nights=service.max_nights,
        seasons=tuple(
            rules.Season(
                one.first,
                one.last,
                one.min_nights,
                one.max_nights,
                frozenset(one.arrival_days),
                frozenset(one.departure_days),
                one.fills_gaps,
            )
            for one in seasons
        ),
        earliest=ceil_minute(now + service.notice),
        latest=now.astimezone(project.tz).date() + timedelta(days=service.horizon_days),
    )


def _as_nights(span: Span, terms: Terms) -> Span:
    """Whole days that are blocked are the nights from the first one's check-in to the end's check-out."""
    first, last = (instant_of(minute).astimezone(terms.zone) for minute in span)
    if (first.hour, first.minute, last.hour, last.minute) != (0, 0, 0, 0):
        return span
    return terms.slept(first.date(), last.date())


def _as_guests(span: Span, terms: Terms) -> Span:
    """Nights that another calendar has sold are guests like ours: they need preparation and cleaning as well."""
    first, last = (instant_of(minute).astimezone(terms.zone) for minute in span)
    walls = (first.hour * 60 + first.minute, last.hour * 60 + last.minute)
    is_stay = last.date() > first.date() and walls in ((0, 0), (terms.check_in, terms.check_out))
    return terms.span(first.date(), last.date()) if is_stay else span


type _ByPlace = defaultdict[UUID | None, list[Any]]


def _facts(
    project: Project,
    service: Service,
    resources: list[UUID],
    since: int,
    until: int,
    *,
    without: Sequence[UUID],
    now: datetime,
) -> tuple[_ByPlace, _ByPlace, _ByPlace]:
    """Claims, closures and busy time of other calendars, by place; those of the whole business under None."""
    found: dict[str, _ByPlace] = {kind: defaultdict(list) for kind in ("claim", "closure", "busy")}
    values: dict[str, Any] = {
        "project": project.pk,
        "resources": resources,
        "service": service.pk,
        "without": list(without),
        "first": instant_of(since),
        "until": instant_of(until),
        "lookback": instant_of(since) - LONGEST_STAY,
        "now": now,
    }
    with connection.cursor() as cursor:
        cursor.execute(_FACTS, values)
        for kind, who, unit, start, end in cursor.fetchall():
            found[kind][who].append(Taken(unit, start, end) if kind == "claim" else (start, end))
    return found["claim"], found["closure"], found["busy"]


_FACTS = """
SELECT 'claim', resource_id, unit, (date_part('epoch', starts_at) / 60)::int, (date_part('epoch', ends_at) / 60)::int
  FROM booking_claim
 WHERE project_id = %(project)s AND resource_id = ANY(%(resources)s)
   AND starts_at >= %(lookback)s AND starts_at < %(until)s AND ends_at > %(first)s
   AND (expires_at IS NULL OR expires_at > %(now)s)
   AND (booking_id IS NULL OR NOT booking_id = ANY(%(without)s::uuid[]))
   AND (held_by_id IS NULL OR NOT held_by_id = ANY(%(without)s::uuid[]))
UNION ALL
SELECT 'busy', resource_id, 0, floor(date_part('epoch', starts_at) / 60)::int,
       ceil(date_part('epoch', ends_at) / 60)::int
  FROM booking_externalbusy
 WHERE project_id = %(project)s AND resource_id = ANY(%(resources)s)
   AND ends_at > %(first)s AND starts_at < %(until)s
UNION ALL
SELECT 'closure', resource_id, 0, floor(date_part('epoch', starts_at) / 60)::int,
       ceil(date_part('epoch', ends_at) / 60)::int
  FROM booking_closure
 WHERE project_id = %(project)s AND ends_at > %(first)s AND starts_at < %(until)s
   AND (resource_id IS NULL OR resource_id = ANY(%(resources)s))
   AND (service_id IS NULL OR service_id = %(service)s)
"""
