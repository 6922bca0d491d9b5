"""Which starts are free, and why another one is not: one pure function over whole minutes.

Listing, booking, moving and "why not?" all ask `free_starts`, so what is listed can be booked and nothing else can.
Nothing here knows a database or a clock; `diaries.py` brings the facts. Time is minutes since 1970 (UTC), stretches
are half-open: what ends at ten does not touch what starts at ten.

A service is a list of needs (staff AND room AND two kayaks). A need is met by any of its diaries, for one part of the
service or for several: whoever colours hair is free while the colour develops. The first need gives the grid of starts;
the others only have to be free.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any, Final

from flectar.offers.booking.dealing import SOME, Dealt, Pool, Table, Wanted
from flectar.offers.booking.hours import Span, meet, merged

FAR: Final = 10**9
"""Minutes; later than any calendar here reaches."""


class Reason(StrEnum):
    """Why a start is not free, from the farthest from free to the closest: of many reasons the last one is told."""

    CLOSED = "closed"
    PARTY = "party"
    PAST_HORIZON = "horizon"
    TOO_SOON = "notice"
    ARRIVAL_DAY = "arrival_day"
    DEPARTURE_DAY = "departure_day"
    MIN_NIGHTS = "min_nights"
    MAX_NIGHTS = "max_nights"
    CLOSURE = "closure"
    EXTERNAL = "external"
    BUFFER = "buffer"
    CLAIMED = "claimed"
    CAPACITY = "capacity"
    LIMIT = "limit"


CLOSENESS: Final = {reason: rank for rank, reason in enumerate(Reason)}


@dataclass(frozen=True, slots=True)
class Part:
    """When a need is needed: minutes from the start, and free time that must lie around it."""

    offset: int
    length: int
    before: int = 0
    after: int = 0

    def of(self, start: int) -> Span:
        return start + self.offset, start + self.offset + self.length

    def with_buffers(self, start: int) -> Span:
        return start + self.offset - self.before, start + self.offset + self.length + self.after


@dataclass(frozen=True, slots=True)
class Rules:
    """What a service asks of a start. `earliest` and `latest` bound the start itself: notice and horizon, resolved."""

    duration: int
    step: int
    before: int = 0
    after: int = 0
    buffers_inside_hours: bool = False
    earliest: int = -FAR
    latest: int = FAR  # first minute that is too late

    @property
    def whole(self) -> tuple[Part, ...]:
        """One part from start to end, with the service's buffers."""
        return (Part(0, self.duration, self.before, self.after),)


@dataclass(frozen=True, slots=True)
class Quota:
    """At most `most` in a bucket of time (a day, a week, a quarter of an hour); `weight` is what one more counts."""

    most: int
    used: Mapping[int, int]
    bucket: Callable[[int], int]
    weight: int = 1
    what: Any = None
    """Whose limit it is, for whoever asks why; nothing here reads it."""

    def is_full(self, start: int) -> bool:
        return self.used.get(self.bucket(start), 0) + self.weight > self.most


type Ranges = list[tuple[int, int]]
"""Minutes on which something may start, as [first, last] with both ends included, in order, never touching."""


