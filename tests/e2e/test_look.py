"""The website's look is tried on while one types, and is nobody else's until it is saved."""

import pytest
from playwright.sync_api import expect

from tests.e2e.conftest import Mode, Server, Windows
from tests.e2e.world import World

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("mode", [Mode(1280, "light", has_script=True), Mode(375, "light", has_script=False)], ids=str)
def test_the_page_beside_the_form_wears_what_is_typed(windows: Windows, server: Server, world: World, mode: Mode):
    page = windows.context(mode, world.lucia).new_page()
    page.goto(server.url(f"/{world.salon.slug}/website/"))
    expect(page.get_by_role("heading", name="As it is now")).to_be_visible()

    page.locator("#id_tagline").fill("Tried on")
    if not mode.has_script:
        page.get_by_role("button", name="Try it on").click()

    expect(page.get_by_role("heading", name="As it would be")).to_be_visible()
    live = page.frame_locator("iframe.live")
    expect(live.get_by_role("heading", name="Tried on")).to_be_visible()
    # Whoever comes to the site sees what was there before.
    visitor = windows.context(Mode(1280, "light", has_script=False), None).new_page()
    visitor.goto(server.url("/", world.salon.site_host))
    expect(visitor.get_by_role("heading", name="Colour and cut")).to_be_visible()
