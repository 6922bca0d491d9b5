"""Sending, and every way in which it can go wrong, over real HTTP and real SMTP on loopback."""

import base64
import socket
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy

import pytest
from aiosmtpd.controller import Controller

from flectar.core import clock
from flectar.core.tenancy import current_project_id, project_scope
from flectar.platform.outbox import Attachment, circuit, transport
from flectar.platform.outbox.delivery import STEPS, attempt
from flectar.platform.outbox.jobs import send
from flectar.platform.outbox.models import Message, Suppression
from flectar.platform.outbox.suppression import suppress
from tests.platform.integrations.emulation import API_KEY, running_resend
from tests.platform.outbox.make import hello, reread, waiting_jobs

State = Message.State
NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)


def by_resend(settings, url):
    settings.MAIL_PROVIDER = "resend"
    settings.MAILERS = {
        "default": {
            "BACKEND": "flectar.platform.integrations.resend.backend.EmailBackend",
            "OPTIONS": {"api_key": API_KEY, "api_url": url, "timeout": 5},
        }
    }


def by_smtp(settings, port):
    settings.MAIL_PROVIDER = "smtp"
    settings.MAILERS = {
        "default": {
            "BACKEND": "django.core.mail.backends.smtp.EmailBackend",
            "OPTIONS": {"host": "127.0.0.1", "port": port, "timeout": 5},
        }
    }


@pytest.fixture
def resend(tmp_path, settings):
    with running_resend(tmp_path) as emulator:
        by_resend(settings, emulator.url)
        yield emulator


class MailServer:
    """Keeps what it accepts; `answers` are given first, one to each DATA; "hang up" closes after taking it."""

    def __init__(self):
        self.accepted = []
        self.answers = []

    async def handle_DATA(self, server, session, envelope):
        answer = self.answers.pop(0) if self.answers else ""
        if answer in ("", "hang up"):
            self.accepted.append(envelope)
        if answer == "hang up":
            server.transport.abort()
        return answer if answer not in ("", "hang up") else "250 OK"


INVITATION = "text/calendar; method=REQUEST; charset=utf-8"


@pytest.fixture
def smtp(settings):
    server = MailServer()
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    controller = Controller(server, hostname="127.0.0.1", port=port)
    controller.start()
    by_smtp(settings, port)
    yield server
    controller.stop()


def test_a_mail_arrives_whole(salon, resend):
    calendar = Attachment("booking.ics", INVITATION, b"BEGIN:VCALENDAR")
    message = hello(salon, to=("Ana Núñez", "ana@example.com"), reply_to="hola@nacar.example", attachments=[calendar])

    assert attempt(message.pk, salon.pk) is None

    (mail,) = resend.mails()
    assert mail["from"] == "Nácar <no-reply@mail.localhost>"
    assert mail["to"] == ["Ana Núñez <ana@example.com>"]
    assert mail["reply_to"] == ["hola@nacar.example"]
    assert mail["subject"] == "Monday: Ana"
    assert mail["html"] == message.html
    assert {tag["name"]: tag["value"] for tag in mail["tags"]} == {"outbox": str(message.pk), "project": str(salon.pk)}
    assert mail["headers"] == {"Auto-Submitted": "auto-generated", "X-Entity-Ref-ID": str(message.pk)}
    (file,) = resend.server.mailbox.attachments(mail["id"])
    assert (file["filename"], file["content_type"]) == ("booking.ics", INVITATION)
    kept = reread(message, salon)
    assert (kept.state, kept.attempt, kept.provider, kept.provider_id) == (State.SENT, 1, "resend", mail["id"])
    assert kept.sent_at is not None


def test_an_invitation_keeps_the_method_that_makes_it_one(salon, resend):
    kind = "text/calendar; method=REQUEST; charset=utf-8"
    message = hello(salon, attachments=[Attachment("H7KQ3PM.ics", kind, b"BEGIN:VCALENDAR")])

    attempt(message.pk, salon.pk)

    assert reread(message, salon).state == State.SENT
    (mail,) = resend.mails()
    assert resend.server.mailbox.attachments(mail["id"])[0]["content_type"] == kind


