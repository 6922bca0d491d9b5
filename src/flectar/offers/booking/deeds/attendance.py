"""Whether they came: arrived, done, did not come; and corrections, with a reason, for thirty days."""

from datetime import timedelta

from django.db import transaction

from flectar.core import clock
from flectar.core.events import announce
from flectar.offers.booking import forgetting
from flectar.offers.booking.deeds import states
from flectar.offers.booking.deeds.states import By, Kind, Status
from flectar.offers.booking.errors import NotChangeable, TooEarly, TooLateToCorrect
from flectar.offers.booking.facts import BookingClosed
from flectar.offers.booking.models import Attendee, Booking
from flectar.platform.audit.log import record

EARLIEST_ARRIVAL = timedelta(hours=1)
GRACE = timedelta(minutes=10)
CORRECTABLE = timedelta(days=30)
Attendance = Booking.Attendance


@transaction.atomic
def mark(person: Attendee, to: str) -> None:
    """One person of a class: arrived, did not come, excused, or expected again. The same mark twice changes nothing."""
    booking = person.booking
    if to not in (Attendance.ARRIVED, Attendance.NO_SHOW, Attendance.EXCUSED, Attendance.EXPECTED):
        raise NotChangeable
    if to == person.attendance:
        return
    if person.attendance != Attendance.EXPECTED:
        _open_again(booking, person)
    if to == Attendance.ARRIVED:
        arrive(booking, person)
    elif to == Attendance.NO_SHOW:
        did_not_come(booking, person)
    elif to == Attendance.EXCUSED:
        excuse(booking, person)
    person.refresh_from_db(fields=["attendance", "arrived_at"])
    record("booking.attendance_marked", target=booking, new={"place": person.number, "attendance": to})


def _open_again(booking: Booking, person: Attendee) -> None:
    """Undo the mark of one; the booking follows if it was the last one with that mark."""
    _mark(booking, person, Attendance.EXPECTED)
    here = booking.attendees.filter(attendance__in=(Attendance.ARRIVED, Attendance.ATTENDED)).exists()
    if booking.status == Status.NO_SHOW or (booking.status == Status.IN_PROGRESS and not here):
        states.go(booking, Status.CONFIRMED, Kind.CORRECTED, By.TEAM, attendance=Attendance.EXPECTED, arrived_at=None)


@transaction.atomic
def arrive(booking: Booking, attendee: Attendee | None = None, *, by: By = By.TEAM) -> Booking:
    """They are here: all of them, or one. From an hour before the start on; again changes nothing."""
    if clock.now() < booking.starts_at - EARLIEST_ARRIVAL:
        raise TooEarly
    _mark(booking, attendee, Attendance.ARRIVED)
    if booking.status == Status.CONFIRMED:
        now = clock.now()
        states.go(booking, Status.IN_PROGRESS, Kind.ARRIVED, by, attendance=Attendance.ARRIVED, arrived_at=now)
    elif booking.status != Status.IN_PROGRESS:
        raise NotChangeable
    return booking


@transaction.atomic
def unarrive(booking: Booking) -> Booking:
    """Undo an arrival."""
    booking.attendees.update(attendance=Attendance.EXPECTED, arrived_at=None)
    states.go(booking, Status.CONFIRMED, Kind.CORRECTED, By.TEAM, attendance=Attendance.EXPECTED, arrived_at=None)
    return booking


@transaction.atomic
def complete(booking: Booking, *, by: By = By.TEAM) -> Booking:
    """Done. Who was expected counts as having been there if the team says so; the system leaves that open."""
    if clock.now() < booking.starts_at:
        raise TooEarly
    came = Attendance.ATTENDED if by == By.TEAM or booking.attendance == Attendance.ARRIVED else booking.attendance
    states.go(booking, Status.COMPLETED, Kind.COMPLETED, by, attendance=came)
    if by == By.TEAM:
        forgetting.attendance_later(booking)
        booking.attendees.filter(attendance__in=(Attendance.EXPECTED, Attendance.ARRIVED)).update(
            attendance=Attendance.ATTENDED
        )
    announce(BookingClosed(booking.project.pk, booking.pk))
    return booking


@transaction.atomic
def did_not_come(booking: Booking, attendee: Attendee | None = None, *, reason: str = "") -> Booking:
    """Never the system alone, and not before they could have been late."""
    if clock.now() < booking.starts_at + GRACE:
        raise TooEarly
    _mark(booking, attendee, Attendance.NO_SHOW)
    if attendee is not None and booking.attendees.exclude(attendance=Attendance.NO_SHOW).exists():
        return booking  # some of them came
    states.go(booking, Status.NO_SHOW, Kind.NO_SHOW, By.TEAM, attendance=Attendance.NO_SHOW, reason=reason)
    announce(BookingClosed(booking.project.pk, booking.pk))
    return booking


@transaction.atomic
def excuse(booking: Booking, attendee: Attendee) -> Booking:
    """One of them is excused; the booking stands."""
    _mark(booking, attendee, Attendance.EXCUSED)
    return booking


@transaction.atomic
def correct(booking: Booking, to: str, *, reason: str) -> Booking:
    """What was marked wrongly, with a reason, for thirty days: done, did not come, or open again."""
    if clock.now() > booking.ends_at + CORRECTABLE:
        raise TooLateToCorrect
    came = {
        Status.COMPLETED: Attendance.ATTENDED,
        Status.NO_SHOW: Attendance.NO_SHOW,
        Status.CONFIRMED: Attendance.EXPECTED,
    }[Status(to)]
    states.go(booking, to, Kind.CORRECTED, By.TEAM, attendance=came, reason=reason)
    booking.attendees.update(attendance=came)
    announce(BookingClosed(booking.project.pk, booking.pk))
    return booking


def _mark(booking: Booking, attendee: Attendee | None, attendance: str) -> None:
    arrived_at = clock.now() if attendance == Attendance.ARRIVED else None
    people = booking.attendees.filter(pk=attendee.pk) if attendee else booking.attendees.all()
    people.exclude(attendance=attendance).update(attendance=attendance, arrived_at=arrived_at)
    forgetting.attendance_later(booking)
