"""Devices: a new one is told of, a known one is never locked out, a trusted one is spared the second step."""

from datetime import timedelta
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.auth.hashers import Argon2PasswordHasher
from django.contrib.sessions.models import Session
from django.test import Client

from flectar.core import clock
from flectar.platform.accounts.jobs import forget_old
from flectar.platform.accounts.models import Device, ParkedAccount, User
from flectar.platform.audit.models import Entry
from flectar.platform.outbox.models import Message
from tests import canary
from tests.cast import PlatformClient
from tests.platform.accounts.test_sign_in import (
    is_signed_in,
    last_code,
    last_mail,
    sign_in,
    text,
    the_clock_stands,
    totp_code,
    with_second_step,
)

__all__ = ["the_clock_stands"]
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"


@pytest.fixture
def known(lucia: User) -> Client:
    """A browser that Lucía has signed in with before."""
    browser = PlatformClient()
    sign_in(browser)
    browser.post("/account/logout/")
    return browser


def guess(times: int) -> None:
    """Somebody elsewhere tries passwords for Lucía's address."""
    for _ in range(times):
        sign_in(PlatformClient(), password="not the password")


# New devices


def test_a_new_device_is_told_of_once(lucia: User):
    browser = PlatformClient()
    browser.defaults["HTTP_USER_AGENT"] = FIREFOX
    sign_in(browser)

    mail = Message.objects.get()
    assert (mail.event, mail.to_address) == ("account.new_device", "lucia@nacar.example")
    assert "With: Firefox on Linux" in mail.text
    entry = Entry.objects.get()
    assert (entry.action, entry.actor_id, entry.new) == ("account.new_device", lucia.pk, {"device": "Firefox on Linux"})

    browser.post("/account/logout/")
    sign_in(browser)

    assert Message.objects.count() == 1


def test_each_person_at_one_computer_is_told_for_themselves(known: Client, stranger: User):
    sign_in(known, email=stranger.email)

    assert last_mail().to_address == stranger.email
    assert len(set(Device.objects.values_list("digest", flat=True))) == 2


def test_opening_an_account_is_no_news_to_who_opens_it(db: None, visitor: Client):
    form = {"email": "nuria@example.com", "password1": "una frase bastante larga", "is_old_enough": "on"}
    visitor.post("/account/signup/", form)
    visitor.post("/account/confirm-email/", {"code": last_code()})

    assert Device.objects.count() == 1
    assert "account.new_device" not in Message.objects.values_list("event", flat=True)


def test_the_cookie_says_nothing_and_the_database_cannot_tell_it(known: Client):
    cookie = known.cookies[settings.DEVICE_COOKIE]

    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"
    assert cookie.value not in str(list(Device.objects.values_list()))


def test_what_is_no_cookie_of_ours_is_no_device(known: Client, lucia: User):
    browser = PlatformClient()
    browser.cookies[settings.DEVICE_COOKIE] = "short'); --"

    sign_in(browser)

    assert Device.objects.count() == 2
    assert len(browser.cookies[settings.DEVICE_COOKIE].value) == 32


# Lock-out


def test_who_guesses_elsewhere_does_not_lock_the_owner_out_of_a_known_device(known: Client):
    guess(7)
    assert sign_in(PlatformClient()).status_code == 429

    sign_in(known)

    assert is_signed_in(known)


def test_a_known_device_has_its_own_limit(known: Client):
    for _ in range(10):
        sign_in(known, password="not the password")

    answer = sign_in(known)

    assert answer.status_code == 429
    assert not is_signed_in(known)


def test_one_s_own_device_is_no_help_with_the_address_of_another(known: Client, stranger: User):
    for _ in range(5):
        sign_in(known, email=stranger.email, password="not the password")

    assert sign_in(known, email=stranger.email).status_code == 429


