"""Waiting lists: for a place in a class, or for a free time of a service within a stretch of time.

When a place or a time becomes free, the first who fits is offered it: a booking that waits for their yes (as a time
that the team proposes) and holds the place until its deadline. No answer: the next one is asked. Nobody is asked
twice. Places of a class are offered in the transaction that frees them, so nobody can slip in between; times of
appointments by a job, because they need the locks of other calendars.
"""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from flectar.core import clock
from flectar.core.events import announce
from flectar.core.jobs import job
from flectar.offers.booking import forgetting
from flectar.offers.booking.availability import Reason
from flectar.offers.booking.deeds import approval, asking, lifecycle, queries, states
from flectar.offers.booking.deeds.states import Kind
from flectar.offers.booking.errors import BookingError, ListFull, OfferOver, PlacesLeft, SlotTaken
from flectar.offers.booking.facts import (
    BookingCancelled,
    BookingConfirmed,
    BookingExpired,
    BookingHeld,
    BookingRequested,
    TimeFreed,
)
from flectar.offers.booking.messages import class_notices, notices
from flectar.offers.booking.models import Booking, Resource, Service, Session, Waiting
from flectar.offers.booking.prices.coupons import CodeGone
from flectar.offers.booking.scheduling import locations, seats
from flectar.people.customers.models import Customer
from flectar.platform.audit.log import record
from flectar.platform.projects.models import Location, Project

LONGEST_OFFER = timedelta(hours=24)
SHORTEST_OFFER = timedelta(minutes=15)
ASKED_AT_ONCE = 50
LONGEST_WAIT = timedelta(days=62)
State = Waiting.State


def join(
    project: Project,
    service: Service,
    customer: Customer,
    *,
    session: Session | None = None,
    party: int = 1,
    earliest: datetime | None = None,
    latest: datetime | None = None,
    resource: Resource | None = None,
    location: Location | None = None,
    locale: str = "",
    customer_zone: str = "",
) -> Waiting:
    """Wait for `party` places in the session, or for a start in [earliest, latest] at the location. Who waits there
    already keeps their turn.

    PlacesLeft if one could book; ListFull when as many wait as may.
    """
    with transaction.atomic():
        mine = Waiting.objects.filter(customer=customer, state__in=(State.WAITING, State.OFFERED))
        if session is not None:
            with lifecycle.lapsing(set(), {session.pk}):
                mine = mine.filter(session=session)
        else:
            mine = mine.filter(service=service, session=None, location=location, latest__gt=clock.now())
        known: Waiting | None = mine.first()
        if known is not None:
            return known
        if session is not None:
            _must_be_full(session, party)
        else:
            now = clock.now()
            if earliest is None or latest is None or latest <= max(earliest, now):
                raise SlotTaken(earliest or now, Reason.TOO_SOON)
            latest = min(latest, now + LONGEST_WAIT)
            since = max(earliest, now)
            if _first_free(
                project, service, party, earliest=since, latest=latest, resource=resource, location=location
            ):
                raise PlacesLeft
        entry: Waiting = Waiting.objects.create(
            project=project,
            service=service,
            session=session,
            resource=resource,
            location=None if session else location,
            customer=customer,
            party=party,
            earliest=None if session else earliest,
            latest=None if session else latest,
            locale=(locale or customer.locale or project.locale)[:10],
            customer_zone=customer_zone,
        )
        record("waiting.joined", target=entry, new={"party": party, "service": service.name})
        class_notices.waits(entry)
        forgetting.wait_later(entry)
    return entry


def _must_be_full(session: Session, party: int) -> None:
    """Under the session's lock, which the caller holds: who is told to wait cannot have been passed by a place."""
    fresh = Session.objects.get(pk=session.pk)
    if fresh.is_cancelled or fresh.starts_at <= clock.now():
        raise SlotTaken(fresh.starts_at, Reason.CLOSED)
    if party > fresh.capacity:
        raise SlotTaken(fresh.starts_at, Reason.CAPACITY)
    if seats.left([fresh])[fresh.pk] >= party:
        raise PlacesLeft
    if in_order(fresh).count() >= fresh.waiting_max:
        raise ListFull


