"""What a booking costs: one order of things, whole minor units, nothing below zero."""

from datetime import date, timedelta

import pytest

from flectar.core import clock
from flectar.core.money import Money
from flectar.offers.booking.models import Coupon, Entitlement, Season, Service, ServiceExtra, ServiceNeed
from flectar.offers.booking.prices import pricing
from flectar.offers.booking.prices.pricing import NotOffered
from tests.offers.booking import make

STAY = {"mode": Service.Mode.STAY, "max_nights": 28}


@pytest.fixture
def at(in_salon):
    return make.at(in_salon, "10:00")


@pytest.fixture
def paying(settings):
    """Somebody can take payments."""
    settings.TEST_PAYMENTS = True


def lines(quote):
    return [(line.label, str(line.kind), line.qty, line.amount.minor) for line in quote.lines]


def coupon(code="SPRING", **values):
    values = {"percent": 20} if not values.keys() & {"percent", "amount_minor"} else values
    return Coupon.objects.create(code=code, code_folded=code.lower(), **values)


def extra(service, name="Oil", price_minor=1000, **values):
    return ServiceExtra.objects.create(service=service, name=name, price_minor=price_minor, **values)


def package(units=5, **values):
    values = {"name": "Five cuts", "code": "FIVE", "code_folded": "five", **values}
    return Entitlement.objects.create(kind="package", units=units, **values)


def voucher(amount_minor=2000, **values):
    values = {"name": "A present", "code": "GIFT", "code_folded": "gift", **values}
    return Entitlement.objects.create(kind="voucher", amount_minor=amount_minor, **values)


def test_a_service_costs_its_price(in_salon, at):
    quote = pricing.quote(in_salon, make.service(price_minor=5800), starts_at=at)

    assert quote.total == Money(5800, "EUR")
    assert quote.snapshot() == {
        "minor": 5800,
        "currency": "EUR",
        "lines": [{"label": "Curl cut", "kind": "base", "qty": 1, "minor": 5800}],
    }


def test_whoever_does_it_may_cost_something_else(in_salon, at):
    noa, iker = make.staff("Noa Vidal"), make.staff("Iker Sanz")
    service = make.service(noa, iker)
    ServiceNeed.objects.filter(resource=iker).update(price_minor=7000)

    assert pricing.quote(in_salon, service, starts_at=at, resource=iker).total.minor == 7000
    assert pricing.quote(in_salon, service, starts_at=at, resource=noa).total.minor == 5800
    assert pricing.quote(in_salon, service, starts_at=at).total.minor == 5800


def test_of_two_seasons_the_shorter_one_counts(in_salon, at):
    service = make.service()
    Season.objects.create(
        service=service, name="Winter", first=date(2026, 11, 1), last=date(2027, 2, 28), price_minor=5000
    )
    Season.objects.create(
        service=service, name="Fair", first=date(2026, 11, 24), last=date(2026, 11, 24), price_minor=9000
    )
    Season.objects.create(service=service, name="No price", first=date(2026, 11, 24), last=date(2026, 11, 24))

    assert lines(pricing.quote(in_salon, service, starts_at=at)) == [("Curl cut · Fair", "base", 1, 9000)]
    assert pricing.quote(in_salon, service, starts_at=at + timedelta(days=1)).total.minor == 5000


def test_each_night_has_its_own_seasons_price(in_salon, at):
    house = make.service(name="House", price_minor=8000, **STAY)
    Season.objects.create(
        service=house, name="Puente", first=date(2026, 11, 25), last=date(2026, 11, 26), price_minor=12000
    )

    quote = pricing.quote(in_salon, house, starts_at=at, nights=4)

    assert lines(quote) == [("House", "base", 2, 16000), ("House · Puente", "base", 2, 24000)]
    assert quote.total.minor == 40000


def test_extras_multiply_by_people_and_nights_where_they_say_so(in_salon, at):
    house = make.service(name="House", price_minor=1000, is_priced_per_person=True, **STAY)
    bed = extra(house, "Bed", 500)
    breakfast = extra(house, "Breakfast", 700, is_per_person=True, is_per_night=True)

    quote = pricing.quote(in_salon, house, starts_at=at, nights=2, party=3, extras={bed.pk: 1, breakfast.pk: 1})

    assert lines(quote) == [
        ("House", "base", 6, 6000),
        ("Bed", "extra", 1, 500),
        ("Breakfast", "extra", 6, 4200),
    ]


def test_an_extra_that_is_not_offered_is_refused(in_salon, at):
    service, other = make.service(), make.service()
    oil, foreign, off = extra(service, max_qty=2), extra(other), extra(service, "Old", is_active=False)

    with pytest.raises(NotOffered, match="2 times at most"):
        pricing.quote(in_salon, service, starts_at=at, extras={oil.pk: 3})
    for wrong in (foreign, off):
        with pytest.raises(NotOffered, match="no longer offered"):
            pricing.quote(in_salon, service, starts_at=at, extras={wrong.pk: 1})


def test_extras_are_added_before_the_coupon(in_salon, at):
    service = make.service(price_minor=4000)

    quote = pricing.quote(in_salon, service, starts_at=at, extras={extra(service).pk: 1}, coupons=[coupon()])

    assert lines(quote) == [
        ("Curl cut", "base", 1, 4000),
        ("Oil", "extra", 1, 1000),
        ("SPRING", "discount", 1, -1000),
    ]
    assert quote.total.minor == 4000


def test_what_remains_after_a_percentage_is_rounded_half_up(in_salon, at):
    service = make.service(price_minor=25)

    assert pricing.quote(in_salon, service, starts_at=at, coupons=[coupon(percent=50)]).total.minor == 13


