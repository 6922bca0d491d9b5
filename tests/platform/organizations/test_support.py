"""Support by the platform: only while an owner lets it in, as one member, to look, for half an hour, and all of it in
the organization's own log."""

from datetime import timedelta

import pytest
from django.test import Client

from flectar.core import clock
from flectar.core.tenancy import project_scope
from flectar.platform.accounts.models import User
from flectar.platform.audit.models import Entry
from flectar.platform.organizations import membership, support
from flectar.platform.organizations.membership import Given, OwnersOnly
from flectar.platform.organizations.models import Membership, Organization, Role, SupportVisit
from flectar.platform.organizations.support import NotLetIn
from flectar.platform.outbox.models import Message
from flectar.platform.projects.models import Project
from flectar.platform.webapi.models import ApiKey
from tests import canary, make
from tests.cast import PlatformClient


@pytest.fixture
def here(salon: Project) -> Organization:
    return salon.organization


@pytest.fixture
def olga(db: None) -> User:
    """Runs the installation; a stranger to the salon."""
    person = make.operator(make.user("olga@platform.example", first_name="Olga", last_name="Ruiz"))
    person.refresh_from_db()
    return person


@pytest.fixture
def marc(here: Organization) -> Membership:
    return make.member(here, make.user("marc@nacar.example", first_name="Marc", last_name="Soler"), Role.MANAGER)


def browser_of(person: User) -> Client:
    client = PlatformClient()
    client.force_login(person)
    return client


def let_in(here: Organization, lucia: User, *, may_write: bool = False) -> None:
    support.let_in(here, timedelta(days=1), may_write=may_write, by=lucia)


def come_in(marc: Membership, olga: User, *, may_write: bool = False) -> SupportVisit:
    return support.visit(marc, by=olga, reason="No free times", ticket="4711", may_write=may_write)


def test_the_door_is_closed_unless_an_owner_opens_it(here: Organization, marc: Membership, olga: User):
    with pytest.raises(NotLetIn):
        come_in(marc, olga)

    assert browser_of(olga).get("/nacar/bookings").status_code == 404
    assert not SupportVisit.objects.exists()
    with pytest.raises(OwnersOnly):
        support.let_in(here, timedelta(days=1), may_write=False, by=marc.user)


def test_nobody_but_an_operator_comes_in(here: Organization, lucia: User, marc: Membership, stranger: User):
    let_in(here, lucia)

    with pytest.raises(NotLetIn):
        come_in(marc, stranger)


def test_a_visit_looks_and_changes_nothing(here: Organization, lucia: User, marc: Membership, olga: User):
    let_in(here, lucia)
    visit = come_in(marc, olga)
    browser = browser_of(olga)

    page = browser.get("/nacar/bookings")
    refused = [
        browser.post(path, {"name": "x"})
        for path in ("/nacar/settings/hours", "/nacar/customers/new", f"/nacar/settings/team/{marc.pk}")
    ]

    assert page.status_code == 200
    assert "Support visit: you look at Nácar SL as Marc Soler" in page.content.decode()
    assert f"/operator/support/{visit.pk}" in page.content.decode()
    assert {answer.status_code for answer in refused} == {403}
    assert browser.get("/nacar/customers/export").status_code in (403, 404)


@pytest.mark.parametrize("may_write", [False, True])
def test_a_visit_never_touches_members_keys_or_the_log(here: Organization, lucia: User, olga: User, may_write: bool):
    let_in(here, lucia, may_write=may_write)
    come_in(Membership.objects.get(user=lucia), olga, may_write=may_write)
    browser = browser_of(olga)
    key = {"name": "Mine", "reach": "organization", "scopes": ["customers.read"], "expires": ""}

    refused = [
        browser.post("/nacar/settings/keys/new", key),
        browser.get("/nacar/settings/keys/"),
        browser.get("/nacar/settings/team"),
        browser.get("/nacar/settings/log"),
        browser.get(f"/organizations/{here.pk}/security"),
        browser.post(f"/organizations/{here.pk}/security/support", {"hours": "168"}),
        browser.post(f"/organizations/{here.pk}/invitations/new", {"email": "x@example.com", "role": "owner"}),
    ]

    assert {answer.status_code for answer in refused} == {403}
    assert not ApiKey.objects.exists()
    assert "olga@platform.example" in browser.get("/account/email/").content.decode()


def test_owners_see_the_visit_and_every_page_of_it(
    here: Organization, lucia: User, marc: Membership, olga: User, signed_in: Client
):
    let_in(here, lucia)
    come_in(marc, olga)
    browser_of(olga).get("/nacar/bookings")
    browser_of(olga).post("/nacar/settings/keys/new", {})

    page = signed_in.get(f"/organizations/{here.pk}/security?about=support").content.decode()

    assert "Olga Ruiz as Marc Soler" in page
    assert "/nacar/bookings" in page
    mail = Message.objects.get(event="organization.support_visit")
    assert mail.to_address == "lucia@nacar.example"
    assert "No free times" in mail.text
    looked = Entry.objects.get(action="support.looked")
    assert (looked.actor_kind, looked.actor_id, looked.new["on_behalf_of"]) == ("support", olga.pk, str(marc.user_id))
    refused = Entry.objects.get(action="access.refused")
    assert (refused.actor_name, refused.new["on_behalf_of"]) == ("Olga Ruiz for Marc Soler", str(marc.user_id))


