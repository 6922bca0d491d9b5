"""Coupons, packages, vouchers, terms and how a service is paid: the owner's pages."""

import re
from datetime import datetime

import pytest

from flectar.offers.booking.models import Coupon, Entitlement, Policy, Service
from flectar.offers.booking.prices import coupons, usage
from flectar.platform.audit.models import Entry
from flectar.platform.organizations.models import Role
from tests import make as people
from tests.cast import PlatformClient
from tests.offers.booking import make

BASE = "/nacar/settings"
COUPON = {"code": "Spring 26", "takes": "percent", "value": "20", "name": "Leaflet"}
PACKAGE = {"kind": "package", "name": "Ten classes", "units": "10", "email": "marta@ferrer.example"}
TERMS = {
    "name": "Two days",
    "hours_1": "48",
    "percent_1": "0",
    "hours_2": "24",
    "percent_2": "50",
    "no_show_percent": "80",
}
DEPOSIT = {"pay": "deposit", "deposit_percent": "30", "hold_min": "15"}


def text(response) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.text))


@pytest.fixture
def marta(in_salon):
    return make.customer(in_salon, "Marta Ferrer", "marta@ferrer.example")


# --- Coupons ----------------------------------------------------------------------------------------------------------


def test_a_coupon_is_made_and_shows_the_link_that_carries_it(in_salon, signed_in):
    assert "Give somebody a reason to book" in signed_in.get(f"{BASE}/coupons").text
    answer = signed_in.post(
        f"{BASE}/coupons/new",
        {**COUPON, "first_day": "2026-11-24", "last_day": "2026-11-30", "max_uses": "10", "least": "30"},
    )

    made = Coupon.objects.get()
    assert answer["Location"] == f"{BASE}/coupons/{made.pk}"
    assert (made.code_folded, made.percent, made.max_uses, made.least_minor) == ("spring26", 20, 10, 3000)
    zone = in_salon.tz
    assert made.starts_at == datetime(2026, 11, 24, tzinfo=zone)
    assert made.ends_at == datetime(2026, 12, 1, tzinfo=zone)
    page = signed_in.get(answer["Location"])
    assert "http://nacar.localhost:8000/book?code=Spring+26" in page.text
    assert "0 of 10" in text(page)
    shown = text(signed_in.get(f"{BASE}/coupons"))
    assert "Spring 26" in shown
    assert "20%" in shown
    assert Entry.objects.filter(action="coupon.created").count() == 1


def test_without_a_code_one_is_made(in_salon, signed_in):
    signed_in.post(f"{BASE}/coupons/new", {**COUPON, "code": "", "takes": "amount", "value": "12.50"})

    made = Coupon.objects.get()
    assert re.fullmatch(r"[A-Z0-9]{8}", made.code)
    assert (made.percent, made.amount_minor) == (None, 1250)
    assert coupons.look_up(made.code.lower()) == made


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"value": "0"}, "Type a whole number from 1 to 100."),
        ({"value": "101"}, "Type a whole number from 1 to 100."),
        ({"value": "٣"}, "Type a whole number from 1 to 100."),
        ({"takes": "amount", "value": "0"}, "Type an amount above zero."),
        ({"takes": "amount", "value": "a lot"}, "Type an amount, as in 38 or 12.50"),
        ({"first_day": "2026-12-02", "last_day": "2026-12-01"}, "not before the first one"),
        ({"max_uses": "0"}, "Type 1 or more."),
        ({"code": "gift"}, "is there already"),
        ({"least": "-1"}, "not negative"),
        ({"services": "00000000-0000-0000-0000-000000000000"}, "Select a valid choice"),
    ],
)
def test_what_is_wrong_is_said_beside_the_field_and_nothing_is_made(in_salon, signed_in, wrong, sentence):
    Entitlement.objects.create(kind="voucher", name="A present", code="GIFT", code_folded="gift", amount_minor=100)

    answer = signed_in.post(f"{BASE}/coupons/new", {**COUPON, **wrong})

    assert answer.status_code == 422
    assert sentence in text(answer)
    assert not Coupon.objects.exists()


