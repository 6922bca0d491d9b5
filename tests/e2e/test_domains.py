"""A business's own domain in a real browser: what it shows, where its neighbours lead, and what nobody has proved."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Playwright, expect

from flectar.core import clock
from flectar.core.tenancy import project_scope
from flectar.platform.projects import domains
from flectar.platform.projects.models import Domain, Project
from tests import make
from tests.e2e.conftest import QUIET, Server
from tests.e2e.world import World
from tests.offers.booking import make as bookings

pytestmark = pytest.mark.browser
HOME, SECOND, WAITING = "peluqueria-norte.example", "norte-antigua.example", "norte-nueva.example"


@pytest.fixture(scope="module")
def norte(world: World) -> Project:
    """At home on a domain of its own, with a second one, and a third that still waits for its proof."""
    project = make.project("peluqueria-norte", make.organization("Norte SL", make.user()), name="Peluquería Norte")
    for name in (HOME, SECOND):
        Domain.objects.create(holder=project, name=name, state=Domain.State.PROVEN, checked_at=clock.now())
    Domain.objects.create(holder=project, name=WAITING, problem="missing", checked_at=clock.now())
    with project_scope(project.pk):
        bookings.service(bookings.staff("Iria Vega"), name="Corte", slug="corte")
        domains.make_home(project, Domain.objects.get(name=HOME))
    return project


@pytest.fixture(scope="module")
def away(playwright_driver: Playwright) -> Iterator[Browser]:
    """A browser to which every name of example leads here, as if the whole world's name servers said so."""
    arguments = [*QUIET, "--host-resolver-rules=MAP *.example 127.0.0.1", *(["--no-sandbox"] * (os.getuid() == 0))]
    chosen = os.environ.get("FLECTAR_CHROMIUM", "/usr/bin/chromium")
    browser = playwright_driver.chromium.launch(
        executable_path=chosen if Path(chosen).exists() else None, args=arguments
    )
    yield browser
    browser.close()


@pytest.fixture
def page(away: Browser) -> Iterator[Page]:
    context = away.new_context(locale="en-GB")
    yield context.new_page()
    context.close()


def test_the_site_lives_on_its_domain_and_every_other_host_leads_there(norte: Project, server: Server, page: Page):
    home = server.url("/", HOME)

    for host in (HOME, f"www.{HOME}", SECOND, norte.platform_host):
        answer = page.goto(server.url("/?from=card", host))
        assert answer is not None
        assert answer.status == 200, host
        assert page.url == f"{home}?from=card", host
        expect(page.get_by_role("heading", level=1)).to_contain_text("Peluquería Norte")

    page.goto(server.url("/book/corte", SECOND))
    expect(page).to_have_url(server.url("/book/corte", HOME))
    expect(page.get_by_text("Corte").first).to_be_visible()
    assert page.context.cookies() == []


def test_a_name_that_nobody_has_proved_shows_nothing(norte: Project, server: Server, page: Page):
    for host in (WAITING, "nobody.example", f"deep.{HOME}"):
        answer = page.goto(server.url("/", host))
        assert answer is not None
        assert answer.status in (404, 421), host
        assert "Norte" not in page.content(), host


def test_there_is_no_dashboard_on_a_domain(norte: Project, server: Server, page: Page):
    answer = page.goto(server.url("/account/login/", HOME))

    assert answer is not None
    assert answer.status == 404
    expect(page.get_by_label("Password")).to_have_count(0)
