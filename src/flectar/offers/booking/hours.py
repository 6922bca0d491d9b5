"""From opening hours on the wall to instants: the only place where a rule's local time becomes real time.

A bound inside the hour that a clock change skips becomes the end of that gap; inside the hour that comes twice it is
the first one. Lengths are wall time: 22:00 plus 360 minutes closes at 04:00 on the wall, be that five hours or seven.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from flectar.core import clock

type Span = tuple[int, int]
"""A half-open stretch of time [start, end) in whole minutes since 1970 (UTC)."""

type Window = tuple[int, int]
"""Minutes after local midnight, and how many minutes of wall time it stays open. May run past midnight."""

DAY_MIN = 1440


def minute_of(instant: datetime) -> int:
    """Whole minutes since 1970; seconds are cut off."""
    return int(instant.timestamp()) // 60


def ceil_minute(instant: datetime) -> int:
    """The first whole minute that is not before `instant`."""
    return -(-int(instant.timestamp() * 1_000_000) // 60_000_000)


def instant_of(minute: int) -> datetime:
    return datetime.fromtimestamp(minute * 60, UTC)


def opened(
    weekly: Mapping[int, Sequence[Window]],
    special: Mapping[date, Sequence[Window]],
    zone: ZoneInfo,
    first: date,
    days: int,
) -> list[Span]:
    """Every window that begins on `days` local days from `first`, in order. A special day replaces its weekday."""
    spans = []
    for day in (first + timedelta(days=n) for n in range(days)):
        for start, length in special.get(day, weekly.get(day.weekday(), ())):
            span = (minute_on(day, start, zone), minute_on(day, start + length, zone))
            if span[0] < span[1]:
                spans.append(span)
    return sorted(spans)


@lru_cache(maxsize=8192)
def minute_on(day: date, minutes: int, zone: ZoneInfo) -> int:
    """The minute since 1970 at which so many minutes of wall time have passed since that midnight."""
    on, at = divmod(minutes, DAY_MIN)
    naive = datetime.combine(day + timedelta(days=on), time(at // 60, at % 60))
    return minute_of(clock.to_instant(naive, zone))


def meet(some: Span, other: Span) -> bool:
    return some[0] < other[1] and some[1] > other[0]


def merged(spans: Iterable[Span]) -> list[Span]:
    """The same time without overlaps; touching stretches become one."""
    whole: list[Span] = []
    for start, end in sorted(spans):
        if whole and start <= whole[-1][1]:
            if end > whole[-1][1]:
                whole[-1] = (whole[-1][0], end)
        else:
            whole.append((start, end))
    return whole
