"""Booking on the published page: each service with its price and its next free times, one tap from booked."""

from datetime import date, timedelta
from zoneinfo import ZoneInfo

import pytest

from flectar.offers.booking import blocks
from flectar.offers.booking.models import Service
from flectar.platform.projects.links import speaking
from flectar.presence.sites.compile import compile_page
from tests.cast import PlatformClient
from tests.offers.booking import make
from tests.offers.booking.make import at

pytestmark = pytest.mark.usefixtures("monday_morning")
MADRID = ZoneInfo("Europe/Madrid")


@pytest.fixture
def noa(in_salon):
    return make.staff("Noa Vidal")


def offered(salon):
    with speaking(salon):
        return blocks.contribution(salon)


def services(salon) -> dict[str, list[str]]:
    """Name of each service: its times as the page writes them."""
    return {
        one.name: [f"{free.starts_at.astimezone(MADRID):%a %-d %H:%M}" for free in one.free]
        for group in offered(salon).groups
        for one in group.services
    }


def test_each_service_says_its_next_free_time_on_three_days(in_salon, noa):
    make.service(noa)
    make.service(noa, name="Colour", duration_min=120)
    make.booking(in_salon, Service.objects.get(name="Colour"), at(in_salon, "09:00"))

    assert services(in_salon) == {
        "Curl cut": ["Mon 23 09:00", "Tue 24 11:00", "Wed 25 09:00"],
        "Colour": ["Mon 23 09:00", "Tue 24 11:00", "Wed 25 09:00"],
    }


def test_closed_days_and_full_services_offer_nothing(in_salon, noa):
    make.service(noa, horizon_days=20)
    make.closure(at(in_salon, "00:00", make.MONDAY), at(in_salon, "00:00", make.MONDAY + timedelta(days=9)))
    make.service(make.staff("Iker Sanz"), name="Colour", horizon_days=5)
    assert services(in_salon)["Curl cut"][0] == "Wed 2 09:00"
    assert services(in_salon)["Colour"] == []


def test_a_time_leads_to_the_last_step(in_salon, noa):
    make.service(noa, slug="curl-cut")

    [group] = offered(in_salon).groups
    url = group.services[0].free[0].url
    page = PlatformClient("nacar.localhost:8000").get(url)

    assert url == "/book/curl-cut/details?at=2026-11-23T08:00Z"
    assert page.status_code == 200
    assert "Today 9:00" in page.content.decode()


def test_a_class_shows_its_dates_with_places(in_salon, noa):
    yoga = make.class_of(noa)
    make.session(in_salon, yoga, "16:00")
    make.session(in_salon, yoga, "16:00", date(2026, 11, 26))

    assert services(in_salon) == {"Yoga": ["Tue 24 16:00", "Thu 26 16:00"]}


def test_the_page_says_until_when_this_is_true(in_salon, noa):
    make.service(noa, notice_min=50)
    make.service(noa, name="Colour", notice_min=0)

    assert offered(in_salon).valid_until == at(in_salon, "08:10", make.MONDAY)


def test_three_times_cost_no_more_questions_than_one(in_salon, noa, django_assert_num_queries, monkeypatch):
    for name in ("Curl cut", "Colour", "Fringe"):
        make.service(noa, name=name)
    for shown in (1, 3):
        monkeypatch.setattr(blocks, "TIMES_SHOWN", shown)
        with django_assert_num_queries(2 + 2 * 3):
            offered(in_salon)


def test_the_published_page_shows_them_in_the_readers_language(in_salon, noa):
    make.service(noa, slug="curl-cut")

    page = compile_page(in_salon, "es").body.decode()

    assert 'href="/es/book/curl-cut/details?at=2026-11-24T08' in page
    assert "mar 24 nov, 9:00" in page


def test_each_person_leads_to_what_they_do(in_salon, noa):
    iker = make.staff("Iker Sanz")
    make.service(noa, slug="curl-cut")
    make.service(noa, name="Colour", slug="colour")
    make.service(iker, name="Fringe", slug="fringe")
    visitor = PlatformClient("nacar.localhost:8000")

    assert {person.url for person in offered(in_salon).people} == {f"/book?with={noa.pk}", f"/book?with={iker.pk}"}
    assert visitor.get(f"/book?with={iker.pk}")["Location"] == f"/book/fringe?with={iker.pk}"
    hers = visitor.get(f"/book?with={noa.pk}").content.decode()
    assert f'href="/book/curl-cut?with={noa.pk}"' in hers
    assert "Fringe" not in hers
    assert "Fringe" in visitor.get("/book?with=nobody").content.decode()