@dataclass(slots=True)
class Diary:
    """One resource's facts over a stretch of time: when it works, and what already fills it.

    `hours` are the windows as written (each anchors its own grid of starts, at its opening unless `anchors` says
    otherwise); claims, closures and external busy time are sorted by start. Claims carry their buffers inside. A pool
    of several units has `lanes`, the claims of each unit, instead of `claims`.
    """

    who: Hashable
    hours: Sequence[Span]
    claims: Sequence[Span] = ()
    closures: Sequence[Span] = ()
    external: Sequence[Span] = ()
    lanes: Sequence[Sequence[Span]] = ()
    is_floating: bool = False
    anchors: Sequence[int] = ()
    quotas: Sequence[Quota] = ()
    """Its own: however free it is, so much is given away of it and no more."""
    _open: list[Span] = field(init=False, repr=False, compare=False)
    _ends: list[int] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        self._open = merged(self.hours)
        self._ends = [end for _, end in self._open]

    @property
    def units(self) -> int:
        return len(self.lanes) or 1

    def unbooked(self) -> "Diary":
        """As if nobody had booked anything: the same hours and as many units."""
        return replace(self, claims=(), lanes=[()] * len(self.lanes))

    def is_full(self, start: int) -> bool:
        return any(quota.is_full(start) for quota in self.quotas)

    def free_starts(self, rules: Rules, first: int, until: int, parts: Sequence[Part] = ()) -> list[int]:
        """Every start in [first, until) on the grid that this resource can serve, in order."""
        low, high = max(first, rules.earliest), min(until, rules.latest)
        if low >= high:
            return []
        return self.on_grid(self.free_ranges(rules, parts or rules.whole, low, high - 1), rules, low, high)

    def on_grid(self, ranges: Ranges, rules: Rules, low: int, high: int) -> list[int]:
        """The steps of this resource's own windows that lie in the ranges and in [low, high)."""
        starts: set[int] = set()
        lasts = [last for _, last in ranges]
        for (opens, closes), anchor in self._windows_between(low, high):
            lowest, highest = max(opens, low), min(closes, high) - 1
            for index in range(bisect_left(lasts, lowest), len(ranges)):
                begin, end = ranges[index]
                if begin > highest:
                    break
                at = max(lowest, begin)
                at += (anchor - at) % rules.step
                starts.update(range(at, min(highest, end) + 1, rules.step))
        return sorted(start for start in starts if not self.is_full(start)) if self.quotas else sorted(starts)

    def free_ranges(self, rules: Rules, parts: Sequence[Part], low: int, high: int, qty: int = 1) -> Ranges:
        """Every minute in [low, high] from which `qty` units are free for all parts, on the grid or not."""
        open_ranges: Ranges | None = None
        for part in parts:
            lead, trail = (part.before, part.after) if rules.buffers_inside_hours else (0, 0)
            # Windows do not overlap any more, so their ends are in order as well.
            first = bisect_left(self._ends, low + part.offset + part.length + trail)
            last = bisect_right(self._open, (high + part.offset - lead, FAR))
            spans = [
                (max(low, opens - part.offset + lead), min(high, closes - part.offset - part.length - trail))
                for opens, closes in self._open[first:last]
            ]
            spans = [span for span in spans if span[0] <= span[1]]
            open_ranges = spans if open_ranges is None else _shared(open_ranges, spans)
        if not open_ranges:
            return []
        away = [*self.closures, *self.external]
        if not self.lanes:
            return (
                open_ranges
                if qty <= 1 and not away and not self.claims
                else (self._unless(open_ranges, self.claims, away, parts) if qty <= 1 else [])
            )
        if qty > self.units:
            return []
        if self.is_floating:
            crowded = _more_than(self.units - qty, (span for lane in self.lanes for span in lane))
            return self._unless(open_ranges, crowded, away, parts)
        by_lane = [self._unless(open_ranges, lane, away, parts) for lane in self.lanes]
        if qty == 1:
            return _joined(span for ranges in by_lane for span in ranges)
        together = _more_than(qty - 1, ((first, last + 1) for ranges in by_lane for first, last in ranges))
        return [(first, end - 1) for first, end in together]

    def free_units(self, rules: Rules, parts: Sequence[Part], start: int) -> list[int]:
        """The numbers of the units that are free for all parts from this start on, tightest first: little is lost."""
        lanes = self.lanes or [self.claims]
        free = []
        for number, lane in enumerate(lanes, 1):
            if all(not _touches(lane, part.with_buffers(start)) for part in parts):
                end = max(part.with_buffers(start)[1] for part in parts)
                begin = min(part.with_buffers(start)[0] for part in parts)
                slack = min((begin - b for _, b in lane if b <= begin), default=FAR)
                slack += min((a - end for a, _ in lane if a >= end), default=FAR)
                free.append((slack, number))
        return [number for _slack, number in sorted(free)]

    def against(
        self, rules: Rules, start: int, parts: Sequence[Part] = (), *, needs_grid: bool = True
    ) -> list[tuple[Reason, Span]]:
        """Everything that speaks against this start, with the stretch of time that each is about."""
        parts = parts or rules.whole
        found: list[tuple[Reason, Span]] = []
        if start >= rules.latest:
            found.append((Reason.PAST_HORIZON, (rules.latest, FAR)))
        if start < rules.earliest:
            found.append((Reason.TOO_SOON, (-FAR, rules.earliest)))
        if needs_grid and not self._is_on_grid(rules, start):
            found.append((Reason.CLOSED, (start, start)))
        for part in parts:
            bare, full = part.of(start), part.with_buffers(start)
            if not _within(self._open, full if rules.buffers_inside_hours else bare):
                found.append((Reason.CLOSED, bare))
            found += [(Reason.CLOSURE, span) for span in self.closures if meet(span, full)]
            found += [(Reason.EXTERNAL, span) for span in self.external if meet(span, full)]
        if self.is_full(start):
            found.append((Reason.LIMIT, (start, start)))
        if not self.free_units_at(parts, start):
            for part in parts:
                bare, full = part.of(start), part.with_buffers(start)
                for lane in self.lanes or [self.claims]:
                    found += [
                        (Reason.CLAIMED if meet(span, bare) else Reason.BUFFER, span)
                        for span in lane
                        if meet(span, full)
                    ]
        return found

    def free_units_at(self, parts: Sequence[Part], start: int) -> int:
        """How many units could take it, closures and hours aside."""
        if not self.lanes:
            return int(all(not _touches(self.claims, part.with_buffers(start)) for part in parts))
        if self.is_floating:
            peak = max(_peak(part.with_buffers(start), self.lanes) for part in parts)
            return max(0, self.units - peak)
        return sum(all(not _touches(lane, part.with_buffers(start)) for part in parts) for lane in self.lanes)

    def why_not(
        self, rules: Rules, start: int, parts: Sequence[Part] = (), *, needs_grid: bool = True
    ) -> Reason | None:
        """The first reason that forbids this start, or None when this resource can take it."""
        said = {reason for reason, _ in self.against(rules, start, parts, needs_grid=needs_grid)}
        return next((reason for reason in _TOLD_FIRST if reason in said), None)

    def _is_on_grid(self, rules: Rules, start: int) -> bool:
        return any((start - anchor) % rules.step == 0 for _, anchor in self._windows_between(start, start + 1))

    def _windows_between(self, first: int, until: int) -> list[tuple[Span, int]]:
        anchors = self.anchors or [opens for opens, _ in self.hours]
        return [
            (window, anchor)
            for window, anchor in zip(self.hours, anchors, strict=True)
            if window[0] < until and window[1] > first
        ]

    @staticmethod
    def _unless(ranges: Ranges, claims: Sequence[Span], away: Sequence[Span], parts: Sequence[Part]) -> Ranges:
        """The ranges without the starts whose parts, buffers included, would meet something busy."""
        busy = sorted([*claims, *away]) if away else claims
        for part in parts:
            if not ranges:
                break
            # A start of [first, last] covers this stretch of the clock, and nothing outside it matters.
            begin = ranges[0][0] + part.offset - part.before
            end = ranges[-1][1] + part.offset + part.length + part.after
            gaps = _gaps((span for span in busy if span[0] < end and span[1] > begin), part)
            ranges = _shared(ranges, gaps)
        return ranges


