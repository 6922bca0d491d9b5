"""Codes: found by what people type, checked with a cure, taken once, given back when nothing came of it."""

from datetime import timedelta

import pytest

from flectar.core import clock
from flectar.core.money import Money
from flectar.offers.booking.models import Booking, Coupon, CouponUse, Entitlement, Service
from flectar.offers.booking.prices import coupons, pricing, usage
from flectar.offers.booking.prices.coupons import BadCode, CodeGone
from tests.offers.booking import make

FIFTY = Money(5000, "EUR")


@pytest.fixture
def service(in_salon) -> Service:
    return make.service(price_minor=5000)


def coupon(code="SPRING 26", **values) -> Coupon:
    if "amount_minor" not in values:
        values = {"percent": 20, **values}
    return Coupon.objects.create(code=code, code_folded=coupons.folded(code), **values)


def voucher(code="GIFT", **values) -> Entitlement:
    values = {"kind": "voucher", "name": "A present", "amount_minor": 3000, **values}
    return Entitlement.objects.create(code=code, code_folded=coupons.folded(code), **values)


def booked_with(project, service, *codes, at="10:00", customer=None) -> Booking:
    start = make.at(project, at)
    found = [coupons.look_up(code) for code in codes]
    quote = pricing.quote(
        project,
        service,
        starts_at=start,
        coupons=[one for one in found if isinstance(one, Coupon)],
        entitlements=[one for one in found if isinstance(one, Entitlement)],
    )
    booking = make.booking(project, service, start, customer=customer)
    coupons.take(booking, quote)
    return booking


def states(booking) -> list[str]:
    return [
        *booking.coupon_uses.values_list("state", flat=True),
        *booking.entitlement_uses.values_list("state", flat=True),
    ]


@pytest.mark.parametrize("typed", ["SPRING 26", "spring26", " Spríng  26 "])
def test_a_code_is_found_however_it_is_typed(service, typed):
    made = coupon()

    assert coupons.look_up(typed) == made


def test_a_voucher_is_found_by_the_same_question(service):
    made = voucher()

    assert coupons.look_up("gift") == made


@pytest.mark.parametrize("typed", ["SUMMER", "", "STOPPED"])
def test_an_unknown_or_stopped_code_is_refused_with_a_cure(service, typed):
    coupon("STOPPED", is_active=False)

    with pytest.raises(BadCode, match="Check its letters"):
        coupons.look_up(typed)


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"starts_at": clock.now() + timedelta(hours=1)}, "not valid yet"),
        ({"ends_at": clock.now() - timedelta(hours=1)}, "no longer valid"),
        ({"services": ["00000000-0000-0000-0000-000000000000"]}, "is not for Curl cut"),
        ({"least_minor": 5001}, "for bookings of €50.01 or more"),
    ],
)
def test_a_code_that_does_not_fit_says_what_to_do(service, values, sentence):
    with pytest.raises(BadCode, match=sentence):
        coupons.must_fit(coupon(**values), service=service, total=FIFTY)


def test_codes_that_stand_alone_do_not_go_with_others(service):
    coupon("ONE", stacks=True)
    coupon("TWO")

    with pytest.raises(BadCode, match="TWO does not go together"):
        coupons.look_up_all(["ONE", "two"])
    assert len(coupons.look_up_all(["TWO", "two", ""])[0]) == 1


def test_a_single_use_coupon_is_used_once(in_salon, service):
    once = coupon(max_uses=1)
    first = booked_with(in_salon, service, once.code)

    with pytest.raises(BadCode, match="used up"):
        coupons.must_fit(once, service=service, total=FIFTY)
    with pytest.raises(CodeGone):
        booked_with(in_salon, service, once.code, at="12:00")
    assert CouponUse.objects.get().booking_id == first.pk
    assert CouponUse.objects.get().off_minor == 1000


