"""Roles that an organization makes for itself, and seats that hold in some projects only."""

import pytest
from django.db import IntegrityError, transaction
from django.test import Client

from flectar.platform.accounts.models import User
from flectar.platform.audit.models import Entry
from flectar.platform.organizations import invitations, membership, own_roles
from flectar.platform.organizations.membership import ForeignRole, Given
from flectar.platform.organizations.models import CustomRole, Invitation, Membership, Organization, Role
from flectar.platform.organizations.own_roles import InUse, NameTaken, TooManyRoles, TooMuch
from flectar.platform.outbox.models import Message
from flectar.platform.projects.access import can
from flectar.platform.projects.models import Project
from tests import make
from tests.cast import PlatformClient


@pytest.fixture
def here(salon: Project) -> Organization:
    return salon.organization


@pytest.fixture
def north(here: Organization) -> Project:
    """The organization's second project."""
    return make.project("nacar-norte", here, name="Nácar Norte")


@pytest.fixture
def desk(here: Organization, lucia: User) -> CustomRole:
    return own_roles.make(here, "Front desk", ["bookings.read", "customers.read"], by=lucia)


@pytest.fixture
def dani(here: Organization) -> User:
    person = make.user("dani@nacar.example", first_name="Dani")
    make.member(here, person, Role.STAFF)
    return person


def seat(person: User) -> Membership:
    return Membership.objects.get(user=person)


def afresh(person: User) -> User:
    """Without what the object remembers of one request."""
    return User.objects.get(pk=person.pk)


def browser_of(person: User) -> Client:
    client = PlatformClient()
    client.force_login(person)
    return client


def test_an_own_role_opens_what_it_names_and_nothing_else(salon: Project, desk: CustomRole, dani: User, lucia: User):
    membership.change_seat(seat(dani), Given(Role.CUSTOM, desk), by=lucia)

    held = afresh(dani)
    assert [can(held, name, salon) for name in ("bookings.read", "home.read", "bookings.write", "members.read")] == [
        True,
        True,
        False,
        False,
    ]
    assert browser_of(dani).get("/nacar/customers/").status_code == 200
    assert browser_of(dani).get("/nacar/staff").status_code == 403
    assert Entry.objects.filter(action="member.role_changed").get().new == {"role": "custom", "name": "Front desk"}


def test_a_change_of_the_role_holds_at_once_for_all_who_have_it(
    salon: Project, desk: CustomRole, dani: User, lucia: User
):
    membership.change_seat(seat(dani), Given(Role.CUSTOM, desk), by=lucia)

    own_roles.change(desk, "Front desk", ["bookings.write"], by=lucia)

    assert can(afresh(dani), "bookings.write", salon)
    assert not can(afresh(dani), "customers.read", salon)
    assert Entry.objects.filter(action="role.changed").count() == 1


@pytest.mark.parametrize("permission", ["members.manage", "organization.read", "keys.manage", "project.manage", "x.y"])
def test_nobody_gives_what_is_reserved_or_unknown(here: Organization, lucia: User, permission: str):
    with pytest.raises(TooMuch):
        own_roles.make(here, "Boss", ["bookings.read", permission], by=lucia)

    assert not CustomRole.objects.exists()
    assert not Entry.objects.exists()


def test_nobody_gives_more_than_they_hold(here: Organization, dani: User):
    with pytest.raises(TooMuch):
        own_roles.make(here, "Boss", ["site.write"], by=dani)
    with pytest.raises(TooMuch):
        own_roles.make(here, "Boss", ["bookings.read"], by=make.user())

    assert not CustomRole.objects.exists()


def test_a_name_is_taken_whatever_its_capitals(here: Organization, desk: CustomRole, lucia: User):
    other = own_roles.make(here, "Help", ["bookings.read"], by=lucia)

    with pytest.raises(NameTaken, match="FRONT DESK"):
        own_roles.make(here, "FRONT DESK", ["bookings.read"], by=lucia)
    with pytest.raises(NameTaken):
        own_roles.change(other, "front desk", ["bookings.read"], by=lucia)
    own_roles.change(desk, "FRONT DESK", ["bookings.read"], by=lucia)

    assert sorted(CustomRole.objects.values_list("name", flat=True)) == ["FRONT DESK", "Help"]


