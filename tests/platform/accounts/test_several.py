"""Several accounts in one browser: whoever is parked comes back only as long as everything about them still holds."""

from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.test import Client

from flectar.core import clock
from flectar.platform.accounts.models import ParkedAccount, User
from tests import make
from tests.cast import PlatformClient
from tests.platform.accounts.test_sign_in import is_signed_in, sign_in, text, the_clock_stands

__all__ = ["the_clock_stands"]


@pytest.fixture
def browser(lucia: User, stranger: User) -> Client:
    """Lucía's, in which Bruno is in front and Lucía is parked."""
    browser = PlatformClient()
    sign_in(browser)
    browser.post("/account/others/addition")
    sign_in(browser, email=stranger.email)
    return browser


def in_front(browser: Client) -> str:
    return User.objects.get(pk=browser.session["_auth_user_id"]).email


def switch(browser: Client, user: User) -> Any:
    return browser.post(f"/account/others/{user.pk}/switch")


def test_from_one_to_the_other_and_back(browser: Client, lucia: User, stranger: User):
    assert in_front(browser) == stranger.email

    switch(browser, lucia)
    assert in_front(browser) == lucia.email
    assert browser.get("/account/").status_code == 200

    switch(browser, stranger)
    assert in_front(browser) == stranger.email
    assert ParkedAccount.objects.get().user == lucia


def test_the_menu_offers_the_others(browser: Client, lucia: User):
    page = text(browser.get("/account/"))

    assert f"/account/others/{lucia.pk}/switch" in page
    assert "Add another account" in page


def test_while_adding_the_others_wait_on_the_sign_in_page(browser: Client, lucia: User, stranger: User):
    browser.post("/account/others/addition")
    assert not is_signed_in(browser)

    page = text(browser.get("/account/login/"))

    assert page.count("/switch") == 2
    switch(browser, stranger)
    assert in_front(browser) == stranger.email


def test_a_link_switches_nothing(browser: Client, lucia: User, stranger: User):
    for path in (f"/account/others/{lucia.pk}/switch", "/account/others/addition", "/account/others/ending"):
        assert browser.get(path).status_code == 405

    assert in_front(browser) == stranger.email


def test_another_site_switches_nothing(browser: Client, lucia: User, stranger: User):
    answer = browser.post(f"/account/others/{lucia.pk}/switch", headers={"origin": "http://nacar.localhost:8000"})

    assert answer.status_code == 403
    assert in_front(browser) == stranger.email


def test_who_never_signed_in_here_is_refused(browser: Client, stranger: User):
    answer = switch(browser, make.user("nuria@example.com"))

    assert answer.status_code == 403
    assert in_front(browser) == stranger.email


def test_a_changed_password_ends_what_was_parked(browser: Client, lucia: User, stranger: User):
    lucia.set_password("otra frase bien larga")
    lucia.save()

    answer = switch(browser, lucia)

    assert answer.status_code == 403
    assert "its password has changed since" in text(answer)
    assert in_front(browser) == stranger.email
    assert not ParkedAccount.objects.exists()
    assert not browser.cookies[settings.ACCOUNTS_COOKIE].value


def test_a_closed_account_does_not_come_back(browser: Client, lucia: User, stranger: User):
    User.objects.filter(pk=lucia.pk).update(is_active=False)

    assert switch(browser, lucia).status_code == 403
    assert in_front(browser) == stranger.email


def test_signed_out_elsewhere_is_signed_out_here(browser: Client, lucia: User, stranger: User):
    elsewhere = PlatformClient()
    sign_in(elsewhere)
    elsewhere.get("/account/")
    elsewhere.post("/account/sessions/")

    assert switch(browser, lucia).status_code == 403
    assert in_front(browser) == stranger.email