def test_a_change_touches_only_what_comes_after(in_salon, signed_in):
    service = make.service(price_minor=5000)
    signed_in.post(f"{BASE}/coupons/new", COUPON)
    made = Coupon.objects.get()
    booked = make.booking(in_salon, service, make.at(in_salon, "10:00"), codes=["spring26"])

    form = signed_in.get(f"{BASE}/coupons/{made.pk}/change")
    assert 'value="20"' in form.text
    signed_in.post(f"{BASE}/coupons/{made.pk}/change", {**COUPON, "value": "50", "services": [str(service.pk)]})

    made.refresh_from_db()
    booked.refresh_from_db()
    assert (made.percent, made.services, booked.price.minor) == (50, [str(service.pk)], 4000)
    page = text(signed_in.get(f"{BASE}/coupons/{made.pk}"))
    assert booked.code in page
    assert "€10" in page


def test_stopped_coupons_leave_the_list_and_come_back_by_undo(in_salon, signed_in):
    signed_in.post(f"{BASE}/coupons/new", COUPON)
    made = Coupon.objects.get()

    signed_in.post(f"{BASE}/coupons/off", {"id": str(made.pk)})
    signed_in.get(f"{BASE}/coupons")  # says what was done
    assert "Spring 26" not in signed_in.get(f"{BASE}/coupons").text
    assert "Stopped" in text(signed_in.get(f"{BASE}/coupons?view=over"))
    with pytest.raises(coupons.BadCode):
        coupons.look_up("spring26")

    signed_in.post(f"{BASE}/coupons/on?only={made.pk}")
    assert coupons.look_up("spring26") == made


def test_the_list_of_coupons_asks_little(in_salon, signed_in, django_assert_max_num_queries):
    for number in range(12):
        Coupon.objects.create(code=f"C{number}", code_folded=f"c{number}", percent=10)
    signed_in.get(f"{BASE}/coupons")

    with django_assert_max_num_queries(16):
        assert "C11" in signed_in.get(f"{BASE}/coupons").text


# --- Packages and vouchers --------------------------------------------------------------------------------------------


def test_a_package_is_given_to_a_customer_and_counts_down(in_salon, signed_in, marta):
    yoga = make.service(name="Yoga", price_minor=1500)
    assert f'value="{marta.email}"' in signed_in.get(f"{BASE}/prepaid/new?customer={marta.pk}").text
    answer = signed_in.post(f"{BASE}/prepaid/new", {**PACKAGE, "service": str(yoga.pk), "last_day": "2027-01-31"})

    made = Entitlement.objects.get()
    assert (made.customer, made.units, made.service, made.amount_minor) == (marta, 10, yoga, 0)
    booked = make.booking(in_salon, yoga, make.at(in_salon, "10:00"), customer=marta, codes=[made.code])
    assert booked.price.minor == 0
    page = text(signed_in.get(answer["Location"]))
    assert "9 of 10" in page
    assert "1 time" in page
    assert booked.code in page
    assert "9 of 10" in text(signed_in.get(f"{BASE}/prepaid"))


def test_a_voucher_is_for_whoever_has_its_code(in_salon, signed_in):
    signed_in.post(f"{BASE}/prepaid/new", {"kind": "voucher", "name": "A present", "amount": "50", "code": "PRESENT"})

    made = Entitlement.objects.get()
    assert (made.customer, made.amount_minor, made.units) == (None, 5000, 0)
    assert usage.left_of([made])[made.pk].minor == 5000


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"email": ""}, "Say whose package it is."),
        ({"email": "nobody@example.com"}, "No customer has this address"),
        ({"units": ""}, "Say how many times."),
        ({"kind": "voucher", "amount": ""}, "Type an amount above zero."),
        ({"name": " "}, "This field is required."),
    ],
)
def test_a_package_without_what_it_needs_is_not_given(in_salon, signed_in, marta, wrong, sentence):
    answer = signed_in.post(f"{BASE}/prepaid/new", {**PACKAGE, **wrong})

    assert answer.status_code == 422
    assert sentence in text(answer)
    assert not Entitlement.objects.exists()


