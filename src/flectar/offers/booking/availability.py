"""Which starts are free, and why another one is not: one pure function over whole minutes.

Listing, booking, moving and "why not?" all ask `free_starts`, so what is listed can be booked and nothing else can.
Nothing here knows a database or a clock; `calendar.py` brings the facts. Time is minutes since 1970 (UTC), stretches
are half-open: what ends at ten does not touch what starts at ten.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Hashable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from flectar.offers.booking.hours import Span, merged

FAR: Final = 10**9
"""Minutes; later than any calendar here reaches."""


class Reason(StrEnum):
    """Why a start is not free, from the farthest from free to the closest: of many reasons the last one is told."""

    CLOSED = "closed"
    PAST_HORIZON = "horizon"
    TOO_SOON = "notice"
    CLOSURE = "closure"
    EXTERNAL = "external"
    BUFFER = "buffer"
    CLAIMED = "claimed"
    CAPACITY = "capacity"
    LIMIT = "limit"


CLOSENESS: Final = {reason: rank for rank, reason in enumerate(Reason)}


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


@dataclass(slots=True)
class Diary:
    """One resource's facts over a stretch of time: when it works, and what already fills it.

    `hours` are the windows as written (each anchors its own grid of starts); claims, closures and external busy time
    are sorted by start. Claims carry their buffers inside.
    """

    who: Hashable
    hours: Sequence[Span]
    claims: Sequence[Span] = ()
    closures: Sequence[Span] = ()
    external: Sequence[Span] = ()
    _open: list[Span] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        self._open = merged(self.hours)

    def free_starts(self, rules: Rules, first: int, until: int) -> list[int]:
        """Every start in [first, until) that this resource can serve, in order."""
        lowest, highest = max(first, rules.earliest), min(until, rules.latest)
        if lowest >= highest:
            return []
        reach = rules.before + rules.duration + rules.after
        gaps = _gaps(self._busy_between(lowest - rules.before, highest + rules.duration + rules.after), reach)
        starts: set[int] = set()
        ends = [end for _, end in gaps]
        for opens, closes in self._windows_between(lowest, highest):
            whole = self._open[bisect_right(self._open, (opens, FAR)) - 1]
            inside = rules.buffers_inside_hours
            low = max(opens, lowest, whole[0] + rules.before if inside else opens)
            high = min(
                closes - 1, highest - 1, whole[1] - rules.duration - (rules.after if inside else 0)
            )  # the last minute a start may fall on
            for index in range(bisect_left(ends, low - rules.before + reach), len(gaps)):
                gap_starts, gap_ends = gaps[index]
                earliest = gap_starts + rules.before
                if earliest > high:
                    break
                at = max(low, earliest)
                at += (opens - at) % rules.step
                starts.update(range(at, min(high, gap_ends - rules.duration - rules.after) + 1, rules.step))
        return sorted(starts)

    def why_not(self, rules: Rules, start: int) -> Reason | None:
        """The first reason that forbids this start, or None when `free_starts` lists it."""
        if self.free_starts(rules, start, start + 1):
            return None
        if start >= rules.latest:
            return Reason.PAST_HORIZON
        if start < rules.earliest:
            return Reason.TOO_SOON
        bare = (start, start + rules.duration)
        full = (start - rules.before, bare[1] + rules.after)
        if not self._is_on_grid(rules, start) or not _within(self._open, full if rules.buffers_inside_hours else bare):
            return Reason.CLOSED
        if _touches(self.closures, full):
            return Reason.CLOSURE
        if _touches(self.claims, bare):
            return Reason.CLAIMED
        if _touches(self.claims, full):
            return Reason.BUFFER
        return Reason.EXTERNAL

    def _is_on_grid(self, rules: Rules, start: int) -> bool:
        return any((start - opens) % rules.step == 0 for opens, _ in self._windows_between(start, start + 1))

    def _windows_between(self, first: int, until: int) -> list[Span]:
        return [window for window in self.hours if window[0] < until and window[1] > first]

    def _busy_between(self, first: int, until: int) -> list[Span]:
        if not self.closures and not self.external:
            return [span for span in self.claims if span[0] < until and span[1] > first]
        busy = [
            span
            for spans in (self.claims, self.closures, self.external)
            for span in spans
            if span[0] < until and span[1] > first
        ]
        busy.sort()
        return busy


def _gaps(busy: Sequence[Span], shortest: int) -> list[Span]:
    """The free stretches between busy ones, both open ends included, that are long enough to be of use."""
    gaps, free_from = [], -FAR
    for start, end in busy:
        if start - free_from >= shortest:
            gaps.append((free_from, start))
        free_from = max(free_from, end)
    gaps.append((free_from, FAR))
    return gaps


def _within(open_spans: Sequence[Span], span: Span) -> bool:
    index = bisect_right(open_spans, (span[0], FAR)) - 1
    return index >= 0 and open_spans[index][0] <= span[0] and span[1] <= open_spans[index][1]


def _touches(spans: Sequence[Span], span: Span) -> bool:
    return any(start < span[1] and end > span[0] for start, end in spans)


type Groups = Sequence[Sequence[Diary]]
"""Every group must be met; within a group any one resource will do."""


def free_starts(groups: Groups, rules: Rules, first: int, until: int) -> dict[int, tuple[tuple[Hashable, ...], ...]]:
    """Each free start in [first, until), in order, with the resources that could serve it, group by group."""
    free: dict[int, tuple[tuple[Hashable, ...], ...]] | None = None
    for group in groups:
        able: dict[int, tuple[Hashable, ...]] = {}
        for diary in group:
            for start in diary.free_starts(rules, first, until):
                able[start] = (*able.get(start, ()), diary.who)
        if free is None:
            free = {start: (able[start],) for start in sorted(able)}
        else:
            free = {start: (*others, able[start]) for start, others in free.items() if start in able}
    return free or {}


def why_not(groups: Groups, rules: Rules, start: int) -> Reason | None:
    """Why nobody can take this start; None when it is free. The reason of whoever came closest is told."""
    if free_starts(groups, rules, start, start + 1):
        return None
    for group in groups:
        reasons = [reason for diary in group if (reason := diary.why_not(rules, start))]
        if len(reasons) == len(group):
            return max(reasons, key=CLOSENESS.__getitem__, default=Reason.CLOSED)
    return Reason.CLOSED


def why_empty(groups: Groups, rules: Rules, first: int, until: int) -> Reason:
    """The one reason to write under a day without a free start: full beats closed for repairs beats not open."""
    best = Reason.CLOSED
    for group in groups:
        for diary in group:
            for opens, closes in diary._windows_between(first, until):
                skipped = max(0, -(-(first - opens) // rules.step))
                for start in range(opens + skipped * rules.step, min(closes, until), rules.step):
                    reason = diary.why_not(rules, start)
                    if reason is Reason.CLAIMED:
                        return reason
                    if reason and CLOSENESS[reason] > CLOSENESS[best]:
                        best = reason
    return best


def nearest(starts: Sequence[int], wanted: int, count: int) -> list[int]:
    """The `count` free starts closest to the wanted one, in order of the clock."""
    return sorted(sorted(starts, key=lambda start: (abs(start - wanted), start))[:count])
