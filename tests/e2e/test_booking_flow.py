"""What goes wrong while somebody books: sent twice, mistyped, too slow. Without script."""

import re

import pytest
from playwright.sync_api import BrowserContext, Locator, Page, expect

from flectar.core.tenancy import project_scope
from flectar.offers.booking.models import Booking
from tests.e2e.conftest import Mode, Server, Windows
from tests.e2e.world import World

pytestmark = pytest.mark.browser
PHONE = Mode(375, "light", has_script=False)


def first_free(page: Page) -> Locator:
    return page.locator(".slots button").first


def test_going_back_and_sending_again_books_once(world: World, server: Server, windows: Windows):
    context = windows.fresh(PHONE)
    page = context.new_page()
    fill_in_details(page, server, world, "Bruna Casals", "bruna.casals@example.com")
    page.get_by_role("button", name=re.compile("^Book")).tap()
    page.wait_for_url("**/booking/**")
    page.go_back()
    page.get_by_role("button", name=re.compile("^Book")).tap()
    page.wait_for_url("**/booking/**")

    with project_scope(world.salon.pk):
        assert Booking.objects.filter(customer__emails__email="bruna.casals@example.com").count() == 1
    context.close()


def test_a_wrong_address_keeps_what_was_typed(world: World, server: Server, windows: Windows):
    context = windows.fresh(PHONE)
    page = context.new_page()
    fill_in_details(page, server, world, "Carla Duart", "carla@")
    page.get_by_role("button", name=re.compile("^Book")).tap()

    email = page.get_by_label("Email")
    expect(email).to_have_attribute("aria-invalid", "true")
    expect(email).to_have_value("carla@")
    expect(page.get_by_label("Name")).to_have_value("Carla Duart")
    assert email.get_attribute("aria-describedby")
    context.close()


def test_two_browsers_want_one_time(world: World, server: Server, windows: Windows):
    windows_open: list[BrowserContext] = [windows.fresh(PHONE), windows.fresh(PHONE)]
    first, second = (context.new_page() for context in windows_open)
    fill_in_details(first, server, world, "Diana Esteve", "diana.esteve@example.com")
    fill_in_details(second, server, world, "Emma Ferri", "emma.ferri@example.com", url=first.url)

    first.get_by_role("button", name=re.compile("^Book")).tap()
    first.wait_for_url("**/booking/**")
    second.get_by_role("button", name=re.compile("^Book")).tap()

    expect(second.get_by_role("alert")).to_be_visible()
    expect(first_free(second)).to_be_visible()
    assert booking_of(world, "diana.esteve@example.com") is not None
    assert booking_of(world, "emma.ferri@example.com") is None
    for context in windows_open:
        context.close()


def fill_in_details(page: Page, server: Server, world: World, name: str, email: str, *, url: str = "") -> None:
    """As far as the button that books; `url` goes straight to the details of a chosen time."""
    if url:
        page.goto(url)
    else:
        page.goto(server.url("/book", world.salon.site_host))
        page.get_by_role("link", name=re.compile("^Book")).first.tap()
        first_free(page).tap()
    page.get_by_label("Name").fill(name)
    page.get_by_label("Email").fill(email)


def booking_of(world: World, email: str) -> Booking | None:
    with project_scope(world.salon.pk):
        found: Booking | None = Booking.objects.filter(customer__emails__email=email).with_people().first()
        return found


@pytest.mark.parametrize(("zone", "is_shown"), [("America/New_York", True), ("Europe/Paris", False)])
def test_a_visitor_from_afar_sees_their_own_time_beside(
    zone: str, is_shown: bool, world: World, server: Server, windows: Windows
):
    """Paris is another zone than Madrid and the same time: nothing to add."""
    context = windows.fresh(Mode(375, "light", has_script=True), zone=zone)
    page = context.new_page()
    path = f"/book/{world.ids['service_slug']}?day={world.ids['free'][:10]}"
    page.goto(server.url(path, world.salon.site_host))

    slot = page.locator(".slots button").filter(has_text=re.compile("^16:00"))
    assert ("10:00" in slot.inner_text()) is is_shown
    expect(page.get_by_text("In small: where you are (New York).")).to_be_visible(visible=is_shown)
    if is_shown:  # and it stays with what is booked from here
        first_free(page).tap()
        expect(page.get_by_text("In small, where it differs: New York")).to_be_visible()
        expect(page.locator(".big .own")).to_be_visible()
    context.close()
