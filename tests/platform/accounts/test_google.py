"""Signing in with Google, over real HTTP to a local Google: who comes in, who does not, and what is kept."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.totp.internal import auth as totp
from allauth.socialaccount.models import SocialAccount, SocialApp, SocialToken
from django.core.cache import cache
from django.test import Client

from flectar.platform.accounts.models import User
from flectar.platform.audit.models import Entry
from flectar.platform.integrations.google.emulator.people import Person
from flectar.platform.integrations.google.emulator.server import Emulator, Faults
from flectar.platform.outbox.models import Message
from tests import canary, make
from tests.platform.integrations.google import choose, running_google, use

CARLA = "carla.moya@gmail.example"


@pytest.fixture(scope="module")
def server() -> Iterator[Emulator]:
    with running_google() as running:
        yield running


@pytest.fixture
def google(server: Emulator, db: None, settings: Any) -> Iterator[Emulator]:
    cache.clear()
    use(settings, server)
    people = list(server.people)
    yield server
    server.people[:] = people
    server.faults = Faults()


def through_google(browser: Client, email: str, process: str = "login", **more: str) -> Any:
    """Press the button, say who one is there, and come back."""
    there = browser.post("/account/google/start/", {"process": process, **more})
    assert there.status_code == 302
    back = choose(there.headers["Location"], email)
    return browser.get(back.removeprefix("http://localhost:8000"))


def opened(browser: Client, email: str = CARLA) -> Any:
    through_google(browser, email)
    return browser.post("/account/google/signup/", {"is_old_enough": "on"})


def is_signed_in(browser: Client) -> bool:
    return "_auth_user_id" in browser.session


def text(answer: Any) -> str:
    return str(answer.content.decode())


def test_somebody_new_says_their_age_and_is_in(google: Emulator, visitor: Client):
    answer = through_google(visitor, CARLA)
    assert answer.headers["Location"] == "/account/google/signup/"
    assert CARLA in text(visitor.get("/account/google/signup/"))
    assert not User.objects.exists()

    visitor.post("/account/google/signup/", {"is_old_enough": "on"})

    carla = User.objects.get()
    assert is_signed_in(visitor)
    assert (carla.email, carla.name, carla.has_usable_password()) == (CARLA, "Carla Moya", False)
    assert EmailAddress.objects.get().verified
    assert SocialAccount.objects.get().uid == "110248495921238986420"
    assert Entry.objects.filter(action="account.opened").count() == 1


def test_without_the_age_nothing_is_opened(google: Emulator, visitor: Client):
    through_google(visitor, CARLA)

    answer = visitor.post("/account/google/signup/", {"email": "other@gmail.example"})

    assert "You can open an account once you are 16." in text(answer)
    assert not User.objects.exists()
    assert not SocialAccount.objects.exists()


def test_the_address_of_the_form_does_not_count(google: Emulator, visitor: Client):
    through_google(visitor, CARLA)

    visitor.post("/account/google/signup/", {"is_old_enough": "on", "email": "lucia@nacar.example"})

    assert User.objects.get().email == CARLA


def test_no_token_and_no_picture_is_kept(google: Emulator, visitor: Client):
    through_google(visitor, CARLA)
    assert "ya29." not in json.dumps(dict(visitor.session.items()))

    visitor.post("/account/google/signup/", {"is_old_enough": "on"})

    assert not SocialToken.objects.exists()
    assert not SocialApp.objects.exists()
    assert SocialAccount.objects.get().extra_data == {"email": CARLA}
    assert "ya29." not in json.dumps(dict(visitor.session.items()))


def test_the_second_time_is_one_step_whatever_the_address_is_by_then(google: Emulator, visitor: Client):
    opened(visitor)
    visitor.post("/account/logout/")
    google.people[0] = Person(google.people[0].sub, "carla@casada.example", "Carla", "Moya")

    through_google(visitor, "carla@casada.example")

    assert is_signed_in(visitor)
    assert User.objects.get().email == CARLA


def test_the_same_address_with_another_sub_is_somebody_else(google: Emulator, visitor: Client):
    opened(visitor)
    visitor.post("/account/logout/")
    google.people[0] = Person("999", CARLA, "Impostor", "")

    answer = through_google(visitor, CARLA)

    assert answer.status_code == 409
    assert not is_signed_in(visitor)


def test_a_password_account_is_never_taken_over_by_its_address(google: Emulator, visitor: Client):
    carla = make.user(CARLA)

    answer = through_google(visitor, CARLA)

    assert answer.status_code == 409
    assert "opens an account here, but not with Google yet" in text(answer)
    assert not is_signed_in(visitor)
    assert not SocialAccount.objects.exists()
    carla.refresh_from_db()
    assert carla.check_password(canary.PASSWORD)


def test_an_address_that_google_has_not_confirmed_opens_nothing(google: Emulator, visitor: Client):
    victim = make.user("teo.vidal@gmail.example")

    for _ in range(2):
        answer = through_google(visitor, "teo.vidal@gmail.example")
        assert answer.status_code == 403
        assert not is_signed_in(visitor)
        assert not SocialAccount.objects.exists()
        EmailAddress.objects.all().delete()
        User.objects.filter(pk=victim.pk).delete()


def test_linking_asks_once_more_who_it_is(google: Emulator, lucia: User, signed_in: Client):
    answer = through_google(signed_in, CARLA, "connect")
    assert answer.headers["Location"].startswith("/account/reauthenticate/")
    assert not SocialAccount.objects.exists()

    signed_in.post("/account/reauthenticate/", {"password": canary.PASSWORD})

    assert SocialAccount.objects.get().user == lucia
    assert Message.objects.get().event == "account.google_linked"
    assert [entry.action for entry in Entry.objects.all()] == ["account.google_linked"]
    assert CARLA in text(signed_in.get("/account/google/"))


def linked(browser: Client) -> None:
    browser.post("/account/reauthenticate/", {"password": canary.PASSWORD})
    through_google(browser, CARLA, "connect")


def test_a_linked_google_account_opens_the_door(google: Emulator, lucia: User, signed_in: Client, visitor: Client):
    linked(signed_in)

    through_google(visitor, CARLA)

    assert visitor.session["_auth_user_id"] == str(lucia.pk)


def test_google_does_not_stand_in_for_the_second_step(
    google: Emulator, lucia: User, signed_in: Client, visitor: Client
):
    linked(signed_in)
    totp.TOTP.activate(lucia, totp.generate_totp_secret())

    answer = through_google(visitor, CARLA)

    assert answer.headers["Location"] == "/account/two-step/authenticate/"
    assert not is_signed_in(visitor)


def test_one_google_account_opens_one_account(
    google: Emulator, lucia: User, signed_in: Client, stranger: User, signed_in_stranger: Client
):
    linked(signed_in)

    linked(signed_in_stranger)

    assert SocialAccount.objects.get().user == lucia
    assert "opens another account here" in text(signed_in_stranger.get("/account/google/"))


def test_unlinking_closes_the_door_again(google: Emulator, lucia: User, signed_in: Client, visitor: Client):
    linked(signed_in)

    signed_in.post("/account/google/", {"account": SocialAccount.objects.get().pk})

    assert not SocialAccount.objects.exists()
    assert Message.objects.order_by("created_at", "id").last().event == "account.google_unlinked"  # type: ignore[union-attr]  # it is there
    through_google(visitor, CARLA)
    assert not is_signed_in(visitor)


def test_nobody_unlinks_what_is_somebody_elses(
    google: Emulator, lucia: User, signed_in: Client, signed_in_stranger: Client
):
    linked(signed_in)

    signed_in_stranger.post("/account/google/", {"account": SocialAccount.objects.get().pk})

    assert SocialAccount.objects.get().user == lucia


@pytest.mark.parametrize("wrong", ["issuer", "audience", "expired", "forged", "unknown_key", "unsigned", "none"])
def test_a_token_that_is_not_google_s_for_us_lets_nobody_in(google: Emulator, visitor: Client, wrong: str):
    google.faults = Faults(wrong=wrong)

    answer = through_google(visitor, CARLA)

    assert answer.status_code == 401
    assert "Google did not tell us who you are" in text(answer)
    assert "socialaccount_sociallogin" not in visitor.session


@pytest.mark.parametrize("fault", [Faults(status=503), Faults(drop=True)])
def test_a_google_that_is_ill_is_a_sentence_and_not_an_error(google: Emulator, visitor: Client, fault: Faults):
    google.faults = fault

    assert through_google(visitor, CARLA).status_code == 401


def test_an_answer_that_nobody_asked_for_is_refused(google: Emulator, visitor: Client):
    there = Client(headers={"host": "localhost:8000", "origin": "http://localhost:8000"}).post(
        "/account/google/start/", {"process": "login"}
    )
    back = choose(there.headers["Location"], CARLA).removeprefix("http://localhost:8000")

    answer = visitor.get(back)

    assert answer.status_code == 401
    assert not is_signed_in(visitor)


def test_an_answer_counts_once(google: Emulator, visitor: Client):
    there = visitor.post("/account/google/start/", {"process": "login"})
    back = choose(there.headers["Location"], CARLA).removeprefix("http://localhost:8000")
    visitor.get(back)

    assert visitor.get(back).status_code == 401


def test_who_turns_back_at_google_finds_the_door_again(google: Emulator, visitor: Client):
    there = visitor.post("/account/google/start/", {"process": "login"})
    state = there.headers["Location"].partition("&state=")[2].partition("&")[0]

    answer = visitor.get(f"/account/google/callback/?error=access_denied&state={state}", follow=True)

    assert "Nothing has changed." in text(answer)


def test_the_way_to_google_begins_with_a_button_only(google: Emulator, visitor: Client):
    assert visitor.get("/account/google/start/").status_code == 405


def test_where_to_go_on_is_kept(google: Emulator, signed_in: Client, visitor: Client, lucia: User):
    linked(signed_in)

    answer = through_google(visitor, CARLA, next="/account/sessions/")

    assert answer.headers["Location"] == "/account/sessions/"


def test_the_button_is_there_only_where_google_is_configured(google: Emulator, visitor: Client, settings: Any):
    for page in ("/account/login/", "/account/signup/"):
        answer = visitor.get(page)
        assert "/account/google/start/" in text(answer)
        assert f"form-action 'self' {google.url};" in answer.headers["Content-Security-Policy"] + ";"

    settings.GOOGLE_CLIENT_ID = ""

    for page in ("/account/login/", "/account/signup/"):
        answer = visitor.get(page)
        assert "/account/google/start/" not in text(answer)
        assert google.url not in answer.headers["Content-Security-Policy"]
    assert visitor.get("/account/password/reset/").headers["Content-Security-Policy"].count("form-action 'self';") <= 1


def test_the_keys_are_fetched_once_and_again_when_they_change(google: Emulator, visitor: Client):
    opened(visitor)
    visitor.post("/account/logout/")
    google.signer, before = type(google.signer)("emulator-2"), google.signer

    through_google(visitor, CARLA)

    google.signer = before
    assert is_signed_in(visitor)
