"""The whole public flow for somebody in New York who books in Madrid, in the weeks where only one of the two has
changed its clocks: by desk and phone, with script and without."""

import re
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Locator, Page, expect

from flectar.core import clock
from flectar.core.tenancy import project_scope
from flectar.offers.booking.models import Booking, Resource, Service
from flectar.offers.booking.services import catalogue
from flectar.offers.booking.services.composition import Composition, Need
from flectar.platform.projects.models import Project
from tests import make
from tests.e2e.conftest import Mode, Server, Windows
from tests.e2e.look import AXE, accessibility, too_wide
from tests.e2e.world import World

pytestmark = pytest.mark.browser
MADRID, NEW_YORK = ZoneInfo("Europe/Madrid"), ZoneInfo("America/New_York")
MODES = [Mode(width, "light", has_script=has_script) for width in (1280, 375) for has_script in (True, False)]


def ten_oclock(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 10, tzinfo=MADRID)


def in_new_york(day: date) -> str:
    """What the clock there says at ten in Madrid: 4:00 most of the year, 5:00 where only one has changed."""
    return f"{ten_oclock(day).astimezone(NEW_YORK):%H:%M}"


def days_around_a_change() -> tuple[date, date]:
    """The last Monday at which the clocks are five hours apart, and the Monday after it."""
    monday = clock.today(MADRID) + timedelta(days=7)
    monday -= timedelta(days=monday.weekday())
    while not (in_new_york(monday) == "05:00" and in_new_york(monday + timedelta(days=7)) == "04:00"):
        monday += timedelta(days=7)
    return monday, monday + timedelta(days=7)


@pytest.fixture(scope="module")
def shop(world: World) -> Project:
    project = make.project("two-clocks", make.organization("Two Clocks", world.lucia))
    with project_scope(project.pk):
        team = [catalogue.save_person(project, Resource(name=f"Chair {n}"), [], is_new=True).pk for n in MODES]
        talk = Service(name="Talk", slug="talk", duration_min=60, step_min=60, horizon_days=730)
        catalogue.save_service(project, talk, Composition([Need(tuple(team))]), before=None)
    return project


@pytest.mark.parametrize("mode", MODES, ids=str)
def test_ten_in_madrid_is_booked_from_new_york(mode: Mode, shop: Project, server: Server, windows: Windows):
    before, after = days_around_a_change()
    email = f"mode-{mode}@example.com"
    context = windows.fresh(mode, zone="America/New_York")
    page = context.new_page()

    for day, theirs in ((after, "04:00"), (before, "05:00")):
        page.goto(server.url(f"/book/talk?day={day}", shop.site_host))
        if not mode.has_script:
            tell_the_zone(page)
        expect(ten(page)).to_contain_text(re.compile(theirs.lstrip("0")))
    sound(page, mode)
    ten(page).click()
    page.get_by_label("Name").fill("Nadia York")
    page.get_by_label("Email").fill(email)
    sound(page, mode)
    page.get_by_role("button", name=re.compile("^Book")).click()
    page.wait_for_url("**/booking/**")

    ticket = page.locator(".big").first
    expect(ticket).to_contain_text("10:00")
    expect(ticket).to_contain_text(re.compile("0?5:00"))
    sound(page, mode)
    context.close()
    with project_scope(shop.pk):
        booking = Booking.objects.get(customer__emails__email=email)
        assert booking.starts_at == ten_oclock(before)
        assert booking.customer_zone == "America/New_York"


def ten(page: Page) -> Locator:
    return page.locator(".slots button").filter(has_text=re.compile(r"^\s*10:00"))


def tell_the_zone(page: Page) -> None:
    page.locator('a[href*="#zone"]').click()
    page.get_by_label("Your time zone").select_option("America/New_York")
    page.locator("form:has(#zone) button").click()


def sound(page: Page, mode: Mode) -> None:
    assert too_wide(page) == []
    if mode.has_script:
        page.evaluate(AXE.read_text())
        assert accessibility(page, mode.width, "light") == []
