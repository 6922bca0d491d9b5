"""The list of members: in a project's settings and on the organization's page."""

import pytest
from allauth.mfa.models import Authenticator
from django.test import Client

from flectar.core.tenancy import project_scope
from flectar.offers.booking.models import Resource
from flectar.platform.accounts.models import User
from flectar.platform.organizations.models import Role
from flectar.platform.projects.models import Project
from flectar.ui import index as ui
from tests import make


@pytest.fixture
def ana(salon: Project) -> User:
    found = make.user("ana@nacar.example", first_name="Ana", last_name="Roca")
    make.member(salon.organization, found, Role.STAFF)
    return found


def pages(salon: Project) -> list[str]:
    return ["/nacar/settings/team", f"/organizations/{salon.organization_id}/"]


def test_a_person_is_found_by_name_and_by_email(salon: Project, ana: User, lucia: User, signed_in: Client):
    for page in pages(salon):
        for asked in ("roca", "ana@nacar"):
            shown = signed_in.get(page, {"q": asked}).content.decode()
            assert ana.email in shown
            assert f"<small>{lucia.email}" not in shown
        assert "Nobody matches." in signed_in.get(page, {"q": "zzz"}).content.decode()


def test_the_list_shows_one_role_alone(salon: Project, ana: User, lucia: User, signed_in: Client):
    for page in pages(salon):
        shown = signed_in.get(page, {"role": "staff"}).content.decode()

        assert ana.email in shown
        assert f"<small>{lucia.email}" not in shown


def test_those_without_a_second_step_have_their_own_view(salon: Project, ana: User, lucia: User, signed_in: Client):
    Authenticator.objects.create(user=ana, type=Authenticator.Type.TOTP, data={"secret": ""})

    for page in pages(salon):
        shown = signed_in.get(page, {"view": "unsafe"}).content.decode()

        assert f"<small>{ana.email}" not in shown
        assert f"<small>{lucia.email}" in shown


def test_who_has_a_calendar_is_said_among_the_settings(salon: Project, ana: User, signed_in: Client):
    assert "No calendar" not in signed_in.get("/nacar/settings/team").content.decode()
    with project_scope(salon.pk):
        Resource.objects.create(name="Ana", account=ana)

    shown = signed_in.get("/nacar/settings/team").content.decode()

    assert "Bookable</td>" in shown
    assert "No calendar</td>" in shown


def test_more_members_than_a_page_holds_follow_on_the_next(
    salon: Project, signed_in: Client, monkeypatch: pytest.MonkeyPatch
):
    for number in range(ui.PAGE + 3):
        make.member(
            salon.organization, make.user(f"p{number:03}@nacar.example", first_name=f"P{number:03}"), Role.STAFF
        )

    first = signed_in.get("/nacar/settings/team")
    following = first.context["index"].next
    second = signed_in.get("/nacar/settings/team", {"after": following})

    names = [row.name for page in (first, second) for row in page.context["index"].rows]
    assert len(first.context["index"].rows) == ui.PAGE
    assert len(names) == len(set(names)) == ui.PAGE + 4
    assert second.context["index"].next == ""