def test_there_is_an_end_to_roles(here: Organization, desk: CustomRole, lucia: User, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(own_roles, "MOST", 1)

    with pytest.raises(TooManyRoles):
        own_roles.make(here, "Help", ["bookings.read"], by=lucia)


def test_a_role_that_somebody_has_or_is_invited_to_stays(here: Organization, desk: CustomRole, dani: User, lucia: User):
    membership.change_seat(seat(dani), Given(Role.CUSTOM, desk), by=lucia)
    with pytest.raises(InUse, match="One person has the role “Front desk”"):
        own_roles.remove(desk)
    membership.change_role(seat(dani), Role.STAFF, by=lucia)
    invitation = invitations.invite(here, "eva@example.com", Given(Role.CUSTOM, desk), locale="en", by=lucia)
    with pytest.raises(InUse):
        own_roles.remove(desk)
    invitations.withdraw(invitation, by=lucia)

    own_roles.remove(desk)

    assert not CustomRole.objects.exists()
    assert Invitation.objects.get().custom_role is None


def test_another_organizations_role_cannot_be_given(here: Organization, dani: User, lucia: User, clinic: Project):
    foreign = CustomRole.objects.create(organization=clinic.organization, name="Spy", permissions=["bookings.read"])

    with pytest.raises(ForeignRole):
        membership.change_seat(seat(dani), Given(Role.CUSTOM, foreign), by=lucia)
    with pytest.raises(ForeignRole):
        invitations.invite(here, "eva@example.com", Given(Role.CUSTOM, foreign), locale="en", by=lucia)

    assert seat(dani).role == Role.STAFF
    assert not Invitation.objects.exists()


# Some projects only


def test_a_seat_in_one_project_opens_that_one_everywhere(salon: Project, north: Project, dani: User, lucia: User):
    membership.change_seat(seat(dani), Given(Role.STAFF, project_ids=(north.pk,), where="Nácar Norte"), by=lucia)

    browser = browser_of(dani)
    assert [*Project.objects.of(dani)] == [north]
    assert not can(afresh(dani), "home.read", salon)
    assert browser.get("/nacar/bookings").status_code == 404
    assert browser.get("/nacar-norte/bookings").status_code == 200
    assert browser.get("/").headers["Location"] == "/nacar-norte/"
    assert "/nacar/" not in browser.get("/nacar-norte/bookings").content.decode()
    assert browser.get("/api/v1/projects/nacar").status_code == 404
    assert browser.get("/api/v1/projects/nacar-norte").status_code == 200
    assert Entry.objects.get().new == {"role": "staff", "projects": "Nácar Norte"}


def test_a_project_to_come_is_not_among_the_chosen_ones(here: Organization, salon: Project, dani: User, lucia: User):
    membership.change_seat(seat(dani), Given(Role.STAFF, project_ids=(salon.pk,)), by=lucia)

    make.project("nacar-sur", here)

    assert [*Project.objects.of(dani)] == [salon]
    assert {*Project.objects.of(lucia)} == {*Project.objects.filter(organization=here)}


def test_owners_and_admins_work_everywhere(salon: Project, dani: User, lucia: User):
    membership.change_seat(seat(dani), Given(Role.ADMIN, project_ids=(salon.pk,)), by=lucia)

    assert seat(dani).project_ids is None
    with pytest.raises(IntegrityError), transaction.atomic():
        Membership.objects.filter(user=dani).update(project_ids=[salon.pk])


def test_who_joins_by_invitation_works_where_they_were_invited_to(
    here: Organization, salon: Project, north: Project, desk: CustomRole, lucia: User
):
    eva = make.user("eva@example.com")
    signed_in, eva_browser = browser_of(lucia), browser_of(eva)

    form = {"email": "eva@example.com", "role": str(desk.pk), "reach": "chosen", "projects": [str(north.pk)]}
    signed_in.post(f"/organizations/{here.pk}/invitations/new", form | {"locale": "en"})
    link = "/invitations/" + Message.objects.get().text.split("/invitations/")[1].split()[0]
    page = eva_browser.get(link).content.decode()
    answer = eva_browser.post(link)

    assert "Front desk" in page
    assert "Nácar Norte" in page
    assert answer.headers["Location"] == "/nacar-norte/"
    joined = seat(eva)
    assert (joined.role, joined.custom_role, joined.project_ids) == (Role.CUSTOM, desk, [north.pk])


# The pages


def test_an_owner_makes_gives_changes_and_removes_a_role(
    here: Organization, north: Project, dani: User, signed_in: Client
):
    base = f"/organizations/{here.pk}/roles"
    made = signed_in.post(f"{base}/new", {"name": "Front desk", "may_0": ["bookings.read", "bookings.write"]})
    role = CustomRole.objects.get()
    table = signed_in.get(base).content.decode()
    member = f"/nacar/settings/team/{seat(dani).pk}"
    signed_in.post(member, {"role": str(role.pk), "reach": "chosen", "projects": [str(north.pk)]})
    shown = signed_in.get(member).content.decode()
    in_use = signed_in.post(f"{base}/{role.pk}/removal")
    given = seat(dani)
    signed_in.post(member, {"role": "viewer", "reach": "all"})
    signed_in.post(f"{base}/{role.pk}", {"name": "Desk", "may_1": ["customers.read"]})
    changed = CustomRole.objects.get()
    gone = signed_in.post(f"{base}/{role.pk}/removal", follow=True).content.decode()

    assert made.headers["Location"] == base
    assert role.permissions == ["bookings.read", "bookings.write", "home.read", "project.read"]
    assert "Front desk" in table
    assert (given.custom_role_id, given.project_ids) == (role.pk, [north.pk])
    assert "Nácar Norte" in shown
    assert in_use.status_code == 409
    assert "One person has the role" in in_use.content.decode()
    assert (changed.name, changed.permissions) == ("Desk", ["customers.read", "home.read", "project.read"])
    assert "The role Desk is gone" in gone
    assert seat(dani).project_ids is None
    undo = gone.split('action="')[1:]
    address = next(part.split('"')[0] for part in undo if "restoration" in part)
    signed_in.post(address.replace("&amp;", "&"))
    assert CustomRole.objects.get().name == "Desk"


@pytest.mark.parametrize(
    ("form", "words"),
    [
        ({"name": "", "may_0": ["bookings.read"]}, "required"),
        ({"name": "Desk"}, "Tick what this role may do."),
        ({"name": "Desk", "may_0": ["members.manage"]}, "Select a valid choice"),
    ],
)
def test_a_bad_form_makes_no_role(here: Organization, signed_in: Client, form: dict[str, object], words: str):
    answer = signed_in.post(f"/organizations/{here.pk}/roles/new", form)

    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert not CustomRole.objects.exists()


@pytest.mark.parametrize(
    ("seat_asked", "words"),
    [
        ({"role": "admin", "reach": "chosen"}, "Owners and admins work in every project."),
        ({"role": "staff", "reach": "chosen"}, "Tick at least one."),
        ({"role": "staff"}, "required"),
        ({"role": "staff", "reach": "chosen", "projects": ["0199aaaa-0000-7000-8000-000000000000"]}, "valid choice"),
    ],
)
def test_a_bad_seat_changes_nothing(
    north: Project, dani: User, signed_in: Client, seat_asked: dict[str, object], words: str
):
    answer = signed_in.post(f"/nacar/settings/team/{seat(dani).pk}", seat_asked)

    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert (seat(dani).role, seat(dani).project_ids) == (Role.STAFF, None)


def test_the_team_page_shows_who_works_here(north: Project, salon: Project, dani: User, lucia: User, signed_in: Client):
    membership.change_seat(seat(dani), Given(Role.STAFF, project_ids=(north.pk,)), by=lucia)

    assert "dani@nacar.example" not in signed_in.get("/nacar/settings/team").content.decode()
    assert "dani@nacar.example" in signed_in.get("/nacar-norte/settings/team").content.decode()
    page = signed_in.get(f"/organizations/{salon.organization_id}/").content.decode()
    assert "Nácar Norte</small>" in page
