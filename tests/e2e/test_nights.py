"""A guest takes nights with a phone and no script: two taps on the months, guests, a name."""

from datetime import date, timedelta

import pytest
from playwright.sync_api import expect

from tests.e2e.conftest import Mode, Server, Windows
from tests.e2e.world import World


@pytest.mark.browser
def test_nights_are_booked_by_two_taps_without_script(world: World, server: Server, windows: Windows):
    context = windows.fresh(Mode(375, "light", has_script=False))
    page = context.new_page()
    arrival = (date.fromisoformat(world.ids["arrival"]) + timedelta(days=70)).isoformat()  # the pages need theirs

    page.goto(server.url(f"/book/casa?from={arrival[:7]}", world.salon.site_host))
    page.locator(f'.cal a[href*="arrive={arrival}&"]').click()
    expect(page.locator(".cal .from")).to_be_visible()
    page.locator(f'.cal a[href*="arrive={arrival}&nights=2&"]').click()
    page.get_by_role("link", name="Continue").click()
    page.get_by_label("People").select_option("2")
    page.get_by_role("checkbox", name="A dog").check()
    page.get_by_role("button", name="Continue").click()
    page.get_by_label("Name").fill("Tom de Vries")
    page.get_by_label("Email").fill("tom@vries.example")
    page.get_by_role("button", name="Book – pay €310 there").click()

    expect(page.get_by_text("The flat upstairs, 2 nights. Arrive from 16:00, leave by 11:00.")).to_be_visible()
    context.close()