def in_order(session: Session) -> Any:
    """Who waits for a place, or was offered one, whoever came first first."""
    rows: Any = Waiting.objects.filter(session=session, state__in=(State.WAITING, State.OFFERED))
    return rows.select_related("customer", "offer").order_by("created_at", "id")


def turn_of(entry: Waiting) -> int:
    """1: the next one."""
    if entry.session_id is None:
        there = Q(location=entry.location_id) | Q(location=None) if entry.location_id else Q()
        ahead = Waiting.objects.filter(there, service=entry.service_id, session=None, latest__gt=clock.now())
    else:
        ahead = Waiting.objects.filter(session=entry.session_id)
    before = Q(created_at__lt=entry.created_at) | Q(created_at=entry.created_at, pk__lt=entry.pk)
    return int(ahead.filter(before, state=State.WAITING).count()) + 1


def leave(entry: Waiting) -> Waiting:
    """Off the list; an offer goes to the next one."""
    with transaction.atomic():
        if entry.state == State.OFFERED and entry.offer is not None and entry.offer.status == Booking.Status.REQUESTED:
            lifecycle.cancel(entry.offer, notify=False)
        if _set(entry, State.WAITING, State.LEFT) or _set(entry, State.OFFERED, State.LEFT):
            record("waiting.left", target=entry, old={"state": entry.state})
    entry.refresh_from_db()
    return entry


def accept_offer(entry: Waiting) -> Booking:
    """Yes: confirmed, held until it is paid, or a request where the business accepts each one. OfferOver if late."""
    with transaction.atomic():
        offer: Booking | None = entry.offer
        if entry.state == State.TAKEN and offer is not None:
            return offer
        if offer is None or offer.status != Booking.Status.REQUESTED or not offer.is_proposed or offer.is_hold_over:
            raise OfferOver
        if not approval.is_needed(offer.service, offer.customer):
            return asking.agree(offer)
        until = clock.now() + timedelta(hours=offer.service.request_hours)
        with lifecycle.holding(offer):
            states.change(offer, is_proposed=False, hold_until=until)
            states.remember(offer, Kind.REQUESTED, from_status=offer.status)
            _set(entry, State.OFFERED, State.TAKEN)
            announce(BookingRequested(offer.project.pk, offer.pk, until))
            notices.requested(offer.project, offer)
    return offer


def send_away(session: Session) -> None:
    """The class does not take place: nobody waits for it any more."""
    for entry in list(Waiting.objects.filter(session=session, state=State.WAITING).select_related("customer")):
        if _set(entry, State.WAITING, State.LEFT):
            class_notices.waits_in_vain(entry)


def is_offer(booking: Booking) -> bool:
    return bool(booking.is_proposed and Waiting.objects.filter(offer=booking, state=State.OFFERED).exists())


# --- What happens to a booking that was offered -----------------------------------------------------------------------


def taken(fact: BookingConfirmed | BookingHeld) -> None:
    """They said yes, or paid, or the team did it for them."""
    if isinstance(fact, BookingConfirmed) and fact.is_new:
        return
    offers = Waiting.objects.filter(offer=fact.booking_id, offer__is_proposed=False, state=State.OFFERED)
    offers.update(state=State.TAKEN)


def lapsed(fact: BookingExpired) -> None:
    """No answer."""
    for entry in Waiting.objects.filter(offer=fact.booking_id, state=State.OFFERED).select_related("customer"):
        if _set(entry, State.OFFERED, State.LAPSED):
            class_notices.offer_lapsed(entry)


def declined(fact: BookingCancelled) -> None:
    """No, said on the booking's own page."""
    Waiting.objects.filter(offer=fact.booking_id, state=State.OFFERED).update(state=State.LEFT)


# --- Who is next ------------------------------------------------------------------------------------------------------


def wake(fact: TimeFreed) -> None:
    """A place or a time is free again."""
    freed = Session.objects.filter(service=fact.service_id, starts_at=fact.starts_at, is_cancelled=False)
    for session in freed.select_related("service", "resource", "project").order_by("pk"):
        offer_places(session)
    if _waiting_for_a_time(fact.starts_at, fact.ends_at).exists():
        look_again.defer(
            project_id=fact.project_id, starts_at=fact.starts_at.isoformat(), ends_at=fact.ends_at.isoformat()
        )


