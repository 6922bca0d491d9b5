"""Requests are answered by keys alone, one after another, and a refusal can be taken back."""

import re
from collections.abc import Iterator
from datetime import timedelta

import pytest
from playwright.sync_api import expect

from flectar.core.tenancy import project_scope
from flectar.offers.booking.models import Booking, Service
from tests.e2e.conftest import Mode, Server, Windows
from tests.e2e.world import World
from tests.offers.booking import make

pytestmark = pytest.mark.browser


@pytest.fixture
def asked(world: World) -> Iterator[Booking]:
    salon, day = world.salon, world.salon.today + timedelta(days=29)
    while day.weekday() > 4:
        day += timedelta(days=1)
    with project_scope(salon.pk):
        service = make.service(make.staff("Keys Only"), approval="all")
        customer = make.customer(salon, "Clara Teclas")
        made = make.booking(salon, service, make.at(salon, "10:00", day), customer=customer, by_team=False)
    yield made
    with project_scope(salon.pk):
        Service.objects.filter(pk=service.pk).update(is_active=False)


def test_a_request_is_declined_brought_back_and_accepted_by_keys(
    asked: Booking, world: World, server: Server, windows: Windows
):
    context = windows.fresh(Mode(1280, "light", has_script=True), world.lucia)
    page = context.new_page()
    heading = page.get_by_role("heading", level=1)
    page.goto(server.url(f"/{world.salon.slug}/bookings/requests?request={asked.pk}"))
    expect(heading).to_have_text(re.compile("^Clara Teclas asks for"))

    page.keyboard.press("d")
    expect(heading).to_have_text(re.compile("^Decline Clara Teclas"))
    page.get_by_label("Reason").fill("We are at a fair.")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Clara Teclas’s request is declined.")).to_be_visible()
    page.get_by_role("button", name="Undo").press("Enter")
    expect(heading).to_have_text(re.compile("^Clara Teclas asks for"))

    page.keyboard.press("p")
    expect(heading).to_have_text("Propose another time to Clara Teclas")
    page.get_by_role("link", name="Back to the request").press("Enter")
    expect(heading).to_have_text(re.compile("^Clara Teclas asks for"))

    page.keyboard.press("a")
    expect(page.get_by_text(re.compile("^Clara Teclas is accepted for"))).to_be_visible()
    with project_scope(world.salon.pk):
        asked.refresh_from_db()
    assert asked.is_confirmed
    context.close()
