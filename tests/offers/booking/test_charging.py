"""A booking and its money, over the test provider's real page and messages: booking.md's scenarios 30-33 and 38."""

from datetime import datetime, timedelta

import pytest

from flectar.core import clock
from flectar.money.payments.models import LedgerIntent, PaymentIntent
from flectar.offers.booking.deeds import attendance, lifecycle, series, series_requests
from flectar.offers.booking.deeds.due import run_out
from flectar.offers.booking.errors import SlotTaken
from flectar.offers.booking.models import Booking, Coupon, CouponUse, Policy, Service
from flectar.offers.booking.payment import charging, paying
from flectar.offers.booking.prices import coupons
from flectar.offers.booking.prices.coupons import BadCode
from flectar.platform.audit.log import Actor, acting_as
from flectar.platform.outbox.models import Message
from tests.money.payments.post import Post, through_wsgi
from tests.offers.booking import make

TEN = datetime.fromisoformat("2026-11-23T10:00:00+00:00")
QUARTER = timedelta(minutes=15)


@pytest.fixture
def post(settings, monkeypatch, salon) -> Post:
    settings.TEST_PAYMENTS = True
    through_wsgi(monkeypatch)
    return Post()


@pytest.fixture
def noa(in_salon):
    return make.staff("Noa Vidal")


@pytest.fixture
def service(noa) -> Service:
    return make.service(noa, price_minor=5000, pay="full", hold_min=15)


def book(project, service, at="16:00", **values) -> Booking:
    """As a visitor does."""
    values.setdefault("customer", make.customer(project))
    return make.booking(project, service, make.at(project, at), by_team=False, notify=True, **values)


def fresh(booking) -> Booking:
    return Booking.objects.with_people().get(pk=booking.pk)


def pay(visitor, booking, outcome="pay"):
    url = charging.pay_url(booking.project, fresh(booking))
    assert url.startswith("http://nacar.localhost:8000/pay/")
    return visitor.post(url.removeprefix("http://nacar.localhost:8000"), {"outcome": outcome})


def mails(event: str) -> int:
    return Message.objects.filter(event=event).count()


def ledger() -> list[tuple[str, int, str]]:
    return list(LedgerIntent.objects.order_by("created_at", "id").values_list("kind", "amount_minor", "state"))


def test_a_held_booking_asks_for_what_is_due_and_is_confirmed_by_the_message_alone(in_salon, salon_site, post, service):
    with clock.frozen(TEN):
        booking = book(in_salon, service)
        assert (booking.status, booking.due_minor) == ("held", 5000)
        pay(salon_site, booking)
        assert fresh(booking).status == "held"
        post.deliver()

    booking = fresh(booking)
    assert (booking.status, booking.paid_minor, booking.hold_until) == ("confirmed", 5000, None)
    assert mails("booking.confirmed") == 1
    assert charging.pay_url(in_salon, booking) == ""


def test_30_a_hold_keeps_its_time_to_the_second_and_not_longer(in_salon, post, service):
    with clock.frozen(TEN):
        first = book(in_salon, service)
    with clock.frozen(TEN + QUARTER - timedelta(seconds=1)), pytest.raises(SlotTaken):
        book(in_salon, service)
    with clock.frozen(TEN + QUARTER + timedelta(seconds=1)):
        second = book(in_salon, service)

        assert second.status == "held"
        assert fresh(first).status == "expired"
        assert charging.pay_url(in_salon, fresh(first)) == ""


def test_31_paid_when_somebody_else_has_the_time_the_money_goes_back_by_itself(in_salon, salon_site, post, service):
    with clock.frozen(TEN):
        first = book(in_salon, service)
        pay(salon_site, first, "late")
    with clock.frozen(TEN + QUARTER + timedelta(seconds=1)):
        book(in_salon, service)
    with clock.frozen(TEN + timedelta(minutes=20)):
        assert post.deliver() == 2  # the payment, and that it went back

    first = fresh(first)
    assert (first.status, first.paid_minor) == ("cancelled", 0)
    assert ledger() == [("refund", 5000, "done")]
    assert (mails("booking.paid_late"), mails("booking.team_paid_late")) == (1, 1)
    assert [event.kind for event in first.events.order_by("at", "id")][-3:] == ["expired", "paid_late", "cancelled"]