PICTURE = Attachment("H7KQ3PM.png", "image/png", b"\x89PNG of a code", cid="H7KQ3PM@check-in.flectar")
WAY_OUT = {
    "List-Unsubscribe": f"<https://nacar.example/letters/{'0123456789' * 12}>",
    "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
}


def with_headers(message, project):
    """As if its words had brought them."""
    with project_scope(project.pk):
        Message.objects.filter(pk=message.pk).update(headers=WAY_OUT)
    return message


def test_a_picture_and_the_way_out_reach_resend(salon, resend):
    message = with_headers(hello(salon, attachments=[PICTURE]), salon)

    attempt(message.pk, salon.pk)

    (mail,) = resend.mails()
    assert WAY_OUT.items() <= mail["headers"].items()
    (file,) = resend.server.mailbox.attachments(mail["id"])
    assert (file["content_id"], file["content_type"]) == ("H7KQ3PM@check-in.flectar", "image/png")
    assert base64.b64decode(file["content"]) == PICTURE.content


def test_a_picture_stands_beside_its_html_and_a_long_way_out_stays_readable(salon, smtp):
    calendar = Attachment("booking.ics", INVITATION, b"BEGIN:VCALENDAR")
    message = with_headers(hello(salon, attachments=[calendar, PICTURE]), salon)

    attempt(message.pk, salon.pk)

    content = smtp.accepted[0].content
    assert f"List-Unsubscribe: {WAY_OUT['List-Unsubscribe']}\r\n".encode() in content
    assert b"List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n" in content
    mail = message_from_bytes(content, policy=policy.SMTP)
    assert [part.get_content_type() for part in mail.walk()] == [
        "multipart/mixed",
        "multipart/alternative", "text/plain", "multipart/related", "text/html", "image/png",
        "text/calendar",
    ]  # fmt: skip
    (picture,) = [part for part in mail.walk() if part.get_content_type() == "image/png"]
    assert picture["Content-ID"] == "<H7KQ3PM@check-in.flectar>"
    assert picture.get_content_disposition() == "inline"
    assert picture.get_content() == PICTURE.content


def test_the_job_sends_and_has_no_scope_open_while_it_calls(salon, resend, monkeypatch):
    seen = []
    honest = transport.hand_over
    monkeypatch.setattr(
        "flectar.platform.outbox.delivery.hand_over", lambda one: seen.append(current_project_id()) or honest(one)
    )
    message = hello(salon)

    send.run(**waiting_jobs()[0]["args"])

    assert seen == [None]
    assert reread(message, salon).state == State.SENT


def test_a_sent_mail_is_not_sent_again(salon, resend):
    message = hello(salon)
    attempt(message.pk, salon.pk)
    attempt(message.pk, salon.pk)

    assert len(resend.mails()) == 1


def test_killed_after_the_provider_took_it_one_mail_and_state_sent(salon, resend, monkeypatch):
    message = hello(salon)
    honest = transport.hand_over

    def killed(one):
        honest(one)
        raise SystemExit

    monkeypatch.setattr("flectar.platform.outbox.delivery.hand_over", killed)
    with pytest.raises(SystemExit):
        attempt(message.pk, salon.pk)
    assert reread(message, salon).state == State.SENDING
    monkeypatch.setattr("flectar.platform.outbox.delivery.hand_over", honest)

    assert attempt(message.pk, salon.pk) is None

    assert len(resend.mails()) == 1
    assert reread(message, salon).state == State.SENT
    assert reread(message, salon).provider_id == resend.mails()[0]["id"]


def test_killed_before_the_call_one_mail(salon, resend, monkeypatch):
    def killed(one):
        raise SystemExit

    message = hello(salon)
    with monkeypatch.context() as patch, pytest.raises(SystemExit):
        patch.setattr("flectar.platform.outbox.delivery.hand_over", killed)
        attempt(message.pk, salon.pk)

    attempt(message.pk, salon.pk)

    assert len(resend.mails()) == 1