_TOLD_FIRST: Final = (
    Reason.PAST_HORIZON,
    Reason.TOO_SOON,
    Reason.CLOSED,
    Reason.CLOSURE,
    Reason.CLAIMED,
    Reason.BUFFER,
    Reason.EXTERNAL,
    Reason.LIMIT,
)


def _gaps(busy: Iterable[Span], part: Part) -> Ranges:
    """From which starts this part fits into the free stretches between busy ones, both open ends included."""
    lead, rest = part.before - part.offset, part.offset + part.length + part.after
    gaps, free_from = [], -FAR
    for start, end in busy:
        if free_from + lead <= start - rest:
            gaps.append((free_from + lead, start - rest))
        free_from = max(free_from, end)
    gaps.append((free_from + lead, FAR))
    return gaps


def _shared(some: Ranges, others: Ranges) -> Ranges:
    """What lies in both lists of ranges."""
    shared, i, j = [], 0, 0
    while i < len(some) and j < len(others):
        first, last = max(some[i][0], others[j][0]), min(some[i][1], others[j][1])
        if first <= last:
            shared.append((first, last))
        if some[i][1] < others[j][1]:
            i += 1
        else:
            j += 1
    return shared


def _joined(ranges: Iterable[tuple[int, int]]) -> Ranges:
    return [(first, end - 1) for first, end in merged((first, last + 1) for first, last in ranges)]


