"""Dates of classes, their places, and who waits for one, against the real database."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from flectar.core import clock
from flectar.offers.booking import errors
from flectar.offers.booking.availability import Reason
from flectar.offers.booking.deeds import attendance, due, lifecycle, queries, sessions, waiting
from flectar.offers.booking.models import Attendee, Booking, Claim, Coupon, Service, Session, Waiting
from flectar.offers.booking.payment import paying
from flectar.offers.booking.prices import coupons
from flectar.offers.booking.scheduling import seats
from flectar.platform.outbox.models import Message
from tests.offers.booking import make
from tests.offers.booking.conftest import NOW
from tests.offers.booking.make import MONDAY, TUESDAY, at

pytestmark = pytest.mark.usefixtures("monday_morning")
Status, State = Booking.Status, Waiting.State


@pytest.fixture
def noa(in_salon):
    return make.staff("Noa Vidal")


@pytest.fixture
def room(in_salon):
    return make.staff("Room 1", kind="room")


@pytest.fixture
def yoga(noa, room):
    return make.class_of(noa, room)


@pytest.fixture
def session(in_salon, yoga):
    return make.session(in_salon, yoga, "15:00", capacity=2)


def names(event):
    return [one.to_address for one in Message.objects.filter(event=event).order_by("created_at")]


def test_a_date_holds_teacher_and_room(in_salon, yoga, noa, room):
    session = make.session(in_salon, yoga, "15:00")

    claims = Claim.objects.filter(session=session)
    assert {claim.resource for claim in claims} == {noa, room}
    assert {(claim.starts_at, claim.ends_at) for claim in claims} == {(at(in_salon, "15:00"), at(in_salon, "16:00"))}
    with pytest.raises(errors.SlotTaken):
        make.booking(in_salon, make.service(noa), at(in_salon, "15:30"))


def test_every_date_of_a_rule_is_looked_at_and_none_is_saved_when_one_is_taken(in_salon, yoga, room):
    other = make.service(room, name="Hire of the room")
    make.booking(in_salon, other, at(in_salon, "15:00", TUESDAY + timedelta(days=7)))

    with pytest.raises(errors.SeriesTaken) as refused:
        make.session(in_salon, yoga, "15:00", rule="FREQ=WEEKLY;COUNT=4")

    [conflict] = refused.value.conflicts
    assert (conflict.day, conflict.reason, list(conflict.who)) == (
        TUESDAY + timedelta(days=7),
        Reason.CLAIMED,
        ["Room 1"],
    )
    assert Session.objects.count() == 0
    made = make.session(in_salon, yoga, "15:00", rule="FREQ=WEEKLY;COUNT=4", skip=[conflict.day])
    assert [one.local_start for one in Session.objects.order_by("starts_at")] == [
        "2026-11-24T15:00",
        "2026-12-08T15:00",
        "2026-12-15T15:00",
    ]
    assert made.repeats is not None


def test_a_place_is_a_number_that_the_database_gives_once(in_salon, session):
    booking = make.booking(in_salon, session.service, session.starts_at, party=2)

    assert list(booking.attendees.values_list("number", flat=True).order_by("number")) == [1, 2]
    assert booking.session == session
    assert not Claim.objects.filter(booking=booking).exists()
    with pytest.raises(IntegrityError), transaction.atomic():
        Attendee.objects.create(booking=booking, session=session, number=1)


def test_a_party_that_does_not_fit_is_refused_whole(in_salon, session):
    """Scenario 29: three people, two places."""
    other = make.session(in_salon, session.service, "16:00", capacity=5)

    with pytest.raises(errors.SlotTaken) as refused:
        lifecycle.book(in_salon, session.service, session.starts_at, make.customer(in_salon), party=3)

    assert refused.value.reason is Reason.CAPACITY
    assert refused.value.nearest == [other.starts_at]
    assert Attendee.objects.count() == Booking.objects.count() == 0


def test_places_are_listed_where_times_are(in_salon, session):
    full = make.session(in_salon, session.service, "16:00", capacity=1)
    make.booking(in_salon, session.service, full.starts_at)

    [day] = queries.free_times(in_salon, session.service, first_day=TUESDAY, days=1)
    [nothing] = queries.free_times(in_salon, session.service, first_day=TUESDAY, days=1, party=3)

    assert [slot.starts_at for slot in day.slots] == [session.starts_at]
    assert nothing.reason is Reason.CAPACITY
    assert queries.next_free(in_salon, session.service) == session.starts_at


def test_cancelling_frees_the_place_and_coming_back_takes_it(in_salon, session):
    booking = make.booking(in_salon, session.service, session.starts_at, party=2)

    lifecycle.cancel(booking, by_team=True, notify=False)
    assert seats.left([session])[session.pk] == 2
    lifecycle.restore(booking, notify=False)

    assert seats.left([session])[session.pk] == 0
    assert booking.status == Status.CONFIRMED


def test_a_booking_moves_to_another_date_with_its_people(in_salon, session):
    later = make.session(in_salon, session.service, "16:00", capacity=2)
    booking = make.booking(in_salon, session.service, session.starts_at)
    Attendee.objects.update(name="Teo")

    lifecycle.move(booking, later.starts_at, by_team=True, notify=False)

    [person] = Attendee.objects.all()
    assert (person.session, person.name, booking.session) == (later, "Teo", later)


def test_a_full_date_takes_nobody_who_moves(in_salon, session):
    later = make.session(in_salon, session.service, "16:00", capacity=1)
    make.booking(in_salon, session.service, later.starts_at)
    booking = make.booking(in_salon, session.service, session.starts_at)

    with pytest.raises(errors.SlotTaken):
        lifecycle.move(booking, later.starts_at, by_team=True, notify=False)

    assert Attendee.objects.get(booking=booking).session == session


def test_a_hold_that_ran_out_frees_its_places_and_its_coupon(settings, in_salon, session):
    settings.TEST_PAYMENTS = True
    Service.objects.update(pay="full")
    coupon = Coupon.objects.create(code="ONCE", code_folded=coupons.folded("ONCE"), percent=10, max_uses=1)
    service = Service.objects.get(pk=session.service.pk)
    held = lifecycle.book(
        in_salon, service, session.starts_at, make.customer(in_salon), party=2, codes=[coupon.code], notify=False
    )
    assert held.status == Status.HELD

    with clock.frozen(NOW + timedelta(minutes=16)):
        assert seats.left([session])[session.pk] == 2
        again = lifecycle.book(
            in_salon, service, session.starts_at, make.customer(in_salon), party=2, codes=["once"], notify=False
        )
        held.refresh_from_db()
        late = paying.paid(held, held.due_minor, notify=False)

    assert held.status == Status.EXPIRED
    assert late.status == Status.PAID_LATE
    assert set(Attendee.objects.values_list("booking", flat=True)) == {again.pk}


def test_a_payment_in_time_keeps_the_places(settings, in_salon, session):
    settings.TEST_PAYMENTS = True
    Service.objects.update(pay="full")
    service = Service.objects.get(pk=session.service.pk)
    held = lifecycle.book(in_salon, service, session.starts_at, make.customer(in_salon), notify=False)

    paid = paying.paid(held, held.due_minor, notify=False)

    with clock.frozen(NOW + timedelta(hours=2)):
        assert paid.status == Status.CONFIRMED
        assert seats.left([session])[session.pk] == 1


def test_another_time_takes_everybody_along_and_tells_them(in_salon, session, yoga):
    booking = make.booking(in_salon, yoga, session.starts_at)

    sessions.change(session, make.plan(in_salon, yoga, "14:00", capacity=2))

    booking.refresh_from_db()
    assert booking.starts_at == at(in_salon, "14:00")
    assert booking.local_start == "2026-11-24T14:00"
    assert names("booking.moved") == [booking.customer.email]
    assert set(Claim.objects.values_list("starts_at", flat=True)) == {at(in_salon, "14:00")}


def test_a_refused_change_leaves_the_date_as_it_was(in_salon, session, yoga, noa):
    make.booking(in_salon, make.service(noa), at(in_salon, "13:00"))

    with pytest.raises(errors.SlotTaken):
        sessions.change(session, make.plan(in_salon, yoga, "13:30", capacity=2))

    session.refresh_from_db()
    assert session.starts_at == at(in_salon, "15:00")
    assert Claim.objects.filter(session=session).count() == 2


def test_places_are_never_fewer_than_those_taken_and_are_numbered_anew(in_salon, yoga):
    session = make.session(in_salon, yoga, "15:00", capacity=4)
    first, second = (make.booking(in_salon, yoga, session.starts_at, party=2) for _ in range(2))
    lifecycle.cancel(first, by_team=True, notify=False)

    with pytest.raises(errors.PlacesTaken):
        sessions.change(session, make.plan(in_salon, yoga, "15:00", capacity=1))
    sessions.change(session, make.plan(in_salon, yoga, "15:00", capacity=2))

    assert sorted(second.attendees.values_list("number", flat=True)) == [1, 2]


def test_cancelling_following_dates_tells_everybody_and_leaves_the_others(in_salon, yoga):
    first = make.session(in_salon, yoga, "15:00", rule="FREQ=WEEKLY;COUNT=3")
    dates = list(Session.objects.order_by("starts_at"))
    kept, gone = (make.booking(in_salon, yoga, one.starts_at) for one in dates[:2])
    assert first == dates[0]

    sessions.cancel(dates[1], how_far="following", reason="Noa is ill")

    kept.refresh_from_db()
    gone.refresh_from_db()
    assert (kept.status, gone.status) == (Status.CONFIRMED, Status.CANCELLED)
    assert names("booking.cancelled") == [gone.customer.email]
    assert set(Claim.objects.values_list("session", flat=True)) == {dates[0].pk}
    assert list(Attendee.objects.values_list("booking", flat=True)) == [kept.pk]


@pytest.mark.parametrize(("by_itself", "status"), [(False, Status.CONFIRMED), (True, Status.CANCELLED)])
def test_too_few_people_are_the_owners_decision_unless_they_gave_it_away(in_salon, yoga, by_itself, status):
    session = make.session(in_salon, yoga, "15:00", least=3, is_cancelled_if_few=by_itself)
    booking = make.booking(in_salon, yoga, session.starts_at)

    with clock.frozen(session.starts_at - timedelta(hours=24)):
        sessions.decide.run(in_salon.pk, session.pk)

    booking.refresh_from_db()
    session.refresh_from_db()
    assert booking.status == status
    assert session.is_cancelled is by_itself


# --- Who waits --------------------------------------------------------------------------------------------------------


@pytest.fixture
def full(in_salon, session):
    return [make.booking(in_salon, session.service, session.starts_at) for _ in range(2)]


def wait(project, session, **values):
    return waiting.join(project, session.service, make.customer(project), session=session, **values)


def test_the_first_who_waits_is_offered_the_place_and_keeps_it_until_the_deadline(in_salon, session, full):
    """Scenario 28, second half."""
    first, second = wait(in_salon, session), wait(in_salon, session)

    lifecycle.cancel(full[0], by_team=True)

    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.state, second.state) == (State.OFFERED, State.WAITING)
    assert first.offer.hold_until == waiting.deadline(session.starts_at)
    assert names("waiting.offered") == [first.customer.email]
    with pytest.raises(errors.SlotTaken):
        lifecycle.book(in_salon, session.service, session.starts_at, make.customer(in_salon))

    booking = waiting.accept_offer(first)

    first.refresh_from_db()
    assert (first.state, booking.status) == (State.TAKEN, Status.CONFIRMED)
    assert seats.left([session])[session.pk] == 0


def test_without_an_answer_the_next_one_is_asked_and_nobody_twice(in_salon, session, full):
    first, second = wait(in_salon, session), wait(in_salon, session)
    lifecycle.cancel(full[0], by_team=True)
    first.refresh_from_db()

    with clock.frozen(first.offer.hold_until):
        due.run_out.run(in_salon.pk, first.offer.pk)
        first.refresh_from_db()
        second.refresh_from_db()
        assert (first.state, second.state) == (State.LAPSED, State.OFFERED)
        with pytest.raises(errors.OfferOver):
            waiting.accept_offer(first)
        waiting.leave(second)

    first.refresh_from_db()
    assert first.state == State.LAPSED
    assert seats.left([session])[session.pk] == 1
    assert names("waiting.lapsed") == [first.customer.email]
    assert names("booking.expired") == []


def test_somebody_who_comes_at_the_deadline_does_not_pass_those_who_wait(in_salon, session, full):
    first, second = wait(in_salon, session), wait(in_salon, session)
    lifecycle.cancel(full[0], by_team=True)
    first.refresh_from_db()

    with clock.frozen(first.offer.hold_until), pytest.raises(errors.SlotTaken):
        lifecycle.book(in_salon, session.service, session.starts_at, make.customer(in_salon))
    with clock.frozen(first.offer.hold_until):
        due.run_out.run(in_salon.pk, first.offer.pk)

    second.refresh_from_db()
    assert second.state == State.OFFERED


def test_a_place_goes_to_the_first_who_fits(in_salon, session, full):
    pair, single = wait(in_salon, session, party=2), wait(in_salon, session)

    lifecycle.cancel(full[0], by_team=True)

    pair.refresh_from_db()
    single.refresh_from_db()
    assert (pair.state, single.state) == (State.WAITING, State.OFFERED)
    assert waiting.turn_of(pair) == 1


def test_more_places_are_offered_too(in_salon, session, yoga, full):
    first = wait(in_salon, session)

    sessions.change(session, make.plan(in_salon, yoga, "15:00", capacity=3))

    first.refresh_from_db()
    assert first.state == State.OFFERED


def test_an_offer_that_costs_something_is_held_until_it_is_paid(settings, in_salon, session, full):
    settings.TEST_PAYMENTS = True
    Service.objects.update(pay="full")
    first = wait(in_salon, session)
    lifecycle.cancel(full[0], by_team=True)
    first.refresh_from_db()

    booking = waiting.accept_offer(Waiting.objects.get(pk=first.pk))

    first.refresh_from_db()
    assert (first.state, booking.status) == (State.TAKEN, Status.HELD)


def test_nobody_waits_while_there_are_places_or_when_the_list_is_full(in_salon, session):
    with pytest.raises(errors.PlacesLeft):
        wait(in_salon, session)
    make.booking(in_salon, session.service, session.starts_at, party=2)
    Session.objects.update(waiting_max=1)
    entry = wait(in_salon, session)

    with pytest.raises(errors.ListFull):
        wait(in_salon, session)

    again = waiting.join(in_salon, session.service, entry.customer, session=session)
    assert again == entry


def test_whoever_waits_for_a_class_that_is_cancelled_is_told(in_salon, session, full):
    entry = wait(in_salon, session)

    sessions.cancel(session)

    entry.refresh_from_db()
    assert entry.state == State.LEFT
    assert names("waiting.over") == [entry.customer.email]


def test_a_wait_for_an_appointment_is_woken_by_a_time_that_becomes_free(in_salon, noa):
    service = make.service(noa, duration_min=420, step_min=420, has_waiting_list=True)
    booking = make.booking(in_salon, service, at(in_salon, "09:00"))
    entry = waiting.join(
        in_salon,
        service,
        make.customer(in_salon),
        earliest=at(in_salon, "08:00"),
        latest=at(in_salon, "12:00"),
    )
    lifecycle.cancel(booking, by_team=True)

    waiting.look_again.run(in_salon.pk, booking.starts_at.isoformat(), booking.ends_at.isoformat())

    entry.refresh_from_db()
    assert entry.state == State.OFFERED
    assert entry.offer.starts_at == at(in_salon, "09:00")
    assert waiting.accept_offer(entry).status == Status.CONFIRMED


def test_everybody_of_a_party_is_marked_alone(in_salon, session):
    booking = make.booking(in_salon, session.service, session.starts_at, party=2)
    first, second = booking.attendees.order_by("number")

    with clock.frozen(session.starts_at + timedelta(minutes=15)):
        attendance.mark(first, "arrived")
        attendance.mark(second, "no_show")

    booking.refresh_from_db()
    assert booking.status == Status.IN_PROGRESS
    assert set(booking.attendees.values_list("attendance", flat=True)) == {"arrived", "no_show"}
    assert MONDAY < TUESDAY