def offer_places(session: Session) -> list[Booking]:
    """To the first who fits, to the next one who fits, as long as places are left. The caller may hold the lock."""
    until = deadline(session.starts_at)
    offered: list[Booking] = []
    entries = Waiting.objects.filter(session=session, state=State.WAITING).select_related("customer", "service")
    if until is None or not entries.exists():
        return []
    with lifecycle.lapsing(set(), {session.pk}):
        for entry in entries.order_by("created_at", "id"):
            places = seats.left([session])[session.pk]
            if not places:
                break
            if entry.party <= places and (booking := _offer(entry, session.starts_at, session.resource, until)):
                offered.append(booking)
    return offered


@job("booking.offer_free_time")
def look_again(project_id: UUID, starts_at: str, ends_at: str) -> None:
    """Somebody may want this stretch of time, or one of the times that begin in it."""
    begin, end = datetime.fromisoformat(starts_at), datetime.fromisoformat(ends_at)
    entries = _waiting_for_a_time(begin, end).select_related("customer", "service", "resource", "location", "project")
    for entry in entries.order_by("created_at", "id")[:ASKED_AT_ONCE]:
        if entry.earliest is None or entry.latest is None:
            continue
        first = max(entry.earliest, clock.now(), begin - timedelta(minutes=entry.service.duration_min))
        start = _first_free(
            entry.project,
            entry.service,
            entry.party,
            earliest=first,
            latest=min(entry.latest, end),
            resource=entry.resource,
            location=entry.location,
        )
        if start is not None and (until := deadline(start)):
            _offer(entry, start, entry.resource, until)


def deadline(starts_at: datetime) -> datetime | None:
    """Until when an offer stands: a day, or half of the time that is left; None when that is too short to ask."""
    left = (starts_at - clock.now()) / 2
    if left < SHORTEST_OFFER:
        return None
    return (clock.now() + min(left, LONGEST_OFFER)).replace(second=0, microsecond=0)


def _waiting_for_a_time(begin: datetime, end: datetime) -> Any:
    """Those whose stretch meets this one; a service that begins before it may reach into it."""
    rows: Any = Waiting.objects.filter(
        session=None, state=State.WAITING, earliest__lt=end, latest__gt=max(begin - timedelta(days=1), clock.now())
    )
    return rows


def _first_free(
    project: Project,
    service: Service,
    party: int,
    *,
    earliest: datetime,
    latest: datetime,
    resource: Resource | None,
    location: Location | None,
) -> datetime | None:
    if latest < earliest:
        return None
    here = locations.here(project, location)
    first, last = (one.astimezone(here.tz).date() for one in (earliest, latest))
    days = queries.free_times(
        here,
        service,
        first_day=first,
        days=(last - first).days + 1,
        party=party,
        resource=resource,
        location=location,
    )
    starts = (slot.starts_at for day in days for slot in day.slots)
    return next((start for start in starts if earliest <= start <= latest), None)


def _offer(entry: Waiting, starts_at: datetime, resource: Resource | None, until: datetime) -> Booking | None:
    """None if they may not have it after all: a limit, a notice, somebody was quicker."""
    try:
        with transaction.atomic():
            booking = lifecycle.book(
                locations.here(entry.project, entry.location),
                entry.service,
                starts_at,
                entry.customer,
                resource=resource,
                location=entry.location,
                party=entry.party,
                locale=entry.locale,
                customer_zone=entry.customer_zone,
                notify=False,
                offered_until=until,
            )
            changed = Waiting.objects.filter(pk=entry.pk, state=State.WAITING).update(
                state=State.OFFERED, offer=booking
            )
            if not changed:
                raise OfferOver
    except (BookingError, CodeGone):
        return None
    entry.state, entry.offer = State.OFFERED, booking
    record("waiting.offered", target=entry, new={"until": until.astimezone(UTC).isoformat()})
    class_notices.offered(entry)
    return booking


def _set(entry: Waiting, was: str, to: str) -> bool:
    return bool(Waiting.objects.filter(pk=entry.pk, state=was).update(state=to))