def test_once_for_each_customer_lets_another_one_use_it(in_salon, service):
    each = coupon(max_per_customer=1)
    marta = make.customer(in_salon)
    booked_with(in_salon, service, each.code, customer=marta)

    with pytest.raises(BadCode, match="You have used"):
        coupons.must_fit(each, service=service, total=FIFTY, customer=marta)
    coupons.must_fit(each, service=service, total=FIFTY, customer=make.customer(in_salon, "Iria"))
    with pytest.raises(CodeGone):
        booked_with(in_salon, service, each.code, at="12:00", customer=marta)


def test_taking_again_for_the_same_booking_is_one_use(in_salon, service):
    once = coupon(max_uses=1)
    booking = booked_with(in_salon, service, once.code)
    quote = pricing.quote(in_salon, service, starts_at=booking.starts_at, coupons=[once], without=booking.pk)

    coupons.take(booking, quote)

    assert CouponUse.objects.count() == 1


def test_a_hold_that_ran_out_frees_its_code_though_nobody_has_written_that_down(in_salon, service):
    once = coupon(max_uses=1)
    held = booked_with(in_salon, service, once.code)
    until = clock.now() + timedelta(minutes=15)
    Booking.objects.filter(pk=held.pk).update(status="held", hold_until=until)

    with clock.frozen(until - timedelta(seconds=1)), pytest.raises(BadCode, match="used up"):
        coupons.must_fit(once, service=service, total=FIFTY)
    with clock.frozen(until + timedelta(seconds=1)):
        coupons.must_fit(once, service=service, total=FIFTY)
        other = booked_with(in_salon, service, once.code, at="12:00")
        # The first one pays late: its code is somebody else's by now.
        with pytest.raises(CodeGone):
            coupons.keep(Booking.objects.get(pk=held.pk))
        coupons.keep(other)


def test_what_comes_late_keeps_a_code_that_nobody_else_has_taken(in_salon, service):
    once = coupon(max_uses=1)
    booking = booked_with(in_salon, service, once.code)
    booking.status = Booking.Status.EXPIRED
    coupons.give_back(booking, at=clock.now())
    assert states(booking) == ["returned"]

    coupons.keep(booking)

    assert states(booking) == ["taken"]


def test_cancelled_in_time_gives_the_codes_back_and_later_they_stay_used(in_salon, service):
    once, gift = coupon(max_uses=1), voucher()
    booking = booked_with(in_salon, service, once.code, gift.code)
    booking.status = Booking.Status.CANCELLED

    assert not coupons.give_back(booking, at=booking.changeable_until + timedelta(minutes=1))
    assert states(booking) == ["taken", "taken"]
    assert usage.left_of([gift])[gift.pk].minor == 0

    assert coupons.give_back(booking, at=booking.changeable_until - timedelta(minutes=1))
    assert states(booking) == ["returned", "returned"]
    assert usage.left_of([gift])[gift.pk].minor == 3000


def test_when_the_business_cancels_the_codes_come_back_at_any_time(in_salon, service):
    booking = booked_with(in_salon, service, coupon().code)
    booking.status = Booking.Status.CANCELLED

    assert coupons.give_back(booking, at=booking.starts_at, always=True)
    assert states(booking) == ["returned"]


def test_a_package_is_its_buyers_and_a_voucher_is_a_present(in_salon, service):
    marta, iria = make.customer(in_salon), make.customer(in_salon, "Iria")
    gift = voucher(customer=marta)
    five = voucher("FIVE", kind="package", units=5, amount_minor=0, customer=marta)

    coupons.must_fit(gift, service=service, total=FIFTY, customer=iria)
    coupons.must_fit(five, service=service, total=FIFTY, customer=marta)
    with pytest.raises(BadCode, match="belongs to somebody else"):
        coupons.must_fit(five, service=service, total=FIFTY, customer=iria)
    with pytest.raises(CodeGone):
        booked_with(in_salon, service, "FIVE", customer=iria)


def test_an_empty_package_says_so(in_salon, service):
    two = voucher("TWO", kind="package", units=2, amount_minor=0)
    booked_with(in_salon, service, "TWO", at="09:00")
    booked_with(in_salon, service, "TWO", at="10:00")

    with pytest.raises(BadCode, match="Nothing is left"):
        coupons.must_fit(two, service=service, total=FIFTY)
