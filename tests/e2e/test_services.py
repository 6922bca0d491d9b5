"""An owner puts a service together: rows come without leaving the page, and without script as well."""

import re

import pytest
from playwright.sync_api import expect

from tests.e2e.conftest import Mode, Server, Windows
from tests.e2e.world import World

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("mode", [Mode(1280, "light", has_script=True), Mode(375, "dark", has_script=False)], ids=str)
def test_a_service_gets_a_question_and_a_limit(windows: Windows, server: Server, world: World, mode: Mode):
    page = windows.context(mode, world.lucia).new_page()
    page.goto(server.url(f"/{world.salon.slug}/services/new?like=treatment"))
    page.get_by_label("Name", exact=True).fill(f"Peeling {mode}")
    page.get_by_label("Price", exact=True).fill("45")

    page.locator("#limits > details > summary").click()
    page.get_by_role("button", name="Add a limit").click()
    page.get_by_label("At most", exact=True).fill("6")
    page.locator("#questions > details > summary").click()
    page.get_by_role("button", name="Add a question").click()
    page.get_by_label("Question", exact=True).nth(1).fill("Which skin?")
    page.get_by_label("Answer", exact=True).nth(1).select_option("choice")
    page.get_by_label("Choices").nth(1).fill("Dry\nOily")
    page.get_by_role("button", name="Save").last.click()

    expect(page.get_by_role("heading", name="Services", level=1)).to_be_visible()
    page.get_by_role("link", name=f"Peeling {mode}").click()
    expect(page.locator("#questions > details > summary")).to_contain_text("Which skin?")
    expect(page.locator("#limits > details > summary")).to_contain_text(re.compile("6 bookings"))