@pytest.mark.parametrize("when", ["before", "after"])
def test_a_broken_connection_leaves_doubt_and_the_repeat_settles_it(salon, resend, when):
    resend.faults(drop=when, times=1)
    message = hello(salon)

    again_at = attempt(message.pk, salon.pk)

    assert reread(message, salon).state == State.UNKNOWN
    assert reread(message, salon).next_at == again_at
    assert attempt(message.pk, salon.pk) is None
    assert reread(message, salon).state == State.SENT
    assert len(resend.mails()) == 1


def test_in_doubt_for_more_than_a_day_it_is_not_repeated(salon, resend):
    resend.faults(drop="after", times=1)
    message = hello(salon)
    with clock.frozen(NOON):
        attempt(message.pk, salon.pk)
    with clock.frozen(NOON + timedelta(hours=24)):
        assert attempt(message.pk, salon.pk) is None

    kept = reread(message, salon)
    assert (kept.state, kept.attempt) == (State.UNKNOWN, 1)
    assert kept.needs_a_look
    assert len(resend.mails()) == 1


def test_everybody_waits_as_long_as_the_provider_asks(salon, clinic, resend):
    resend.faults(status=429, retry_after=7, times=1)
    first, second = hello(salon), hello(clinic)
    with clock.frozen(NOON):
        again_at = attempt(first.pk, salon.pk)
        other_at = attempt(second.pk, clinic.pk)

    assert again_at >= NOON + timedelta(seconds=7)
    assert other_at >= NOON + timedelta(seconds=7)
    assert reread(first, salon).state == State.FAILED
    assert (reread(second, clinic).state, reread(second, clinic).attempt) == (State.PENDING, 0)
    with clock.frozen(NOON + timedelta(seconds=20)):
        attempt(first.pk, salon.pk)
    assert reread(first, salon).state == State.SENT


def test_a_refusal_is_final_at_once_and_says_why(salon, resend):
    resend.faults(status=422, times=-1)
    message = hello(salon)

    assert attempt(message.pk, salon.pk) is None

    kept = reread(message, salon)
    assert (kept.state, kept.error) == (State.DEAD, "422 Something went wrong.")
    assert resend.mails() == []


def test_retries_grow_and_end(salon, resend):
    resend.faults(status=503, times=-1)
    message = hello(salon)
    now = NOON
    for step in STEPS:
        with clock.frozen(now):
            circuit.note_success("resend")
            again_at = attempt(message.pk, salon.pk)
        assert now + timedelta(seconds=1) <= again_at <= now + step
        assert reread(message, salon).state == State.FAILED
        now = again_at
    with clock.frozen(now):
        circuit.note_success("resend")
        assert attempt(message.pk, salon.pk) is None

    kept = reread(message, salon)
    assert (kept.state, kept.attempt, kept.next_at) == (State.DEAD, 7, None)


def test_five_failures_in_a_row_give_the_provider_a_rest(salon, resend):
    resend.faults(status=500, times=-1)
    for _ in range(5):
        attempt(hello(salon).pk, salon.pk)
    resend.faults(times=0)
    message = hello(salon)

    until = attempt(message.pk, salon.pk)

    assert timedelta(seconds=110) < until - clock.now() < timedelta(seconds=125)
    assert reread(message, salon).attempt == 0
    with clock.frozen(clock.now() + timedelta(minutes=3)):
        assert attempt(message.pk, salon.pk) is None
        assert circuit.closed_until("resend") is None
    assert reread(message, salon).state == State.SENT


def test_the_job_comes_back_when_it_must(salon, resend):
    resend.faults(status=503, times=1)
    message = hello(salon)

    send.run(**waiting_jobs()[0]["args"])

    first, second = waiting_jobs()
    assert second["args"] == first["args"]
    assert second["at"] == reread(message, salon).next_at


def test_without_a_provider_mail_waits_and_says_so(salon, settings):
    settings.MAIL_PROVIDER = ""
    settings.MAILERS = {}
    message = hello(salon)

    assert attempt(message.pk, salon.pk) is not None

    assert reread(message, salon).error == "No mail provider is set up."


