"""Holds, requests, payments that come late, attendance: each way from one state to the next, at its minute."""

from datetime import UTC, datetime, timedelta
from itertools import product

import pytest

from flectar.core import clock
from flectar.offers.booking.deeds import asking, attendance, due, lifecycle, queries, states
from flectar.offers.booking.deeds.states import By, Status
from flectar.offers.booking.errors import NotChangeable, SlotTaken, TooEarly, TooLateToCorrect
from flectar.offers.booking.models import Booking, BookingEvent, Claim, Service
from flectar.offers.booking.payment import paying
from flectar.platform.outbox.models import Message
from flectar.platform.outbox.wording import as_read
from tests.offers.booking import make
from tests.offers.booking.make import TUESDAY, at

pytestmark = pytest.mark.django_db
TEN = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)  # Monday, 10:00 in Madrid


@pytest.fixture
def paid_cut(in_salon, settings):
    settings.TEST_PAYMENTS = True
    return make.service(make.staff("Noa"), pay="deposit", deposit_minor=2000, hold_min=15)


def held(project, service, time="16:00", who=None):
    return lifecycle.book(project, service, at(project, time), who or make.customer(project))


def fresh(booking):
    return Booking.objects.with_people().get(pk=booking.pk)


def told(event):
    return Message.objects.filter(event=event).count()


# --- Holds ------------------------------------------------------------------------------------------------------------


def test_what_is_to_be_paid_is_held_and_not_confirmed(in_salon, paid_cut):
    with clock.frozen(TEN):
        booking = held(in_salon, paid_cut)

    assert (booking.status, booking.due_minor) == (Status.HELD, 2000)
    assert booking.hold_until == TEN + timedelta(minutes=15)
    assert booking.claims.get().expires_at == booking.hold_until
    assert told("booking.confirmed") == 0


def test_a_hold_of_fifteen_minutes_keeps_others_out_for_fifteen_minutes(in_salon, paid_cut):
    with clock.frozen(TEN):
        first = held(in_salon, paid_cut)
    with clock.frozen(TEN + timedelta(minutes=14, seconds=59)), pytest.raises(SlotTaken):
        held(in_salon, paid_cut)
    with clock.frozen(TEN + timedelta(minutes=15, seconds=1)):
        second = held(in_salon, paid_cut)

    assert second.status == Status.HELD
    assert fresh(first).status == Status.EXPIRED, "the page of the first one says so"
    assert Claim.objects.get().booking == second


def test_money_in_time_confirms_once(in_salon, paid_cut):
    with clock.frozen(TEN):
        booking = paying.paid(held(in_salon, paid_cut), 2000)

    assert (booking.status, booking.paid_minor, booking.hold_until) == (Status.CONFIRMED, 2000, None)
    assert booking.claims.get().expires_at is None
    assert told("booking.confirmed") == 1


def test_too_little_money_confirms_nothing_and_is_remembered(in_salon, paid_cut):
    with clock.frozen(TEN):
        booking = paying.paid(held(in_salon, paid_cut), 500)

    assert (booking.status, booking.paid_minor) == (Status.HELD, 500)


def test_money_after_the_hold_takes_the_time_again_if_nobody_has_it(in_salon, paid_cut):
    with clock.frozen(TEN):
        booking = held(in_salon, paid_cut)
    with clock.frozen(TEN + timedelta(minutes=20)):
        due.run_out.run(project_id=in_salon.pk, booking_id=booking.pk)
        assert fresh(booking).status == Status.EXPIRED
        booking = paying.paid(fresh(booking), 2000)

    assert booking.status == Status.CONFIRMED
    assert booking.claims.get().expires_at is None


def test_money_after_somebody_else_took_it_is_paid_late_and_both_are_told_once(in_salon, paid_cut):
    with clock.frozen(TEN):
        first = held(in_salon, paid_cut)
    with clock.frozen(TEN + timedelta(minutes=16)):
        second = held(in_salon, paid_cut)
    with clock.frozen(TEN + timedelta(minutes=20)):
        first = paying.paid(fresh(first), 2000)

    assert (first.status, first.paid_minor) == (Status.PAID_LATE, 2000)
    assert Claim.objects.get().booking == second
    assert (told("booking.paid_late"), told("booking.confirmed")) == (1, 0)
    assert paying.refunded(fresh(first), 2000).status == Status.CANCELLED


