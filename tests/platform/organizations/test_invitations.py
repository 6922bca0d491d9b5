"""Inviting, taking up, and every way in which a link opens nothing."""

import re
import threading
from datetime import timedelta

import pytest
from allauth.account.models import EmailAddress
from django.db import connection
from django.test import Client

from flectar.core import clock
from flectar.platform.accounts.models import User
from flectar.platform.audit.models import Entry
from flectar.platform.organizations import invitations
from flectar.platform.organizations.invitations import MemberAlready, NotInvited, TooMany
from flectar.platform.organizations.jobs import forget_invitations
from flectar.platform.organizations.membership import OwnersOnly
from flectar.platform.organizations.models import Invitation, Membership, Organization, Role
from flectar.platform.outbox.models import Message
from flectar.platform.projects.models import Project
from tests import make
from tests.cast import PlatformClient


@pytest.fixture
def organization(salon: Project) -> Organization:
    return salon.organization


@pytest.fixture
def ana(db: None) -> User:
    return person("ana@example.com", "Ana")


def person(email: str, name: str = "") -> User:
    """With a confirmed address."""
    user = make.user(email, first_name=name)
    EmailAddress.objects.update_or_create(user=user, email=email, defaults={"verified": True, "primary": True})
    return user


def browser_of(user: User) -> Client:
    browser = PlatformClient()
    browser.force_login(user)
    return browser


def invite(organization: Organization, by: User, email: str = "ana@example.com", role: str = Role.STAFF) -> Invitation:
    return invitations.invite(organization, email, role, locale="en", by=by)


def link() -> str:
    """The path in the newest invitation's mail."""
    mail = Message.objects.filter(event="organization.invited").order_by("-id")[0]
    return re.search(r"http://localhost:8000(/invitations/\S+)", mail.text).group(1)


def token() -> str:
    return link().rpartition("/")[2]


def test_a_person_is_invited_by_mail_and_joins_with_that_role(organization: Organization, lucia: User, ana: User):
    invite(organization, lucia, " Ana@Example.com ", Role.MANAGER)

    browser = browser_of(ana)
    assert "Join Nácar SL" in browser.get(link()).content.decode()
    answer = browser.post(link())

    assert answer.headers["Location"] == "/nacar/"
    assert Membership.objects.get(organization=organization, user=ana).role == Role.MANAGER
    assert [*Entry.objects.order_by("id").values_list("action", flat=True)] == ["member.invited", "member.joined"]


def test_the_mail_goes_to_them_alone_and_can_be_answered(organization: Organization, lucia: User):
    invitations.invite(organization, "ana@example.com", Role.STAFF, locale="es", by=lucia)

    mail = Message.objects.get(event="organization.invited")
    assert (mail.to_address, mail.reply_to, mail.project_id, mail.locale) == (
        "ana@example.com",
        "lucia@nacar.example",
        None,
        "es",
    )
    assert mail.subject == "Lucía Ferrer te invita a Nácar SL"
    assert token() not in str([*Invitation.objects.values()])


def test_looking_at_the_link_joins_nobody(organization: Organization, lucia: User, ana: User, visitor: Client):
    invite(organization, lucia)

    page = visitor.get(link()).content.decode()
    browser_of(ana).get(link())

    assert f"/account/signup/?next={link().replace('/', '%2F')}" in page
    assert "ana@example.com" in page
    assert not Membership.objects.filter(user=ana).exists()


@pytest.mark.parametrize(
    "spoiled", ["used", "run out", "withdrawn", "replaced", "other address", "unconfirmed", "none"]
)
@pytest.mark.parametrize("method", ["get", "post"])
def test_whatever_is_wrong_with_a_link_the_answer_is_the_same(
    organization: Organization, lucia: User, ana: User, spoiled: str, method: str
):
    invitation = invite(organization, lucia)
    path, visitor, members = link(), browser_of(ana), 1
    match spoiled:
        case "used":
            invitations.accept(token(), user=ana)
            members = 2
        case "run out":
            Invitation.objects.update(sent_at=clock.now() - timedelta(days=7))
        case "withdrawn":
            invitations.withdraw(invitation, by=lucia)
        case "replaced":
            invitations.send_again(invitation, by=lucia)
        case "other address":
            visitor = browser_of(person("eva@example.com"))
        case "unconfirmed":
            EmailAddress.objects.filter(user=ana).update(verified=False)
        case "none":
            path = "/invitations/nothing"

    answer = getattr(visitor, method)(path)

    assert answer.status_code == 404
    page = answer.content.decode()
    assert "This invitation opens nothing" in page
    assert "Nácar" not in page
    assert Membership.objects.filter(organization=organization).count() == members


def test_inviting_again_replaces_link_and_role(organization: Organization, lucia: User, ana: User):
    invite(organization, lucia, role=Role.STAFF)
    old = token()
    invite(organization, lucia, role=Role.VIEWER)

    with pytest.raises(NotInvited):
        invitations.find(old)
    assert Invitation.objects.get().role == Role.VIEWER
    assert invitations.find(token()).email == "ana@example.com"


def test_a_member_is_not_invited(organization: Organization, lucia: User, ana: User):
    make.member(organization, ana, Role.STAFF)

    with pytest.raises(MemberAlready, match=r"ana@example\.com is a member already"):
        invite(organization, lucia)

    assert not Message.objects.exists()
    assert not Invitation.objects.exists()