def _more_than(count: int, spans: Iterable[Span]) -> list[Span]:
    """The stretches in which more than `count` of these spans run at once."""
    steps = sorted(step for start, end in spans for step in ((start, 1), (end, -1)))
    found, running, since = [], 0, None
    for at, change in steps:  # an end sorts before a start of the same minute: half-open
        running += change
        if running > count and since is None:
            since = at
        elif running <= count and since is not None:
            if at > since:
                found.append((since, at))
            since = None
    return found


def _peak(span: Span, lanes: Sequence[Sequence[Span]]) -> int:
    steps = sorted(
        step for lane in lanes for start, end in lane if meet((start, end), span) for step in ((start, 1), (end, -1))
    )
    running = peak = 0
    for _, change in steps:
        running += change
        peak = max(peak, running)
    return peak


def _within(open_spans: Sequence[Span], span: Span) -> bool:
    index = bisect_right(open_spans, (span[0], FAR)) - 1
    return index >= 0 and open_spans[index][0] <= span[0] and span[1] <= open_spans[index][1]


def _touches(spans: Sequence[Span], span: Span) -> bool:
    return any(start < span[1] and end > span[0] for start, end in spans)


@dataclass(frozen=True, slots=True)
class Need:
    """A group of resources of which `qty` units are needed for `parts` (empty: from start to end)."""

    diaries: Sequence[Diary]
    parts: tuple[Part, ...] = ()
    qty: int = 1


type Free = dict[int, tuple[tuple[Hashable, ...], ...]]


def free_starts(needs: Sequence[Need], rules: Rules, first: int, until: int, quotas: Sequence[Quota] = ()) -> Free:
    """Each free start in [first, until), in order, with the resources that could serve it, need by need."""
    low, high = max(first, rules.earliest), min(until, rules.latest)
    if low >= high or not needs:
        return {}
    free = _first_need(needs[0], rules, low, high)
    for need in needs[1:]:
        if not free:
            break
        free = _also(free, _able(need, rules, low, high - 1), need.qty)
    if _share_members(needs):
        free = {start: able for start, able in free.items() if _table(needs, able, rules, start).is_enough()}
    if quotas:
        free = {start: able for start, able in free.items() if not any(quota.is_full(start) for quota in quotas)}
    return free


def _first_need(need: Need, rules: Rules, low: int, high: int) -> Free:
    able: dict[int, tuple[Hashable, ...]] = {}
    parts = need.parts or rules.whole
    for diary in need.diaries:
        for start in diary.on_grid(diary.free_ranges(rules, parts, low, high - 1), rules, low, high):
            able[start] = (*able.get(start, ()), diary.who)
    free: Free = {start: (able[start],) for start in sorted(able)}
    return _enough(need, rules, free, low, high - 1) if need.qty > 1 else free


def _enough(need: Need, rules: Rules, free: Free, low: int, high: int) -> Free:
    counted = _able(need, rules, low, high)
    return {start: able for start, able in free.items() if _units_at(counted, start) >= need.qty}


type Able = list[tuple[Diary, list[Ranges]]]
"""Each resource, with the ranges in which one, two, … units of it are free."""


def _able(need: Need, rules: Rules, low: int, high: int) -> Able:
    parts = need.parts or rules.whole
    return [
        (
            diary,
            [diary.free_ranges(rules, parts, low, high, qty) for qty in range(1, min(need.qty, diary.units) + 1)],
        )
        for diary in need.diaries
    ]


