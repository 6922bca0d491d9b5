"""What the shell does with script, and that each of it has a plain way without."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from flectar.platform.organizations.models import Role
from tests import canary, make
from tests.e2e.conftest import Mode, Server, Windows
from tests.e2e.world import World

pytestmark = pytest.mark.browser
DESK = Mode(1280, "light", has_script=True)
PHONE = Mode(375, "light", has_script=True)
PLAIN = Mode(1280, "light", has_script=False)


@pytest.fixture
def desk(world: World, server: Server, windows: Windows) -> Iterator[Page]:
    yield from opened(DESK, world, server, windows)


@pytest.fixture
def phone(world: World, server: Server, windows: Windows) -> Iterator[Page]:
    yield from opened(PHONE, world, server, windows)


@pytest.fixture
def plain(world: World, server: Server, windows: Windows) -> Iterator[Page]:
    yield from opened(PLAIN, world, server, windows)


def opened(mode: Mode, world: World, server: Server, windows: Windows) -> Iterator[Page]:
    """The first page of the salon, in a window of its own."""
    context = windows.fresh(mode, world.lucia)
    page = context.new_page()
    page.goto(server.url(f"/{world.salon.slug}/"))
    yield page
    context.close()


def test_the_palette_opens_by_key_and_gives_the_focus_back(desk: Page):
    desk.get_by_role("link", name="Customers").first.focus()

    desk.keyboard.press("Control+k")
    expect(desk.get_by_role("combobox", name="Search or go to")).to_be_focused()

    desk.keyboard.press("Escape")
    expect(desk.get_by_role("dialog", name="Search or go to")).to_be_hidden()
    expect(desk.get_by_role("link", name="Customers").first).to_be_focused()


def test_the_palette_walks_by_arrows_and_opens_by_enter(desk: Page, world: World):
    desk.keyboard.press("Control+k")
    field = desk.get_by_role("combobox", name="Search or go to")
    field.fill("calend")

    option = desk.get_by_role("option", name="Calendar")
    expect(option).to_have_attribute("aria-selected", "true")
    assert field.get_attribute("aria-activedescendant") == option.get_attribute("id")
    desk.keyboard.press("Enter")

    desk.wait_for_url(re.compile(f"/{world.salon.slug}/calendar"))


def test_search_is_a_link_without_script(plain: Page):
    plain.get_by_role("link", name=re.compile("Search or go to")).first.click()
    expect(plain.get_by_role("heading", level=1, name="Search")).to_be_visible()


def test_single_letters_go_places_but_not_while_typing(desk: Page, world: World, server: Server):
    desk.goto(server.url(f"/{world.salon.slug}/search"))
    desk.get_by_role("searchbox").fill("")
    desk.keyboard.type("gh?")
    assert desk.url.endswith("/search")
    expect(desk.get_by_role("searchbox")).to_have_value("gh?")

    desk.get_by_role("heading", level=1).click()
    desk.keyboard.type("gh")
    desk.wait_for_url(re.compile(f"/{world.salon.slug}/$"))


def test_single_letters_can_be_switched_off(desk: Page):
    desk.keyboard.press("?")
    expect(desk.get_by_role("dialog", name="Keys")).to_be_visible()
    desk.get_by_label("Use single-letter keys on this device").uncheck()
    desk.keyboard.press("Escape")

    desk.keyboard.press("?")
    expect(desk.get_by_role("dialog", name="Keys")).to_be_hidden()


def test_a_menu_closes_on_escape_and_on_a_click_elsewhere(desk: Page):
    account = desk.locator("summary", has_text="Your account")
    account.click()
    expect(desk.get_by_role("button", name="Sign out")).to_be_visible()

    desk.keyboard.press("Escape")
    expect(desk.get_by_role("button", name="Sign out")).to_be_hidden()
    expect(account).to_be_focused()

    account.click()
    desk.get_by_role("heading", level=1).click()
    expect(desk.get_by_role("button", name="Sign out")).to_be_hidden()


@pytest.mark.parametrize("window", ["desk", "plain"])
def test_the_chosen_look_is_there_at_the_first_paint(window: str, request: pytest.FixtureRequest):
    page: Page = request.getfixturevalue(window)
    page.locator("summary", has_text="Your account").click()
    with page.expect_response(re.compile("/appearance")):
        page.get_by_role("button", name="Dark").click()
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")  # without script that is the next page
    page.wait_for_load_state()

    page.reload(wait_until="commit")
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    assert page.evaluate("getComputedStyle(document.body).colorScheme") == "dark"


def test_the_skip_link_comes_first_and_works(desk: Page):
    desk.keyboard.press("Tab")
    expect(desk.get_by_role("link", name="Skip to content")).to_be_focused()
    desk.keyboard.press("Enter")
    assert desk.url.endswith("#main")


def test_a_phone_reaches_everything_from_its_bar(phone: Page):
    bar = phone.get_by_role("navigation", name="Main, short")
    expect(bar).to_be_visible()
    expect(phone.get_by_role("navigation", name="Main", exact=True)).to_be_hidden()

    bar.get_by_text("More").click()
    expect(bar.get_by_role("link").last).to_be_visible()


def test_every_target_on_a_phone_is_big_enough(phone: Page):
    small = phone.evaluate(
        """[...document.querySelectorAll("a, button, summary, input, select, textarea")]
        .filter((each) => each.checkVisibility() && !each.closest("p, dd, li small, .rows, .next, dialog"))
        .filter((each) => !each.matches(".skip"))
        .map((each) => [each.outerHTML.slice(0, 90), each.getBoundingClientRect()])
        .filter(([, box]) => box.height < 43.5 || box.width < 43.5)
        .map(([html, box]) => `${Math.round(box.width)} x ${Math.round(box.height)}: ${html}`)"""
    )
    assert small == []


def test_j_and_k_walk_over_the_rows_and_enter_opens_one(desk: Page, world: World, server: Server):
    desk.goto(server.url(f"/{world.salon.slug}/bookings"))
    rows = desk.locator("main .table .quietlink")
    assert rows.count() >= 2

    desk.keyboard.press("j")
    expect(rows.nth(0)).to_be_focused()
    desk.keyboard.press("j")
    expect(rows.nth(1)).to_be_focused()
    desk.keyboard.press("k")
    expect(rows.nth(0)).to_be_focused()
    wanted = rows.nth(0).get_attribute("href")

    desk.keyboard.press("Enter")
    desk.wait_for_url(f"**{wanted}")


def test_the_sheet_of_keys_names_what_works(desk: Page, world: World):
    desk.keyboard.press("?")
    sheet = desk.get_by_role("dialog", name="Keys")
    for line in ("Search or go to", "Next and previous row of a list", "Create something", "Calendar"):
        expect(sheet.get_by_text(line)).to_be_visible()
    desk.keyboard.press("Escape")

    desk.keyboard.press("c")
    expect(desk.get_by_role("link", name="Booking", exact=True)).to_be_focused()
    desk.keyboard.press("Enter")
    desk.wait_for_url(f"**/{world.salon.slug}/bookings/new")


@pytest.mark.parametrize("path", ["calendar?day={day}", "bookings/{booking}", "bookings"])
def test_paper_shows_the_work_and_no_buttons(path: str, desk: Page, world: World, server: Server):
    day = world.ids["free"][:10]
    desk.goto(server.url(f"/{world.salon.slug}/{path.format(day=day, booking=world.ids['booking'])}"))
    desk.emulate_media(media="print", color_scheme="dark")
    desk.set_viewport_size({"width": 700, "height": 1000})

    expect(desk.locator("main").get_by_text("Paula Ibáñez").filter(visible=True).first).to_be_visible()
    left = desk.locator("nav, header.top, .btn, select, input").filter(visible=True)
    assert [each.evaluate("each => each.outerHTML.slice(0, 80)") for each in left.all()] == []
    assert desk.evaluate("getComputedStyle(document.body).backgroundColor") == "oklch(1 0 0)"  # white, by night too


def test_without_script_a_form_outlives_its_session(world: World, server: Server, windows: Windows):
    # Somebody of their own: who signs in by password gets a fresh hash of it, and all their other sessions end.
    gil = make.user("gil@clinica.example", first_name="Gil", last_name="Roca")
    make.member(world.clinic.organization, gil, Role.ADMIN)
    context = windows.fresh(PLAIN, gil)
    page = context.new_page()
    page.goto(server.url("/clinica/settings/locations/new"))
    page.get_by_label("Name").fill("Puerto <Norte>")
    page.get_by_label("Time zone").select_option("Atlantic/Canary")
    context.clear_cookies(name="session")
    page.locator("main").get_by_role("button", name="Save and set its hours").click()

    expect(page.get_by_text("You were signed out before this was sent.")).to_be_visible()
    page.get_by_label("Email").fill(gil.email)
    page.get_by_label("Password").fill(canary.PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()

    expect(page.get_by_text("This is what you typed.")).to_be_visible()
    expect(page.get_by_label("Name")).to_have_value("Puerto <Norte>")
    expect(page.get_by_label("Time zone")).to_have_value("Atlantic/Canary")
    context.close()
