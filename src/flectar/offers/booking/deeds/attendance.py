"""Whether they came: arrived, done, did not come; and corrections, with a reason, for thirty days."""

from collections.abc import Sequence
from datetime import timedelta

from django.db import transaction

from flectar.core import clock
from flectar.core.events import announce
from flectar.offers.booking import forgetting
from flectar.offers.booking.deeds import states
from flectar.offers.booking.deeds.states import By, Kind, Status
from flectar.offers.booking.errors import Closed, NotChangeable, TooEarly, TooLateToCorrect
from flectar.offers.booking.facts import BookingClosed
from flectar.offers.booking.models import Attendee, Booking, Service
from flectar.platform.audit.log import record

EARLIEST_ARRIVAL = timedelta(hours=1)
GRACE = timedelta(minutes=10)
CORRECTABLE = timedelta(days=30)
Attendance = Booking.Attendance
MARKS = (Attendance.ARRIVED, Attendance.NO_SHOW, Attendance.EXCUSED, Attendance.EXPECTED)
CORRECTIONS = (Attendance.ATTENDED, Attendance.NO_SHOW, Attendance.EXCUSED)
HERE = {Attendance.ARRIVED, Attendance.ATTENDED}


def people_of(booking: Booking) -> list[Attendee]:
    """Each person of an appointment or a class, numbered: by their place, else 1, 2, 3. Those of an appointment become
    rows with the first mark; until then they are what the booking is. Empty where one mark says it all: for a party of
    one, at a table, and for a stay."""
    if booking.session_id is not None:
        return list(booking.attendees.order_by("number"))
    if booking.service.mode != Service.Mode.APPOINTMENT or booking.party < 2:
        return []
    people = list(booking.attendees.order_by("id"))
    people += [
        Attendee(booking=booking, attendance=booking.attendance, arrived_at=booking.arrived_at)
        for _more in range(len(people), booking.party)
    ]
    for number, person in enumerate(people, 1):
        person.number = number  # to be called by; only a place is kept
    return people


@transaction.atomic
def mark_one(booking: Booking, number: int, to: str, *, reason: str = "") -> Booking:
    """The person of that number (`people_of`), as `mark`; with a reason as `correct_one`. NotChangeable if there is
    nobody of that number."""
    booking = Booking.objects.with_people().select_for_update(of=("self",)).get(pk=booking.pk)
    people = people_of(booking)
    new = [
        Attendee(booking=booking, attendance=one.attendance, arrived_at=one.arrived_at)
        for one in people
        if one._state.adding
    ]
    if new:
        Attendee.objects.bulk_create(new)
        people = people_of(booking)
    person = next((one for one in people if one.number == number), None)
    if person is None:
        raise NotChangeable
    person.booking = booking
    if reason:
        correct_one(person, to, reason=reason)
    else:
        mark(person, to)
    return booking


@transaction.atomic
def mark(person: Attendee, to: str) -> None:
    """One person: arrived, did not come, excused, or expected again; the booking follows. The same mark twice changes
    nothing. What is closed is corrected, with a reason; only who is still expected there can be marked."""
    booking = person.booking
    if to not in MARKS:
        raise NotChangeable
    if to == person.attendance:
        return
    was_left_open = booking.status == Status.COMPLETED and person.attendance == Attendance.EXPECTED
    if booking.status in (Status.COMPLETED, Status.NO_SHOW):
        if clock.now() > booking.ends_at + CORRECTABLE:
            raise TooLateToCorrect
        is_taken_back = booking.status == Status.NO_SHOW and to == Attendance.EXPECTED
        if not (is_taken_back or was_left_open):
            raise Closed
    elif booking.status not in (Status.CONFIRMED, Status.IN_PROGRESS):
        raise NotChangeable
    _look_at_the_clock(booking, to)
    _mark(booking, person, Attendance.ATTENDED if was_left_open and to == Attendance.ARRIVED else to)
    _follow(booking)
    person.refresh_from_db(fields=["attendance", "arrived_at"])
    record("booking.attendance_marked", target=booking, new={"place": _number(person), "attendance": to})


@transaction.atomic
def correct_one(person: Attendee, to: str, *, reason: str) -> None:
    """One person of a closed booking, for thirty days: was there, did not come, excused. The reason stays."""
    booking = person.booking
    if booking.status not in (Status.COMPLETED, Status.NO_SHOW) or to not in CORRECTIONS:
        raise NotChangeable
    if clock.now() > booking.ends_at + CORRECTABLE:
        raise TooLateToCorrect
    if to == person.attendance:
        return
    number = _number(person)
    _mark(booking, person, to)
    after = {"place": number, "attendance": to}
    marks = set(booking.attendees.values_list("attendance", flat=True))
    is_missed = Attendance.NO_SHOW in marks and not marks & HERE
    wanted = Status.NO_SHOW if is_missed else Status.COMPLETED
    came = Attendance.NO_SHOW if is_missed else Attendance.ATTENDED if marks & HERE else Attendance.EXCUSED
    if wanted != booking.status:
        states.go(booking, wanted, Kind.CORRECTED, By.TEAM, attendance=came, reason=reason, after=after)
        announce(BookingClosed(booking.project.pk, booking.pk))
    else:
        states.change(booking, attendance=came)
        states.remember(booking, Kind.CORRECTED, from_status=booking.status, reason=reason, after=after)