def test_a_coupon_never_takes_off_more_than_there_is(in_salon, at):
    quote = pricing.quote(in_salon, make.service(price_minor=900), starts_at=at, coupons=[coupon(amount_minor=1000)])

    assert quote.total.minor == 0
    assert lines(quote)[-1] == ("SPRING", "discount", 1, -900)


def test_a_coupon_for_another_service_or_a_higher_price_changes_nothing(in_salon, at):
    service, other = make.service(), make.service()
    wrong = [coupon("A", services=[str(other.pk)], percent=10), coupon("B", least_minor=5801, percent=10)]

    assert pricing.quote(in_salon, service, starts_at=at, coupons=wrong).total.minor == 5800


def test_stacking_coupons_go_percent_first_and_one_alone_wins_if_it_is_better(in_salon, at):
    service = make.service(price_minor=10000)
    ten, five = coupon("TEN", percent=10, stacks=True), coupon("FIVER", amount_minor=500, stacks=True)
    alone = coupon("ALONE", percent=30)

    assert lines(pricing.quote(in_salon, service, starts_at=at, coupons=[five, ten]))[1:] == [
        ("TEN", "discount", 1, -1000),
        ("FIVER", "discount", 1, -500),
    ]
    assert lines(pricing.quote(in_salon, service, starts_at=at, coupons=[five, ten, alone]))[1:] == [
        ("ALONE", "discount", 1, -3000)
    ]


def test_one_unit_of_a_package_pays_the_base_as_the_coupon_left_it(in_salon, at):
    service = make.service(price_minor=5000)

    quote = pricing.quote(
        in_salon,
        service,
        starts_at=at,
        extras={extra(service).pk: 1},
        coupons=[coupon()],
        entitlements=[five := package()],
    )

    assert lines(quote)[-1] == ("Five cuts", "entitlement", 1, -4000)
    assert quote.total.minor == 800
    assert quote.units_of(five.pk) == 1


def test_a_package_pays_as_many_people_as_it_has_units(in_salon, at):
    yoga = make.service(price_minor=1500, is_priced_per_person=True, max_party=5)

    quote = pricing.quote(in_salon, yoga, starts_at=at, party=3, entitlements=[two := package(units=2)])

    assert quote.total.minor == 1500
    assert quote.units_of(two.pk) == 2


def test_the_units_of_odd_prices_add_up_to_the_whole(in_salon, at):
    yoga = make.service(price_minor=333, is_priced_per_person=True, max_party=5)

    quote = pricing.quote(
        in_salon, yoga, starts_at=at, party=3, coupons=[coupon(percent=33)], entitlements=[package(units=3)]
    )

    assert quote.total.minor == 0


def test_a_voucher_pays_what_is_left_after_the_package(in_salon, at):
    service = make.service(price_minor=5000)
    gift, five = voucher(), package()

    quote = pricing.quote(
        in_salon, service, starts_at=at, extras={extra(service, price_minor=3000).pk: 1}, entitlements=[gift, five]
    )

    assert lines(quote)[2:] == [("Five cuts", "entitlement", 1, -5000), ("A present", "entitlement", 1, -2000)]
    assert quote.total.minor == 1000


def test_a_package_for_another_service_pays_nothing(in_salon, at):
    service, other = make.service(), make.service()

    assert pricing.quote(in_salon, service, starts_at=at, entitlements=[package(service=other)]).total.minor == 5800


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({"pay": "none", "deposit_percent": 30}, 0),
        ({"pay": "full"}, 12099),
        ({"pay": "deposit", "deposit_percent": 30}, 3630),
        ({"pay": "deposit", "deposit_minor": 2000}, 2000),
        ({"pay": "deposit", "deposit_minor": 99900}, 12099),
        ({"pay": "card_on_file"}, 0),
    ],
)
def test_what_must_be_paid_now_is_never_more_than_the_whole(in_salon, at, paying, values, expected):
    service = make.service(price_minor=12099, **values)

    assert pricing.quote(in_salon, service, starts_at=at).due.minor == expected


def test_where_nothing_can_take_payments_nothing_is_due(in_salon, at):
    assert pricing.quote(in_salon, make.service(pay="full"), starts_at=at).due.minor == 0


def test_a_quote_reads_little(in_salon, at, django_assert_max_num_queries):
    noa = make.staff()
    service = make.service(noa)
    wanted = {extra(service).pk: 1}
    codes, gifts = [coupon()], [voucher(), package()]

    with django_assert_max_num_queries(4):
        pricing.quote(in_salon, service, starts_at=at, resource=noa, extras=wanted, coupons=codes, entitlements=gifts)


def test_what_is_left_of_a_voucher_is_counted_from_its_uses(in_salon, at):
    gift = voucher(3000)
    service = make.service(price_minor=2000)
    booked = make.booking(in_salon, service, at)
    gift.uses.create(booking=booked, amount_minor=2000)

    assert pricing.quote(in_salon, service, starts_at=at, entitlements=[gift]).total.minor == 1000
    assert pricing.quote(in_salon, service, starts_at=at, entitlements=[gift], without=booked.pk).total.minor == 0


def test_a_use_of_a_hold_that_is_over_counts_no_more(in_salon, at):
    gift = voucher(2000)
    service = make.service(price_minor=2000)
    booked = make.booking(in_salon, service, at)
    type(booked).objects.update(status="held", hold_until=clock.now() + timedelta(minutes=15))
    gift.uses.create(booking=booked, amount_minor=2000)

    assert pricing.quote(in_salon, service, starts_at=at, entitlements=[gift]).total.minor == 2000
    with clock.frozen(clock.now() + timedelta(minutes=15)):
        assert pricing.quote(in_salon, service, starts_at=at, entitlements=[gift]).total.minor == 0