def test_a_provider_that_is_not_there_is_tried_again(salon, settings):
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        by_resend(settings, f"http://127.0.0.1:{probe.getsockname()[1]}/")
    message = hello(salon)

    assert attempt(message.pk, salon.pk) is not None

    kept = reread(message, salon)
    assert (kept.state, kept.error) == (State.FAILED, "The mail provider could not be reached.")


def test_a_wrong_key_kills_no_mail(salon, resend):
    resend.server.api_key = "re_changed"
    message = hello(salon)

    assert attempt(message.pk, salon.pk) is not None

    assert reread(message, salon).state == State.FAILED


def test_an_attachment_that_the_provider_would_drop_in_silence_is_refused_aloud(salon, resend):
    message = hello(salon, attachments=[Attachment("booking.ics", "image/png", b"x")])

    assert attempt(message.pk, salon.pk) is None

    assert reread(message, salon).state == State.DEAD
    assert "booking.ics" in reread(message, salon).error


def test_a_bounce_that_came_in_the_meantime_stops_it(salon, resend):
    message = hello(salon)
    with project_scope(salon.pk):
        suppress("ana@example.com", Suppression.Reason.BOUNCE, source=message.pk)

    assert attempt(message.pk, salon.pk) is None

    assert reread(message, salon).state == State.DEAD
    assert resend.mails() == []


def test_old_messages_are_forgotten(salon, resend):
    old = hello(salon)
    attempt(old.pk, salon.pk)
    with clock.frozen(clock.now() + timedelta(days=181)):
        attempt(hello(salon).pk, salon.pk)

    with project_scope(salon.pk):
        assert not Message.objects.filter(pk=old.pk).exists()


def test_the_platforms_own_mail_is_sent_outside_any_project(db, resend):
    message = hello()

    assert attempt(message.pk, None) is None

    assert reread(message).state == State.SENT
    assert {tag["name"]: tag["value"] for tag in resend.mails()[0]["tags"]}["project"] == "platform"


def test_over_smtp_a_mail_arrives_whole(salon, smtp):
    calendar = Attachment("booking.ics", INVITATION, b"BEGIN:VCALENDAR")
    message = hello(salon, to=("Ana Núñez", "ana@example.com"), attachments=[calendar])

    assert attempt(message.pk, salon.pk) is None

    (envelope,) = smtp.accepted
    mail = message_from_bytes(envelope.content, policy=policy.default)
    assert envelope.rcpt_tos == ["ana@example.com"]
    assert mail["Message-ID"] == message.message_id
    assert mail["To"] == "Ana Núñez <ana@example.com>"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail.get_body(("html",)).get_content().splitlines() == message.html.splitlines()
    (file,) = mail.iter_attachments()
    assert (file.get_filename(), file.get_content_type()) == ("booking.ics", "text/calendar")
    assert file["Content-Type"].params["method"] == "REQUEST"
    assert reread(message, salon).state == State.SENT


def test_over_smtp_doubt_sends_a_second_copy_under_the_same_message_id(salon, smtp):
    smtp.answers = ["hang up"]
    message = hello(salon)

    attempt(message.pk, salon.pk)
    assert reread(message, salon).state == State.UNKNOWN
    attempt(message.pk, salon.pk)

    ids = [message_from_bytes(one.content)["Message-ID"] for one in smtp.accepted]
    assert ids == [message.message_id] * 2
    assert reread(message, salon).state == State.SENT


@pytest.mark.parametrize(
    ("answer", "state"), [("451 Try later", State.FAILED), ("550 No such user", State.DEAD)], ids=["later", "never"]
)
def test_over_smtp_four_hundred_is_later_and_five_hundred_is_never(salon, smtp, answer, state):
    smtp.answers = [answer]
    message = hello(salon)

    attempt(message.pk, salon.pk)

    kept = reread(message, salon)
    assert (kept.state, kept.error) == (state, answer)
    assert smtp.accepted == []
