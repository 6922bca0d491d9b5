"""What becomes due by itself: a hold or a request that runs out, a booking that is over.

Each moment is a job of its own, deferred with the deed, because no role may look through all projects."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db import transaction

from flectar.core import clock
from flectar.core.events import announce
from flectar.core.jobs import job
from flectar.offers.booking.deeds import attendance, figures, series_requests, states, waiting
from flectar.offers.booking.deeds.states import By, Status
from flectar.offers.booking.facts import (
    BookingConfirmed,
    BookingExpired,
    BookingHeld,
    BookingMoved,
    BookingRequested,
    TimeFreed,
)
from flectar.offers.booking.messages import letters, notices
from flectar.offers.booking.models import Booking, Hold, Letter
from flectar.offers.booking.prices import coupons
from flectar.offers.booking.scheduling import claiming

DONE_AFTER = timedelta(hours=24)


def expire_later(fact: BookingHeld | BookingRequested) -> None:
    run_out.defer_at(fact.until, project_id=fact.project_id, booking_id=fact.booking_id)


def look_ahead(fact: BookingConfirmed | BookingMoved) -> None:
    """The reminder and the end of each time that it has had: jobs that come too early find another time. Who books
    later than the reminder has just been told."""
    ids: dict[str, Any] = {"project_id": fact.project_id, "booking_id": fact.booking_id}
    found = Booking.objects.filter(pk=fact.booking_id)
    starts_at, ends_at, is_closed, remind_min = found.values_list(
        "starts_at", "ends_at", "service__is_completed_by_itself", "service__remind_min"
    ).get()
    if is_closed:
        close.defer_at(ends_at + DONE_AFTER, **ids)
    follow.defer_at(ends_at, **ids, ends_at=ends_at.isoformat())
    at = starts_at - timedelta(minutes=remind_min)
    if remind_min and at > clock.now():
        remind.defer_at(at, **ids, starts_at=starts_at.isoformat())


@job("booking.run_out")
def run_out(project_id: UUID, booking_id: UUID) -> None:
    """The time to pay or to answer is over, unless it was paid, answered or prolonged meanwhile."""
    booking = Booking.objects.with_people().filter(pk=booking_id).first()
    if booking is None or not booking.is_hold_over:
        return
    with transaction.atomic():
        if booking.session_id:
            claiming.lock_sessions([booking.session_id])
        else:
            claiming.lock_calendars([booking.resource_id])
        for gone in states.expire([booking.pk]):
            claiming.release(gone)
            was_offered = waiting.is_offer(gone)
            coupons.give_back(gone, at=clock.now(), always=True)
            announce(BookingExpired(project_id, gone.pk))
            announce(TimeFreed(project_id, gone.service.pk, gone.starts_at, gone.ends_at))
            if not was_offered:  # the waiting list says it in its own words
                together = series_requests.ending_with(gone)
                if together[0].pk == gone.pk:
                    notices.expired(gone.project, gone, together=together)


@job("booking.remind")
def remind(project_id: UUID, booking_id: UUID, starts_at: str) -> None:
    """Only of a booking that still stands, at the time that the job was made for; never when it has begun."""
    booking = Booking.objects.with_people().filter(pk=booking_id, status=Status.CONFIRMED).first()
    if booking is None or booking.starts_at.isoformat() != starts_at or booking.starts_at <= clock.now():
        return
    if booking.customer.is_open_to_change:
        notices.reminder(booking.project, booking)


@job("booking.follow")
def follow(project_id: UUID, booking_id: UUID, ends_at: str) -> None:
    """At its end, if it still has this one: it is a visit now; each letter of the business at its own time."""
    booking = Booking.objects.select_related("location", "project").filter(pk=booking_id).first()
    if booking is None or booking.ends_at.isoformat() != ends_at:
        return
    figures.later(project_id, [booking.customer_id])
    for letter in letters.after(booking.service_id):
        at = letters.due_at(letter, booking)
        write.defer_at(at, project_id=project_id, booking_id=booking_id, letter_id=letter.pk, ends_at=ends_at)


@job("booking.letter")
def write(project_id: UUID, booking_id: UUID, letter_id: UUID, ends_at: str) -> None:
    booking = Booking.objects.with_people().filter(pk=booking_id).first()
    letter = Letter.objects.filter(pk=letter_id).first()
    if booking is None or letter is None or booking.ends_at.isoformat() != ends_at:
        return
    if (at := letters.after_quiet(clock.now(), booking.where)) > clock.now():
        # The quiet hours were changed since, or the job came late.
        write.defer_at(at, project_id=project_id, booking_id=booking_id, letter_id=letter_id, ends_at=ends_at)
        return
    if letters.may_go(letter, booking):
        notices.letter(booking.project, booking, letter)


@job("booking.close")
def close(project_id: UUID, booking_id: UUID) -> None:
    """A day after its end. Whether they came is left open if nobody has said so."""
    booking = Booking.objects.with_people().filter(pk=booking_id).first()
    over = booking is not None and booking.ends_at + DONE_AFTER <= clock.now()
    if booking is not None and over and booking.status in (Status.CONFIRMED, Status.IN_PROGRESS):
        attendance.complete(booking, by=By.SYSTEM)


@job("booking.sweep_hold")
def sweep_hold(project_id: UUID, hold_id: UUID) -> None:
    """A visitor's hold that became no booking is forgotten."""
    if hold := Hold.objects.filter(pk=hold_id, until__lt=clock.now()).first():
        claiming.let_go(hold)