def test_where_the_owner_allows_it_things_are_changed_and_both_names_stand_in_the_log(
    here: Organization, salon: Project, lucia: User, marc: Membership, olga: User
):
    let_in(here, lucia, may_write=True)
    come_in(marc, olga, may_write=True)

    answer = browser_of(olga).post("/nacar/customers/new", {"name": "Paula Ibáñez", "kind": "person"})

    assert answer.status_code == 302
    with project_scope(salon.pk):
        entry = Entry.objects.get(action="customer.created")
    assert (entry.actor_name, entry.new["on_behalf_of"]) == ("Olga Ruiz for Marc Soler", str(marc.user_id))


def test_changes_need_the_owners_word(here: Organization, lucia: User, marc: Membership, olga: User):
    let_in(here, lucia)

    with pytest.raises(NotLetIn):
        come_in(marc, olga, may_write=True)


def test_a_visit_has_the_members_rights_and_places_only(
    here: Organization, salon: Project, lucia: User, marc: Membership, olga: User
):
    north = make.project("nacar-norte", here)
    membership.change_seat(marc, Given(Role.EDITOR, project_ids=(north.pk,)), by=lucia)
    let_in(here, lucia)
    come_in(marc, olga)
    browser = browser_of(olga)

    assert browser.get("/nacar/services").status_code == 404
    assert browser.get("/nacar-norte/services").status_code == 200
    assert browser.get("/nacar-norte/customers/").status_code == 403


@pytest.mark.parametrize("end", ["time", "owner", "operator", "door", "member"])
def test_a_visit_ends(here: Organization, lucia: User, marc: Membership, olga: User, end: str):
    let_in(here, lucia)
    visit = come_in(marc, olga)
    browser, later = browser_of(olga), clock.now()
    assert browser.get("/nacar/bookings").status_code == 200

    match end:
        case "time":
            later += timedelta(minutes=30)
        case "owner":
            support.keep_out(here)
        case "operator":
            browser.post(f"/operator/support/{visit.pk}/ending")
        case "door":
            Organization.objects.update(support_until=later)
        case "member":
            membership.remove(marc, by=lucia)

    with clock.frozen(later + timedelta(seconds=1)):
        assert browser.get("/nacar/bookings").status_code == 404


def test_the_api_gives_a_visit_no_more(here: Organization, lucia: User, marc: Membership, olga: User):
    let_in(here, lucia)
    come_in(marc, olga)
    browser = browser_of(olga)

    assert browser.get("/api/v1/projects/nacar").status_code == 200
    assert Entry.objects.get(action="support.looked").new["page"] == "/api/v1/projects/nacar"
    answer = browser.post("/api/v1/projects/nacar/customers", {"name": "x"}, content_type="application/json")
    assert answer.status_code == 403


# The pages


def test_an_owner_opens_the_door_and_an_operator_comes_in_by_it(
    here: Organization, marc: Membership, olga: User, signed_in: Client
):
    desk, page = browser_of(olga), f"/operator/organizations/{here.pk}/support"
    form = {"member": str(marc.pk), "reason": "No free times", "ticket": "4711"}
    closed = desk.get(page).content.decode()
    too_early = desk.post(page, form)
    door = f"/organizations/{here.pk}/security/support"
    signed_in.post(f"/account/reauthenticate/?next={door}", {"password": canary.PASSWORD})

    opened = signed_in.post(door, {"hours": "24"}, follow=True).content.decode()
    begun = desk.post(page, form, follow=True).content.decode()
    ended = signed_in.post(f"{door}/end", follow=True).content.decode()

    assert "The door is closed" in closed
    assert too_early.status_code == 422
    assert "Support may come in and look until" in opened
    assert "You only look." in begun
    assert 'href="/nacar/"' in begun
    assert "Nobody of the platform can open your pages." in ended
    assert desk.get("/nacar/bookings").status_code == 404


@pytest.mark.parametrize("missing", ["reason", "ticket", "member"])
def test_a_visit_says_why(here: Organization, lucia: User, marc: Membership, olga: User, missing: str):
    let_in(here, lucia)
    form = {"member": str(marc.pk), "reason": "No free times", "ticket": "4711"} | {missing: ""}

    assert browser_of(olga).post(f"/operator/organizations/{here.pk}/support", form).status_code == 422
    assert not SupportVisit.objects.exists()


def test_another_operators_visit_is_not_there(here: Organization, lucia: User, marc: Membership, olga: User):
    let_in(here, lucia)
    visit = come_in(marc, olga)
    other = browser_of(make.operator(make.user()))

    assert other.get(f"/operator/support/{visit.pk}").status_code == 404
    assert other.get("/nacar/bookings").status_code == 404
