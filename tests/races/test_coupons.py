"""Many people use one code at the same moment: real threads, real commits, exact results."""

import pytest

from flectar.core.tenancy import project_scope
from flectar.offers.booking.models import Booking, Coupon, CouponUse, Entitlement
from flectar.offers.booking.prices import coupons, pricing, usage
from flectar.offers.booking.prices.coupons import CodeGone
from tests.offers.booking import make
from tests.races.test_booking import SLOT, at_once, place  # noqa: F401 - a fixture


def booked(place, number: int) -> tuple[list[Booking], object]:  # noqa: F811 - the fixture's value
    """So many bookings of one time, each with a person of its own to do it."""
    service = make.service(*(make.staff(f"Person {n}") for n in range(number)), price_minor=5000)
    start = SLOT
    return [make.booking(place, service, start) for _ in range(number)], service


@pytest.mark.parametrize("clients", [12, 50])
def test_a_single_use_coupon_has_one_winner(place, clients):  # noqa: F811 - the fixture
    with project_scope(place.pk):
        bookings, service = booked(place, clients)
        once = Coupon.objects.create(code="ONCE", code_folded="once", percent=20, max_uses=1)
        quote = pricing.quote(place, service, starts_at=SLOT, coupons=[once])

    results = at_once(place, [lambda one=one: coupons.take(one, quote) for one in bookings])

    assert sum(result is None for result in results) == 1, results
    assert sum(isinstance(result, CodeGone) for result in results) == clients - 1, results
    with project_scope(place.pk):
        assert CouponUse.objects.count() == 1


def test_a_voucher_pays_exactly_what_it_holds(place):  # noqa: F811 - the fixture
    with project_scope(place.pk):
        bookings, service = booked(place, 12)
        gift = Entitlement.objects.create(
            kind="voucher", name="A present", code="GIFT", code_folded="gift", amount_minor=17_000
        )
        quote = pricing.quote(place, service, starts_at=SLOT, entitlements=[gift])

    results = at_once(place, [lambda one=one: coupons.take(one, quote) for one in bookings])

    assert sum(result is None for result in results) == 3, results
    assert sum(isinstance(result, CodeGone) for result in results) == 9, results
    with project_scope(place.pk):
        assert usage.left_of([gift])[gift.pk].minor == 2000