def test_a_voucher_can_be_stopped_and_used_again(in_salon, signed_in):
    made = Entitlement.objects.create(kind="voucher", name="Gift", code="GIFT", code_folded="gift", amount_minor=100)

    signed_in.post(f"{BASE}/prepaid/{made.pk}/switch")
    with pytest.raises(coupons.BadCode):
        coupons.look_up("gift")
    signed_in.post(f"{BASE}/prepaid/{made.pk}/switch")
    assert coupons.look_up("gift") == made


# --- Terms ------------------------------------------------------------------------------------------------------------


def test_terms_are_said_in_the_words_that_customers_read(in_salon, signed_in):
    signed_in.post(f"{BASE}/terms/new", TERMS)

    made = Policy.objects.get()
    assert made.tiers == [{"hours": 48, "percent": 0}, {"hours": 24, "percent": 50}]
    shown = text(signed_in.get(f"{BASE}/terms"))
    assert "Cancelling is free until 48 hours before the start." in shown
    assert "If you do not come, 80% of the price is charged." in shown
    assert 'value="48"' in signed_in.get(f"{BASE}/terms/{made.pk}").text


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"percent_1": ""}, "Type both numbers"),
        ({"hours_2": "48"}, "stands here twice"),
        ({"percent_1": "60"}, "cannot be smaller"),
        ({"no_show_percent": "101"}, "Type 100 or less."),
        ({"name": "There"}, "terms of this name"),
    ],
)
def test_terms_that_make_no_sense_are_not_kept(in_salon, signed_in, wrong, sentence):
    Policy.objects.create(name="There", tiers=[])

    answer = signed_in.post(f"{BASE}/terms/new", {**TERMS, **wrong})

    assert answer.status_code == 422
    assert sentence in text(answer)
    assert Policy.objects.count() == 1


def test_terms_that_a_service_uses_stay(in_salon, signed_in):
    policy = Policy.objects.create(name="Two days", tiers=[])
    service = make.service(policy=policy)

    refused = signed_in.post(f"{BASE}/terms/{policy.pk}/removal")
    assert refused.status_code == 409
    assert "Services still use “Two days”" in text(refused)

    Service.objects.filter(pk=service.pk).update(policy=None)
    signed_in.post(f"{BASE}/terms/{policy.pk}/removal")
    assert not Policy.objects.exists()


# --- How a service is paid --------------------------------------------------------------------------------------------


def test_a_service_takes_a_deposit_and_terms(in_salon, signed_in):
    policy = Policy.objects.create(name="Two days", tiers=[])
    service = make.service()
    url = f"/nacar/services/{service.pk}/payment"
    assert "No payment provider is connected yet" in text(signed_in.get(url))

    signed_in.post(
        url,
        {
            "pay": "deposit",
            "deposit_percent": "30",
            "hold_min": "20",
            "policy": str(policy.pk),
            "tax_category": "reduced",
        },
    )

    service.refresh_from_db()
    assert (service.pay, service.deposit_percent, service.hold_min, service.policy) == ("deposit", 30, 20, policy)
    assert (service.tax_category, service.version) == ("reduced", 2)


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"deposit_percent": ""}, "Say how much the deposit is."),
        ({"deposit": "10"}, "leave one of them empty"),
        ({"hold_min": "4"}, "Type 5 or more."),
        ({"pay": "card_on_file"}, "Select a valid choice"),
    ],
)
def test_a_deposit_that_says_nothing_is_not_kept(in_salon, signed_in, wrong, sentence):
    service = make.service()

    answer = signed_in.post(f"/nacar/services/{service.pk}/payment", {**DEPOSIT, **wrong})

    assert answer.status_code == 422
    assert sentence in text(answer)
    service.refresh_from_db()
    assert service.pay == "none"


