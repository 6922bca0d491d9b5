"""Which stays are possible, and why another one is not: dates on the wall, over time given away in whole minutes.

A stay [arrival, departure) sleeps the nights between two dates. It takes the time from check-in less preparation to
check-out plus cleaning, so stays stand back to back, and an hour at noon fits between the one that leaves and the one
that comes. Nothing here knows a database or a clock; `stays.py` brings the facts.

A date has three facts: its night may be free, one may arrive on it, one may leave on it. They differ: the day on which
others arrive has no free night, and is still a day to leave.
"""

from bisect import bisect_right
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from flectar.offers.booking.availability import CLOSENESS, FAR, Reason
from flectar.offers.booking.hours import Span, merged, minute_on

DAY = timedelta(days=1)


class Taken(NamedTuple):
    """Time of one unit that is given away, preparation and cleaning inside."""

    unit: int
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Season:
    """Rules for some dates, both included. `None` and empty: as at any other time."""

    first: date
    last: date
    min_nights: int | None = None
    max_nights: int | None = None
    arrival_days: frozenset[int] = frozenset()
    departure_days: frozenset[int] = frozenset()
    fills_gaps: bool = False

    def holds_on(self, day: date) -> bool:
        return self.first <= day <= self.last


@dataclass(frozen=True, slots=True)
class Terms:
    """What a service asks of a stay. Times are minutes after local midnight, `earliest` is a minute since 1970.

    How long a stay may be and on which weekday it may begin is said by the season of its arrival; on which weekday it
    may end, by the season of its departure.
    """

    zone: ZoneInfo
    check_in: int = 15 * 60
    check_out: int = 11 * 60
    before: int = 0
    after: int = 0
    min_nights: int = 1
    max_nights: int = 28
    seasons: tuple[Season, ...] = ()
    earliest: int = -FAR
    latest: date = date.max

    def span(self, arrival: date, departure: date) -> Span:
        """All the time that the stay takes."""
        return self.starts(arrival), self.ends(departure)

    def starts(self, arrival: date) -> int:
        return minute_on(arrival, self.check_in, self.zone) - self.before

    def ends(self, departure: date) -> int:
        return minute_on(departure, self.check_out, self.zone) + self.after

    def slept(self, arrival: date, departure: date) -> Span:
        """From check-in to check-out."""
        return minute_on(arrival, self.check_in, self.zone), minute_on(departure, self.check_out, self.zone)

    def season_on(self, day: date) -> Season | None:
        """Of two that overlap, the shorter; of two as long, the later."""
        holding = [season for season in self.seasons if season.holds_on(day)]
        return min(holding, key=lambda one: (one.last - one.first, -one.first.toordinal()), default=None)

    def lengths(self, arrival: date) -> tuple[int, int]:
        """Fewest and most nights. A season that only asks for more nights than there may be raises both."""
        season = self.season_on(arrival)
        fewest = season.min_nights if season and season.min_nights else self.min_nights
        most = season.max_nights if season and season.max_nights else self.max_nights
        return fewest, max(fewest, most)

    def is_arrival_day(self, day: date) -> bool:
        season = self.season_on(day)
        return season is None or not season.arrival_days or day.weekday() in season.arrival_days

    def is_departure_day(self, day: date) -> bool:
        season = self.season_on(day)
        return season is None or not season.departure_days or day.weekday() in season.departure_days

    def fills_gaps(self, arrival: date) -> bool:
        season = self.season_on(arrival)
        return season is not None and season.fills_gaps

    def too_early_or_late(self, arrival: date) -> Reason | None:
        if arrival > self.latest:
            return Reason.PAST_HORIZON
        if minute_on(arrival, self.check_in, self.zone) < self.earliest:
            return Reason.TOO_SOON
        return None


