"""A team in a browser: a role of one's own, given in one project only, and what its holder then finds."""

from itertools import count
from typing import Any

import pytest
from playwright.sync_api import expect

from flectar.platform.organizations.models import Membership, Role
from flectar.platform.projects.models import Project
from tests import make
from tests.e2e.conftest import Mode, Server, Windows

pytestmark = pytest.mark.browser
MODES = [Mode(1280, "light", has_script=True), Mode(375, "light", has_script=False)]
_numbers = count()


@pytest.fixture
def team(world: Any) -> tuple[Membership, Membership, Project, Project]:
    """An owner, one who helps, and two places."""
    number = next(_numbers)
    here = make.organization(f"Rosa {number} SL")
    owner = make.member(here, make.user(f"rosa{number}@example.com", first_name="Rosa"), Role.OWNER)
    helper = make.member(here, make.user(f"pep{number}@example.com", first_name="Pep"), Role.STAFF)
    places = [make.project(f"rosa-{where}-{number}", here, name=f"Rosa {where.title()}") for where in ("mar", "sol")]
    return owner, helper, places[0], places[1]


@pytest.mark.parametrize("mode", MODES, ids=str)
def test_an_own_role_in_one_project(
    mode: Mode, team: tuple[Membership, Membership, Project, Project], server: Server, windows: Windows
):
    owner, helper, mar, sol = team
    context = windows.fresh(mode, owner.user)
    page = context.new_page()

    page.goto(server.url(f"/{mar.slug}/settings/team"))
    page.get_by_role("link", name="Make your own role").click()
    page.get_by_label("Name", exact=True).fill("Front desk")
    page.get_by_label("See the calendar and the bookings").check()
    page.get_by_role("button", name="Make the role").click()
    expect(page.get_by_role("row", name="Front desk")).to_contain_text("See")

    page.goto(server.url(f"/{mar.slug}/settings/team/{helper.pk}"))
    expect(page.get_by_label("Rosa Mar")).to_be_hidden()
    page.get_by_label("Front desk").check()
    page.get_by_label("Chosen projects only").check()
    page.get_by_label("Rosa Mar").check()
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("row", name="Pep")).to_contain_text("Front desk")
    context.close()

    window = windows.fresh(mode, helper.user)
    page = window.new_page()
    answers = [page.goto(server.url(f"/{path}")) for path in (f"{mar.slug}/bookings", f"{sol.slug}/bookings")]
    assert [answer.status for answer in answers if answer] == [200, 404]
    page.goto(server.url("/projects"))
    expect(page.get_by_text("Rosa Mar")).to_be_visible()
    expect(page.get_by_text("Rosa Sol")).to_have_count(0)
    window.close()
