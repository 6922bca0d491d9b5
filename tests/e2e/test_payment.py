"""A deposit, paid without script on a phone: real processes, a real message over HTTP, nothing confirmed by a click."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import expect

from flectar.core.tenancy import project_scope
from flectar.offers.booking.models import Booking, Resource, Service
from tests.e2e.conftest import Mode, Server, Windows
from tests.e2e.world import World
from tests.offers.booking import make

pytestmark = pytest.mark.browser
PHONE = Mode(375, "light", has_script=False)


@pytest.fixture
def facial(world: World) -> Iterator[Service]:
    """On sale for this test alone."""
    with project_scope(world.salon.pk):
        noa = Resource.objects.get(name="Noa Vidal")
        made = make.service(
            noa, name="Facial", slug="facial", price_minor=6000, pay="deposit", deposit_percent=50, position=99
        )
    yield made
    with project_scope(world.salon.pk):
        Service.objects.filter(pk=made.pk).update(is_active=False)


def test_a_deposit_is_paid_and_the_time_is_theirs(world: World, server: Server, windows: Windows, facial: Service):
    context = windows.fresh(PHONE)
    page = context.new_page()
    page.goto(server.url("/book/facial", world.salon.site_host))
    page.locator(".slots button").first.tap()
    page.get_by_label("Name").fill("Gala Ortega")
    page.get_by_label("Email").fill("gala.ortega@example.com")
    page.get_by_role("button", name=re.compile("^Book")).tap()

    expect(page.get_by_role("heading", name="Test payment: no money moves")).to_be_visible()
    page.get_by_role("button", name="Payment fails").tap()
    expect(page.get_by_role("alert")).to_contain_text("did not go through", timeout=30_000)
    page.get_by_role("button", name="Pay €30").tap()
    # The page looks again by itself until the provider's message is there.
    expect(page).to_have_url(re.compile(r"/booking/[\w-]+$"), timeout=30_000)

    with project_scope(world.salon.pk):
        booking = Booking.objects.get(customer__emails__email="gala.ortega@example.com")
        assert (booking.status, booking.paid_minor, booking.owed.minor) == ("confirmed", 3000, 3000)
    context.close()
