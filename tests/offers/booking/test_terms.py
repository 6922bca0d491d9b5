"""Terms: frozen into the booking, worked out to the cent, said in words."""

from datetime import timedelta

import pytest

from flectar.core.money import Money
from flectar.offers.booking.models import Booking, Policy, Service
from flectar.offers.booking.prices import terms
from tests.offers.booking import make

TIERS = [{"hours": 24, "percent": 50}, {"hours": 48, "percent": 0}]


@pytest.fixture
def booking(in_salon) -> Booking:
    policy = Policy.objects.create(name="Two days", tiers=TIERS, no_show_percent=80, most_moves=1)
    service = make.service(price_minor=5801, policy=policy, change_notice_min=120)
    booked = make.booking(in_salon, service, make.at(in_salon, "10:00"))
    booked.policy_snapshot = terms.snapshot(service)
    booked.save()
    return booked


def test_the_terms_are_frozen_with_the_version_of_the_service(booking):
    Policy.objects.update(tiers=[], no_show_percent=0)
    Service.objects.update(change_notice_min=0)

    assert Booking.objects.get().policy_snapshot == {
        "change_notice_min": 120,
        "policy": "Two days",
        "tiers": [{"hours": 48, "percent": 0}, {"hours": 24, "percent": 50}],
        "no_show_percent": 80,
        "most_moves": 1,
        "versions": {"service": 1},
    }


@pytest.mark.parametrize(
    ("hours", "fee"),
    [(72, 0), (48, 0), (47.99, 2901), (24, 2901), (23.99, 5801), (-1, 5801)],
)
def test_the_fee_is_that_of_the_tier_rounded_half_up(booking, hours, fee):
    assert terms.cancellation_fee(booking, booking.starts_at - timedelta(hours=hours)) == Money(fee, "EUR")


def test_not_coming_costs_what_was_agreed(booking):
    assert terms.no_show_fee(booking) == Money(4641, "EUR")


def test_what_was_paid_beyond_the_fee_is_given_back_and_what_is_missing_asked_for(booking):
    booking.paid_minor = 2000
    fee = Money(2901, "EUR")

    assert terms.to_ask_for(booking, fee) == Money(901, "EUR")
    assert terms.to_give_back(booking, fee) == Money(0, "EUR")
    booking.paid_minor = 5801
    assert terms.to_give_back(booking, fee) == Money(2900, "EUR")


def test_without_terms_nothing_is_kept(in_salon):
    booked = make.booking(in_salon, make.service(), make.at(in_salon, "10:00"))

    assert terms.cancellation_fee(booked, booked.starts_at) == Money(0, "EUR")
    assert terms.no_show_fee(booked) == Money(0, "EUR")
    assert terms.in_words(booked.policy_snapshot) == []


def test_the_terms_are_said_in_words(booking):
    assert terms.in_words(booking.policy_snapshot) == [
        "Cancelling is free until 48 hours before the start.",
        "Cancelled until 24 hours before the start: 50% of the price is charged.",
        "Cancelled later than that: the whole price is charged.",
        "If you do not come, 80% of the price is charged.",
        "You can move it once.",
    ]
