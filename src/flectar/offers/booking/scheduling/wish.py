"""The wish for a time: one start of one service or of several in a row, who could take it, and who shall.

Listing, booking, moving and "why not?" all come here, and from here to `availability.free_starts` on the same facts.
"""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import connection

from flectar.core import clock
from flectar.offers.booking import availability
from flectar.offers.booking.availability import FAR, Need, Quota, Reason, Rules
from flectar.offers.booking.dealing import SOME, Dealt
from flectar.offers.booking.errors import NobodyDoesIt, SlotTaken
from flectar.offers.booking.hours import DAY_MIN, Span, instant_of, meet, merged, minute_of
from flectar.offers.booking.models import Booking, Hold, Resource, Service, Session
from flectar.offers.booking.scheduling import claiming, limits
from flectar.offers.booking.scheduling.claiming import Pick
from flectar.offers.booking.scheduling.diaries import (
    Candidates,
    Item,
    candidates,
    customer_rules,
    read_needs,
    team_rules,
)
from flectar.people.customers.models import Customer
from flectar.platform.projects.models import Location, Project

ALTERNATIVES = 3
WEEK = timedelta(days=7)


@dataclass(slots=True)
class Wish:
    """`items` are the services in order; `moving` are bookings whose own time is as if it were free."""

    project: Project
    items: Sequence[Item]
    starts_at: datetime
    by_team: bool = False
    party: int = 1
    customer: Customer | None = None
    moving: Sequence[Booking] = ()
    is_limited: bool = True
    """False: the team may go beyond what limits customers."""
    hold: Hold | None = None
    """The visitor's own: its time is free for them."""
    is_forced: bool = False
    """By the team, on purpose: whatever speaks against it."""
    nights: int = 0
    """0 where nobody sleeps; `stays.StayWish` is the wish of those who do."""
    location: Location | None = None
    """Where it was asked for; whoever works anywhere goes there."""
    _needs: list[Need] = field(init=False, default_factory=list)

    def __post_init__(self) -> None:
        if self.starts_at.tzinfo is None:
            raise ValueError("a start is an instant with a time zone")
        self.starts_at = self.starts_at.astimezone(UTC)
        if not self.items or any(not item.chosen.groups for item in self.items):
            raise NobodyDoesIt
        if not all(item.chosen.exist for item in self.items):
            raise NobodyDoesIt if self._is_switched_off else SlotTaken(self.starts_at, Reason.CAPACITY)

    @property
    def _is_switched_off(self) -> bool:
        return any(item.chosen.is_switched_off for item in self.items)

    @property
    def service(self) -> Service:
        return self.items[0].chosen.service

    @property
    def resources(self) -> dict[Any, Resource]:
        """By id, which is what diaries call `who`."""
        return {pk: one for item in self.items for pk, one in item.chosen.all.items()}

    @property
    def minutes(self) -> int:
        return max(item.offset + item.minutes for item in self.items)

    @property
    def rules(self) -> Rules:
        rules = team_rules(self.service) if self.by_team else customer_rules(self.project, self.service)
        return replace(rules, duration=self.minutes)

    @property
    def without(self) -> list[UUID]:
        return [*(booking.pk for booking in self.moving), *([self.hold.pk] if self.hold else [])]

    @property
    def only_asks(self) -> bool:
        """Without a fixed time: a customer asks whether it is open, not whether it is free, and takes nothing."""
        if self.service.mode != Service.Mode.REQUEST or self.by_team:
            return False
        return all(one.status == Booking.Status.REQUESTED and not one.is_proposed for one in self.moving)

    def must_be_free(self, *, lock: bool = False, counts: bool = True) -> list[tuple[Hashable, ...]]:
        """Who could take it, need by need. SlotTaken with the reason when nobody could. `counts`: limits, too."""
        start, rules = minute_of(self.starts_at), self.rules
        self._needs = self.needs(rules, start, start + 1)
        if self.is_forced:
            return [tuple(diary.who for diary in need.diaries) for need in self._needs]
        quotas = self.quotas(self._needs, start, start + 1, lock=lock) if counts else []
        free: Any = None
        if instant_of(start) == self.starts_at:
            free = availability.free_starts(self._needs, rules, start, start + 1, quotas).get(start)
        if free is None:
            reason = availability.why_not(self._needs, rules, start, quotas) or Reason.CLOSED
            raise SlotTaken(self.starts_at, reason)
        return list(free)

    def is_free(self) -> bool:
        try:
            self.must_be_free()
        except SlotTaken:
            return False
        return True

    def needs(self, rules: Rules, first: int, until: int) -> list[Need]:
        needs = read_needs(self.project, self.items, rules, first, until, without=self.without)
        return unbooked(needs) if self.only_asks else needs

    def quotas(self, needs: Sequence[Need], first: int, until: int, *, lock: bool = False) -> list[Quota]:
        """What limits a customer. The own limits of those who are needed stand in their diaries from now on."""
        if not self.is_limited or not any(item.chosen.is_limited for item in self.items):
            return []
        found = limits.of(
            self.project,
            [item.chosen.service for item in self.items],
            self._weights(needs),
            limits.hours_of(needs),
            first=first,
            until=until,
            party=self.party,
            customer=self.customer,
            without=self.without,
            lock=lock,
        )
        for need in needs:
            for diary in need.diaries:
                diary.quotas = found.own.get(diary.who, ())
        return found.general

    def _weights(self, needs: Sequence[Need]) -> dict[Hashable, limits.Weight]:
        """What each would give if it met all needs that it can meet: a visit is never more than its day has left."""
        if not needs:
            return {}
        spans: dict[Hashable, list[Span]] = {}
        services: dict[Hashable, set[int]] = {}
        numbers = (number for number, item in enumerate(self.items) for _ in item.chosen.needed)
        for number, need in zip(numbers, needs, strict=True):
            for diary in need.diaries:
                spans.setdefault(diary.who, []).extend(self._spans(need, 0))
                services.setdefault(diary.who, set()).add(number)
        return {
            who: limits.Weight(len(services[who]), sum(end - begin for begin, end in merged(spans[who])))
            for who in spans
        }

    def choose(self) -> list[list[Pick]]:
        """Under the locks: what is taken, service by service, the person first."""
        able = self.must_be_free(lock=True)
        start = minute_of(self.starts_at)
        taken = self._forced(able, start) if self.is_forced else self._taken(self._dealt(able), start)
        picks: list[list[Pick]] = []
        for item in self.items:
            mine, taken = taken[: len(item.chosen.needed)], taken[len(item.chosen.needed) :]
            picks.append([pick for one in mine for pick in one])
        return picks

    def likely(self) -> list[Resource]:
        """With whom each service would be if it were booked now; nothing is locked. SlotTaken as `choose`."""
        able = self.must_be_free()
        dealt = self._dealt(able)
        resources, firsts, index = self.resources, [], 0
        for item in self.items:
            firsts.append(resources[next(iter(dealt[index]))])
            index += len(item.chosen.needed)
        return firsts

    @property
    def sessions(self) -> set[UUID]:
        """The dates of classes whose places change hands; `seats.SeatWish` has some."""
        return {booking.session_id for booking in self.moving if booking.session_id}

    @property
    def session(self) -> Session | None:
        return None

    def take(self, picks: Sequence[Pick], booking: Booking, *, expires_at: datetime | None = None) -> bool:
        """Under the locks: what was chosen becomes the booking's; False when it was not to be had."""
        return claiming.claim(picks, booking, expires_at=expires_at)

    def _dealt(self, able: Sequence[Sequence[Hashable]]) -> list[Dealt]:
        start = minute_of(self.starts_at)
        dealt = availability.assign(self._needs, able, self.rules, start, self._preference(able))
        if dealt is None:
            raise SlotTaken(self.starts_at, Reason.CAPACITY)
        return dealt

    def _taken(self, dealt: Sequence[Dealt], start: int) -> list[list[Pick]]:
        """Need by need what it takes; of floating pools any units on which there is room."""
        spans = [self._spans(need, start) for need in self._needs]
        floating: dict[Hashable, list[Span]] = {}
        for index, mine in enumerate(dealt):
            for who, numbers in mine.items():
                if SOME in numbers:
                    floating.setdefault(who, []).extend(span for _ in numbers for span in spans[index])
        room = {who: iter(self._units_of(who, wanted)) for who, wanted in floating.items()}
        taken: list[list[Pick]] = []
        for index, mine in enumerate(dealt):
            picks: list[Pick] = []
            for who, numbers in mine.items():
                resource = self.resources[who]
                if SOME in numbers:
                    picks += [Pick(resource, (span,), (next(room[who]),)) for _ in numbers for span in spans[index]]
                else:
                    picks.append(Pick(resource, spans[index], tuple(numbers)))
            taken.append(picks)
        return taken

    def _units_of(self, who: Hashable, wanted: Sequence[Span]) -> list[int]:
        """A unit of a floating pool for each of these stretches: one that is free, or else the others move together."""
        diary = next(one for need in self._needs for one in need.diaries if one.who == who)
        lanes = [list(lane) for lane in diary.lanes]
        units: list[int] = []
        for span in wanted:
            able = [number for number, lane in enumerate(lanes, 1) if not any(meet(span, other) for other in lane)]
            if not able:
                found = claiming.make_room(self.resources[who], wanted)
                if found is None:
                    raise SlotTaken(self.starts_at, Reason.CAPACITY)
                return found
            tightest = min(able, key=lambda number: (_slack(lanes[number - 1], span), number))
            lanes[tightest - 1].append(span)
            units.append(tightest)
        return units

    def _forced(self, able: Sequence[Sequence[Hashable]], start: int) -> list[list[Pick]]:
        """By the team, on purpose: where no unit is free, one that there is not. The constraint stays."""
        taken: list[list[Pick]] = []
        used: set[Hashable] = set()
        preference = self._preference(able)
        for need, group in zip(self._needs, able, strict=True):
            spans, picks, left = self._spans(need, start), [], need.qty
            for who in sorted(group, key=lambda one: (one in used, preference(one))):
                if left == 0:
                    break
                diary = next(one for one in need.diaries if one.who == who)
                resource = self.resources[who]
                units = tuple(diary.free_units(self.rules, need.parts or self.rules.whole, start)[:left])
                is_forced = not units or who in used
                if is_forced:
                    units = (claiming.next_unit(resource, spans),)
                used.add(who)
                left -= len(units)
                picks.append(Pick(resource, spans, units, is_forced=is_forced))
            if left:
                raise SlotTaken(self.starts_at, Reason.CAPACITY)
            taken.append(picks)
        return taken

    def _spans(self, need: Need, start: int) -> tuple[Span, ...]:
        return tuple(part.with_buffers(start) for part in need.parts or self.rules.whole)

    def _preference(self, able: Sequence[Sequence[Hashable]]) -> Any:
        """Who has it now; then by rank, the smallest that seats the party, and whoever is booked least that week."""
        resources = self.resources
        now_with = {booking.resource_id for booking in self.moving}
        if self.hold is not None:
            now_with.add(self.hold.resource_id)
        top = {who for group in able for who in _best_ranked([resources[one] for one in group])}
        booked = (
            _minutes_that_week(self.project, [resources[one] for one in top], self.starts_at) if len(top) > 1 else {}
        )

        def key(who: Any) -> tuple[Any, ...]:
            one = resources[who]
            return (
                who not in now_with,
                one.rank,
                one.seats_max or 0,
                booked.get(who, 0),
                one.name_folded,
                str(who),
            )

        return key

    def nearest(self) -> list[datetime]:
        """The closest free starts within the week around, on the customer's own steps."""
        start = minute_of(self.starts_at)
        rules = replace(customer_rules(self.project, self.service), duration=self.minutes)
        # What lies within a day of the wish is nearer than all the rest: mostly that is enough to know.
        around = self._free_between(start - DAY_MIN, start + DAY_MIN, rules)
        if len(around) < ALTERNATIVES:
            first, until = max(start - 3 * DAY_MIN, rules.earliest), start + 7 * DAY_MIN
            if until <= first:
                first, until = rules.earliest, rules.earliest + 10 * DAY_MIN
            around = self._free_between(first, until, rules)
        return [instant_of(minute) for minute in availability.nearest(around, start, ALTERNATIVES)]

    def _free_between(self, first: int, until: int, rules: Rules) -> list[int]:
        if until <= rules.earliest:
            return []
        needs = self.needs(rules, first, until)
        return list(availability.free_starts(needs, rules, first, until, self.quotas(needs, first, until)))


