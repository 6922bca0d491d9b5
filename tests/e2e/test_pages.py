"""Each page, in each way of looking at it."""

import pytest

from tests.e2e.conftest import Mode, Server, Windows
from tests.e2e.look import look
from tests.e2e.pages import PAGES, Page
from tests.e2e.world import World

MODES = [Mode(width, scheme, js) for width in (1280, 375) for scheme in ("light", "dark") for js in (True, False)]
MODES.append(Mode(320, "light", has_script=False))  # a phone of 2016, or 1280 enlarged four times


@pytest.mark.browser
@pytest.mark.parametrize("mode", MODES, ids=str)
@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_a_page_is_sound(page: Page, mode: Mode, world: World, server: Server, windows: Windows):
    host = "localhost" if page.host == "platform" else world.salon.site_host

    sight = look(
        windows.context(mode, world.person(page.who)),
        server.url(world.fill(page.path), host),
        has_script=mode.has_script,
        picture=f"{page.name}-{mode}",
    )

    assert sight.status == page.status
    assert sight.faults == []
