"""Each page, with and without script, at each width and in both lights."""

import pytest

from tests.e2e.conftest import Mode, Server, Windows
from tests.e2e.look import look
from tests.e2e.pages import PAGES, Page
from tests.e2e.world import World


@pytest.mark.browser
@pytest.mark.parametrize("has_script", [True, False], ids=["script", "plain"])
@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_a_page_is_sound(page: Page, has_script: bool, world: World, server: Server, windows: Windows):
    host = "localhost" if page.host == "platform" else world.salon.site_host

    sight = look(
        windows.context(Mode(1280, "light", has_script=has_script), world.person(page.who)),
        server.url(world.fill(page.path), host),
        has_script=has_script,
        picture=f"{page.name}-{'script' if has_script else 'plain'}",
    )

    assert sight.status == page.status
    assert sight.faults == []
