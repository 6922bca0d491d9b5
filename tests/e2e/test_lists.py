"""Lists in a browser: views that are kept, deeds on many rows, a row at a glance; and what a lost session must not
lose. The numbers are those of the acceptance checks of the front end."""

import re
from collections.abc import Iterator

import pytest
from django.contrib.sessions.models import Session
from playwright.sync_api import Page, Route, expect

from flectar.core.tenancy import project_scope
from flectar.people.customers.models import Customer
from flectar.platform.lists.models import SavedView
from tests.e2e.conftest import Mode, Server, Windows, session_of
from tests.e2e.world import World
from tests.people.customers import make as people

pytestmark = pytest.mark.browser
DESK = Mode(1280, "light", has_script=True)


@pytest.fixture
def desk(world: World, windows: Windows) -> Iterator[Page]:
    context = windows.fresh(DESK, world.lucia)
    page = context.new_page()
    yield page
    context.close()


@pytest.fixture
def sixty(world: World) -> Iterator[None]:
    with project_scope(world.salon.pk):
        made = [people.customer(world.salon, f"Zoe Number {number:02}") for number in range(60)]
    yield
    with project_scope(world.salon.pk):
        Customer.objects.filter(pk__in=[each.pk for each in made]).delete()


def test_check_21_a_view_is_kept_by_its_address_and_shared(desk: Page, world: World, server: Server, windows: Windows):
    desk.goto(server.url(f"/{world.salon.slug}/bookings"))
    desk.get_by_label("Service").select_option("Balayage")
    desk.wait_for_url(re.compile("service="))
    desk.get_by_text("Save this view").click()
    desk.get_by_label("Name of the view").fill("Only balayage")
    desk.get_by_label("Show it to the whole team").check()
    desk.get_by_role("button", name="Save").click()
    tab = desk.get_by_role("navigation", name="Views").get_by_role("link", name=re.compile(r"Only balayage \d+"))
    expect(tab).to_have_attribute("aria-current", "page")

    desk.goto(desk.url)
    expect(tab).to_have_attribute("aria-current", "page")

    with project_scope(world.salon.pk):
        assert SavedView.objects.get().is_shared
        SavedView.objects.all().delete()


def test_a_filter_chosen_before_htmx_has_come_is_applied(desk: Page, world: World, server: Server):
    late: list[Route] = []

    def hold_back(route: Route) -> None:
        late.append(route)

    desk.route("**/htmx.esm-*.js", hold_back)
    desk.goto(server.url(f"/{world.salon.slug}/bookings"))
    with desk.expect_request(re.compile("service=")):
        desk.get_by_label("Service").select_option("Balayage")
        for route in late:
            route.continue_()
    desk.wait_for_url(re.compile("service="))


def test_check_22_all_that_match_are_archived_and_come_back(sixty: None, desk: Page, world: World, server: Server):
    def left() -> int:
        with project_scope(world.salon.pk):
            return Customer.objects.current().filter(name__startswith="Zoe Number").count()

    desk.goto(server.url(f"/{world.salon.slug}/customers/?q=zoe+number&view=current"))
    desk.get_by_label("Select all on this page").check()
    desk.get_by_label("All that match").check()
    desk.get_by_role("button", name="Archive").click()
    expect(desk.get_by_text("60 customers archived")).to_be_visible()
    assert left() == 0

    desk.get_by_role("button", name="Undo").click()
    expect(desk.get_by_text("60 customers are back")).to_be_visible()
    assert left() == 60


def test_keys_walk_tick_and_show_a_row_at_a_glance(desk: Page, world: World, server: Server):
    desk.goto(server.url(f"/{world.salon.slug}/customers/"))
    names = desk.locator("main .table .quietlink")
    first, second = names.nth(0).inner_text(), names.nth(1).inner_text()

    desk.keyboard.press("j")
    desk.keyboard.press("x")
    expect(desk.get_by_text("1 selected")).to_be_visible()
    desk.keyboard.press("Space")
    expect(desk.get_by_role("complementary", name=first)).to_be_visible()
    desk.keyboard.press("j")
    expect(desk.get_by_role("complementary", name=second)).to_be_visible()
    assert "peek=" in desk.url

    desk.keyboard.press("Control+k")
    expect(desk.get_by_role("option", name="Archive")).to_be_visible()
    desk.keyboard.press("Escape")
    expect(desk.get_by_role("dialog", name="Search or go to")).to_be_hidden()
    desk.keyboard.press("Escape")
    expect(desk.get_by_role("complementary", name=second)).to_be_hidden()
    assert "peek=" not in desk.url


def test_check_24_a_session_that_ends_keeps_what_was_typed(desk: Page, world: World, server: Server):
    desk.clock.install()
    desk.goto(server.url(f"/{world.salon.slug}/customers/new"))
    desk.get_by_label("Name").fill("Vera Long Story")
    desk.clock.fast_forward(120_000)
    cookie = next(each for each in desk.context.cookies() if each["name"] == "session")
    Session.objects.filter(session_key=cookie["value"]).delete()

    desk.get_by_role("button", name=re.compile("Save|Add")).first.click()
    expect(desk.get_by_role("dialog", name="You’re no longer signed in")).to_be_visible()
    expect(desk.get_by_label("Name")).to_have_value("Vera Long Story")

    # Signed in again, as the second tab would do it.
    desk.context.add_cookies([{"name": "session", "value": session_of(world.lucia), "url": server.url("/")}])
    desk.get_by_role("button", name="I’m signed in again").click()
    expect(desk.get_by_role("heading", name="Vera Long Story")).to_be_visible()

    with project_scope(world.salon.pk):
        Customer.objects.get(name="Vera Long Story").delete()


def test_the_bell_opens_beside_the_page_and_closes_again(desk: Page, world: World, server: Server):
    desk.goto(server.url(f"/{world.salon.slug}/"))
    bell = desk.get_by_role("link", name=re.compile("^Notifications"))
    bell.focus()
    desk.keyboard.press("Enter")

    drawer = desk.get_by_role("dialog", name="Notifications")
    expect(drawer.get_by_text("An email to Ana Ruiz did not arrive")).to_be_visible()
    desk.keyboard.press("Escape")
    expect(drawer).to_be_hidden()
    expect(bell).to_be_focused()
