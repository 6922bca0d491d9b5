"""Text messages about safety: few, without words of others, for whoever wants them and has proved a phone."""

from typing import Any

import pytest
from django.test import Client

from flectar.core import clock
from flectar.core.tenancy import project_scope
from flectar.platform.accounts.models import User
from flectar.platform.audit.log import Actor, acting_as, record
from flectar.platform.notifications.models import Preference
from flectar.platform.notifications.telling import MOST_TEXTS
from flectar.platform.outbox.models import Message
from flectar.platform.projects.models import Project
from tests import make

PAGE = "/nacar/notifications/preferences"
NUMBER = "+34612345678"


@pytest.fixture(autouse=True)
def texts(settings: Any) -> None:
    settings.TEXT_PROVIDER = "twilio"


@pytest.fixture
def reached(salon: Project, lucia: User) -> User:
    """Lucía has proved her phone, and wants to be told of safety by it."""
    lucia.phone, lucia.phone_verified_at = NUMBER, clock.now()
    lucia.save()
    with project_scope(salon.pk):
        Preference.objects.create(user=lucia, kind="safety", channel="text", is_on=True)
    return lucia


def a_key_is_made(salon: Project) -> None:
    with acting_as(Actor(kind="person", name="https://evil.example/")):
        target = make.user(first_name="https://evil.example/")
        record("keys.created", target=target, organization_id=salon.organization_id)


def sent() -> list[Message]:
    return list(Message.objects.filter(channel="sms"))


def test_whoever_wants_it_hears_of_safety_by_text_without_anybody_elses_words(salon: Project, reached: User):
    a_key_is_made(salon)

    [message] = sent()
    assert (message.to_address, message.project_id) == (NUMBER, None)
    assert message.text == "Flectar, Nácar SL: Created an API key. Sign in to see more."


@pytest.mark.parametrize("lacking", ["phone", "wish", "provider"])
def test_without_phone_wish_or_provider_none_goes_out(salon: Project, reached: User, lacking: str, settings: Any):
    if lacking == "phone":
        User.objects.update(phone_verified_at=None)
    elif lacking == "wish":
        with project_scope(salon.pk):
            Preference.objects.update(is_on=False)
    else:
        settings.TEXT_PROVIDER = ""

    a_key_is_made(salon)

    assert sent() == []


def test_they_are_few_in_a_day(salon: Project, reached: User):
    for _ in range(MOST_TEXTS + 3):
        a_key_is_made(salon)

    assert len(sent()) == MOST_TEXTS


def test_it_is_chosen_on_the_page_and_only_with_a_proven_phone(salon: Project, lucia: User, signed_in: Client):
    page = signed_in.get(PAGE).content.decode()
    assert 'name="safety:text" disabled' in page
    assert "/account/phone/" in page
    signed_in.post(PAGE, {"safety:text": "on"})
    with project_scope(salon.pk):
        assert not Preference.objects.filter(channel="text").exists()

    User.objects.update(phone=NUMBER, phone_verified_at=clock.now())
    signed_in.post(PAGE, {"safety:text": "on"})

    with project_scope(salon.pk):
        assert Preference.objects.get(channel="text").is_on
    assert 'name="booking.booked:text"' not in signed_in.get(PAGE).content.decode()


def test_an_installation_without_text_messages_offers_none(salon: Project, signed_in: Client, settings: Any):
    settings.TEXT_PROVIDER = ""

    assert ":text" not in signed_in.get(PAGE).content.decode()