def _also(free: Free, able: Able, qty: int) -> Free:
    found: Free = {}
    for start, others in free.items():
        who = tuple(
            one.who for one, ranges in able if _holds(ranges[0], start) and not (one.quotas and one.is_full(start))
        )
        if who and (qty == 1 or _units_at(able, start) >= qty):
            found[start] = (*others, who)
    return found


def _units_at(able: Able, start: int) -> int:
    return sum(
        _holds(ranges, start) for one, by_qty in able if not (one.quotas and one.is_full(start)) for ranges in by_qty
    )


def _holds(ranges: Ranges, start: int) -> bool:
    index = bisect_right(ranges, (start, FAR)) - 1
    return index >= 0 and start <= ranges[index][1]


def _share_members(needs: Sequence[Need]) -> bool:
    members = [{diary.who for diary in need.diaries} for need in needs]
    return any(members[i] & members[j] for i in range(len(needs)) for j in range(i))


def assign(
    needs: Sequence[Need],
    able: Sequence[Sequence[Hashable]],
    rules: Rules,
    start: int,
    preference: Callable[[Hashable], Any] | None = None,
) -> list[Dealt] | None:
    """For each need its units, so that nobody stands in two places at once; None when there is no way.

    In the order of `preference`, smallest first. Needs at different times may share a unit.
    """
    return _table(needs, able, rules, start, preference).deal()


def _table(
    needs: Sequence[Need],
    able: Sequence[Sequence[Hashable]],
    rules: Rules,
    start: int,
    preference: Callable[[Hashable], Any] | None = None,
) -> Table:
    wanted, pools = [], {}
    for need, who in zip(needs, able, strict=True):
        parts = need.parts or rules.whole
        diaries = [diary for diary in need.diaries if diary.who in who]
        if preference:
            diaries.sort(key=lambda diary: preference(diary.who))
        units = []
        for diary in diaries:
            if diary.is_floating and diary.lanes:
                pools[diary.who] = Pool(diary.units, [span for lane in diary.lanes for span in lane])
                units.append((diary.who, SOME))
            elif diary.lanes:
                units += [(diary.who, number) for number in diary.free_units(rules, parts, start)]
            else:
                units.append((diary.who, 1))  # whoever is one is free: they are among the able
        wanted.append(Wanted(need.qty, [part.with_buffers(start) for part in parts], units))
    return Table(wanted, pools)


def why_not(needs: Sequence[Need], rules: Rules, start: int, quotas: Sequence[Quota] = ()) -> Reason | None:
    """Why nobody can take this start; None when it is free. The reason of whoever came closest is told."""
    if free_starts(needs, rules, start, start + 1, quotas):
        return None
    for index, need in enumerate(needs):
        reasons = [
            reason
            for diary in need.diaries
            if (reason := diary.why_not(rules, start, need.parts, needs_grid=index == 0))
        ]
        if len(reasons) == len(need.diaries):
            return max(reasons, key=CLOSENESS.__getitem__, default=Reason.CLOSED)
    if any(quota.is_full(start) for quota in quotas):
        return Reason.LIMIT
    return Reason.CAPACITY if needs else Reason.CLOSED


def why_empty(needs: Sequence[Need], rules: Rules, first: int, until: int, quotas: Sequence[Quota] = ()) -> Reason:
    """The one reason to write under a day without a free start: full beats closed for repairs beats not open."""
    best = Reason.CLOSED
    for index, need in enumerate(needs):
        for diary in need.diaries:
            for (opens, closes), anchor in diary._windows_between(first, until):
                at = max(opens, first)
                for start in range(at + (anchor - at) % rules.step, min(closes, until), rules.step):
                    reason = diary.why_not(rules, start, need.parts, needs_grid=index == 0)
                    if reason is None and any(quota.is_full(start) for quota in quotas):
                        reason = Reason.LIMIT
                    if reason is Reason.CLAIMED:
                        return reason
                    if reason and CLOSENESS[reason] > CLOSENESS[best]:
                        best = reason
    return best


def nearest(starts: Sequence[int], wanted: int, count: int) -> list[int]:
    """The `count` free starts closest to the wanted one, in order of the clock."""
    return sorted(sorted(starts, key=lambda start: (abs(start - wanted), start))[:count])