def test_an_address_that_is_not_confirmed_is_nobody_s(known: Client, lucia: User):
    EmailAddress.objects.create(user=lucia, email="victim@example.com", verified=False)
    for _ in range(5):
        sign_in(known, email="victim@example.com", password="not the password")

    assert sign_in(known, email="victim@example.com", password="not the password").status_code == 429


def test_others_asking_for_codes_does_not_keep_the_owner_from_one(known: Client, lucia: User):
    for _ in range(4):
        PlatformClient().post("/account/login/code/", {"email": lucia.email})
    assert "Too many tries." in text(PlatformClient().post("/account/login/code/", {"email": lucia.email}))

    known.post("/account/login/code/", {"email": lucia.email})
    known.post("/account/login/code/confirm/", {"code": last_code()})

    assert is_signed_in(known)


def test_a_code_to_sign_in_is_dead_after_three_wrong_ones(visitor: Client, lucia: User):
    visitor.post("/account/login/code/", {"email": lucia.email})
    right = last_code()
    for _ in range(3):
        visitor.post("/account/login/code/confirm/", {"code": "WRONG1"})

    visitor.post("/account/login/code/confirm/", {"code": right})

    assert not is_signed_in(visitor)


def test_an_unknown_address_costs_the_same_work_as_a_known_one(lucia: User, monkeypatch: pytest.MonkeyPatch):
    hashed: list[str] = []
    monkeypatch.setattr(Argon2PasswordHasher, "encode", lambda *args, **_kwargs: hashed.append("made") or "argon2$x")
    monkeypatch.setattr(Argon2PasswordHasher, "verify", lambda *args, **_kwargs: bool(hashed.append("compared")))
    monkeypatch.setattr(Argon2PasswordHasher, "must_update", lambda *_args: False)

    sign_in(PlatformClient(), password="not the password")
    known_cost = len(hashed)
    sign_in(PlatformClient(), email="nobody@nacar.example", password="not the password")

    assert known_cost == 1
    assert len(hashed) == 2


def test_a_reset_works_once_and_ends_all_other_sessions(lucia: User):
    elsewhere, here = PlatformClient(), PlatformClient()
    sign_in(elsewhere)
    here.post("/account/password/reset/", {"email": lucia.email})
    code = last_code()
    here.post("/account/password/reset/confirm/", {"code": code})
    new = {"password1": "otra frase bien larga", "password2": "otra frase bien larga"}
    here.post("/account/password/reset/complete/", new)

    again = here.post(
        "/account/password/reset/complete/", {"password1": "y otra frase más aún", "password2": "y otra frase más aún"}
    )

    assert again.status_code == 302
    lucia.refresh_from_db()
    assert lucia.check_password("otra frase bien larga")
    assert elsewhere.get("/account/").status_code == 302


# Trust


@pytest.fixture
def secret(lucia: User) -> str:
    return str(with_second_step(lucia))


@pytest.fixture
def trusted(lucia: User, secret: str) -> Client:
    browser = PlatformClient()
    sign_in(browser)
    browser.post("/account/two-step/authenticate/", {"code": totp_code(secret)})
    browser.post("/account/two-step/trust/", {"action": "trust"})
    return browser


def asked_for_the_second_step(browser: Client) -> bool:
    browser.post("/account/logout/")
    return bool(sign_in(browser).headers["Location"] == "/account/two-step/authenticate/")


def test_a_trusted_device_is_listed_and_written_down(trusted: Client):
    assert "Ask there again" in text(trusted.get("/account/sessions/"))
    assert "account.device_trusted" in Entry.objects.values_list("action", flat=True)
    assert not asked_for_the_second_step(trusted)


def test_trust_ends_when_it_is_taken_back(trusted: Client):
    trusted.post(f"/account/devices/{Device.objects.get().pk}/distrust")

    assert "Ask there again" not in text(trusted.get("/account/sessions/"))
    assert asked_for_the_second_step(trusted)


