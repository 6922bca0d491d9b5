"""Booking, moving, cancelling and bringing back, against the real database."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction

from flectar.core import clock
from flectar.offers.booking import errors
from flectar.offers.booking.availability import Reason
from flectar.offers.booking.deeds import lifecycle, queries
from flectar.offers.booking.models import Booking, BookingEvent, Claim, Resource
from flectar.platform.audit.models import Entry
from tests.offers.booking import make
from tests.offers.booking.make import MONDAY, TUESDAY, at

pytestmark = pytest.mark.usefixtures("monday_morning")


@pytest.fixture
def noa(in_salon):
    return make.staff("Noa Vidal")


@pytest.fixture
def curl_cut(noa):
    return make.service(noa, buffer_after=15)


def test_a_booking_holds_its_time_with_the_buffer(in_salon, curl_cut, noa):
    customer = make.customer(in_salon)

    booking = lifecycle.book(in_salon, curl_cut, at(in_salon, "10:00"), customer)

    claim = Claim.objects.get(booking=booking)
    assert (claim.starts_at, claim.ends_at) == (at(in_salon, "10:00"), at(in_salon, "11:15"))
    assert booking.status == Booking.Status.CONFIRMED
    assert booking.local_start == "2026-11-24T10:00"
    assert booking.resource == noa
    assert len(booking.code) == 7


def test_what_was_sold_stays_when_the_service_changes(in_salon, curl_cut):
    booking = make.booking(in_salon, curl_cut, at(in_salon, "10:00"))

    type(curl_cut).objects.update(price_minor=9900, name="Other", change_notice_min=9999)

    booking.refresh_from_db()
    assert booking.price.minor == 5800
    assert booking.service_name == "Curl cut"
    assert booking.policy_snapshot["change_notice_min"] == 60


def test_a_taken_time_is_refused_with_the_nearest_ones(in_salon, curl_cut):
    make.booking(in_salon, curl_cut, at(in_salon, "10:00"))

    with pytest.raises(errors.SlotTaken) as refused:
        lifecycle.book(in_salon, curl_cut, at(in_salon, "10:30"), make.customer(in_salon))

    assert refused.value.reason is Reason.CLAIMED
    assert refused.value.nearest == [at(in_salon, "11:30"), at(in_salon, "12:00"), at(in_salon, "12:30")]
    assert Booking.objects.count() == 1
    assert Claim.objects.count() == 1


@pytest.mark.parametrize(
    ("time", "day", "reason"),
    [
        ("08:00", TUESDAY, Reason.CLOSED),
        ("10:10", TUESDAY, Reason.CLOSED),
        ("10:00", TUESDAY + timedelta(days=5), Reason.CLOSED),
        ("08:30", MONDAY, Reason.TOO_SOON),
        ("10:00", MONDAY + timedelta(days=63), Reason.PAST_HORIZON),
    ],
)
def test_a_time_outside_the_rules_is_refused_with_its_reason(in_salon, noa, time, day, reason):
    service = make.service(noa, notice_min=120)

    with pytest.raises(errors.SlotTaken) as refused:
        lifecycle.book(in_salon, service, at(in_salon, time, day), make.customer(in_salon))

    assert refused.value.reason is reason
    assert Booking.objects.count() == 0


def test_the_team_may_book_at_short_notice_between_the_steps_but_never_twice(in_salon, noa):
    service = make.service(noa, notice_min=10_000)
    customer = make.customer(in_salon)

    lifecycle.book(in_salon, service, at(in_salon, "09:05", MONDAY), customer, by_team=True)

    with pytest.raises(errors.SlotTaken):
        lifecycle.book(in_salon, service, at(in_salon, "09:30", MONDAY), customer, by_team=True)


def test_a_repeat_with_the_same_key_is_the_same_booking(in_salon, curl_cut):
    customer = make.customer(in_salon)
    first = lifecycle.book(in_salon, curl_cut, at(in_salon, "10:00"), customer, idempotency_key="k1")

    again = lifecycle.book(in_salon, curl_cut, at(in_salon, "10:00"), customer, idempotency_key="k1")

    assert again == first
    assert Booking.objects.count() == 1


def test_a_key_is_not_lent_to_another_wish(in_salon, curl_cut):
    customer = make.customer(in_salon)
    lifecycle.book(in_salon, curl_cut, at(in_salon, "10:00"), customer, idempotency_key="k1")

    with pytest.raises(errors.KeyUsedForAnother):
        lifecycle.book(in_salon, curl_cut, at(in_salon, "12:00"), customer, idempotency_key="k1")

    assert Booking.objects.count() == 1


def test_a_booking_may_move_into_its_own_old_time(in_salon, curl_cut):
    booking = make.booking(in_salon, curl_cut, at(in_salon, "10:00"))

    lifecycle.move(booking, at(in_salon, "10:30"))

    booking.refresh_from_db()
    claim = Claim.objects.get()
    assert booking.starts_at == at(in_salon, "10:30")
    assert booking.version == 2
    assert (claim.starts_at, claim.ends_at) == (at(in_salon, "10:30"), at(in_salon, "11:45"))


def test_a_refused_move_leaves_the_old_time(in_salon, curl_cut):
    booking = make.booking(in_salon, curl_cut, at(in_salon, "10:00"))
    make.booking(in_salon, curl_cut, at(in_salon, "12:00"))

    with pytest.raises(errors.SlotTaken):
        lifecycle.move(booking, at(in_salon, "12:30"))

    booking.refresh_from_db()
    assert booking.starts_at == at(in_salon, "10:00")
    assert Claim.objects.get(booking=booking).starts_at == at(in_salon, "10:00")
    assert booking.events.count() == 1


def test_a_moved_booking_keeps_the_length_that_was_sold(in_salon, curl_cut):
    booking = make.booking(in_salon, curl_cut, at(in_salon, "10:00"))
    type(curl_cut).objects.update(duration_min=180)

    lifecycle.move(Booking.objects.get(), at(in_salon, "12:00"))

    booking.refresh_from_db()
    assert booking.ends_at == at(in_salon, "13:00")


def test_a_move_keeps_the_person_who_is_free_and_else_takes_another(in_salon, noa):
    iker = make.staff("Iker Sanz")
    service = make.service(noa, iker)
    booking = make.booking(in_salon, service, at(in_salon, "10:00"), resource=noa)
    make.booking(in_salon, service, at(in_salon, "14:00"), resource=noa)

    lifecycle.move(booking, at(in_salon, "12:00"))
    assert booking.resource == noa

    lifecycle.move(booking, at(in_salon, "14:00"))
    assert booking.resource == iker


def test_the_customers_deadline_binds_the_customer_and_not_the_team(in_salon, curl_cut):
    booking = make.booking(in_salon, curl_cut, at(in_salon, "10:00"))

    with clock.frozen(at(in_salon, "09:30")):
        with pytest.raises(errors.TooLateToChange):
            lifecycle.cancel(booking)
        with pytest.raises(errors.TooLateToChange):
            lifecycle.move(booking, at(in_salon, "12:00"))
        booking.refresh_from_db()
        assert booking.is_confirmed
        lifecycle.cancel(booking, by_team=True)

    assert Booking.objects.get().is_cancelled


def test_a_cancelled_booking_gives_its_time_back(in_salon, curl_cut):
    booking = make.booking(in_salon, curl_cut, at(in_salon, "10:00"))

    lifecycle.cancel(booking, reason="ill")

    assert Claim.objects.count() == 0
    make.booking(in_salon, curl_cut, at(in_salon, "10:00"))


def test_a_cancelled_booking_can_neither_move_nor_be_cancelled_twice(in_salon, curl_cut):
    booking = make.booking(in_salon, curl_cut, at(in_salon, "10:00"))
    lifecycle.cancel(booking)

    lifecycle.cancel(booking)
    with pytest.raises(errors.NotChangeable):
        lifecycle.move(booking, at(in_salon, "12:00"))

    assert booking.events.filter(kind=BookingEvent.Kind.CANCELLED).count() == 1
    assert Claim.objects.count() == 0


def test_a_cancellation_can_be_undone_while_the_time_is_free(in_salon, curl_cut):
    booking = make.booking(in_salon, curl_cut, at(in_salon, "10:00"))
    lifecycle.cancel(booking)

    lifecycle.restore(booking)

    assert Booking.objects.get().is_confirmed
    assert Claim.objects.get().starts_at == at(in_salon, "10:00")


def test_an_undo_loses_to_whoever_took_the_time(in_salon, curl_cut):
    booking = make.booking(in_salon, curl_cut, at(in_salon, "10:00"))
    lifecycle.cancel(booking)
    winner = make.booking(in_salon, curl_cut, at(in_salon, "10:30"))

    with pytest.raises(errors.SlotTaken):
        lifecycle.restore(booking)

    assert Claim.objects.get().booking == winner
    booking.refresh_from_db()
    assert booking.is_cancelled


def test_two_looks_at_one_booking_make_one_change(in_salon, curl_cut):
    booking = make.booking(in_salon, curl_cut, at(in_salon, "10:00"))
    old_look = Booking.objects.get(pk=booking.pk)
    lifecycle.move(booking, at(in_salon, "12:00"))

    with pytest.raises(errors.ChangedMeanwhile):
        lifecycle.move(old_look, at(in_salon, "14:00"))

    assert Booking.objects.get().starts_at == at(in_salon, "12:00")
    assert Claim.objects.get().starts_at == at(in_salon, "12:00")


def test_anybody_means_rank_first_and_then_whoever_is_booked_least(in_salon):
    ana, ben, eva = make.staff("Ana", rank=1), make.staff("Ben"), make.staff("Eva")
    service = make.service(ana, ben, eva)
    make.booking(in_salon, service, at(in_salon, "09:00"), resource=ben)

    chosen = [make.booking(in_salon, service, at(in_salon, "11:00")).resource.name for _ in range(3)]

    assert chosen == ["Eva", "Ben", "Ana"]


def test_the_calendar_of_a_person_counts_its_changes(in_salon, curl_cut, noa):
    booking = make.booking(in_salon, curl_cut, at(in_salon, "10:00"))
    lifecycle.move(booking, at(in_salon, "12:00"))

    noa.refresh_from_db()
    assert noa.rev == 2


def test_history_and_audit_tell_what_happened(in_salon, curl_cut):
    booking = make.booking(in_salon, curl_cut, at(in_salon, "10:00"))
    lifecycle.move(booking, at(in_salon, "12:00"), by_team=True)
    lifecycle.cancel(booking, by_team=True, reason="ill")

    kinds = list(booking.events.order_by("at", "id").values_list("kind", "from_status", "to_status", "reason"))
    assert kinds == [
        ("booked", "", "confirmed", ""),
        ("moved", "confirmed", "confirmed", ""),
        ("cancelled", "confirmed", "cancelled", "ill"),
    ]
    actions = Entry.objects.filter(target_id=booking.pk).order_by("id").values_list("action", flat=True)
    assert list(actions) == ["booking.confirmed", "booking.moved", "booking.cancelled"]


def test_history_cannot_be_changed(in_salon, curl_cut):
    booking = make.booking(in_salon, curl_cut, at(in_salon, "10:00"))

    for statement in ("UPDATE booking_bookingevent SET reason = 'x'", "DELETE FROM booking_bookingevent"):
        with pytest.raises(Exception, match="permission denied"), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)

    assert booking.events.get().reason == ""


def test_the_database_itself_refuses_an_overlap(in_salon, curl_cut, noa):
    booking = make.booking(in_salon, curl_cut, at(in_salon, "10:00"))

    with pytest.raises(IntegrityError, match="booking_claims_never_overlap"), transaction.atomic():
        Claim.objects.create(
            resource=noa, booking=booking, starts_at=at(in_salon, "11:14"), ends_at=at(in_salon, "12:00")
        )

    assert Claim.objects.count() == 1


def test_what_is_listed_can_be_booked_and_nothing_else(in_salon, noa):
    service = make.service(noa, duration_min=45, step_min=20, buffer_before=10, buffer_after=5, notice_min=90)
    make.booking(in_salon, service, at(in_salon, "11:00", MONDAY))
    make.closure(at(in_salon, "14:00", MONDAY), at(in_salon, "14:30", MONDAY))
    day = queries.free_times(in_salon, service, first_day=MONDAY, days=1)[0]
    listed = {slot.starts_at for slot in day.slots}
    customer = make.customer(in_salon)

    for minutes in range(7 * 60, 19 * 60, 10):
        start = at(in_salon, f"{minutes // 60}:{minutes % 60:02}", MONDAY)
        booked = False
        with transaction.atomic():
            try:
                lifecycle.book(in_salon, service, start, customer, notify=False)
                booked = True
            except errors.SlotTaken:
                pass
            transaction.set_rollback(True)
        assert booked == (start in listed), start

    assert len(listed) > 5


def test_nobody_is_assigned_says_so(in_salon, noa):
    service = make.service(noa)
    Resource.objects.update(is_active=False)

    with pytest.raises(errors.NobodyDoesIt):
        lifecycle.book(in_salon, service, at(in_salon, "10:00"), make.customer(in_salon))