@dataclass(slots=True)
class Place:
    """A house, a room, or several that are alike, and what already fills them.

    Each unit of a fixed pool is a lane of its own, and a stay keeps to one. In a floating pool nobody is promised a
    unit, so it is one lane that is taken where as many stays meet as there are units.
    """

    who: Hashable
    units: int = 1
    is_floating: bool = False
    rank: int = 0
    claims: Sequence[Taken] = ()
    closures: Sequence[Span] = ()
    external: Sequence[Span] = ()
    _lanes: dict[tuple[int, bool], list[list[Span]]] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )

    def gaps(self, start: int, qty: int = 1, *, only_claims: bool = False) -> list[tuple[int, Span]]:
        """The lanes that are free at `start`, each with its number and its whole free stretch, in order."""
        found = []
        for number, taken in enumerate(self._taken(qty, only_claims=only_claims), start=1):
            index = bisect_right(taken, (start, FAR)) - 1
            free_from = taken[index][1] if index >= 0 else -FAR
            if free_from <= start:
                found.append((number, (free_from, taken[index + 1][0] if index + 1 < len(taken) else FAR)))
        return found

    def reach(self, start: int, qty: int = 1, *, only_claims: bool = False) -> int:
        """Until when `qty` units stay free from `start` on; -FAR when they are not free even then."""
        ends = sorted((gap[1] for _, gap in self.gaps(start, qty, only_claims=only_claims)), reverse=True)
        needed = 1 if self.is_floating else qty
        return ends[needed - 1] if len(ends) >= needed else -FAR

    def why_not(self, whole: Span, bare: Span, qty: int) -> Reason | None:
        """Why these units are not free for the whole stretch; `bare` is the same without preparation and cleaning."""
        if self.reach(whole[0], qty) >= whole[1]:
            return None
        if any(start < whole[1] and end > whole[0] for start, end in self.closures):
            return Reason.CLOSURE
        if self.reach(bare[0], qty, only_claims=True) < bare[1]:
            return Reason.CLAIMED
        return Reason.BUFFER if self.reach(whole[0], qty, only_claims=True) < whole[1] else Reason.EXTERNAL

    def _taken(self, qty: int, *, only_claims: bool) -> list[list[Span]]:
        key = (qty if self.is_floating else 1, only_claims)
        if key not in self._lanes:
            blocked = [] if only_claims else [*self.closures, *self.external]
            if self.is_floating:
                lanes = [_full(self.claims, self.units - qty + 1)]
            else:
                lanes = [[(one.start, one.end) for one in self.claims if one.unit == n + 1] for n in range(self.units)]
            self._lanes[key] = [merged([*lane, *blocked]) for lane in lanes]
        return self._lanes[key]


def _full(claims: Iterable[Taken], most: int) -> list[Span]:
    """Where `most` or more of them meet."""
    if most <= 0:
        return [(-FAR, FAR)]
    steps = sorted([(one.start, 1) for one in claims] + [(one.end, -1) for one in claims])  # an end comes first
    full, in_use, since = [], 0, 0
    for at, step in steps:
        before, in_use = in_use, in_use + step
        if before < most <= in_use:
            since = at
        elif in_use < most <= before and since < at:
            full.append((since, at))
    return full


@dataclass(frozen=True, slots=True)
class Group:
    """Any one of these places will do, and of it so many units."""

    places: Sequence[Place]
    qty: int = 1

    def reach(self, start: int) -> int:
        return max((place.reach(start, self.qty) for place in self.places), default=-FAR)

    def why_not(self, whole: Span, bare: Span) -> Reason | None:
        """The reason of whoever came closest; nobody at all is closed."""
        reasons = [place.why_not(whole, bare, self.qty) for place in self.places]
        return None if None in reasons else max(filter(None, reasons), key=CLOSENESS.__getitem__, default=Reason.CLOSED)


type Groups = Sequence[Group]
"""Every group must be met. The first is what is slept in: its gaps are the ones that a short stay may fill."""


def departures(groups: Groups, terms: Terms, arrival: date) -> list[date]:
    """Every day on which a stay that arrives then may leave, in order."""
    if not groups or terms.too_early_or_late(arrival):
        return []
    reach = min(group.reach(terms.starts(arrival)) for group in groups)
    fewest, most = terms.lengths(arrival)
    days = [arrival + n * DAY for n in range(1, most + 1)]
    free = [day for day in days if terms.ends(day) <= reach]
    if not terms.is_arrival_day(arrival):
        return [day for day in free if _fills_a_gap(groups, terms, arrival, day)]
    return [
        day
        for n, day in enumerate(free, start=1)
        if (n >= fewest and terms.is_departure_day(day)) or _fills_a_gap(groups, terms, arrival, day)
    ]


def why_not(groups: Groups, terms: Terms, arrival: date, departure: date) -> Reason | None:
    """Why this stay cannot be had; None when it can."""
    nights = (departure - arrival).days
    if nights < 1:
        return Reason.MIN_NIGHTS
    if outside := terms.too_early_or_late(arrival):
        return outside
    whole, bare = terms.span(arrival, departure), terms.slept(arrival, departure)
    taken = [reason for group in groups if (reason := group.why_not(whole, bare))]
    if taken or not groups:
        return taken[0] if taken else Reason.CLOSED
    fewest, most = terms.lengths(arrival)
    if nights > most:
        return Reason.MAX_NIGHTS
    if _fills_a_gap(groups, terms, arrival, departure):
        return None
    if not terms.is_arrival_day(arrival):
        return Reason.ARRIVAL_DAY
    if nights < fewest:
        return Reason.MIN_NIGHTS
    return None if terms.is_departure_day(departure) else Reason.DEPARTURE_DAY