def test_only_an_owner_invites_owners(organization: Organization, lucia: User, ana: User):
    make.member(organization, ana, Role.ADMIN)
    invite(organization, lucia, "eva@example.com", Role.OWNER)
    waiting = Invitation.objects.get()

    with pytest.raises(OwnersOnly):
        invite(organization, ana, "leo@example.com", Role.OWNER)
    with pytest.raises(OwnersOnly):
        invite(organization, ana, "eva@example.com", Role.OWNER)
    with pytest.raises(OwnersOnly):
        invitations.send_again(waiting, by=ana)

    assert Invitation.objects.count() == Message.objects.count() == 1
    form = browser_of(ana).get(f"/organizations/{organization.pk}/invitations/new").content.decode()
    assert 'value="admin"' in form
    assert 'value="owner"' not in form


def test_a_role_kept_meanwhile_is_not_changed_by_an_old_link(organization: Organization, lucia: User, ana: User):
    invite(organization, lucia, role=Role.ADMIN)
    make.member(organization, ana, Role.VIEWER)

    invitations.accept(token(), user=ana)

    assert Membership.objects.get(user=ana).role == Role.VIEWER


def test_there_is_an_end_to_invitations(organization: Organization, lucia: User, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(invitations, "MOST_WAITING", 1)
    invite(organization, lucia, "one@example.com")

    with pytest.raises(TooMany):
        invite(organization, lucia, "two@example.com")
    invite(organization, lucia, "one@example.com")

    assert Invitation.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_windows_accept_at_once_and_one_seat_is_taken(organization: Organization, lucia: User, ana: User):
    invite(organization, lucia)
    secret, barrier, outcomes = token(), threading.Barrier(2), []

    def accept() -> None:
        barrier.wait()
        try:
            invitations.accept(secret, user=ana)
            outcomes.append("joined")
        except NotInvited:
            outcomes.append("refused")
        finally:
            connection.close()

    threads = [threading.Thread(target=accept) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(outcomes) == ["joined", "refused"]
    assert Membership.objects.filter(user=ana).count() == 1
    assert Entry.objects.filter(action="member.joined").count() == 1


def test_after_a_quarter_nobody_knows_who_was_invited(organization: Organization, lucia: User):
    invite(organization, lucia, "old@example.com")
    Invitation.objects.update(sent_at=clock.now() - timedelta(days=91))
    invite(organization, lucia, "new@example.com")

    forget_invitations.run()

    assert [*Invitation.objects.values_list("email", flat=True)] == ["new@example.com"]


# The pages


def test_an_owner_invites_sends_again_and_withdraws(organization: Organization, signed_in: Client):
    base = f"/organizations/{organization.pk}/invitations"
    form = {"email": "ana@example.com", "role": "staff", "locale": "es"}

    answer = signed_in.post(f"{base}/new?project=nacar", form)
    first = Invitation.objects.get()
    team = signed_in.get("/nacar/settings/team").content.decode()
    signed_in.post(f"{base}/{first.pk}/sending")
    again = Invitation.objects.get()
    signed_in.post(f"{base}/{first.pk}/withdrawal")

    assert answer.headers["Location"] == "/nacar/settings/team"
    assert "ana@example.com" in team
    assert first.digest != again.digest
    assert Message.objects.count() == 2
    assert not Invitation.objects.waiting().exists()
    assert signed_in.post(f"{base}/{first.pk}/sending").status_code == 404


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("email", "ana", "Enter a valid email"),
        ("email", "", "required"),
        ("email", "lucia@nacar.example", "is a member already"),
        ("role", "emperor", "Select a valid choice"),
        ("locale", "xx", "Select a valid choice"),
    ],
)
def test_a_bad_form_says_so_and_invites_nobody(
    organization: Organization, signed_in: Client, field: str, value: str, words: str
):
    form = {"email": "ana@example.com", "role": "staff", "locale": "en"} | {field: value}

    answer = signed_in.post(f"/organizations/{organization.pk}/invitations/new", form)

    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert not Invitation.objects.exists()
    assert not Message.objects.exists()


@pytest.mark.parametrize("path", ["new", "{id}/sending", "{id}/withdrawal"])
def test_strangers_find_nothing_and_staff_may_not(
    organization: Organization, lucia: User, ana: User, signed_in_stranger: Client, path: str
):
    make.member(organization, ana, Role.STAFF)
    invitation = invite(organization, lucia, "eva@example.com")
    path = f"/organizations/{organization.pk}/invitations/" + path.format(id=invitation.pk)
    form = {"email": "leo@example.com", "role": "staff", "locale": "en"}

    assert signed_in_stranger.post(path, form).status_code == 404
    assert browser_of(ana).post(path, form).status_code == 403
    assert [*Invitation.objects.waiting()] == [invitation]
    assert Message.objects.count() == 1


def test_an_invitation_of_another_organization_is_not_found(
    organization: Organization, lucia: User, clinic: Project, signed_in_stranger: Client
):
    invitation = invite(organization, lucia)

    answer = signed_in_stranger.post(f"/organizations/{clinic.organization_id}/invitations/{invitation.pk}/withdrawal")

    assert answer.status_code == 404
    assert Invitation.objects.waiting().exists()
