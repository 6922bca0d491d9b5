"""What a payment does to a booking. Only a verified message of the provider comes here; a browser that returns never.

Paid in time: confirmed. Paid when the hold was over: the time is taken again if nobody has it, else the money goes back
by itself and the customer is offered other times.
"""

from datetime import timedelta
from typing import Any

from django.db import transaction

from flectar.core import clock
from flectar.core.events import announce
from flectar.offers.booking.deeds import lifecycle, states
from flectar.offers.booking.deeds.states import By, Kind, Status
from flectar.offers.booking.errors import NotChangeable, SlotTaken
from flectar.offers.booking.facts import BookingConfirmed, BookingHeld, BookingPaidLate
from flectar.offers.booking.messages import notices
from flectar.offers.booking.models import Booking
from flectar.offers.booking.prices import coupons
from flectar.offers.booking.prices.coupons import CodeGone
from flectar.offers.booking.scheduling import claiming


@transaction.atomic
def paid(booking: Booking, amount_minor: int, *, notify: bool = True) -> Booking:
    """This much has arrived, in the currency of the booking. Called once for each payment: whoever listens to the
    provider has left out what it said before."""
    with lifecycle.holding(booking):
        booking = _fresh(booking)
        total = booking.paid_minor + amount_minor
        if booking.status not in (Status.HELD, Status.EXPIRED) or total < booking.due_minor:
            states.change(booking, paid_minor=total)
            states.remember(booking, Kind.PAID, from_status=booking.status, after={"minor": amount_minor})
            return booking
        if booking.status == Status.HELD and not booking.is_hold_over:
            states.go(
                booking,
                Status.CONFIRMED,
                Kind.PAID,
                By.PAYMENT,
                hold_until=None,
                paid_minor=total,
                after={"minor": amount_minor},
            )
            claiming.keep(booking, None)
            coupons.keep(booking)
        elif not _reclaimed(booking, total):
            return booking
        announce(BookingConfirmed(booking.project.pk, booking.pk))
        if notify:
            notices.confirmed(booking.project, booking)
    return booking


def _reclaimed(booking: Booking, total: int) -> bool:
    """The hold was over. Its time again, or nothing and the money back."""
    if booking.status == Status.HELD:  # nobody had written down yet that it ran out
        states.go(booking, Status.EXPIRED, Kind.EXPIRED, By.SYSTEM)
    try:
        lifecycle.reclaim(booking, Status.CONFIRMED, Kind.PAID, By.PAYMENT, paid_minor=total)
    except (SlotTaken, CodeGone):
        # What was written is taken back; what stands in memory is not, if the refusal came after the step.
        booking.refresh_from_db(fields=["status", "version", "hold_until", "paid_minor"])
        states.go(booking, Status.PAID_LATE, Kind.PAID_LATE, By.PAYMENT, paid_minor=total)
        announce(BookingPaidLate(booking.project.pk, booking.pk))
        notices.paid_late(booking.project, booking)
        return False
    return True


@transaction.atomic
def refunded(booking: Booking, amount_minor: int) -> Booking:
    """This much went back. What was paid too late is settled with it."""
    booking = _fresh(booking)
    left = max(0, booking.paid_minor - amount_minor)
    if booking.status == Status.PAID_LATE and left == 0:
        states.go(booking, Status.CANCELLED, Kind.CANCELLED, By.SYSTEM, paid_minor=0, hold_until=None)
    else:
        states.change(booking, paid_minor=left)
    return booking


@transaction.atomic
def hold_again(booking: Booking) -> Booking:
    """The customer comes back to a hold that ran out: the same time once more, if it is free. SlotTaken if not."""
    if booking.status == Status.HELD and not booking.is_hold_over:
        return booking
    if booking.status == Status.HELD:
        states.go(booking, Status.EXPIRED, Kind.EXPIRED, By.SYSTEM)
    if not may_be_held_again(booking):
        raise NotChangeable
    until = clock.now() + timedelta(minutes=booking.service.hold_min)
    lifecycle.reclaim(booking, Status.HELD, Kind.HELD, By.CUSTOMER, hold_until=until)
    announce(BookingHeld(booking.project.pk, booking.pk, until))
    return booking


def may_be_held_again(booking: Booking) -> bool:
    """Whether only the payment was missing. A request that nobody has answered would go past the business otherwise."""
    if booking.status == Status.HELD:
        return True
    ended = booking.events.filter(kind=Kind.EXPIRED).order_by("-at", "-id").first()
    return booking.status == Status.EXPIRED and ended is not None and ended.from_status == Status.HELD


@transaction.atomic
def extend(booking: Booking) -> Booking:
    """More time to pay, once more as long as at first, twice at most (WCAG 2.2.1): nobody keeps a time for ever."""
    longest = booking.created_at + 3 * timedelta(minutes=booking.service.hold_min)
    if booking.status != Status.HELD or booking.is_hold_over:
        raise NotChangeable
    until = min(clock.now() + timedelta(minutes=booking.service.hold_min), longest)
    if booking.hold_until is None or until <= booking.hold_until:
        return booking
    with lifecycle.holding(booking):
        states.change(booking, hold_until=until)
        claiming.keep(booking, until)
        announce(BookingHeld(booking.project.pk, booking.pk, until))
    return booking


def _fresh(booking: Booking) -> Booking:
    """As it is now that the locks are held."""
    held: Any = Booking.objects.select_for_update(no_key=True, of=("self",))
    fresh: Booking = held.with_people().get(pk=booking.pk)
    return fresh
