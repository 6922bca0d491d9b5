"""The time: one `now`, and the one place where local times become instants.

PostgreSQL and Python disagree on an ambiguous local time, so the conversion happens here and nowhere else.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

_frozen: ContextVar[datetime | None] = ContextVar("frozen_now", default=None)


def now() -> datetime:
    """This instant, in UTC."""
    return _frozen.get() or datetime.now(UTC)


@contextmanager
def frozen(at: datetime) -> Iterator[None]:
    """Hold the clock still: for simulations and tests."""
    if at.tzinfo is None:
        raise ValueError("the clock can only be frozen at an instant with a time zone")
    token = _frozen.set(at.astimezone(UTC))
    try:
        yield
    finally:
        _frozen.reset(token)


def to_instant(local: datetime, zone: ZoneInfo) -> datetime:
    """The instant (UTC) of a wall-clock time.

    A time inside a gap (clocks go forward) becomes the gap's end; one that happens twice is its first occurrence.
    """
    if local.tzinfo is not None:
        raise ValueError("to_instant takes a wall-clock time without a zone")
    first = local.replace(tzinfo=zone, fold=0)
    instant = first.astimezone(UTC)
    if instant.astimezone(zone).replace(tzinfo=None) == local:
        return instant
    # Inside a gap, fold=0 reads the time with the offset before it and fold=1 with the offset after it;
    # the gap ends where the offset after it begins to hold.
    before, after = first.utcoffset(), local.replace(tzinfo=zone, fold=1).utcoffset()
    assert before is not None  # noqa: S101 - a ZoneInfo always has an offset
    assert after is not None  # noqa: S101 - a ZoneInfo always has an offset
    low, high = (local - after).replace(tzinfo=UTC), (local - before).replace(tzinfo=UTC)
    while high - low > timedelta(seconds=1):
        middle = low + (high - low) / 2
        if middle.astimezone(zone).utcoffset() == before:
            low = middle
        else:
            high = middle
    return high.replace(microsecond=0)


def local(instant: datetime, zone: ZoneInfo) -> datetime:
    """The wall-clock time of an instant, still aware."""
    return instant.astimezone(zone)


def day_bounds(day: date, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """The instants [start, end) of a local day: 23, 24 or 25 hours apart."""
    start = to_instant(datetime.combine(day, time.min), zone)
    return start, to_instant(datetime.combine(day + timedelta(days=1), time.min), zone)


def today(zone: ZoneInfo) -> date:
    """The date on the wall calendar of that zone."""
    return now().astimezone(zone).date()
