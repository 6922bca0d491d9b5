"""Settings › Payments: what was paid, what goes back, and why it stands as it does."""

import re

import pytest

from flectar.core.money import Money
from flectar.money.payments import asking
from flectar.money.payments.capturing import CAPTURED, FAILED, Event, take_in
from flectar.platform.organizations.models import Role
from tests import make as people
from tests.cast import PlatformClient
from tests.money.payments import make

BASE = "/nacar/settings/payments/"


def text(response) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.text))


@pytest.fixture
def paid(in_salon):
    about = make.subject()
    intent = make.intent(about)
    for key, kind in (("a", FAILED), ("b", CAPTURED), ("c", FAILED)):
        take_in(Event("test", key, kind, intent.pk, 5000, "EUR"))
    asking.refund(about, Money(2000, "EUR"), reason="K7RM2X9 cancelled", key="k")
    return intent


def test_a_payment_says_what_the_provider_told_and_what_became_of_it(signed_in, paid):
    page = text(signed_in.get(f"{BASE}{paid.pk}"))

    assert "Paid" in page
    assert "payment.captured Done" in page
    assert "payment.failed Came after something newer: ignored" in page
    assert "K7RM2X9 cancelled" in page
    assert "€20" in page


def test_payments_and_refunds_are_listed_and_found(signed_in, paid, django_assert_max_num_queries):
    assert "Curl cut, Tuesday 10:00" in text(signed_in.get(BASE))
    assert "K7RM2X9 cancelled" in text(signed_in.get(f"{BASE}?view=ledger"))
    assert "Nothing fits." in text(signed_in.get(f"{BASE}?q=massage"))
    with django_assert_max_num_queries(14):
        signed_in.get(BASE)


def test_the_accountant_sees_payments_and_staff_do_not(in_salon, paid):
    for role, status in ((Role.ACCOUNTANT, 200), (Role.STAFF, 403)):
        person = people.user()
        people.member(in_salon.organization, person, role)
        client = PlatformClient()
        client.force_login(person)
        assert client.get(BASE).status_code == status


def test_a_stranger_finds_no_payment(signed_in_stranger, clinic, paid):
    assert signed_in_stranger.get(f"{BASE}{paid.pk}").status_code == 404
    assert signed_in_stranger.get(f"/clinica/settings/payments/{paid.pk}").status_code == 404
