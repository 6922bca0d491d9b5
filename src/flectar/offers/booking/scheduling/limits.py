"""How many a day, a week, a quarter of an hour or a customer may book: counted from the bookings, never in a counter.

Limits of a service and of the whole business are counted from bookings and close a start for everybody. Those of a
person, a room or a pool are counted from their claims, close it for that one only, and stand in their diary.

A start belongs to the day on which its opening hours began: half past midnight still counts for the evening before.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import groupby
from typing import Any
from uuid import UUID

from django.db import connection

from flectar.core import clock
from flectar.offers.booking.availability import Need, Quota
from flectar.offers.booking.hours import Span, instant_of, merged, minute_of
from flectar.offers.booking.models import Limit, Service
from flectar.people.customers.models import Customer
from flectar.platform.projects.models import Project

QUARTER_MIN = 15
_AROUND = timedelta(days=8)
"""So much wider than asked it is counted on both sides: a week may have begun before."""
_FIRST_MONDAY = date(1969, 12, 29)


@dataclass(frozen=True, slots=True)
class Weight:
    """What one more booking would take of a resource: of several services in a visit each counts as a booking."""

    bookings: int = 1
    minutes: int = 0


@dataclass(slots=True)
class Quotas:
    """What limits a start for everybody, and for each resource."""

    general: list[Quota] = field(default_factory=list)
    own: dict[Any, list[Quota]] = field(default_factory=lambda: defaultdict(list))


def of(
    project: Project,
    services: Sequence[Service],
    resources: Mapping[Any, Weight],
    hours: Mapping[Any, Sequence[Span]],
    *,
    first: int,
    until: int,
    party: int = 1,
    customer: Customer | None = None,
    without: Sequence[UUID] = (),
    lock: bool = False,
) -> Quotas:
    """The limits that hold for these services, one after another, with what is used in [first, until) and around it.

    `hours` are those of each resource, and under None those that give the starts. `lock` waits for the rows of the
    limits first, in order, so that two bookings cannot both take the last place. Limits for each customer are left
    out while nobody knows who is asking.
    """
    now = clock.now()
    values: dict[str, Any] = {
        "project": project.pk,
        "services": [one.pk for one in services],
        "resources": list(resources),
        "customer": customer.pk if customer else None,
        "without": list(without),
        "since": instant_of(first) - _AROUND,
        "until": instant_of(until) + _AROUND,
        "now": now,
    }
    with connection.cursor() as cursor:
        if lock:
            # A statement of its own: the count must see what was committed while this one waited.
            cursor.execute(_LOCKS, values)
            if not cursor.fetchall():
                return Quotas()
        cursor.execute(_HELD, values)
        rows = cursor.fetchall()
    found = Quotas()
    for row, used in groupby(rows, key=lambda one: one[: len(_COLUMNS)]):
        limit = Limit(**dict(zip(_COLUMNS, row, strict=True)))
        bucket = _bucket(limit, _opening_days(project, hours.get(limit.resource_id, ())))
        counted = _counted(limit, (one[len(_COLUMNS) :] for one in used), bucket)
        quota = Quota(limit.most, counted, bucket, _weight(limit, services, resources, party), limit)
        (found.own[limit.resource_id] if limit.resource_id else found.general).append(quota)
    return found


def hours_of(needs: Sequence[Need]) -> dict[Any, Sequence[Span]]:
    """For `of`: each diary's own, and those of the first need, which gives the starts."""
    starts = sorted({span for need in needs[:1] for diary in need.diaries for span in diary.hours})
    return {None: starts} | {diary.who: diary.hours for need in needs for diary in need.diaries}


def _weight(limit: Limit, services: Sequence[Service], resources: Mapping[Any, Weight], party: int) -> int:
    if limit.resource_id:
        mine = resources[limit.resource_id]
        return mine.minutes if limit.counts_minutes else mine.bookings * (party if limit.counts_people else 1)
    bookings = sum(limit.service_id in (None, one.pk) for one in services)
    return bookings * (party if limit.counts_people else 1)


def _counted(limit: Limit, rows: Iterable[Any], bucket: Callable[[int], int]) -> Counter[int]:
    """By bucket. A booking counts once, on however many units and in however many parts it is."""
    starts: dict[Any, tuple[datetime, int]] = {}
    spans: defaultdict[Any, set[Span]] = defaultdict(set)
    for owner, starts_at, party, begins, ends in rows:
        if owner is None:  # nothing is used yet
            continue
        starts[owner] = starts_at, party
        if begins is not None:
            spans[owner].add((minute_of(begins), minute_of(ends)))
    used: Counter[int] = Counter()
    for owner, (starts_at, party) in starts.items():
        minutes = sum(end - begin for begin, end in merged(spans[owner]))
        used[bucket(minute_of(starts_at))] += minutes if limit.counts_minutes else party if limit.counts_people else 1
    return used