def test_a_hold_runs_out_by_itself_and_its_time_is_listed_again(in_salon, paid_cut):
    with clock.frozen(TEN):
        booking = held(in_salon, paid_cut)
        taken = queries.free_times(in_salon, paid_cut, first_day=TUESDAY, days=1)[0]
    with clock.frozen(TEN + timedelta(minutes=15)):
        due.run_out.run(project_id=in_salon.pk, booking_id=booking.pk)
        due.run_out.run(project_id=in_salon.pk, booking_id=booking.pk)
        free = queries.free_times(in_salon, paid_cut, first_day=TUESDAY, days=1)[0]

    assert booking.starts_at not in [slot.starts_at for slot in taken.slots]
    assert booking.starts_at in [slot.starts_at for slot in free.slots]
    assert told("booking.expired") == 1
    assert not Claim.objects.exists()


def test_a_hold_can_be_had_again_in_one_tap_and_prolonged_but_not_for_ever(in_salon, paid_cut):
    with clock.frozen(TEN):
        booking = held(in_salon, paid_cut)
    with clock.frozen(TEN + timedelta(minutes=10)):
        assert paying.extend(fresh(booking)).hold_until == TEN + timedelta(minutes=25)
    with clock.frozen(TEN + timedelta(minutes=24)):
        assert paying.extend(fresh(booking)).hold_until == TEN + timedelta(minutes=39)
    with clock.frozen(TEN + timedelta(minutes=38)):
        assert paying.extend(fresh(booking)).hold_until == TEN + timedelta(minutes=45)
    with clock.frozen(TEN + timedelta(hours=1)):
        again = paying.hold_again(fresh(booking))

    assert (again.status, again.hold_until) == (Status.HELD, TEN + timedelta(minutes=75))
    assert again.claims.get().expires_at == again.hold_until


# --- Requests ---------------------------------------------------------------------------------------------------------


@pytest.fixture
def asked_for(in_salon):
    return make.service(make.staff("Noa"), approval="all")


def test_a_request_keeps_the_time_until_it_is_answered(in_salon, asked_for):
    with clock.frozen(TEN):
        request = held(in_salon, asked_for)
        with pytest.raises(SlotTaken):
            held(in_salon, asked_for)
        assert list(asking.queue()) == [request]
        accepted = asking.accept(fresh(request))

    assert request.status == Status.REQUESTED
    assert accepted.status == Status.CONFIRMED
    assert accepted.claims.get().expires_at is None
    assert (told("booking.requested"), told("booking.team_requested"), told("booking.confirmed")) == (1, 1, 1)


def test_of_two_requests_that_reserve_nothing_the_first_accepted_wins(in_salon, asked_for):
    Service.objects.update(is_reserved_by_requests=False)
    asked_for.refresh_from_db()
    with clock.frozen(TEN):
        one, other = held(in_salon, asked_for), held(in_salon, asked_for)
        asking.accept(fresh(one))
        with pytest.raises(SlotTaken) as refused:
            asking.accept(fresh(other))
        assert len(refused.value.nearest) == 3
        proposed = asking.propose(fresh(other), at(in_salon, "12:00"))
        assert proposed.is_proposed
        assert list(asking.queue()) == []
        agreed = asking.agree(fresh(other))

    assert agreed.status == Status.CONFIRMED
    assert agreed.starts_at == at(in_salon, "12:00")


def test_a_declined_request_gives_the_time_back_and_can_be_reopened(in_salon, asked_for):
    with clock.frozen(TEN):
        request = asking.decline(fresh(held(in_salon, asked_for)), reason="We are on holiday")
        assert not Claim.objects.exists()
        again = asking.reopen(fresh(request))

    assert again.status == Status.REQUESTED
    assert "holiday" in as_read(Message.objects.get(event="booking.declined")).text


