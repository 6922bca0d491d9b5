"""Book, move, cancel, bring back: the only writers of bookings and claims, each by one protocol.

1. Look without a lock: most losers learn it here, cheaply.  2. Lock the resources, in the order of their ids.
3. Look again: the same function, now on facts that nobody can change.  4. Delete one's own old claims, insert the new
ones; the exclusion constraint has the last word.  5. History, audit, mails and facts in the same transaction.
"""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import IntegrityError, OperationalError, connection, transaction
from django.db.models import F

from flectar.core import clock
from flectar.core.events import announce
from flectar.core.text import clean
from flectar.offers.booking import availability, notices
from flectar.offers.booking.availability import Rules
from flectar.offers.booking.diaries import Candidates, candidates, customer_rules, read_groups, team_rules
from flectar.offers.booking.errors import (
    ChangedMeanwhile,
    KeyUsedForAnother,
    NobodyDoesIt,
    NotChangeable,
    SlotTaken,
    TooLateToChange,
    TryAgain,
)
from flectar.offers.booking.facts import BookingCancelled, BookingConfirmed, BookingMoved
from flectar.offers.booking.hours import DAY_MIN, instant_of, minute_of
from flectar.offers.booking.models import Booking, BookingEvent, Claim, Resource, Service
from flectar.offers.booking.models.bookings import unused_code
from flectar.people.customers.models import Customer
from flectar.platform.audit.log import current_actor, record
from flectar.platform.projects.models import Project

LOCK_TIMEOUT = "3s"
ALTERNATIVES = 3
WEEK = timedelta(days=7)


def book(
    project: Project,
    service: Service,
    starts_at: datetime,
    customer: Customer,
    *,
    resource: Resource | None = None,
    source: str = Booking.Source.SITE,
    idempotency_key: str | None = None,
    note: str = "",
    locale: str = "",
    by_team: bool = False,
    notify: bool = True,
) -> Booking:
    """A confirmed booking, or SlotTaken with the nearest free times.

    With an idempotency key a repeat returns the booking of the first time. `by_team` lifts notice, horizon and step.
    """
    if idempotency_key and (known := _of_key(idempotency_key, service, starts_at, customer)):
        return known
    wish = _Wish(project, candidates(service, resource), starts_at, by_team=by_team)
    with _claiming(wish):
        if idempotency_key and (known := _of_key(idempotency_key, service, starts_at, customer)):
            return known
        people = wish.choose()
        booking = _create(
            project=project,
            service=service,
            resource=people[0],
            customer=customer,
            starts_at=starts_at,
            ends_at=starts_at + timedelta(minutes=service.duration_min),
            tz=project.zone,
            local_start=_wall(starts_at, project),
            service_name=service.name,
            price_snapshot={"minor": service.price_minor, "currency": project.currency},
            policy_snapshot={"change_notice_min": service.change_notice_min},
            note=clean(note).strip()[:1000],
            locale=(locale or customer.locale or project.locale)[:10],
            source=source,
            idempotency_key=idempotency_key,
        )
        wish.claim(booking, people)
        _remember(booking, BookingEvent.Kind.BOOKED, after=_facts_of(booking))
        announce(BookingConfirmed(project.pk, booking.pk))
        if notify:
            notices.confirmed(project, booking)
    return booking


def move(
    booking: Booking,
    starts_at: datetime,
    *,
    resource: Resource | None = None,
    by_team: bool = False,
    reason: str = "",
    notify: bool = True,
) -> Booking:
    """The same booking at another time. A refusal leaves the old time as it was.

    Without `resource` the same person keeps it if free then, else somebody else who does the service.
    """
    project = booking.project
    _must_be_changeable(booking, by_team=by_team)
    wish = _Wish(project, candidates(booking.service, resource), starts_at, by_team=by_team, moving=booking)
    if starts_at == booking.starts_at and (resource is None or resource.pk == booking.resource_id):
        return booking
    with _claiming(wish, booking.resource_id):
        people = wish.choose()
        before = _facts_of(booking)
        _compare_and_set(
            booking,
            starts_at=starts_at,
            ends_at=starts_at + timedelta(minutes=wish.minutes),
            local_start=_wall(starts_at, project),
            tz=project.zone,
            resource=people[0],
        )
        Claim.objects.filter(booking=booking).delete()
        wish.claim(booking, people)
        _remember(booking, BookingEvent.Kind.MOVED, before=before, after=_facts_of(booking), reason=reason)
        announce(BookingMoved(project.pk, booking.pk))
        if notify:
            notices.moved(project, booking, before=datetime.fromisoformat(before["starts_at"]))
    return booking