def _bucket(limit: Limit, day_of: Callable[[int], date]) -> Callable[[int], int]:
    match limit.per:
        case Limit.Per.QUARTER:
            return lambda start: start // QUARTER_MIN
        case Limit.Per.DAY | Limit.Per.CUSTOMER_DAY:
            return lambda start: day_of(start).toordinal()
        case Limit.Per.WEEK | Limit.Per.CUSTOMER_WEEK:
            return lambda start: (day_of(start) - _FIRST_MONDAY).days // 7
        case _:
            return lambda _start: 0


def _opening_days(project: Project, windows: Sequence[Span]) -> Callable[[int], date]:
    def day_of(start: int) -> date:
        began = next((opens for opens, closes in reversed(windows) if opens <= start < closes), start)
        return instant_of(began).astimezone(project.tz).date()

    return day_of


_COLUMNS = ("id", "service_id", "resource_id", "per", "most", "counts_people", "counts_minutes")

_THESE = """booking_limit l
 WHERE l.project_id = %(project)s
   AND (l.service_id = ANY(%(services)s::uuid[]) OR l.resource_id = ANY(%(resources)s::uuid[])
        OR (l.service_id IS NULL AND l.resource_id IS NULL))
   AND (%(customer)s::uuid IS NOT NULL OR left(l.per, 8) <> 'customer')"""

_STANDS = """(l.service_id IS NULL OR b.service_id = l.service_id)
   AND b.id <> ALL(%(without)s::uuid[]) AND b.status NOT IN ('cancelled', 'declined', 'expired')
   AND (b.status NOT IN ('requested', 'held') OR b.hold_until IS NULL OR b.hold_until > %(now)s)"""

_USED = f"""
SELECT b.id, b.starts_at, b.party, NULL::timestamptz, NULL::timestamptz
  FROM booking_booking b
 WHERE l.resource_id IS NULL AND left(l.per, 8) <> 'customer' AND b.project_id = %(project)s
   AND b.starts_at >= %(since)s AND b.starts_at < %(until)s AND {_STANDS}
UNION ALL
SELECT b.id, b.starts_at, b.party, NULL, NULL
  FROM booking_booking b
 WHERE l.resource_id IS NULL AND left(l.per, 8) = 'customer' AND b.project_id = %(project)s
   AND b.customer_id = %(customer)s::uuid AND {_STANDS}
   AND CASE WHEN l.per = 'customer_open' THEN b.starts_at > %(now)s
            ELSE b.starts_at >= %(since)s AND b.starts_at < %(until)s END
UNION ALL
SELECT coalesce(c.booking_id, c.session_id, c.held_by_id), coalesce(b.starts_at, s.starts_at, h.starts_at, c.starts_at),
       coalesce(b.party, (SELECT count(*) FROM booking_attendee a
                           WHERE a.project_id = c.project_id AND a.session_id = c.session_id), 1),
       c.starts_at, c.ends_at
  FROM booking_claim c
  LEFT JOIN booking_booking b ON b.project_id = c.project_id AND b.id = c.booking_id
  LEFT JOIN booking_session s ON s.project_id = c.project_id AND s.id = c.session_id
  LEFT JOIN booking_hold h ON h.project_id = c.project_id AND h.id = c.held_by_id
 WHERE c.project_id = %(project)s AND c.resource_id = l.resource_id
   AND c.starts_at >= %(since)s AND c.starts_at < %(until)s
   AND (c.expires_at IS NULL OR c.expires_at > %(now)s)
   AND coalesce(c.booking_id, c.session_id, c.held_by_id) <> ALL(%(without)s::uuid[])
"""  # noqa: S608 - made of constants

# One question for all limits and everything that counts.
_HELD = f"""
SELECT {", ".join(f"l.{name}" for name in _COLUMNS)}, used.*
  FROM {_THESE.replace(" WHERE", f" LEFT JOIN LATERAL ({_USED}) used ON true WHERE", 1)}
 ORDER BY l.id
"""  # noqa: S608 - made of constants
_LOCKS = f"SELECT l.id FROM {_THESE} ORDER BY l.id FOR NO KEY UPDATE"  # noqa: S608 - made of constants
