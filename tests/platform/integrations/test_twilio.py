"""Text messages through Twilio: what it refuses, what waits, and that each is handed over once."""

from collections.abc import Iterator
from typing import Any

import pytest

from flectar.core import clock
from flectar.platform.integrations.twilio.emulator.server import Emulator, Faults
from flectar.platform.outbox import send_text
from flectar.platform.outbox.delivery import attempt
from flectar.platform.outbox.models import Circuit, Message
from tests.platform.integrations.twilio import OPTED_OUT, running_twilio, use

State = Message.State


@pytest.fixture(scope="module")
def server() -> Iterator[Emulator]:
    with running_twilio() as running:
        yield running


@pytest.fixture
def twilio(server: Emulator, db: None, settings: Any) -> Emulator:
    use(settings, server)
    server.taken.clear()
    server.faults = Faults()
    return server


def written(to: str = "+34612345678") -> Message:
    return send_text(event="account.phone_code", to=("Lucía", to), locale="es", context={"code": "RTQ-7XK"})


def tried(message: Message) -> Any:
    again_at = attempt(message.pk, None)
    message.refresh_from_db()
    return again_at


def test_a_text_message_is_taken_once_in_the_reader_s_language(twilio: Emulator):
    message = written()

    tried(message)
    tried(message)

    assert message.state == State.SENT
    (taken,) = twilio.taken
    assert taken["sid"] == message.provider_id
    assert (taken["To"], taken["From"]) == ("+34612345678", "+34910000001")
    assert taken["Body"].startswith("RTQ-7XK es tu código para Flectar.")


@pytest.mark.parametrize(
    ("to", "words"), [("612345678", "21211 Invalid 'To'"), (OPTED_OUT, "21610 Attempt to send to unsubscribed")]
)
def test_what_twilio_refuses_is_not_tried_again(twilio: Emulator, to: str, words: str):
    message = written(to)

    assert tried(message) is None
    assert message.state == State.DEAD
    assert message.error.startswith(words)
    assert twilio.taken == []


@pytest.mark.parametrize("status", [429, 500, 503])
def test_an_ill_provider_is_tried_again_later(twilio: Emulator, status: int):
    twilio.faults = Faults(times=1, status=status)
    message = written()

    again_at = tried(message)

    assert message.state == State.FAILED
    assert again_at > clock.now()
    with clock.frozen(again_at):
        tried(message)
    assert message.state == State.SENT
    assert len(twilio.taken) == 1


def test_a_wrong_key_lets_every_message_wait(twilio: Emulator, settings: Any):
    settings.TWILIO_TOKEN = "guessed"
    message = written()

    assert tried(message) is not None
    assert (message.state, message.error) == (State.FAILED, "20003 Authenticate")


def test_an_answer_that_never_came_leaves_it_in_doubt_and_a_second_copy_is_sent(twilio: Emulator):
    twilio.faults = Faults(times=1, drop="after")
    message = written()

    again_at = tried(message)

    assert message.state == State.UNKNOWN
    with clock.frozen(again_at):
        tried(message)
    assert message.state == State.SENT
    assert len(twilio.taken) == 2


def test_a_provider_that_is_away_is_no_fault_of_the_mail(twilio: Emulator, settings: Any):
    settings.TWILIO_URL = "http://127.0.0.1:1"
    message = written()

    tried(message)

    assert message.error == "The provider of text messages could not be reached."
    assert list(Circuit.objects.values_list("connection", flat=True)) == ["twilio"]


def test_without_a_provider_it_waits_and_says_why(db: None, settings: Any):
    settings.TEXT_PROVIDER = settings.TEXT_SENDER = ""
    message = written()

    tried(message)

    assert message.error == "No provider of text messages is set up."