def cancel(booking: Booking, *, by_team: bool = False, reason: str = "", notify: bool = True) -> Booking:
    """Give the time back. Cancelling what is cancelled changes nothing."""
    if booking.is_cancelled:
        return booking
    _must_be_changeable(booking, by_team=by_team)
    with _locked({booking.resource_id}):
        _compare_and_set(booking, status=Booking.Status.CANCELLED)
        Claim.objects.filter(booking=booking).delete()
        _remember(
            booking,
            BookingEvent.Kind.CANCELLED,
            before=_facts_of(booking),
            from_status=Booking.Status.CONFIRMED,
            reason=reason,
        )
        announce(BookingCancelled(booking.project.pk, booking.pk))
        if notify:
            notices.cancelled(booking.project, booking, by_team=by_team, reason=reason)
    return booking


def restore(booking: Booking, *, notify: bool = True) -> Booking:
    """Undo a cancellation, by the team: the same booking, if its time is still free."""
    if booking.is_confirmed:
        return booking
    if not booking.is_cancelled:
        raise NotChangeable
    wish = _Wish(
        booking.project, candidates(booking.service, booking.resource), booking.starts_at, by_team=True, moving=booking
    )
    with _claiming(wish):
        people = wish.choose()
        _compare_and_set(booking, status=Booking.Status.CONFIRMED)
        wish.claim(booking, people)
        _remember(
            booking,
            BookingEvent.Kind.RESTORED,
            after=_facts_of(booking),
            from_status=Booking.Status.CANCELLED,
        )
        announce(BookingConfirmed(booking.project.pk, booking.pk))
        if notify:
            notices.confirmed(booking.project, booking)
    return booking


def check(
    project: Project, service: Service, starts_at: datetime, *, resource: Resource | None = None, key: str = ""
) -> None:
    """SlotTaken if a customer could not book this now. A key that has booked already is always fine."""
    if key and Booking.objects.filter(idempotency_key=key).exists():
        return
    wish = _Wish(project, candidates(service, resource), starts_at, by_team=False)
    try:
        wish.must_be_free()
    except SlotTaken as taken:
        taken.nearest = wish.nearest()
        raise


# --- The wish for a time ----------------------------------------------------------------------------------------------


@dataclass(slots=True)
class _Wish:
    """One start of one service, and who could take it."""

    project: Project
    chosen: Candidates
    starts_at: datetime
    by_team: bool
    moving: Booking | None = None

    def __post_init__(self) -> None:
        if self.starts_at.tzinfo is None:
            raise ValueError("a start is an instant with a time zone")
        self.starts_at = self.starts_at.astimezone(UTC)
        if not self.chosen.exist:
            raise NobodyDoesIt

    @property
    def resources(self) -> set[UUID]:
        return set(self.chosen.all)

    @property
    def minutes(self) -> int:
        """A moved booking keeps the length that was sold."""
        return self.moving.minutes if self.moving else self.chosen.service.duration_min

    @property
    def rules(self) -> Rules:
        service = self.chosen.service
        rules = team_rules(service) if self.by_team else customer_rules(self.project, service)
        return replace(rules, duration=self.minutes)

    def must_be_free(self) -> None:
        """The cheap look, without a lock."""
        self._able()

    def choose(self) -> list[Resource]:
        """Who takes it, one a group: who has it now, else by rank, else whoever is booked least that week."""
        return [self._best([self.chosen.all[pk] for pk in able]) for able in self._able()]

    def claim(self, booking: Booking, people: Sequence[Resource]) -> None:
        """Insert the claims, or SlotTaken: a claim that appeared in spite of the lock loses nothing and wins."""
        rules = self.rules
        start = self.starts_at - timedelta(minutes=rules.before)
        end = self.starts_at + timedelta(minutes=rules.duration + rules.after)
        ids = sorted({person.pk for person in people})
        with connection.cursor() as cursor:
            cursor.execute(
                "WITH claimed AS ("
                "INSERT INTO booking_claim (project_id, resource_id, unit, starts_at, ends_at, booking_id, is_forced) "
                "SELECT %s, unnest(%s::uuid[]), 1, %s, %s, %s, false ON CONFLICT DO NOTHING RETURNING resource_id) "
                "UPDATE booking_resource SET rev = rev + 1 WHERE project_id = %s AND id IN (SELECT * FROM claimed)",
                [self.project.pk, ids, start, end, booking.pk, self.project.pk],
            )
            if cursor.rowcount < len(ids):
                raise SlotTaken(self.starts_at, availability.Reason.CLAIMED)

    def _able(self) -> tuple[tuple[UUID, ...], ...]:
        start = minute_of(self.starts_at)
        rules = self.rules
        groups = read_groups(self.project, self.chosen, rules, start, start + 1, without=self.moving)
        is_whole_minute = instant_of(start) == self.starts_at
        able: Any = availability.free_starts(groups, rules, start, start + 1).get(start) if is_whole_minute else None
        if able is None:
            reason = availability.why_not(groups, rules, start) or availability.Reason.CLOSED
            raise SlotTaken(self.starts_at, reason)
        people: tuple[tuple[UUID, ...], ...] = able
        return people

    def nearest(self) -> list[datetime]:
        """The closest free starts within the week around, on the customer's own steps."""
        start = minute_of(self.starts_at)
        rules = replace(customer_rules(self.project, self.chosen.service), duration=self.minutes)
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
        groups = read_groups(self.project, self.chosen, rules, first, until, without=self.moving)
        return list(availability.free_starts(groups, rules, first, until))

    def _best(self, able: list[Resource]) -> Resource:
        if self.moving is not None:
            for person in able:
                if person.pk == self.moving.resource_id:
                    return person
        top = [person for person in able if person.rank == min(other.rank for other in able)]
        if len(top) == 1:
            return top[0]
        booked = _minutes_that_week(self.project, top, self.starts_at)
        return min(top, key=lambda person: (booked.get(person.pk, 0), person.name_folded, str(person.pk)))


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