def visit(
    services: Sequence[tuple[Service, Resource | None, dict[Any, int]]],
    *,
    party: int = 1,
    minutes: int | None = None,
    location: Location | None = None,
) -> list[Item]:
    """These services one after another; each with the person that is wished for, and its extras. `minutes` is the
    length that was sold, when a booking is moved."""
    items: list[Item] = []
    offset = 0
    for index, (service, resource, extras) in enumerate(services):
        chosen = candidates(service, resource, party=party, extras=extras, location=location)
        length = minutes or service.duration_min + sum(extra.add_min * qty for extra, qty in extras.items())
        items.append(Item(chosen, length, offset, index == 0, index == len(services) - 1))
        offset += length
    return items


def unbooked(needs: Sequence[Need]) -> list[Need]:
    return [replace(need, diaries=[one.unbooked() for one in need.diaries]) for need in needs]


def _slack(lane: Sequence[Span], span: Span) -> int:
    """The idle minutes around it: the tightest unit loses least."""
    before = min((span[0] - end for _, end in lane if end <= span[0]), default=FAR)
    return before + min((begin - span[1] for begin, _ in lane if begin >= span[1]), default=FAR)


def _best_ranked(group: Sequence[Resource]) -> list[UUID]:
    best = min((one.rank for one in group), default=0)
    return [one.pk for one in group if one.rank == best]


def _minutes_that_week(project: Project, people: Sequence[Resource], at: datetime) -> dict[UUID, float]:
    day = at.astimezone(project.tz).date()
    monday = clock.day_bounds(day - timedelta(days=day.weekday()), project.tz)[0]
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT resource_id, date_part('epoch', sum(ends_at - starts_at)) / 60 FROM booking_claim"
            " WHERE project_id = %s AND resource_id = ANY(%s) AND starts_at >= %s AND starts_at < %s"
            " GROUP BY resource_id",
            [project.pk, [person.pk for person in people], monday, monday + WEEK],
        )
        return dict(cursor.fetchall())


__all__ = ["Candidates", "Wish", "unbooked", "visit"]
