"""Who may open an account, and which passwords guard it."""

import pytest
from allauth.mfa.totp.internal import auth as totp
from django.contrib.auth.hashers import make_password
from django.contrib.auth.password_validation import CommonPasswordValidator, validate_password
from django.contrib.sessions.models import Session
from django.core.exceptions import ValidationError
from django.test import Client

from flectar.platform.accounts.models import User
from flectar.platform.audit.models import Entry
from flectar.platform.outbox.models import Message
from tests import canary
from tests.cast import PlatformClient

SENTENCE = "una frase bastante larga"
TWELVE = "tulipán-9-ro"


def test_without_the_tick_for_sixteen_nothing_is_kept(db: None, visitor: Client):
    answer = visitor.post("/account/signup/", {"email": "nuria@example.com", "password1": SENTENCE})

    assert "You can open an account once you are 16." in answer.content.decode()
    assert 'value="nuria@example.com"' in answer.content.decode()
    for table in (User, Message, Entry, Session):
        assert not table.objects.exists()


def test_the_tick_is_written_down_with_the_account(db: None, visitor: Client):
    visitor.post("/account/signup/", {"email": "nuria@example.com", "password1": SENTENCE, "is_old_enough": "on"})

    assert Entry.objects.get(action="account.opened").new == {"email": "nuria@example.com", "is_old_enough": True}


def test_none_of_the_twenty_thousand_common_passwords_is_taken():
    common = CommonPasswordValidator().passwords

    assert len(common) >= 10_000
    assert [word for word in common if is_taken(word)] == []


def is_taken(password: str, user: User | None = None) -> bool:
    try:
        validate_password(password, user)
    except ValidationError:
        return False
    return True


@pytest.mark.parametrize(
    "password", ["passwordpassword", "123456123456123456", "aaaaaaaaaaaaaaaaaaaa", "Qwerty123qwerty123"]
)
def test_a_common_password_does_not_get_better_by_saying_it_twice(password: str):
    assert not is_taken(password)


def test_alone_a_password_needs_fifteen_characters_and_twelve_beside_a_second_factor(lucia: User):
    assert not is_taken(TWELVE, lucia)
    assert is_taken(TWELVE + "sa!", lucia)

    totp.TOTP.activate(lucia, totp.generate_totp_secret())

    assert is_taken(TWELVE, lucia)
    assert not is_taken(TWELVE[:11], lucia)


def test_the_form_says_how_many_are_missing(db: None, visitor: Client):
    answer = visitor.post("/account/signup/", {"email": "n@example.com", "password1": TWELVE, "is_old_enough": "on"})

    assert "This password has 12 characters; it needs 15." in answer.content.decode()
    assert not User.objects.exists()


def test_an_old_hash_becomes_a_new_one_at_sign_in(visitor: Client, lucia: User):
    User.objects.update(password=make_password(canary.PASSWORD, hasher="pbkdf2_sha256"))

    visitor.post("/account/login/", {"login": lucia.email, "password": canary.PASSWORD})

    lucia.refresh_from_db()
    assert lucia.password.startswith("argon2")
    assert visitor.get("/account/").status_code == 200


def test_who_signs_in_with_a_short_password_hears_of_it_once_there_is_no_second_step(lucia: User):
    lucia.set_password(TWELVE)
    lucia.save()
    browser = PlatformClient()

    browser.post("/account/login/", {"login": lucia.email, "password": TWELVE})

    assert "Your password has fewer than 15 characters." in browser.get("/account/").content.decode()