def _fills_a_gap(groups: Groups, terms: Terms, arrival: date, departure: date) -> bool:
    return bool(_short_gaps(groups, terms, arrival, departure))


def _short_gaps(groups: Groups, terms: Terms, arrival: date, departure: date) -> list[tuple[Hashable, int]]:
    """The places and lanes in which a stay that is shorter than asked for may be slept all the same.

    Not a night longer fits there, before or after: the gap can be sold in no other way, so weekdays do not matter
    either. The first day that may be booked is the beginning of a gap too.
    """
    if not terms.fills_gaps(arrival) or (departure - arrival).days >= terms.lengths(arrival)[0]:
        return []
    slept_in = groups[0]
    start, end = terms.span(arrival, departure)
    is_first = terms.too_early_or_late(arrival - DAY) is not None
    return [
        (place.who, lane)
        for place in slept_in.places
        if slept_in.qty == 1 or place.is_floating  # several fixed units have no gap in common that is simply told
        for lane, (since, until) in place.gaps(start, slept_in.qty)
        if end <= until < terms.ends(departure + DAY) and (is_first or terms.starts(arrival - DAY) < since)
    ]


@dataclass(frozen=True, slots=True)
class Night:
    """A date's three facts; `reason` says why nobody can arrive on it."""

    day: date
    is_free: bool
    may_arrive: bool
    may_leave: bool
    reason: Reason | None


def calendar(groups: Groups, terms: Terms, first: date, days: int) -> list[Night]:
    """The facts of `days` dates from `first`. One may leave where the weekday suits and the night before is free."""
    nights = []
    for day in (first + n * DAY for n in range(days)):
        may_arrive = bool(departures(groups, terms, day))
        nights.append(
            Night(
                day,
                is_free=_is_free(groups, terms, day),
                may_arrive=may_arrive,
                may_leave=terms.is_departure_day(day) and _is_free(groups, terms, day - DAY),
                reason=None if may_arrive else why_no_arrival(groups, terms, day),
            )
        )
    return nights


def _is_free(groups: Groups, terms: Terms, day: date) -> bool:
    start, end = terms.span(day, day + DAY)
    return bool(groups) and all(group.reach(start) >= end for group in groups)


def why_no_arrival(groups: Groups, terms: Terms, day: date) -> Reason:
    """Of a day on which no possible stay begins. Where one night would do, it is the day on which it ends."""
    return why_not(groups, terms, day, day + DAY) or Reason.DEPARTURE_DAY


class Chosen(NamedTuple):
    """A place that takes the stay, and its units. Of a floating pool perhaps none: there is room once others move."""

    place: Place
    units: tuple[int, ...]


def choose(
    groups: Groups, terms: Terms, arrival: date, departure: date, *, now_in: frozenset[Hashable] = frozenset()
) -> list[Chosen] | Reason:
    """Who takes the stay, one a group: where they are now, by rank, then where the least free time is lost beside."""
    if reason := why_not(groups, terms, arrival, departure):
        return reason
    span = terms.span(arrival, departure)
    short = set(_short_gaps(groups, terms, arrival, departure))
    chosen = []
    for group in groups:
        able = []
        for place in group.places:
            gaps = [
                (until - since, lane) for lane, (since, until) in place.gaps(span[0], group.qty) if until >= span[1]
            ]
            if group is groups[0] and short:
                gaps = [(size, lane) for size, lane in gaps if (place.who, lane) in short]
            if len(gaps) >= (1 if place.is_floating else group.qty):
                able.append((place, sorted(gaps)[: group.qty]))
        place, gaps = min(able, key=lambda one: (one[0].who not in now_in, one[0].rank, one[1][0][0]))
        units = _units_free(place, span, group.qty) if place.is_floating else tuple(lane for _, lane in gaps)
        chosen.append(Chosen(place, units))
    return chosen


def _units_free(place: Place, span: Span, qty: int) -> tuple[int, ...]:
    """Units of a floating pool that happen to be free throughout; none when they must be moved together first."""
    busy = {one.unit for one in place.claims if one.start < span[1] and one.end > span[0]}
    free = [unit for unit in range(1, place.units + 1) if unit not in busy]
    return tuple(free[:qty]) if len(free) >= qty else ()