def test_32_paid_late_with_nobody_else_the_time_is_taken_again(in_salon, salon_site, post, service):
    with clock.frozen(TEN):
        booking = book(in_salon, service)
        pay(salon_site, booking, "late")
    with clock.frozen(TEN + QUARTER):
        run_out.run(project_id=in_salon.pk, booking_id=booking.pk)
        assert fresh(booking).status == "expired"
    with clock.frozen(TEN + timedelta(minutes=20)):
        post.deliver()

        assert (fresh(booking).status, fresh(booking).paid_minor) == ("confirmed", 5000)
        with pytest.raises(SlotTaken):
            book(in_salon, service)
    assert ledger() == []
    assert mails("booking.confirmed") == 1


def test_33_the_same_message_three_times_and_out_of_order_is_one_transition_and_one_mail(
    in_salon, salon_site, post, service
):
    with clock.frozen(TEN):
        booking = book(in_salon, service)
        pay(salon_site, booking, "thrice")
        assert post.deliver() == 4

    booking = fresh(booking)
    assert (booking.status, booking.paid_minor) == ("confirmed", 5000)
    assert booking.events.filter(kind="paid").count() == 1
    assert mails("booking.confirmed") == 1
    assert ledger() == []


def test_38_a_code_that_a_hold_took_is_free_when_the_hold_ends_and_stays_used_after_the_cut_off(
    in_salon, salon_site, post, noa
):
    service = make.service(noa, price_minor=5000, pay="full", change_notice_min=120)
    once = Coupon.objects.create(code="ONCE", code_folded="once", percent=20, max_uses=1)
    with clock.frozen(TEN):
        first = book(in_salon, service, codes=["once"])
        assert (first.price.minor, first.due_minor) == (4000, 4000)
        with pytest.raises(BadCode, match="used up"):
            book(in_salon, service, "12:00", codes=["once"])
    with clock.frozen(TEN + QUARTER):
        second = book(in_salon, service, "12:00", codes=["once"])
        pay(salon_site, second)
        post.deliver()
    with clock.frozen(second.starts_at - timedelta(hours=1)):
        lifecycle.cancel(fresh(second), by_team=True)  # the business: the code is free again
        assert CouponUse.objects.get(booking=second).state == "returned"

    third = book(in_salon, service, "15:00", codes=["once"])
    pay(salon_site, third)
    post.deliver()
    third = fresh(third)
    with clock.frozen(third.starts_at - timedelta(hours=1)):
        third.status = "cancelled"
        coupons.give_back(third, at=clock.now())
        with pytest.raises(BadCode, match="used up"):
            coupons.must_fit(once, service=service, total=third.price)


def test_a_code_that_somebody_else_has_by_then_sends_the_late_payment_back(in_salon, salon_site, post, noa):
    service = make.service(noa, price_minor=5000, pay="full")
    Coupon.objects.create(code="ONCE", code_folded="once", percent=20, max_uses=1)
    with clock.frozen(TEN):
        first = book(in_salon, service, codes=["once"])
        pay(salon_site, first, "late")
    with clock.frozen(TEN + QUARTER):
        second = book(in_salon, service, "12:00", codes=["once"])
        pay(salon_site, second)
    with clock.frozen(TEN + timedelta(minutes=20)):
        post.deliver()

    assert (fresh(second).status, fresh(first).status) == ("confirmed", "cancelled")
    assert ledger() == [("refund", 4000, "done")]


def test_a_deposit_is_paid_now_and_the_rest_is_owed(in_salon, salon_site, post, noa):
    service = make.service(noa, price_minor=12099, pay="deposit", deposit_percent=30)
    booking = book(in_salon, service)
    assert PaymentIntent.objects.get().purpose == "deposit"
    pay(salon_site, booking)
    post.deliver()

    booking = fresh(booking)
    assert (booking.status, booking.paid_minor, booking.owed.minor) == ("confirmed", 3630, 8469)


