"""A visitor chooses a location, then the same time every week: one date is taken and left out, the rest is booked."""

import re
from datetime import datetime, time, timedelta

import pytest
from playwright.sync_api import expect

from flectar.core import clock
from flectar.core.tenancy import project_scope
from flectar.offers.booking.models import Booking, Service
from flectar.platform.projects.models import Location, Project
from tests import make
from tests.e2e.conftest import Mode, Server, Windows
from tests.e2e.look import look
from tests.e2e.world import World
from tests.offers.booking import make as bookings

ALL_DAY = [[day, 9 * 60, 8 * 60] for day in range(7)]


def a_physio_at_two_places() -> tuple[Project, Service, datetime]:
    """In Valencia and an hour behind on Tenerife, where ten o'clock in two weeks' time is taken."""
    project = make.project("physio", make.organization("Physio SL"), name="Physio")
    with project_scope(project.pk):
        valencia = Location.objects.create(name="Valencia", zone="Europe/Madrid", city="Valencia", week=ALL_DAY)
        tenerife = Location.objects.create(name="Tenerife", zone="Atlantic/Canary", city="Santa Cruz", week=ALL_DAY)
        here = bookings.staff("Ana Roca", location=valencia)
        there = bookings.staff("Iker Sanz", location=tenerife)
        service = bookings.service(here, there, name="Massage", slug="massage", most_dates=6)
        first = project.today + timedelta(days=8)
        ten = clock.to_instant(datetime.combine(first, time(10)), tenerife.tz)
        third = clock.to_instant(datetime.combine(first + timedelta(weeks=2), time(10)), tenerife.tz)
        bookings.booking(project, service, third, resource=there)
    return project, service, ten


@pytest.mark.browser
def test_the_place_the_time_and_every_week(world: World, server: Server, windows: Windows):
    project, _service, ten = a_physio_at_two_places()
    context = windows.fresh(Mode(375, "light", has_script=True))
    where = server.url("/book/massage", project.site_host)
    assert look(context, where, picture="place").faults == []
    page = context.new_page()

    page.goto(f"{where}?day={ten:%Y-%m-%d}")
    page.get_by_role("link", name="Choose Tenerife").click()
    expect(page.get_by_text("Times are in Canary time")).to_be_visible()
    page.locator(".slots button").filter(has_text=re.compile("^10:00")).click()
    page.get_by_label("Name").fill("Marta Ferrer")
    page.get_by_label("Email").fill("marta@physio.example")
    page.get_by_label("How many dates").select_option("4")
    page.get_by_label("Repeat it").select_option(label="Every week")
    taken = page.locator("x-sum select")
    expect(taken).to_be_visible()
    taken.select_option("out")
    expect(page.get_by_role("button", name="Book – pay €174 there")).to_be_visible()
    page.get_by_role("button", name="Book – pay €174 there").click()
    expect(page.get_by_role("heading", name="The other dates")).to_be_visible()
    expect(page.get_by_text("Tenerife, Santa Cruz")).to_be_visible()

    page.get_by_role("link", name="Cancel").click()
    page.get_by_label("This one and those after it: 3 dates").check()
    page.get_by_role("button", name="Cancel", exact=True).click()
    expect(page.get_by_text("The dates are cancelled")).to_be_visible()

    with project_scope(project.pk):
        mine = Booking.objects.filter(series__isnull=False)
        assert mine.count() == 3
        assert {one.status for one in mine} == {"cancelled"}
    context.close()
