"""Whatever changes how somebody signs in is written down once, by whom and what, and no secret with it."""

import json
import re
from typing import Any

import pytest
from allauth.mfa.totp.internal import auth as totp
from django.core.cache import cache
from django.test import Client

from flectar.config.deeds import DEEDS
from flectar.platform.accounts.mails import MAILS
from flectar.platform.accounts.models import User
from flectar.platform.audit.models import Entry
from flectar.platform.outbox.models import Message
from tests import canary

COUNTER = 58_000_000
NEW_PASSWORD = "otra frase bien larga"


@pytest.fixture(autouse=True)
def the_clock_stands(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    cache.clear()
    monkeypatch.setattr(totp, "yield_hotp_counters_from_time", lambda: iter([COUNTER]))


def entries() -> list[tuple[str, str, str]]:
    """Without the new device that every test begins with."""
    found = Entry.objects.exclude(action="account.new_device").order_by("at", "id")
    return list(found.values_list("action", "actor_kind", "target_name"))


def last_code() -> str:
    found = re.search(r"[A-Z0-9]{3,}-?[A-Z0-9]{3,}", Message.objects.order_by("created_at", "id").last().subject)
    assert found
    return found[0]


def signed_in_now(visitor: Client, lucia: User) -> Client:
    """Just now, with the password: nothing asks for it again."""
    visitor.post("/account/login/", {"login": lucia.email, "password": canary.PASSWORD})
    return visitor


def test_opening_an_account_is_one_entry(visitor: Client):
    visitor.post("/account/signup/", {"email": "nuria@example.com", "password1": NEW_PASSWORD, "is_old_enough": "on"})

    assert [action for action, *_ in entries()].count("account.opened") == 1
    assert Entry.objects.get(action="account.opened").new == {"email": "nuria@example.com", "is_old_enough": True}


def test_a_refused_sign_up_leaves_no_entry(visitor: Client, lucia: User):
    visitor.post("/account/signup/", {"email": "nuria@example.com", "password1": "short", "is_old_enough": "on"})
    visitor.post("/account/signup/", {"email": lucia.email, "password1": NEW_PASSWORD, "is_old_enough": "on"})

    assert entries() == []


def test_a_changed_password_is_one_entry_without_it(visitor: Client, lucia: User):
    passwords = {"oldpassword": canary.PASSWORD, "password1": NEW_PASSWORD, "password2": NEW_PASSWORD}
    signed_in_now(visitor, lucia).post("/account/password/change/", passwords)

    lucia.refresh_from_db()
    assert lucia.check_password(NEW_PASSWORD)
    assert entries() == [("account.password_changed", "person", str(lucia))]
    assert NEW_PASSWORD not in everything()


def everything() -> str:
    return json.dumps([list(map(str, row)) for row in Entry.objects.values_list()])


def test_a_new_password_by_code_is_one_entry(visitor: Client, lucia: User):
    visitor.post("/account/password/reset/", {"email": lucia.email})
    visitor.post("/account/password/reset/confirm/", {"code": last_code()})
    visitor.post("/account/password/reset/complete/", {"password1": NEW_PASSWORD, "password2": NEW_PASSWORD})

    assert [action for action, *_ in entries()] == ["account.password_reset"]
    assert NEW_PASSWORD not in everything()


def test_two_step_on_and_off_are_entries_without_the_secret(
    visitor: Client, lucia: User, django_capture_on_commit_callbacks: Any
):
    browser = signed_in_now(visitor, lucia)
    browser.post("/account/reauthenticate/", {"password": canary.PASSWORD})
    found = re.search(r"<code>([A-Z2-7]+)</code>", browser.get("/account/two-step/totp/activate/").content.decode())
    assert found
    code = totp.format_hotp_value(totp.hotp_value(found[1], COUNTER))

    with django_capture_on_commit_callbacks(execute=True):
        browser.post("/account/two-step/totp/activate/", {"code": code})
    with django_capture_on_commit_callbacks(execute=True):
        browser.post("/account/two-step/totp/deactivate/")

    actions = [action for action, *_ in entries()]
    assert actions[0] == "account.totp_activated"
    assert actions[-1] == "account.totp_deactivated"
    assert found[1] not in everything()


def test_every_notice_to_a_person_is_a_deed_of_the_log():
    codes = {
        "email_confirmation_signup",
        "email_confirmation",
        "login_code",
        "password_reset_code",
        "reauthentication_code",
    }
    told = {"account_already_exists", "unknown_account", "closing", "not_closed", "copy_ready"}
    notices = {mail.name for mail in MAILS} - {f"account.{name}" for name in codes | told}

    assert notices <= set(DEEDS)
