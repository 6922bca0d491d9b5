"""The door without a camera: the code of a booking is typed, or brought by the picture on the customer's page."""

import re
from datetime import timedelta

import pytest

from flectar.core import clock
from flectar.core.tenancy import project_scope
from flectar.offers.booking.models import Booking, Session
from tests.offers.booking import make
from tests.offers.booking.make import MONDAY, at

pytestmark = pytest.mark.usefixtures("monday_morning")


def text(response) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


@pytest.fixture
def today(salon) -> Booking:
    """At ten, with attendance switched on."""
    with project_scope(salon.pk):
        salon.modules = [*salon.modules, "attendance"]
        salon.save()
        who = make.customer(salon, "Amélie Ñúñez")
        return make.booking(salon, make.service(make.staff("Noa Vidal")), at(salon, "10:00", MONDAY), customer=who)


def test_a_code_finds_the_booking_and_one_tap_says_that_they_are_here(signed_in, salon, today):
    with clock.frozen(today.starts_at - timedelta(minutes=5)):
        found = signed_in.get(f"/nacar/check-in?code={today.code[:3].lower()}+{today.code[3:]}")
        assert "Amélie Ñúñez" in text(found)
        assert f'action="/nacar/bookings/{today.pk}/arrival"' in found.content.decode()
        signed_in.post(f"/nacar/bookings/{today.pk}/arrival")

    with project_scope(salon.pk):
        today.refresh_from_db()
        assert today.status == Booking.Status.IN_PROGRESS


def test_a_wrong_code_and_another_day_are_said(signed_in, salon, today):
    wrong = signed_in.get("/nacar/check-in?code=NOBODY7")
    with clock.frozen(today.starts_at - timedelta(days=2)):
        early = signed_in.get(f"/nacar/check-in?code={today.code}")

    assert wrong.status_code == 404
    assert "No booking has this code." in text(wrong)
    assert "Not today: this code is for" in text(early)
    assert "/arrival" not in early.content.decode()


def test_the_customers_page_shows_the_code_of_an_appointment_while_attendance_is_on(salon_site, salon, today):
    url = f"/booking/{today.token}/check-in.svg"

    assert url in salon_site.get(f"/booking/{today.token}").content.decode()
    assert salon_site.get(url)["Content-Type"] == "image/svg+xml"
    with project_scope(salon.pk):
        salon.modules = [one for one in salon.modules if one != "attendance"]
        salon.save()
    assert salon_site.get(url).status_code == 404
    assert "check-in.svg" not in salon_site.get(f"/booking/{today.token}").content.decode()


def test_dates_of_classes_go_on_on_further_pages(signed_in, salon):
    with project_scope(salon.pk):
        noa = make.staff("Noa Vidal")
        yoga = make.class_of(noa)
        times = [at(salon, "10:00") + timedelta(hours=n) for n in range(103)]
        half = timedelta(minutes=30)
        Session.objects.bulk_create(
            Session(service=yoga, resource=noa, starts_at=one, ends_at=one + half, tz=salon.zone, capacity=5)
            for one in times
        )

    first = signed_in.get("/nacar/classes").content.decode()
    after = re.search(r"after=([^\"&]+)", first)[1]
    second = signed_in.get(f"/nacar/classes?after={after}").content.decode()

    assert (first.count("0 of 5"), second.count("0 of 5")) == (100, 3)
    assert signed_in.get("/nacar/classes?after=nonsense").status_code == 200
