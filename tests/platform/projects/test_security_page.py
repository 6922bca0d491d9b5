"""The organization's Security page: what touched its safety, filtered."""

import pytest
from django.test import Client

from flectar.platform.accounts.models import User
from flectar.platform.audit.models import Entry
from flectar.platform.audit.security import ORGANIZATION, subjects
from flectar.platform.organizations import membership
from flectar.platform.organizations.models import Role
from flectar.platform.projects.forms.log import SUBJECTS
from flectar.platform.projects.models import Project
from tests import make
from tests.cast import PlatformClient


@pytest.fixture
def page(salon: Project, lucia: User, signed_in: Client) -> str:
    """After a change of role on a project's page, and a new name."""
    dani = make.member(salon.organization, make.user("dani@nacar.example", first_name="Dani"), Role.STAFF)
    signed_in.post(f"/nacar/settings/team/{dani.pk}", {"role": "viewer"})
    membership.rename(salon.organization, "Nácar Norte SL")
    return f"/organizations/{salon.organization_id}/security"


def test_it_tells_what_happened_on_whichever_page(signed_in: Client, page: str):
    shown = signed_in.get(page).content.decode()

    assert "Changed a role" in shown
    assert "Renamed the organization" in shown


@pytest.mark.parametrize(
    ("query", "is_role_shown", "is_name_shown"),
    [("about=member", True, False), ("about=organization", False, True), ("about=key", False, False)],
)
def test_it_is_filtered(signed_in: Client, page: str, query: str, is_role_shown: bool, is_name_shown: bool):
    shown = signed_in.get(f"{page}?{query}").content.decode()

    assert (">Changed a role" in shown) == is_role_shown
    assert (">Renamed the organization" in shown) == is_name_shown


def test_by_person_and_by_day(signed_in: Client, page: str, lucia: User):
    assert ">Changed a role" in signed_in.get(f"{page}?who={lucia.pk}").content.decode()
    assert "Nothing to show for this." in signed_in.get(f"{page}?until=2026-01-01").content.decode()


@pytest.mark.parametrize("query", ["about=x", "since=yesterday", "since=2026-02-02&until=2026-01-01", "who=x"])
def test_a_bad_filter_is_said(signed_in: Client, page: str, query: str):
    assert signed_in.get(f"{page}?{query}").status_code == 422


def test_a_made_up_cursor_is_refused(signed_in: Client, page: str):
    assert signed_in.get(f"{page}?after=x").status_code == 400


def test_every_subject_has_its_words():
    assert set(subjects(ORGANIZATION)) <= set(SUBJECTS)


def test_staff_and_strangers_do_not_see_it(page: str, salon: Project, signed_in_stranger: Client):
    staff = make.user()
    make.member(salon.organization, staff, Role.MANAGER)
    browser = PlatformClient()
    browser.force_login(staff)

    assert browser.get(page).status_code == 403
    assert signed_in_stranger.get(page).status_code == 404


def test_it_is_exported_as_it_is_filtered_and_the_export_is_noted(signed_in: Client, page: str, salon: Project):
    answer = signed_in.get(f"{page}/export?about=member")

    lines = answer.content.decode("utf-8-sig").splitlines()
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    assert [line.split(",")[2] for line in lines] == ["action", "member.role_changed"]
    entry = Entry.objects.get(action="audit.exported")
    assert (entry.organization_id, entry.project_id) == (salon.organization_id, None)
    assert signed_in.get(f"{page}/export?about=x").status_code == 302
