"""Locks and claims: the only place that gives time away.

Plain inserts into a table with an exclusion constraint wait for each other until PostgreSQL looks for deadlocks, a
second later. So everybody locks the resources first, in the order of their ids, and inserts with ON CONFLICT DO
NOTHING: the constraint still has the last word, and nobody waits for it.
"""

from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import OperationalError, connection, transaction
from django.db.models import F

from flectar.core import clock
from flectar.core.tenancy import current_project_id
from flectar.offers.booking.errors import TryAgain
from flectar.offers.booking.hours import Span, instant_of
from flectar.offers.booking.models import Attendee, Booking, Claim, Hold, Resource, Session

LOCK_TIMEOUT = "3s"
_ASIDE = 10_000  # where units stand while they change places
_RESOURCES = """
WITH patience AS MATERIALIZED (SELECT set_config('lock_timeout', %s, true))
SELECT one.id FROM patience, booking_resource one WHERE one.id = ANY(%s) ORDER BY one.id FOR NO KEY UPDATE OF one
"""
_SESSIONS = """
WITH patience AS MATERIALIZED (SELECT set_config('lock_timeout', %s, true))
SELECT one.id FROM patience, booking_session one WHERE one.id = ANY(%s) ORDER BY one.id FOR NO KEY UPDATE OF one
"""


@dataclass(frozen=True, slots=True)
class Pick:
    """What is taken of one resource: these units, for each of these stretches (minutes, buffers inside)."""

    resource: Resource
    spans: tuple[Span, ...]
    units: tuple[int, ...] = (1,)
    is_forced: bool = False


@contextmanager
def locked(resources: Iterable[UUID], sessions: Collection[UUID] = ()) -> Iterator[list[UUID]]:
    """One transaction that holds the rows of the resources, and of sessions after them. Gives the bookings whose holds
    had run out: their claims and places are gone, and the caller says so in their rows."""
    with transaction.atomic():
        try:
            wanted = list(resources)
            lapsed = lock_calendars(wanted) if wanted or not sessions else []
            if sessions:
                lapsed += lock_sessions(sessions)
        except OperationalError as error:
            raise TryAgain from error
        yield lapsed


def lock_calendars(ids: Iterable[UUID]) -> list[UUID]:
    """Wait for these calendars, three seconds at most. Whoever changes hours, closures or busy time takes it too.

    FOR NO KEY UPDATE does not hold up rows that merely refer to the resource. Holds that have run out are deleted:
    the ids of their bookings are the answer.
    """
    wanted = sorted(ids)
    with connection.cursor() as cursor:
        _wait_for(cursor, _RESOURCES, wanted)
        cursor.execute(
            "DELETE FROM booking_claim WHERE project_id = %s AND resource_id = ANY(%s) AND expires_at <= %s"
            " RETURNING booking_id",
            [current_project_id(), wanted, clock.now()],
        )
        return sorted({row[0] for row in cursor.fetchall() if row[0] is not None})


def _wait_for(cursor: Any, rows: str, ids: Sequence[UUID]) -> None:
    """Three seconds at most. What comes next is another statement: it must see what was committed meanwhile."""
    cursor.execute(rows, [LOCK_TIMEOUT, list(ids)])


def lock_sessions(ids: Collection[UUID]) -> list[UUID]:
    """Wait for these dates of classes, and give back the places of holds that have run out: the ids of their bookings
    are the answer. Whoever takes or frees a place, or changes how many there are, holds this lock."""
    wanted = sorted(ids)
    with connection.cursor() as cursor:
        _wait_for(cursor, _SESSIONS, wanted)
        cursor.execute(
            "SELECT id FROM booking_booking WHERE project_id = %s AND session_id = ANY(%s)"
            " AND status IN ('requested', 'held') AND hold_until <= %s ORDER BY id",
            [current_project_id(), wanted, clock.now()],
        )
        found = [row[0] for row in cursor.fetchall()]
    if found:
        Attendee.objects.filter(booking__in=found, session__isnull=False).delete()
    return found


def sit(booking: Booking, session: Session, names: Sequence[str] = (), *, beyond: bool = False) -> bool:
    """Give the booking's people the lowest free places of the session; False if there are not enough for all.

    The caller holds the session's lock. `beyond`: the team adds chairs that the plan does not have.
    """
    taken: set[Any] = set(Attendee.objects.filter(session=session).values_list("number", flat=True))
    free = [number for number in range(1, session.capacity + 1) if number not in taken][: booking.party]
    missing = booking.party - len(free)
    if missing and not beyond:
        return False
    after = max([session.capacity, *taken])
    free += range(after + 1, after + 1 + missing)
    named = [*names, booking.customer.name if not names else ""]
    Attendee.objects.bulk_create(
        Attendee(
            project_id=booking.project_id,
            booking=booking,
            session=session,
            number=number,
            name=named[index] if index < len(named) else "",
        )
        for index, number in enumerate(free)
    )
    return True


