"""An organization asks everybody for a second step at sign-in: a notice first, then only the way to set it up."""

from datetime import timedelta

import pytest
from allauth.mfa.models import Authenticator
from django.test import Client

from flectar.core import clock
from flectar.platform.accounts.models import User
from flectar.platform.audit.models import Entry
from flectar.platform.organizations import second_step
from flectar.platform.organizations.models import Organization, Role
from flectar.platform.organizations.second_step import OwnStepFirst
from flectar.platform.outbox.models import Message
from flectar.platform.projects.models import Project
from tests import make
from tests.cast import PlatformClient
from tests.platform.webapi import make as programs


@pytest.fixture
def here(salon: Project, lucia: User) -> Organization:
    Authenticator.objects.create(user=lucia, type=Authenticator.Type.TOTP, data={"secret": "x"})
    return salon.organization


@pytest.fixture
def dani(here: Organization) -> User:
    person = make.user("dani@nacar.example", first_name="Dani")
    make.member(here, person, Role.MANAGER)
    return person


def browser_of(person: User) -> Client:
    client = PlatformClient()
    client.force_login(person)
    return client


def ask(here: Organization, lucia: User, days: int = 0) -> None:
    second_step.ask(here, clock.now() + timedelta(days=days), by=lucia)


def test_before_the_day_a_notice_stands_on_every_page(here: Organization, lucia: User, dani: User):
    ask(here, lucia, days=14)

    page = browser_of(dani).get("/nacar/bookings")
    assert page.status_code == 200
    assert "Nácar SL asks for two-step sign-in from" in page.content.decode()
    assert "asks for two-step" not in browser_of(lucia).get("/nacar/bookings").content.decode()


def test_from_the_day_on_whoever_has_none_sees_only_how_to_set_it_up(here: Organization, lucia: User, dani: User):
    ask(here, lucia)

    browser = browser_of(dani)
    kept_out = [browser.get(path) for path in ("/nacar/", "/nacar/bookings", "/nacar/settings/hours")]
    kept_out += [browser.post("/nacar/settings/hours"), browser.get(f"/organizations/{here.pk}/roles")]

    assert {answer.status_code for answer in kept_out} == {403}
    assert all("/account/two-step/totp/activate/" in answer.content.decode() for answer in kept_out)
    assert browser.get("/account/two-step/").status_code == 200
    assert browser_of(lucia).get("/nacar/bookings").status_code == 200


@pytest.mark.parametrize("kind", [Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN])
def test_an_app_or_a_passkey_opens_everything_again(here: Organization, lucia: User, dani: User, kind: str):
    ask(here, lucia)
    browser = browser_of(dani)
    assert browser.get("/nacar/bookings").status_code == 403

    Authenticator.objects.create(user=dani, type=kind, data={})

    assert browser.get("/nacar/bookings").status_code == 200


def test_recovery_codes_alone_are_no_second_step(here: Organization, lucia: User, dani: User):
    ask(here, lucia)
    Authenticator.objects.create(user=dani, type=Authenticator.Type.RECOVERY_CODES, data={})

    assert browser_of(dani).get("/nacar/bookings").status_code == 403


def test_the_api_keeps_them_out_too_and_the_keys_that_they_made(
    here: Organization, salon: Project, lucia: User, dani: User
):
    _key, text = programs.key(salon, "project.read", created_by=dani.pk)
    _key, of_lucia = programs.key(salon, "project.read", created_by=lucia.pk)
    path = "/api/v1/projects/nacar"
    assert programs.Program(text).get(path).status_code == 200
    ask(here, lucia)

    by_person, by_key = browser_of(dani).get(path), programs.Program(text).get(path)

    assert (by_person.status_code, by_person.json()["code"]) == (403, "second_step_missing")
    assert (by_key.status_code, by_key.json()["code"]) == (403, "second_step_missing")
    assert programs.Program(of_lucia).get(path).status_code == 200


def test_another_organization_of_theirs_stays_open(here: Organization, lucia: User, dani: User, clinic: Project):
    make.member(clinic.organization, dani, Role.STAFF)

    ask(here, lucia)

    assert browser_of(dani).get("/clinica/bookings").status_code == 200


def test_who_asks_has_it_themselves(here: Organization, dani: User):
    make.member(here, ana := make.user(), Role.ADMIN)

    with pytest.raises(OwnStepFirst):
        ask(here, ana)

    here.refresh_from_db()
    assert here.second_step_from is None
    assert not Message.objects.exists()


def test_those_without_are_told_by_mail_and_it_is_noted(here: Organization, lucia: User, dani: User):
    ask(here, lucia, days=7)

    assert [*Message.objects.values_list("to_address", "event")] == [
        ("dani@nacar.example", "organization.second_step_asked")
    ]
    assert Entry.objects.get().action == "organization.second_step_asked"


def test_an_owner_asks_and_ends_it_on_the_security_page(here: Organization, dani: User, signed_in: Client):
    base = f"/organizations/{here.pk}/security"

    asked = signed_in.post(f"{base}/two-step", {"days": "7"}, follow=True).content.decode()
    here.refresh_from_db()
    days = (here.second_step_from - clock.now()).days
    ended = signed_in.post(f"{base}/two-step/end", follow=True).content.decode()

    assert "One member has none yet." in asked
    assert days in (6, 7)
    assert "Ask it of everybody" in ended
    here.refresh_from_db()
    assert here.second_step_from is None


def test_the_form_says_what_is_missing(salon: Project, signed_in: Client):
    answer = signed_in.post(f"/organizations/{salon.organization_id}/security/two-step", {"days": "7"})

    assert answer.status_code == 422
    assert "Set up two-step sign-in for yourself first." in answer.content.decode()
