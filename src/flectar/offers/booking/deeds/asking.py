"""Requests: what the team answers to a customer who asks, and what the customer answers to another time.

The list of requests is this: bookings with the status "requested", the oldest first.
"""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef, Q

from flectar.core import clock
from flectar.core.events import announce
from flectar.offers.booking.availability import Reason
from flectar.offers.booking.deeds import lifecycle, states
from flectar.offers.booking.deeds.states import By, Kind, Status
from flectar.offers.booking.errors import NotChangeable, SlotTaken
from flectar.offers.booking.facts import BookingConfirmed, BookingDeclined, BookingHeld, BookingRequested
from flectar.offers.booking.messages import notices
from flectar.offers.booking.models import Booking, BookingQuerySet, Resource
from flectar.offers.booking.prices import coupons
from flectar.offers.booking.scheduling import claiming, locations

LEAST_TIME_TO_PAY = timedelta(hours=24)
"""Whoever is accepted does not sit at the page any more: the link of the mail must find a time that is still theirs."""


def queue() -> BookingQuerySet:
    """What waits for an answer of the team, the oldest first; of a series its first date, because it is answered
    whole (series_requests.py)."""
    earlier = waiting().filter(series=OuterRef("series"), starts_at__lt=OuterRef("starts_at"))
    found: BookingQuerySet = waiting().filter(Q(series=None) | ~Exists(earlier))
    return found.order_by("created_at", "id")


def waiting() -> BookingQuerySet:
    """Every date that is asked for. What waits for the customer's answer is not among them."""
    found: BookingQuerySet = Booking.objects.filter(
        status=Status.REQUESTED, is_proposed=False, hold_until__gt=clock.now()
    )
    return found


def accept(booking: Booking, *, by: By = By.TEAM, notify: bool = True) -> Booking:
    """Yes: confirmed, or held until it is paid. SlotTaken with other times if somebody else has it by now.

    The time is looked at again under the locks: of two requests for one time that nobody reserved, the first wins.
    """
    if booking.status != Status.REQUESTED or booking.is_hold_over:
        raise NotChangeable
    is_due = booking.due_minor > booking.paid_minor
    to, until = Status.CONFIRMED, None
    if is_due:
        to, until = Status.HELD, clock.now() + max(LEAST_TIME_TO_PAY, timedelta(minutes=booking.service.hold_min))
    wish = lifecycle.wish_to_move(booking, booking.starts_at, resource=booking.resource, by_team=True)
    with lifecycle.claiming_for(wish):
        claiming.release(booking)
        picks = wish.choose()[0]
        states.go(booking, to, Kind.CONFIRMED, by, hold_until=until, is_proposed=False)
        if not wish.take(picks, booking, expires_at=until):
            raise SlotTaken(booking.starts_at, Reason.CLAIMED)
        if until is None:
            announce(BookingConfirmed(booking.project.pk, booking.pk))
        else:
            announce(BookingHeld(booking.project.pk, booking.pk, until))
        if notify:
            (notices.to_be_paid if is_due else notices.confirmed)(booking.project, booking)
    return booking


def decline(booking: Booking, *, reason: str = "", notify: bool = True) -> Booking:
    """No, with a reason that the customer reads. The time is free again."""
    with lifecycle.holding(booking):
        before = states.facts_of(booking)
        states.go(booking, Status.DECLINED, Kind.DECLINED, By.TEAM, before=before, reason=reason)
        claiming.release(booking)
        coupons.give_back(booking, at=clock.now(), always=True)
        announce(BookingDeclined(booking.project.pk, booking.pk))
        lifecycle.tell_freed(booking, before)
        if notify:
            notices.declined(booking.project, booking, reason=reason)
    return booking


def propose(
    booking: Booking, starts_at: datetime, *, resource: Resource | None = None, reason: str = "", notify: bool = True
) -> Booking:
    """Another time instead: kept for the customer until they answer, as long as requests wait for an answer."""
    if booking.status != Status.REQUESTED:
        raise NotChangeable
    wish = lifecycle.wish_to_move(booking, starts_at, resource=resource, by_team=True)
    starts_at = wish.starts_at
    with lifecycle.claiming_for(wish, booking.resource_id):
        claiming.release(booking)
        picks = wish.choose()[0]
        before = states.facts_of(booking)
        place = locations.place_of(picks[0].resource, booking.location)
        until = min(clock.now() + timedelta(hours=booking.service.request_hours), starts_at)
        states.change(
            booking,
            starts_at=starts_at,
            ends_at=starts_at + timedelta(minutes=wish.minutes),
            local_start=lifecycle.wall(starts_at, locations.here(booking.project, place)),
            resource=picks[0].resource,
            location=place,
            session=wish.session,
            hold_until=until,
            is_proposed=True,
        )
        if not wish.take(picks, booking, expires_at=until):
            raise SlotTaken(starts_at, Reason.CLAIMED)
        states.remember(
            booking,
            Kind.PROPOSED,
            from_status=booking.status,
            before=before,
            after=states.facts_of(booking),
            reason=reason,
        )
        announce(BookingHeld(booking.project.pk, booking.pk, until))
        if notify:
            former = datetime.fromisoformat(before["starts_at"])
            notices.proposed(booking.project, booking, before=former, reason=reason)
    return booking


def agree(booking: Booking) -> Booking:
    """The customer's yes to the proposed time."""
    if not booking.is_proposed:
        raise NotChangeable
    return accept(booking, by=By.CUSTOMER)


@transaction.atomic
def reopen(booking: Booking, *, notify: bool = True) -> Booking:
    """Undo a refusal: the request stands again, if its time is still free. Who was told of the refusal is told."""
    until = clock.now() + timedelta(hours=booking.service.request_hours)
    if booking.service.is_reserved_by_requests:
        lifecycle.reclaim(booking, Status.REQUESTED, Kind.REQUESTED, By.TEAM, hold_until=until)
    else:
        states.go(booking, Status.REQUESTED, Kind.REQUESTED, By.TEAM, hold_until=until)
    announce(BookingRequested(booking.project.pk, booking.pk, until))
    if notify:
        notices.reopened(booking.project, booking)
    return booking