def claim(picks: Sequence[Pick], owner: Booking | Session | Hold, *, expires_at: datetime | None = None) -> bool:
    """Insert the claims of a booking, of a session or of a hold; False when one of them was not to be had."""
    rows = [
        (pick.resource.pk, unit, instant_of(start), instant_of(end), pick.is_forced)
        for pick in picks
        for unit in pick.units
        for start, end in pick.spans
    ]
    rows.sort(key=lambda row: (row[0], row[1], row[2]))
    with connection.cursor() as cursor:
        cursor.execute(
            "WITH claimed AS ("
            "INSERT INTO booking_claim"
            " (project_id, resource_id, unit, starts_at, ends_at, booking_id, session_id, held_by_id, expires_at,"
            " is_forced)"
            " SELECT %s, r, u, s, e, %s, %s, %s, %s, f FROM unnest(%s::uuid[], %s::smallint[], %s::timestamptz[],"
            " %s::timestamptz[], %s::boolean[]) AS wanted(r, u, s, e, f)"
            " ON CONFLICT DO NOTHING RETURNING resource_id),"
            " touched AS (UPDATE booking_resource SET rev = rev + 1"
            " WHERE project_id = %s AND id IN (SELECT resource_id FROM claimed))"
            " SELECT count(*) FROM claimed",
            [
                owner.project_id,
                owner.pk if isinstance(owner, Booking) else None,
                owner.pk if isinstance(owner, Session) else None,
                owner.pk if isinstance(owner, Hold) else None,
                expires_at,
                *(list(column) for column in zip(*rows, strict=True)),
                owner.project_id,
            ],
        )
        return bool(cursor.fetchone()[0] == len(rows))


def next_unit(resource: Resource, spans: Sequence[Span]) -> int:
    """The first unit beyond those that there are, on which nothing stands in these stretches."""
    begin, end = instant_of(min(a for a, _ in spans)), instant_of(max(b for _, b in spans))
    taken = set(_meeting(resource, begin, end).values_list("unit", flat=True))
    return next(unit for unit in range(1, _ASIDE) if unit not in taken)


def release(booking: Booking) -> None:
    """Give the booking's time back, or its places in a class."""
    if booking.session_id is None:
        Claim.objects.filter(booking=booking).delete()
    else:
        Attendee.objects.filter(booking=booking, session__isnull=False).delete()


def let_go(hold: Hold) -> None:
    """The hold and its claims. It may be gone already."""
    Claim.objects.filter(held_by=hold.pk).delete()
    Hold.objects.filter(pk=hold.pk).delete()


def keep(booking: Booking, until: datetime | None) -> None:
    """Its claims expire then; None: they stay."""
    Claim.objects.filter(booking=booking).update(expires_at=until)


def make_room(resource: Resource, stretches: Sequence[Span]) -> list[int] | None:
    """A unit of a floating pool for each of these stretches, by giving other claims that have not begun another unit.

    Peak use below the number of units does not mean that one unit is free throughout (one is taken on Monday, the
    other on Tuesday): the claims around are dealt out anew, each to the first unit that is free, in order of their
    start. None when even that does not help. The caller holds the lock, and what is to be moved has let its claims go.
    """
    now = clock.now()
    begin, end = instant_of(min(a for a, _ in stretches)), instant_of(max(b for _, b in stretches))
    around = _connected(resource, begin, end)
    lanes: list[list[tuple[datetime, datetime]]] = [[] for _ in range(resource.units)]

    def is_free(lane: list[tuple[datetime, datetime]], start: datetime, stop: datetime) -> bool:
        return all(start >= b or stop <= a for a, b in lane)

    movable: list[tuple[datetime, datetime, Claim | int]] = []
    for one in around:
        if one.starts_at <= now or one.is_forced:
            lanes[(one.unit - 1) % resource.units].append((one.starts_at, one.ends_at))
        else:
            movable.append((one.starts_at, one.ends_at, one))
    wanted = [(instant_of(a), instant_of(b), number) for number, (a, b) in enumerate(stretches)]
    dealt: dict[UUID, int] = {}
    mine: dict[int, int] = {}
    for start, stop, mover in sorted([*movable, *wanted], key=lambda entry: (entry[0], entry[1])):
        number = next((n for n, lane in enumerate(lanes) if is_free(lane, start, stop)), None)
        if number is None:
            return None
        lanes[number].append((start, stop))
        if isinstance(mover, int):
            mine[mover] = number + 1
        elif mover.unit != number + 1:
            dealt[mover.pk] = number + 1
    # Two steps: while one takes the other's unit, both would stand on it.
    Claim.objects.filter(pk__in=dealt).update(unit=F("unit") + _ASIDE)
    for pk, number in dealt.items():
        Claim.objects.filter(pk=pk).update(unit=number)
    return [mine[number] for number in range(len(stretches))]


def _connected(resource: Resource, begin: datetime, end: datetime) -> list[Claim]:
    """The claims that meet this stretch, those that meet them, and so on."""
    while True:
        found = list(_meeting(resource, begin, end).order_by("starts_at"))
        wider = (min([begin, *(one.starts_at for one in found)]), max([end, *(one.ends_at for one in found)]))
        if wider == (begin, end):
            return found
        begin, end = wider


def _meeting(resource: Resource, begin: datetime, end: datetime) -> Any:
    return Claim.objects.filter(resource=resource).meeting(begin, end)