def test_the_hint_is_gone_where_payments_are_taken(in_salon, signed_in, settings):
    settings.TEST_PAYMENTS = True

    assert "No payment provider" not in text(signed_in.get(f"/nacar/services/{make.service().pk}/payment"))


def test_staff_may_look_at_coupons_and_make_none(in_salon):
    person = people.user("noa@nacar.example")
    people.member(in_salon.organization, person, Role.STAFF)
    client = PlatformClient()
    client.force_login(person)

    assert client.get(f"{BASE}/coupons").status_code == 200
    assert client.post(f"{BASE}/coupons/new", COUPON).status_code == 403
    assert not Coupon.objects.exists()


# --- Extras and rates -------------------------------------------------------------------------------------------------

EXTRA = {"name": "Head massage", "price": "9", "add_min": "15", "max_qty": "1", "is_active": "on"}


def test_an_extra_is_made_changed_and_added_to_a_booking(in_salon, signed_in):
    service = make.service(price_minor=5000)
    base = f"/nacar/services/{service.pk}/extras"
    assert "None yet" in signed_in.get(base).text
    signed_in.post(f"{base}/new", EXTRA)

    made = service.extras.get()
    assert (made.price_minor, made.add_min, made.max_qty) == (900, 15, 1)
    booked = make.booking(in_salon, service, make.at(in_salon, "10:00"), extras={made: 1})
    assert (booked.price.minor, booked.minutes) == (5900, 75)

    signed_in.post(f"{base}/{made.pk}", {**EXTRA, "price": "12"})
    made.refresh_from_db()
    booked.refresh_from_db()
    assert (made.price_minor, booked.price.minor) == (1200, 5900)
    refused = signed_in.post(f"{base}/{made.pk}/removal")
    assert refused.status_code == 409
    assert "has bookings, so it stays" in text(refused)


def test_an_extra_that_nobody_booked_can_be_taken_away(in_salon, signed_in):
    service = make.service()
    signed_in.post(f"/nacar/services/{service.pk}/extras/new", EXTRA)

    signed_in.post(f"/nacar/services/{service.pk}/extras/{service.extras.get().pk}/removal")

    assert not service.extras.exists()


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"name": ""}, "This field is required."),
        ({"price": "-1"}, "not negative"),
        ({"add_min": "7"}, "Use steps of five minutes"),
        ({"max_qty": "0"}, "Type 1 or more."),
        ({"stock": "00000000-0000-0000-0000-000000000000"}, "Select a valid choice"),
    ],
)
def test_an_extra_that_makes_no_sense_is_not_made(in_salon, signed_in, wrong, sentence):
    service = make.service()

    answer = signed_in.post(f"/nacar/services/{service.pk}/extras/new", {**EXTRA, **wrong})

    assert answer.status_code == 422
    assert sentence in text(answer)
    assert not service.extras.exists()


def test_somebody_costs_more_than_the_others(in_salon, signed_in):
    noa, iker = make.staff("Noa Vidal"), make.staff("Iker Sanz")
    service = make.service(noa, iker, price_minor=5000)
    url = f"/nacar/services/{service.pk}/extras"

    signed_in.post(url, {f"rate_{noa.pk}": "", f"rate_{iker.pk}": "65"})

    at = make.at(in_salon, "10:00")
    assert make.booking(in_salon, service, at, resource=iker).price.minor == 6500
    assert make.booking(in_salon, service, at, resource=noa).price.minor == 5000
    assert 'value="65.00"' in signed_in.get(url).text
    assert signed_in.post(url, {f"rate_{iker.pk}": "a lot"}).status_code == 422