def test_an_accepted_request_that_costs_waits_for_the_money(in_salon, paid_cut):
    Service.objects.update(approval="all")
    paid_cut.refresh_from_db()
    with clock.frozen(TEN):
        accepted = asking.accept(fresh(held(in_salon, paid_cut)))
        assert accepted.status == Status.HELD
        assert accepted.hold_until == TEN + timedelta(hours=24)
        confirmed = paying.paid(fresh(accepted), 2000)

    assert confirmed.status == Status.CONFIRMED


def test_only_new_customers_are_asked_to_wait(in_salon):
    cut = make.service(make.staff("Noa"), approval="new_customers")
    marta = make.customer(in_salon)
    with clock.frozen(TEN):
        first = held(in_salon, cut, who=marta)
        assert first.status == Status.REQUESTED
        asking.accept(fresh(first))
    with clock.frozen(at(in_salon, "16:10")):
        attendance.arrive(fresh(first))
        attendance.complete(fresh(first))
    with clock.frozen(at(in_salon, "17:30")):
        assert lifecycle.book(in_salon, cut, at(in_salon, "16:00", TUESDAY + timedelta(days=1)), marta).is_confirmed


# --- Attendance -------------------------------------------------------------------------------------------------------


@pytest.fixture
def booked(in_salon):
    with clock.frozen(TEN):
        return make.booking(in_salon, make.service(make.staff("Noa")), at(in_salon, "16:00"))


def test_nobody_arrives_hours_before_nor_is_missed_before_the_start(in_salon, booked):
    with clock.frozen(at(in_salon, "14:59")), pytest.raises(TooEarly):
        attendance.arrive(booked)
    with clock.frozen(at(in_salon, "16:09")), pytest.raises(TooEarly):
        attendance.did_not_come(booked)
    with clock.frozen(at(in_salon, "15:00")):
        assert attendance.arrive(booked).status == Status.IN_PROGRESS


def test_who_did_not_come_is_said_by_the_team_and_corrected_with_a_reason(in_salon, booked):
    with clock.frozen(at(in_salon, "16:10")):
        attendance.did_not_come(booked)
        attendance.correct(fresh(booked), Status.COMPLETED, reason="She was at the other chair")

    event = BookingEvent.objects.get(kind="corrected")
    assert (event.from_status, event.to_status) == (Status.NO_SHOW, Status.COMPLETED)
    with clock.frozen(booked.ends_at + timedelta(days=31)), pytest.raises(TooLateToCorrect):
        attendance.correct(fresh(booked), Status.NO_SHOW, reason="late")


def test_a_day_after_its_end_a_booking_is_done_and_whether_they_came_is_left_open(in_salon, booked):
    with clock.frozen(booked.ends_at + timedelta(hours=23)):
        due.close.run(project_id=in_salon.pk, booking_id=booked.pk)
        assert fresh(booked).status == Status.CONFIRMED
    with clock.frozen(booked.ends_at + timedelta(hours=24)):
        due.close.run(project_id=in_salon.pk, booking_id=booked.pk)

    assert (fresh(booked).status, fresh(booked).attendance) == (Status.COMPLETED, "expected")


# --- The table of ways ------------------------------------------------------------------------------------------------


def test_there_is_no_way_but_those_in_the_table():
    for was, to, by in product(Status.values, Status.values, By):
        booking = Booking(status=was)
        if by not in states.WAYS.get((was, to), ()):
            with pytest.raises(NotChangeable):
                states.go(booking, to, "noted", by)
            assert booking.status == was


def test_only_a_payment_confirms_a_hold_and_never_a_customer_or_the_system():
    ways = {to: by for (was, to), by in states.WAYS.items() if was == Status.HELD}

    assert ways[Status.CONFIRMED] == {By.PAYMENT, By.TEAM}
    assert By.SYSTEM not in states.WAYS[Status.CONFIRMED, Status.NO_SHOW]
    for final in (Status.PAID_LATE, Status.EXPIRED):
        assert not any(By.CUSTOMER in by for (was, to), by in states.WAYS.items() if was == final and to != Status.HELD)