def test_trust_ends_after_thirty_days(trusted: Client):
    trusted.post("/account/logout/")

    with clock.frozen(clock.now() + timedelta(days=30, seconds=1)):
        assert sign_in(trusted).headers["Location"] == "/account/two-step/authenticate/"


def test_trust_ends_with_the_password(trusted: Client, lucia: User):
    lucia.set_password(canary.PASSWORD)
    lucia.save()

    assert sign_in(trusted).headers["Location"] == "/account/two-step/authenticate/"


def test_the_cookie_of_one_opens_no_second_step_of_another(trusted: Client, stranger: User):
    with_second_step(stranger)
    trusted.post("/account/logout/")

    assert sign_in(trusted, email=stranger.email).headers["Location"] == "/account/two-step/authenticate/"


def test_nobody_distrusts_a_device_of_somebody_else(trusted: Client, signed_in_stranger: Client):
    assert signed_in_stranger.post(f"/account/devices/{Device.objects.get().pk}/distrust").status_code == 404
    assert not asked_for_the_second_step(trusted)


def test_a_device_that_is_signed_out_is_forgotten(trusted: Client, signed_in: Client):
    trusted.get("/account/")
    session = UserSession.objects.get()

    signed_in.post(f"/account/sessions/{session.pk}/ending")

    assert not Device.objects.exists()
    assert sign_in(trusted).headers["Location"] == "/account/two-step/authenticate/"


# Sessions


def test_the_list_says_where_as_far_as_the_proxy_does(lucia: User, settings: Any):
    settings.COUNTRY_HEADER, settings.TRUSTED_PROXIES = "X-Country", ["127.0.0.0/8"]
    browser = PlatformClient()
    sign_in(browser)
    browser.get("/account/", headers={"x-country": "es"})

    assert "Spain, 127.0.0.1" in text(browser.get("/account/sessions/"))


@pytest.mark.parametrize("proxies", [[], ["0"], ["10.0.0.0/8"]])
def test_a_country_that_no_proxy_of_ours_says_is_not_believed(lucia: User, settings: Any, proxies: list[str]):
    settings.COUNTRY_HEADER, settings.TRUSTED_PROXIES = "X-Country", proxies
    browser = PlatformClient()
    sign_in(browser)
    browser.get("/account/", headers={"x-country": "es"})

    assert UserSession.objects.get().data["country"] == ""


def test_signing_out_everywhere_else_is_one_entry_and_forgets_the_others(lucia: User):
    here, there = PlatformClient(), PlatformClient()
    for browser in (here, there):
        sign_in(browser)
        browser.get("/account/")

    here.post("/account/sessions/")

    assert there.get("/account/").status_code == 302
    assert Device.objects.count() == 1
    assert Entry.objects.filter(action="account.sessions_ended").count() == 1


def test_the_list_costs_the_same_however_long_it_is(lucia: User, django_assert_max_num_queries: Any):
    browsers = [PlatformClient() for _ in range(3)]
    for browser in browsers:
        sign_in(browser)
        browser.get("/account/")

    with django_assert_max_num_queries(22):
        browsers[0].get("/account/sessions/")


def test_what_has_run_out_is_forgotten_by_night(known: Client, lucia: User, stranger: User):
    sign_in(known)
    known.get("/account/")
    ParkedAccount.objects.create(browser="b", user=stranger, session_key="k", is_kept=True)

    with clock.frozen(clock.now() + timedelta(days=13)):
        forget_old.run()
    assert (Session.objects.count(), UserSession.objects.count(), ParkedAccount.objects.count()) == (1, 1, 1)

    with clock.frozen(clock.now() + timedelta(days=15)):
        forget_old.run()
    assert (Session.objects.count(), UserSession.objects.count(), ParkedAccount.objects.count()) == (0, 0, 0)
    assert Device.objects.count() == 1

    with clock.frozen(clock.now() + timedelta(days=401)):
        forget_old.run()
    assert not Device.objects.exists()
