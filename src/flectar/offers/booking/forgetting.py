"""What is forgotten by itself, each at its own time: sealed answers, waits, marks of who came.

A moment is a job of its own, deferred with the deed that set it; a job that comes too early finds that it is not time
yet, because a booking that was moved has another job."""

from datetime import datetime, timedelta
from functools import partial
from uuid import UUID

from django.db import transaction

from flectar.core import clock, storage
from flectar.core.jobs import job
from flectar.offers.booking.facts import (
    BookingCancelled,
    BookingDeclined,
    BookingExpired,
    BookingMoved,
)
from flectar.offers.booking.models import Booking, RequirementAnswer, Waiting
from flectar.platform.audit.log import record

SEALED_FOR = timedelta(days=30)
"""After the booking is over, or after a later answer."""
ATTENDANCE_FOR = timedelta(days=365)
"""After the booking."""
WAIT_FOR = timedelta(days=365)
"""After the day that was waited for."""


def sealed_later(booking: Booking) -> None:
    """Call it in the transaction that seals an answer, or that changes when the booking is over."""
    at = max(_over_at(booking), clock.now()) + SEALED_FOR
    forget_sealed.defer_at(at, project_id=booking.project_id, booking_id=booking.pk)


def sealed_anew(fact: BookingMoved | BookingCancelled | BookingDeclined | BookingExpired) -> None:
    """Reaction: the booking is over at another time."""
    if RequirementAnswer.objects.filter(booking=fact.booking_id, sealed__isnull=False).exists():
        sealed_later(Booking.objects.get(pk=fact.booking_id))


def _over_at(booking: Booking) -> datetime:
    """What did not take place was over when that was said."""
    if booking.has_ended_without:
        last = booking.events.order_by("-at", "-id").values_list("at", flat=True).first()
        return min(booking.ends_at, last) if last else booking.ends_at
    return booking.ends_at


@job("booking.forget_sealed")
def forget_sealed(project_id: UUID, booking_id: UUID) -> None:
    """What was said goes, text and file; that it was asked and answered stays."""
    booking = Booking.objects.filter(pk=booking_id).first()
    since = clock.now() - SEALED_FOR
    if booking is None or _over_at(booking) > since:
        return
    due = booking.answers.filter(sealed__isnull=False, at__lte=since).order_by("pk").select_for_update()
    forgotten = []
    for answer in due:
        if answer.file:
            transaction.on_commit(partial(storage.private_files().delete, answer.file))
        answer.text, answer.sealed, answer.file, answer.file_name = "", None, "", ""
        answer.save(update_fields=["text", "sealed", "file", "file_name"])
        forgotten.append(str(answer.requirement_id))
    if forgotten:
        record("booking.answers_forgotten", target=booking, new={"questions": forgotten})


def wait_later(entry: Waiting) -> None:
    """Call it in the transaction that puts somebody on a list."""
    forget_wait.defer_at(_waits_until(entry) + WAIT_FOR, project_id=entry.project_id, waiting_id=entry.pk)


def _waits_until(entry: Waiting) -> datetime:
    until: datetime | None = entry.session.starts_at if entry.session else entry.latest
    return until or entry.created_at


@job("booking.forget_wait")
def forget_wait(project_id: UUID, waiting_id: UUID) -> None:
    entry = Waiting.objects.select_related("session").filter(pk=waiting_id).first()
    if entry is None:
        return
    if _waits_until(entry) + WAIT_FOR > clock.now():  # the class was moved to a later day
        wait_later(entry)
        return
    entry.delete()


def attendance_later(booking: Booking) -> None:
    """Call it in the transaction that marks who came; one job waits, however often it is marked."""
    at = booking.ends_at + ATTENDANCE_FOR
    key = f"attendance {booking.pk}"
    forget_attendance.defer_at(at, _key=key, project_id=booking.project_id, booking_id=booking.pk)


@job("booking.forget_attendance")
def forget_attendance(project_id: UUID, booking_id: UUID) -> None:
    """Who came and when goes; what became of the booking stays in its books."""
    booking = Booking.objects.filter(pk=booking_id).first()
    if booking is None:
        return
    if booking.ends_at + ATTENDANCE_FOR > clock.now():  # it was moved to a later day
        attendance_later(booking)
        return
    open_again = {"attendance": Booking.Attendance.EXPECTED, "arrived_at": None}
    booking.attendees.update(**open_again)
    Booking.objects.filter(pk=booking.pk).update(**open_again)
    record("booking.attendance_forgotten", target=booking)