def _look_at_the_clock(booking: Booking, to: str) -> None:
    earliest = {
        Attendance.ARRIVED: booking.starts_at - EARLIEST_ARRIVAL,
        Attendance.NO_SHOW: booking.starts_at + GRACE,
    }
    if to in earliest and clock.now() < earliest[Attendance(to)]:
        raise TooEarly


def _follow(booking: Booking) -> None:
    """From what its people are: somebody here begins it; nobody, and one of them missing without a word, is a no-show;
    else it waits. A booking that is done stays so, unless everybody turns out to be missing."""
    marks = set(booking.attendees.values_list("attendance", flat=True))
    is_missed = Attendance.NO_SHOW in marks and marks <= {Attendance.NO_SHOW, Attendance.EXCUSED}
    if marks & HERE:
        if booking.status == Status.CONFIRMED:
            now = clock.now()
            states.go(booking, Status.IN_PROGRESS, Kind.ARRIVED, By.TEAM, attendance=Attendance.ARRIVED, arrived_at=now)
        elif booking.status == Status.COMPLETED and booking.attendance == Attendance.EXPECTED:
            states.change(booking, attendance=Attendance.ATTENDED)
    elif is_missed:
        if booking.status == Status.IN_PROGRESS:
            _open_again(booking)
        if booking.status != Status.NO_SHOW:
            states.go(booking, Status.NO_SHOW, Kind.NO_SHOW, By.TEAM, attendance=Attendance.NO_SHOW)
            announce(BookingClosed(booking.project.pk, booking.pk))
    elif booking.status in (Status.IN_PROGRESS, Status.NO_SHOW):
        _open_again(booking)


def _open_again(booking: Booking) -> None:
    states.go(booking, Status.CONFIRMED, Kind.CORRECTED, By.TEAM, attendance=Attendance.EXPECTED, arrived_at=None)


def _number(person: Attendee) -> int | None:
    """As the team calls them."""
    if person.number is not None:
        return person.number
    before = person.booking.attendees.filter(pk__lte=person.pk)
    return int(before.count())


@transaction.atomic
def arrive(booking: Booking, *, by: By = By.TEAM) -> Booking:
    """They are here: all who are expected. From an hour before the start on; again changes nothing."""
    _look_at_the_clock(booking, Attendance.ARRIVED)
    _mark_all(booking, Attendance.ARRIVED, of=(Attendance.EXPECTED,))
    if booking.status == Status.CONFIRMED:
        now = clock.now()
        states.go(booking, Status.IN_PROGRESS, Kind.ARRIVED, by, attendance=Attendance.ARRIVED, arrived_at=now)
    elif booking.status != Status.IN_PROGRESS:
        raise NotChangeable
    return booking


@transaction.atomic
def unarrive(booking: Booking) -> Booking:
    """Undo an arrival."""
    _mark_all(booking, Attendance.EXPECTED, of=(Attendance.ARRIVED,))
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
def did_not_come(booking: Booking, *, reason: str = "") -> Booking:
    """None of them. Never the system alone, and not before they could have been late."""
    _look_at_the_clock(booking, Attendance.NO_SHOW)
    _mark_all(booking, Attendance.NO_SHOW, of=(Attendance.EXPECTED, Attendance.ARRIVED, Attendance.ATTENDED))
    states.go(booking, Status.NO_SHOW, Kind.NO_SHOW, By.TEAM, attendance=Attendance.NO_SHOW, reason=reason)
    announce(BookingClosed(booking.project.pk, booking.pk))
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
    was_missed = booking.status == Status.NO_SHOW
    states.go(booking, to, Kind.CORRECTED, By.TEAM, attendance=came, reason=reason)
    if to == Status.CONFIRMED and not was_missed:
        _mark_all(booking, came, of=(Attendance.ARRIVED, Attendance.ATTENDED))  # who did not come stays so
    else:
        _mark_all(booking, came, of=tuple(Attendance))
    announce(BookingClosed(booking.project.pk, booking.pk))
    return booking


def _mark(booking: Booking, person: Attendee, attendance: str) -> None:
    arrived_at = clock.now() if attendance == Attendance.ARRIVED else None
    booking.attendees.filter(pk=person.pk).update(attendance=attendance, arrived_at=arrived_at)
    forgetting.attendance_later(booking)


def _mark_all(booking: Booking, attendance: str, *, of: Sequence[str]) -> None:
    """Everybody who is marked like one `of` these."""
    arrived_at = clock.now() if attendance == Attendance.ARRIVED else None
    booking.attendees.filter(attendance__in=of).update(attendance=attendance, arrived_at=arrived_at)
    forgetting.attendance_later(booking)
