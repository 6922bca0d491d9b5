"""A phone is proven by a code in a text message, which is sent to few numbers and few times."""

from typing import Any

import pytest
from django.test import Client

from flectar.platform.accounts.models import User
from flectar.platform.audit.models import Entry
from flectar.platform.outbox.models import Message
from tests import canary

NUMBER = "+34612345678"


@pytest.fixture(autouse=True)
def texts(settings: Any) -> None:
    settings.TEXT_PROVIDER = "twilio"


@pytest.fixture
def browser(signed_in: Client) -> Client:
    signed_in.post("/account/reauthenticate/", {"password": canary.PASSWORD})
    return signed_in


def ask(browser: Client, number: str = "+34 612 34-56-78") -> Any:
    return browser.post("/account/phone/", {"phone": number})


def sent_code() -> str:
    message = Message.objects.filter(channel="sms").latest("created_at", "id")
    return message.text.split(" ")[0]


def test_the_number_counts_once_its_code_is_entered(browser: Client, lucia: User):
    ask(browser)
    lucia.refresh_from_db()
    assert lucia.phone == ""
    assert Message.objects.get().to_address == NUMBER
    assert "+34 612 34 56 78" in browser.get("/account/phone/").content.decode()

    browser.post("/account/phone/code", {"code": sent_code().lower()})

    lucia.refresh_from_db()
    assert (lucia.phone, lucia.phone_verified_at is not None) == (NUMBER, True)
    assert Entry.objects.get(action="account.phone_changed").new == {"phone": NUMBER}


def test_three_wrong_codes_end_it(browser: Client, lucia: User):
    ask(browser)
    right = sent_code()
    for _ in range(3):
        answer = browser.post("/account/phone/code", {"code": "WRONG1"})
        assert answer.status_code == 422
        assert "That code isn’t right" in answer.content.decode()

    browser.post("/account/phone/code", {"code": right})

    lucia.refresh_from_db()
    assert lucia.phone == ""


def test_the_code_proves_the_number_that_it_went_to(browser: Client, lucia: User):
    ask(browser, "+34 612 34 56 78")
    first = sent_code()
    ask(browser, "+34 699 99 99 99")

    browser.post("/account/phone/code", {"code": first})

    lucia.refresh_from_db()
    assert lucia.phone == ""


def test_three_text_messages_an_hour_are_the_most(browser: Client):
    for last in (1, 2, 3):
        ask(browser, f"+34 612 34 56 7{last}")

    answer = ask(browser, "+34 612 34 56 74")

    assert answer.status_code == 429
    assert Message.objects.filter(channel="sms").count() == 3


def test_nobody_sends_many_to_one_number(browser: Client, signed_in_stranger: Client):
    signed_in_stranger.post("/account/reauthenticate/", {"password": canary.PASSWORD})
    for client in (browser, browser, signed_in_stranger):
        ask(client)

    assert ask(signed_in_stranger).status_code == 429
    assert Message.objects.filter(channel="sms").count() == 3


@pytest.mark.parametrize("typed", ["", "612345678", "+34 1", "call me"])
def test_a_number_without_its_country_is_refused_with_an_example(browser: Client, lucia: User, typed: str):
    answer = ask(browser, typed)

    assert answer.status_code == 422
    assert 'aria-invalid="true"' in answer.content.decode()
    assert not Message.objects.exists()


def test_an_open_session_alone_sends_nothing(signed_in: Client):
    assert ask(signed_in).headers["Location"].startswith("/account/reauthenticate/")
    assert not Message.objects.exists()


def test_without_text_messages_the_number_is_kept_and_said_to_be_unconfirmed(
    browser: Client, lucia: User, settings: Any
):
    settings.TEXT_PROVIDER = ""

    ask(browser)

    lucia.refresh_from_db()
    assert (lucia.phone, lucia.phone_verified_at) == (NUMBER, None)
    page = browser.get("/account/phone/").content.decode()
    assert "sends no text messages" in page
    assert "not confirmed" in page


def test_the_number_can_be_taken_away(browser: Client, lucia: User):
    User.objects.update(phone=NUMBER)

    browser.post("/account/phone/removal")

    lucia.refresh_from_db()
    assert (lucia.phone, lucia.phone_verified_at) == ("", None)