# --- The write protocol -----------------------------------------------------------------------------------------------


@contextmanager
def _claiming(wish: _Wish, *also: UUID) -> Iterator[None]:
    """Look, lock, and after a refusal (when the locks are gone) say which times are left."""
    try:
        wish.must_be_free()
        with _locked({*wish.resources, *also}):
            yield
    except SlotTaken as taken:
        taken.nearest = wish.nearest()
        raise


@contextmanager
def _locked(resources: set[UUID]) -> Iterator[None]:
    """One transaction that holds the resources' rows, locked in the order of their ids so that nobody deadlocks."""
    with transaction.atomic():
        try:
            lock_calendars(resources)
        except OperationalError as error:
            raise TryAgain from error
        yield


def lock_calendars(ids: Iterable[UUID]) -> None:
    """Wait for these calendars, three seconds at most. Whoever changes hours, closures or busy time takes it too.

    FOR NO KEY UPDATE does not hold up rows that merely refer to the resource.
    """
    with connection.cursor() as cursor:
        # Two statements, one way there and back.
        cursor.execute(
            "SELECT set_config('lock_timeout', %s, true);"
            "SELECT id FROM booking_resource WHERE id = ANY(%s) ORDER BY id FOR NO KEY UPDATE",
            [LOCK_TIMEOUT, sorted(ids)],
        )


def _create(**values: Any) -> Booking:
    """With a fresh code; a code that exists already is simply drawn again."""
    for _attempt in range(5):
        try:
            with transaction.atomic():
                created: Booking = Booking.objects.create(code=unused_code(), **values)
                return created
        except IntegrityError as error:
            if "booking_code_once" not in str(error):
                raise
    raise TryAgain


def _of_key(key: str, service: Service, starts_at: datetime, customer: Customer) -> Booking | None:
    found = Booking.objects.filter(idempotency_key=key).select_related("resource", "service", "customer")
    known: Booking | None = found.first()
    if known is None:
        return None
    # The booking may have been moved since: its history, not its present time, says what was wished for.
    wished = known.events.filter(kind=BookingEvent.Kind.BOOKED).values_list("after__starts_at", flat=True).first()
    if (known.service_id, wished) != (service.pk, starts_at.astimezone(UTC).isoformat()):
        raise KeyUsedForAnother
    if known.customer_id != customer.pk:
        raise KeyUsedForAnother
    return known


def _must_be_changeable(booking: Booking, *, by_team: bool) -> None:
    if not booking.is_confirmed:
        raise NotChangeable
    if not by_team and clock.now() >= booking.changeable_until:
        raise TooLateToChange


def _compare_and_set(booking: Booking, **values: Any) -> None:
    """Change the row only if it is still the version that we looked at."""
    changed = Booking.objects.filter(pk=booking.pk, version=booking.version).update(version=F("version") + 1, **values)
    if not changed:
        raise ChangedMeanwhile
    booking.version += 1
    for name, value in values.items():
        setattr(booking, name, value)


def _wall(instant: datetime, project: Project) -> str:
    return f"{instant.astimezone(project.tz):%Y-%m-%dT%H:%M}"


def _facts_of(booking: Booking) -> dict[str, Any]:
    return {
        "starts_at": booking.starts_at.astimezone(UTC).isoformat(),
        "ends_at": booking.ends_at.astimezone(UTC).isoformat(),
        "resource": str(booking.resource_id),
        "with": booking.resource.name,
    }


_ACTIONS = {
    BookingEvent.Kind.BOOKED: "booking.confirmed",
    BookingEvent.Kind.MOVED: "booking.moved",
    BookingEvent.Kind.CANCELLED: "booking.cancelled",
    BookingEvent.Kind.RESTORED: "booking.restored",
}


def _remember(
    booking: Booking,
    kind: BookingEvent.Kind,
    *,
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
    from_status: str = "",
    reason: str = "",
) -> None:
    actor = current_actor()
    BookingEvent.objects.create(
        project_id=booking.project_id,
        booking=booking,
        kind=kind,
        at=clock.now(),
        actor_kind=actor.kind,
        actor_id=actor.id,
        actor_name=actor.name[:200],
        from_status=from_status or (booking.status if kind == BookingEvent.Kind.MOVED else ""),
        to_status=booking.status,
        reason=clean(reason).strip()[:300],
        before=before or {},
        after=after or {},
    )
    record(_ACTIONS[kind], target=booking, old=before, new=after or {"status": booking.status})
