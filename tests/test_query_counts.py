"""How often a page asks the database. A page that asks more than its number here does something a second time."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from flectar.core.tenancy import project_scope
from flectar.offers.booking.deeds import lifecycle, listing
from flectar.offers.booking.errors import SlotTaken
from flectar.offers.booking.models import Booking, Service
from tests import make as platform
from tests.cast import PlatformClient
from tests.offers.booking import make
from tests.platform.webapi import make as webapi

MOST_OF_A_LIST = 12
# A test is itself a transaction, so a request's scope is a savepoint in it and puts the outer project back.
OF_THE_TEST = ("SAVEPOINT", "RELEASE", "SELECT set_config('app.project_id', '',")


@pytest.fixture
def open_for_business(salon):
    """A salon with a service, bookings of two people, and what they left behind."""
    with project_scope(salon.pk):
        noa, ivan = make.staff("Noa Vidal"), make.staff("Iván Soler")
        service = make.service(noa, ivan, slug="curl-cut")
        for hour in ("10:00", "11:00", "12:00"):
            make.booking(salon, service, make.at(salon, hour))
    return salon


def asked(client, address):
    """The questions of the second visit: the first one writes the device down and fills what a process keeps."""
    client.get(address)
    with CaptureQueriesContext(connection) as context:
        response = client.get(address)
        found = [query["sql"] for query in context if not query["sql"].startswith(OF_THE_TEST)]
    assert response.status_code == 200, address
    return found


@pytest.mark.parametrize(
    "page",
    [
        "customers/",
        "customers/?q=marta",
        "customers/?visits=5%2B&no-shows=some",
        "customers/?no-shows=ruled&q=marta",
        "bookings",
        "bookings?view=past",
        "bookings?q=marta",
        "bookings?q=marta&dates=week",
        "customers/imports",
        "services",
        "staff",
    ],
)
def test_a_list_of_the_dashboard(open_for_business, signed_in, page):
    questions = asked(signed_in, f"/nacar/{page}")

    assert len(questions) <= MOST_OF_A_LIST, "\n".join(questions)


def test_a_search_with_more_than_a_page_beside_views_that_are_kept(open_for_business, signed_in, monkeypatch):
    """Everything that such a list can ask: who is meant, a page of them, how many there are, and in each kept view."""
    monkeypatch.setattr(listing, "PAGE", 2)
    for number in range(3):
        kept = {"list": "bookings", "name": f"Mine {number}", "query": f"view=past&sort=when&with={number}"}
        signed_in.post("/nacar/views/", {**kept, "path": "/nacar/bookings"})

    questions = asked(signed_in, "/nacar/bookings?q=marta")

    assert any("customers_search" in question for question in questions)
    assert any("count(*)" in question and "booking_booking" in question for question in questions)
    assert len(questions) <= MOST_OF_A_LIST, "\n".join(questions)


@pytest.mark.parametrize(("page", "most"), [("", 12), ("calendar", 12), ("search?q=ana", 12)])
def test_a_page_made_of_many_parts(open_for_business, signed_in, page, most):
    questions = asked(signed_in, f"/nacar/{page}")

    assert len(questions) <= most, "\n".join(questions)


@pytest.mark.parametrize("page", ["book/curl-cut", "book/curl-cut?from=2026-12-07"])
def test_a_step_of_the_public_flow(open_for_business, page):
    questions = asked(PlatformClient("nacar.localhost:8000"), f"/{page}")

    assert len(questions) <= 8, "\n".join(questions)


@pytest.mark.parametrize("path", ["customers", "customers?q=ana", "bookings", "services"])
def test_a_call_of_the_api(open_for_business, path):
    _key, text = webapi.key(open_for_business, "project.read", "customers.read", "bookings.read", "services.read")

    questions = asked(webapi.Program(text), f"/api/v1/projects/nacar/{path}")

    assert len(questions) <= 10, "\n".join(questions)


@pytest.mark.parametrize("page", ["", "roles", "security", "security?about=member"])
def test_a_page_of_the_organization(open_for_business, signed_in, page):
    here = open_for_business.organization
    for number in range(30):
        platform.member(here, platform.user(f"person{number}@nacar.example"), "staff")
    platform.project("nacar-norte", here)

    questions = asked(signed_in, f"/organizations/{here.pk}/{page}")

    assert len(questions) <= MOST_OF_A_LIST, "\n".join(questions)


@pytest.mark.parametrize(
    "page", ["settings/team", "settings/keys/", "settings/log", "settings/log?action=hours.changed"]
)
def test_a_list_of_the_settings(open_for_business, signed_in, page):
    for number in range(30):
        platform.member(open_for_business.organization, platform.user(f"person{number}@nacar.example"), "staff")
        webapi.key(open_for_business, created_by=None)

    questions = asked(signed_in, f"/nacar/{page}")

    assert len(questions) <= MOST_OF_A_LIST, "\n".join(questions)


@pytest.mark.parametrize(("deed", "most"), [("book", 24), ("move", 29), ("cancel", 29), ("lose", 5)])
def test_a_deed_upon_a_booking(open_for_business, deed, most):
    """With its mails to the customer and to the owner; while it is done, others wait for the calendar. The fourth
    place of a time is lost by whoever comes after the others, with the nearest free times."""
    with project_scope(open_for_business.pk):
        service, who = Service.objects.get(), make.customer(open_for_business)
        booking = make.booking(open_for_business, service, make.at(open_for_business, "15:00"), notify=True)
        if deed == "lose":
            make.booking(open_for_business, service, make.at(open_for_business, "16:00"))
            make.booking(open_for_business, service, make.at(open_for_business, "16:00"))
        booking, service = Booking.objects.with_people().get(pk=booking.pk), Service.objects.get()
    later = make.at(open_for_business, "16:00")

    with CaptureQueriesContext(connection) as context, project_scope(open_for_business.pk):
        match deed:
            case "book":
                lifecycle.book(open_for_business, service, later, who, by_team=True)
            case "move":
                lifecycle.move(booking, later, by_team=True)
            case "cancel":
                lifecycle.cancel(booking, by_team=True)
            case "lose":
                with pytest.raises(SlotTaken):
                    lifecycle.book(open_for_business, service, later, who, by_team=True)

    questions = [query["sql"] for query in context if not query["sql"].startswith(OF_THE_TEST)]
    assert len(questions) <= most, "\n".join(questions)
