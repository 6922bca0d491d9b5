"""Who has neither password nor second step proves it by a code: an open session alone changes nothing."""

from typing import Any

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal import auth as totp
from django.test import Client

from flectar.platform.accounts.models import User
from flectar.platform.outbox.models import Message
from tests import canary
from tests.cast import PlatformClient
from tests.platform.accounts.test_sign_in import is_signed_in, last_code, sign_in, text, the_clock_stands, totp_code

__all__ = ["the_clock_stands"]
ADDITION = {"email": "other@nacar.example", "action_add": "1"}
PAGE = "/account/reauthenticate/code/"


@pytest.fixture
def without_password(lucia: User) -> User:
    lucia.set_unusable_password()
    lucia.save()
    return lucia


@pytest.fixture
def browser(without_password: User) -> Client:
    browser = PlatformClient()
    browser.force_login(without_password)
    return browser


def test_an_open_session_alone_changes_nothing(browser: Client, without_password: User):
    for path, form in (
        ("/account/email/", ADDITION),
        ("/account/password/set/", {"password1": "otra frase bien larga", "password2": "otra frase bien larga"}),
        ("/account/two-step/totp/activate/", {"code": "000000"}),
        ("/account/two-step/webauthn/add/", {"credential": "{}"}),
        ("/account/data/closing/", {}),
    ):
        answer = browser.post(path, form)
        assert answer.headers["Location"].startswith(PAGE), path

    assert not Message.objects.exists()
    assert not EmailAddress.objects.filter(email="other@nacar.example").exists()
    assert not Authenticator.objects.exists()
    without_password.refresh_from_db()
    assert not without_password.has_usable_password()


def test_the_code_of_the_mail_lets_the_change_go_on(browser: Client):
    there = browser.post("/account/email/", ADDITION).headers["Location"]
    assert "no password and no second step" in text(browser.get(there))
    browser.post(there, {"send": "1"})

    browser.post(there, {"code": last_code()})

    assert Message.objects.filter(event="account.email_confirmation", to_address="other@nacar.example").exists()
    assert browser.get("/account/two-step/totp/activate/").status_code == 200


def test_three_wrong_codes_end_it(browser: Client):
    browser.post(PAGE, {"send": "1"})
    right = last_code()
    for _ in range(3):
        assert "That code isn’t right" in text(browser.post(PAGE, {"code": "WRONG1"}))

    browser.post(PAGE, {"code": right})

    assert browser.get("/account/two-step/totp/activate/").headers["Location"].startswith(PAGE)


def test_a_code_is_good_in_the_browser_that_asked_for_it(browser: Client, without_password: User):
    browser.post(PAGE, {"send": "1"})
    thief = PlatformClient()
    thief.force_login(without_password)

    thief.post(PAGE, {"code": last_code()})

    assert thief.get("/account/two-step/totp/activate/").headers["Location"].startswith(PAGE)


def test_who_has_a_password_is_asked_for_that(signed_in: Client, lucia: User):
    assert signed_in.get("/account/data/closing/").headers["Location"].startswith("/account/reauthenticate/?")
    assert signed_in.get(PAGE).headers["Location"].startswith("/account/reauthenticate/")


def test_the_code_that_switched_the_second_step_on_signs_nobody_in(
    signed_in: Client, lucia: User, django_capture_on_commit_callbacks: Any
):
    signed_in.post("/account/reauthenticate/", {"password": canary.PASSWORD})
    page = text(signed_in.get("/account/two-step/totp/activate/"))
    secret = page.partition("<code>")[2].partition("</code>")[0]
    code = totp_code(secret)
    with django_capture_on_commit_callbacks(execute=True):
        signed_in.post("/account/two-step/totp/activate/", {"code": code})
    assert totp.TOTP(Authenticator.objects.get(type="totp")).instance.user == lucia
    thief = PlatformClient()
    sign_in(thief)

    thief.post("/account/two-step/authenticate/", {"code": code})
    thief.post("/account/two-step/trust/", {"action": "skip"})

    assert not is_signed_in(thief)
