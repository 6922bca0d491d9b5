"""One search over people and bookings."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from django.test import Client

from flectar.core import clock
from flectar.core.tenancy import project_scope
from flectar.offers.booking.models import Booking
from flectar.oversight.home.searching import marked
from flectar.platform.projects.models import Project
from tests.offers.booking import make as bookings

NOW = datetime(2026, 11, 24, 7, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def early_morning() -> Iterator[None]:
    with clock.frozen(NOW):
        yield


@pytest.fixture
def paulas_booking(salon: Project) -> Booking:
    with project_scope(salon.pk):
        cut = bookings.service(name="Curl cut")
        paula = bookings.customer(salon, "Paula Ibáñez", "paula.ibanez@example.com")
        return bookings.booking(salon, cut, bookings.at(salon, "11:00"), customer=paula)


@pytest.mark.parametrize("typed", ["paula", "ibanez", "PAULA.IB", "ib%C3%A1%C3%B1"])
def test_a_person_is_found_by_a_part(signed_in: Client, paulas_booking: Booking, typed: str):
    page = signed_in.get(f"/nacar/search?q={typed}").content.decode()
    assert f"/nacar/customers/{paulas_booking.customer_id}" in page
    assert f"/nacar/bookings/{paulas_booking.pk}" in page


def test_a_booking_is_found_by_its_code(signed_in: Client, paulas_booking: Booking):
    page = signed_in.get(f"/nacar/search?q={paulas_booking.code.lower()}").content.decode()
    assert f"/nacar/bookings/{paulas_booking.pk}" in page


def test_nothing_found_says_what_to_try(signed_in: Client, paulas_booking: Booking):
    page = signed_in.get("/nacar/search?q=zzzz").content.decode()
    assert "Nothing is called “zzzz”." in page


def test_the_palette_gets_the_answers_alone(signed_in: Client, paulas_booking: Booking):
    page = signed_in.get("/nacar/search?q=paula&part=palette").content.decode()
    assert "<html" not in page
    assert page.count('role="option"') == 2


def test_an_empty_palette_offers_places(signed_in: Client, salon: Project):
    page = signed_in.get("/nacar/search?part=palette").content.decode()
    assert 'href="/nacar/customers/"' in page


@pytest.mark.parametrize(
    ("name", "typed", "parts"),
    [
        ("Paula Ibáñez", "ibañ", ("Paula ", "Ibáñ", "ez")),
        ("Paula Ibáñez", "paula", ("", "Paula", " Ibáñez")),
        ("Paula Ibáñez", "x", ("Paula Ibáñez", "", "")),
        ("Straße", "sse", ("Straße", "", "")),
    ],
)
def test_what_was_typed_is_marked(name: str, typed: str, parts: tuple[str, str, str]):
    assert marked(name, typed) == parts


def test_what_was_looked_at_last_comes_before_anything_is_typed(signed_in: Client, paulas_booking: Booking):
    signed_in.get(f"/nacar/bookings/{paulas_booking.pk}")
    signed_in.get(f"/nacar/customers/{paulas_booking.customer_id}")

    part = signed_in.get("/nacar/search?part=palette").content.decode()

    customer, booking = f"/nacar/customers/{paulas_booking.customer_id}", f"/nacar/bookings/{paulas_booking.pk}"
    assert part.index(customer) < part.index(booking) < part.index("Go to")