@pytest.mark.parametrize(
    ("hours", "by", "back"),
    [(72, "visitor", 5000), (30, "visitor", 2500), (30, "person", 5000)],
)
def test_who_cancels_late_pays_the_fee_and_gets_the_rest_back(in_salon, salon_site, post, noa, hours, by, back):  # noqa: PLR0917 - fixtures
    terms = Policy.objects.create(
        name="Two days", tiers=[{"hours": 48, "percent": 0}, {"hours": 24, "percent": 50}], no_show_percent=100
    )
    service = make.service(noa, price_minor=5000, pay="full", policy=terms)
    start = TEN + timedelta(days=4)
    with clock.frozen(TEN):
        booking = make.booking(in_salon, service, start, by_team=False)
        pay(salon_site, booking)
        post.deliver()
    with clock.frozen(start - timedelta(hours=hours)), acting_as(Actor(kind=by)):
        lifecycle.cancel(fresh(booking), by_team=by == "person")
        post.deliver()

    assert ledger() == [("refund", back, "done")]
    assert fresh(booking).paid_minor == 5000 - back


def test_a_fee_that_nothing_covers_is_noted_and_waived_when_it_was_a_mistake(in_salon, noa):
    terms = Policy.objects.create(name="Strict", tiers=[], no_show_percent=50)
    booking = make.booking(in_salon, make.service(noa, price_minor=5000, policy=terms), TEN)
    with clock.frozen(TEN + timedelta(minutes=30)):
        attendance.did_not_come(booking)
        assert ledger() == [("fee", 2500, "queued")]
        attendance.correct(booking, "completed", reason="they were in the other room")

    assert ledger() == [("fee", 2500, "waived")]


def test_money_for_what_was_cancelled_meanwhile_goes_back(in_salon, salon_site, post, service):
    booking = book(in_salon, service)
    pay(salon_site, booking)
    lifecycle.cancel(fresh(booking), by_team=True)
    post.deliver()

    assert (fresh(booking).status, fresh(booking).paid_minor) == ("cancelled", 0)
    assert ledger() == [("refund", 5000, "done")]


def test_a_visit_is_paid_at_once_and_each_of_its_bookings_is_confirmed(in_salon, salon_site, post, noa):
    cut = make.service(noa, price_minor=5000, pay="full")
    colour = make.service(noa, name="Colour", price_minor=7000, pay="full")
    both = lifecycle.book_visit(
        in_salon,
        [lifecycle.Asked(cut), lifecycle.Asked(colour)],
        make.at(in_salon, "10:00"),
        make.customer(in_salon),
    )
    assert PaymentIntent.objects.get().amount_minor == 12000
    pay(salon_site, both[0])
    post.deliver()

    assert [(fresh(one).status, fresh(one).paid_minor) for one in both] == [("confirmed", 5000), ("confirmed", 7000)]
    lifecycle.cancel(fresh(both[1]), by_team=True)
    post.deliver()
    assert ledger() == [("refund", 7000, "done")]
    assert [fresh(one).paid_minor for one in both] == [5000, 0]


def test_a_time_held_once_more_asks_for_the_money_once_more(in_salon, salon_site, post, service):
    with clock.frozen(TEN):
        booking = book(in_salon, service)
    with clock.frozen(TEN + QUARTER):
        run_out.run(project_id=in_salon.pk, booking_id=booking.pk)
        paying.hold_again(fresh(booking))
        pay(salon_site, booking)
        post.deliver()

    assert fresh(booking).status == "confirmed"


def test_where_nothing_takes_payments_a_paid_service_is_booked_and_paid_at_the_business(in_salon, service):
    booking = book(in_salon, service)

    assert (booking.status, booking.due_minor) == ("confirmed", 0)
    assert PaymentIntent.objects.count() == 0


def test_the_team_sees_each_line_what_was_paid_and_what_is_to_be_collected(in_salon, salon_site, signed_in, post, noa):
    service = make.service(noa, price_minor=10000, pay="deposit", deposit_percent=30)
    Coupon.objects.create(code="TEN", code_folded="ten", percent=10)
    booking = book(in_salon, service, codes=["ten"])
    url = f"/nacar/bookings/{booking.pk}"
    assert "€27" in signed_in.get(url).text  # to be paid now
    pay(salon_site, booking)
    post.deliver()

    page = signed_in.get(url).text
    for said in ("-€10", "€90", "€27", "€63", "€27: Paid"):
        assert said in page