@pytest.mark.parametrize("value", ["", "x", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA:1:x"])
def test_a_forged_cookie_opens_nothing(browser: Client, lucia: User, stranger: User, value: str):
    browser.cookies[settings.ACCOUNTS_COOKIE] = value

    assert switch(browser, lucia).status_code == 403
    assert in_front(browser) == stranger.email


def test_the_cookie_of_another_browser_holds_other_accounts(browser: Client, lucia: User, signed_in_stranger: Client):
    nuria = make.user("nuria@example.com")
    other = PlatformClient()
    sign_in(other, email=nuria.email)
    other.post("/account/others/addition")
    signed_in_stranger.cookies[settings.ACCOUNTS_COOKIE] = other.cookies[settings.ACCOUNTS_COOKIE].value

    assert switch(signed_in_stranger, lucia).status_code == 403


def test_the_cookie_names_nobody_and_holds_no_session(browser: Client, lucia: User):
    cookie = browser.cookies[settings.ACCOUNTS_COOKIE]
    parked = ParkedAccount.objects.get()

    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"
    for secret in (parked.session_key, parked.browser, str(lucia.pk)):
        assert secret not in cookie.value


def test_the_cookie_goes_with_the_browser_unless_all_asked_to_be_kept(lucia: User, stranger: User):
    browser = PlatformClient()
    sign_in(browser)
    browser.post("/account/others/addition")
    assert browser.cookies[settings.ACCOUNTS_COOKIE]["max-age"] == ""

    kept = PlatformClient()
    kept.post("/account/login/", {"login": lucia.email, "password": make.canary.PASSWORD, "remember": "on"})
    kept.post("/account/others/addition")
    assert kept.cookies[settings.ACCOUNTS_COOKIE]["max-age"] == 14 * 24 * 3600


def test_who_was_away_for_long_signs_in_again(browser: Client, lucia: User, stranger: User):
    with clock.frozen(clock.now() + timedelta(hours=12, seconds=1)):
        answer = switch(browser, lucia)

        assert answer.headers["Location"] == "/account/login/"
        assert not is_signed_in(browser)
        page = text(browser.get("/account/login/"))
        assert f'value="{lucia.email}"' in page
        assert "Sign in once more." in page
        sign_in(browser)
        assert in_front(browser) == lucia.email
        switch(browser, stranger)
    assert in_front(browser) == stranger.email


def test_five_fit_and_the_sixth_is_told_so(lucia: User):
    browser = PlatformClient()
    sign_in(browser)
    for number in range(4):
        browser.post("/account/others/addition")
        sign_in(browser, email=make.user(f"person-{number}@example.com").email)

    answer = browser.post("/account/others/addition", follow=True)

    assert "Five accounts fit into one browser." in text(answer)
    assert in_front(browser) == "person-3@example.com"
    assert ParkedAccount.objects.count() == 4


def test_signing_in_to_one_that_is_parked_ends_its_old_session(browser: Client, lucia: User):
    old = ParkedAccount.objects.get().session_key
    browser.post("/account/others/addition")

    sign_in(browser)

    assert in_front(browser) == lucia.email
    stolen = PlatformClient()
    stolen.cookies[settings.SESSION_COOKIE_NAME] = old
    assert stolen.get("/account/").status_code == 302


def test_one_that_is_parked_can_be_signed_out(browser: Client, lucia: User, stranger: User):
    key = ParkedAccount.objects.get().session_key

    browser.post(f"/account/others/{lucia.pk}/ending")

    assert in_front(browser) == stranger.email
    assert switch(browser, lucia).status_code == 403
    stolen = PlatformClient()
    stolen.cookies[settings.SESSION_COOKIE_NAME] = key
    assert stolen.get("/account/").status_code == 302


def test_signing_out_leaves_the_others_at_the_door(browser: Client, lucia: User):
    browser.post("/account/logout/")

    assert not is_signed_in(browser)
    assert f"/account/others/{lucia.pk}/switch" in text(browser.get("/account/login/"))


def test_all_can_be_signed_out_at_once(browser: Client, lucia: User):
    browser.post("/account/others/ending")

    assert not is_signed_in(browser)
    assert not ParkedAccount.objects.exists()
    assert not browser.cookies[settings.ACCOUNTS_COOKIE].value


def test_a_form_of_one_account_is_not_good_in_another(browser: Client, lucia: User):
    browser.handler.enforce_csrf_checks = True
    page = text(browser.get("/account/"))
    before = browser.cookies[settings.CSRF_COOKIE_NAME].value
    token = page.partition('name="csrfmiddlewaretoken" value="')[2].partition('"')[0]
    browser.post(f"/account/others/{lucia.pk}/switch", {"csrfmiddlewaretoken": token})
    assert in_front(browser) == lucia.email

    answer = browser.post("/account/", {"csrfmiddlewaretoken": token, "first_name": "X"})

    assert browser.cookies[settings.CSRF_COOKIE_NAME].value != before
    assert answer.status_code == 403
    lucia.refresh_from_db()
    assert lucia.first_name == "Lucía"