# --- From the first tap to the last -----------------------------------------------------------------------------------

WHO = {"name": "Marta Ferrer", "email": "marta@ferrer.example", "phone": "", "note": "", "key": "k" * 20}


def test_a_visitor_books_pays_and_reads_that_it_is_theirs(in_salon, salon_site, post, service):
    Service.objects.update(slug="curl-cut", horizon_days=730)
    start = make.at(in_salon, "10:00") + timedelta(days=364)
    booked = salon_site.post("/book/curl-cut/details", {**WHO, "at": f"{start:%Y-%m-%dT%H:%MZ}"})
    booking = Booking.objects.get()
    assert booked["Location"] == charging.pay_url(in_salon, booking)
    own = f"/booking/{booking.token}"
    assert booked["Location"] in salon_site.get(own).text

    page = booked["Location"].removeprefix("http://nacar.localhost:8000")
    after = salon_site.post(page, {"outcome": "pay"})
    post.deliver()

    assert salon_site.get(after["Location"])["Location"] == own
    assert "/pay/" not in salon_site.get(own).text


def test_the_link_of_a_coupon_carries_its_code_to_the_end(in_salon, salon_site, service):
    Service.objects.update(slug="curl-cut", horizon_days=730)
    Coupon.objects.create(code="SPRING 26", code_folded="spring26", percent=20)

    times = salon_site.get("/book?code=SPRING+26")["Location"]
    assert times == "/book/curl-cut?code=SPRING+26"
    assert "code=SPRING+26" in salon_site.get(times).text
    start = make.at(in_salon, "10:00") + timedelta(days=364)
    page = salon_site.get(f"/book/curl-cut/details?at={start:%Y-%m-%dT%H:%MZ}&code=SPRING+26").text
    assert 'value="SPRING 26"' in page
    assert "€40" in page


def test_one_payment_confirms_every_date_of_a_series_with_one_mail(in_salon, salon_site, post, service):
    with clock.frozen(TEN):
        made = series.book(
            in_salon, service, make.at(in_salon, "16:00"), "FREQ=WEEKLY;COUNT=3", make.customer(in_salon)
        )
        assert [one.status for one in made] == ["held"] * 3
        assert mails("booking.confirmed") == 0
        pay(salon_site, made[0])
        post.deliver()

    assert [(fresh(one).status, fresh(one).paid_minor) for one in made] == [("confirmed", 5000)] * 3
    assert mails("booking.confirmed") == 1
    assert PaymentIntent.objects.filter(state="captured").get().amount_minor == 15000


def test_a_series_that_was_accepted_is_paid_whole(in_salon, salon_site, post, service):
    Service.objects.filter(pk=service.pk).update(approval=Service.Approval.ALL)
    service.refresh_from_db()
    with acting_as(Actor(kind="visitor")):
        asked = series.book(
            in_salon, service, make.at(in_salon, "16:00"), "FREQ=WEEKLY;COUNT=3", make.customer(in_salon)
        )
    assert {fresh(one).status for one in asked} == {Booking.Status.REQUESTED}

    series_requests.accept(fresh(asked[0]))
    held = [fresh(one) for one in asked]
    assert {one.status for one in held} == {Booking.Status.HELD}

    pay(salon_site, asked[0])
    post.deliver()

    assert [(fresh(one).status, fresh(one).paid_minor) for one in asked] == [("confirmed", 5000)] * 3
    assert PaymentIntent.objects.filter(state="captured").get().amount_minor == 15000
    assert not PaymentIntent.objects.filter(state="open").exists()


def test_a_date_of_a_paid_series_that_is_cancelled_gives_back_its_own_part(in_salon, salon_site, post, service):
    with clock.frozen(TEN):
        made = series.book(
            in_salon, service, make.at(in_salon, "16:00"), "FREQ=WEEKLY;COUNT=3", make.customer(in_salon)
        )
        pay(salon_site, made[0])
        post.deliver()
        lifecycle.cancel(fresh(made[1]), by_team=True)

    assert ledger() == [("refund", 5000, "queued")]
