"""A mail of which the deed keeps only the facts: its words are found when it is sent."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from flectar.core import events
from flectar.core.tenancy import project_scope
from flectar.platform.outbox import Attachment, Mail, post
from flectar.platform.outbox.catalogue import MailEvent, Overtaken, Words
from flectar.platform.outbox.delivery import attempt
from flectar.platform.outbox.facts import MessageLost
from flectar.platform.outbox.jobs import _gave_up
from flectar.platform.outbox.models import Message, Suppression
from flectar.platform.outbox.suppression import suppress
from flectar.platform.outbox.wording import as_read
from flectar.platform.outbox.writing import write_again
from tests.platform.integrations.emulation import running_resend
from tests.platform.outbox.make import reread, waiting_jobs
from tests.platform.outbox.test_delivery import by_resend

State = Message.State


def words(facts, locale):
    if facts["name"] == "Nobody":
        raise Overtaken
    file = Attachment("a.ics", "text/calendar", b"BEGIN:VCALENDAR")
    return Words({"name": facts["name"].upper(), "project": None}, [file], reply_to="hola@nacar.example")


@pytest.fixture(autouse=True)
def _catalogue(monkeypatch):
    event = MailEvent("test.hello", "A hello", dict, words=words)
    monkeypatch.setattr("flectar.platform.outbox.wording.mail_events", lambda: {"test.hello": event})


@pytest.fixture
def resend(tmp_path, settings):
    with running_resend(tmp_path) as emulator:
        by_resend(settings, emulator.url)
        yield emulator


@pytest.fixture
def told(monkeypatch):
    facts = []
    monkeypatch.setattr(events, "_reactions", {MessageLost: [facts.append]})
    return facts


def posted(project, *names, key=""):
    mails = [
        Mail("test.hello", (name, f"{name.lower()}@example.com"), "es", {"name": name}, dedupe_key=key and key + name)
        for name in names
    ]
    with project_scope(project.pk):
        post(mails, project)
        return list(Message.objects.order_by("id"))


def test_it_is_kept_without_words_and_arrives_with_them(salon, resend):
    [message] = posted(salon, "Ana")
    assert (message.subject, message.text, message.html, message.facts) == ("", "", "", {"name": "Ana"})

    attempt(message.pk, salon.pk)

    [mail] = resend.mails()
    assert (mail["subject"], mail["to"]) == ("Lunes: ANA", ["Ana <ana@example.com>"])
    assert (mail["from"], mail["reply_to"]) == ("Nácar <no-reply@mail.localhost>", ["hola@nacar.example"])
    assert resend.server.mailbox.attachments(mail["id"])[0]["filename"] == "a.ics"
    kept = reread(message, salon)
    assert (kept.state, kept.subject, kept.html, kept.facts) == (State.SENT, "Lunes: ANA", mail["html"], None)


def test_however_many_take_two_statements(salon):
    with project_scope(salon.pk), CaptureQueriesContext(connection) as asked:
        post([Mail("test.hello", (name, f"{name}@example.com"), "en", {"name": name}) for name in "abc"], salon)

    assert len(asked) == 2, [query["sql"] for query in asked]
    assert len(waiting_jobs()) == 3


def test_the_same_key_twice_is_one_mail(salon, resend):
    posted(salon, "Ana", key="booking:7")
    posted(salon, "Ana", "Bea", key="booking:7")

    for job in waiting_jobs():
        _send(job)

    assert sorted(mail["subject"] for mail in resend.mails()) == ["Lunes: ANA", "Lunes: BEA"]


def _send(job):
    from flectar.platform.outbox.jobs import send

    send.run(**job["args"])


def test_what_was_overtaken_is_not_sent_and_nobody_need_look(salon, resend, told):
    [message] = posted(salon, "Nobody")

    assert attempt(message.pk, salon.pk) is None
    assert attempt(message.pk, salon.pk) is None

    kept = reread(message, salon)
    assert (kept.state, kept.facts, kept.outcome) == (State.OVERTAKEN, None, "No longer needed")
    with project_scope(salon.pk):
        assert not Message.objects.needing_a_look().exists()
    assert (resend.mails(), told) == ([], [])


def test_a_mistake_of_ours_fails_the_job_and_the_mail_waits(salon, resend, told, monkeypatch):
    [message] = posted(salon, "Ana")
    broken = MailEvent("test.hello", "A hello", dict, words=lambda facts, locale: 1 / 0)
    monkeypatch.setattr("flectar.platform.outbox.wording.mail_events", lambda: {"test.hello": broken})

    with pytest.raises(ZeroDivisionError):
        attempt(message.pk, salon.pk)
    assert (reread(message, salon).state, told) == (State.PENDING, [])

    _gave_up(str(message.pk), str(salon.pk))
    assert reread(message, salon).state == State.DEAD
    assert told == [MessageLost(salon.pk, message.pk)]
    assert resend.mails() == []


def test_an_address_that_bounced_gets_none_and_nobody_is_told_anew(salon, resend, told):
    with project_scope(salon.pk):
        suppress("ana@example.com", Suppression.Reason.BOUNCE, source=None)
    [message] = posted(salon, "Ana")

    attempt(message.pk, salon.pk)

    assert (reread(message, salon).error, told) == ("Earlier mail to this address bounced.", [])
    assert resend.mails() == []


def test_it_can_be_read_and_copied_before_it_is_sent(salon, signed_in):
    [message] = posted(salon, "Ana")
    with project_scope(salon.pk):
        assert as_read(message).subject == as_read(write_again(message)).subject == "Lunes: ANA"

    page = signed_in.get(f"/nacar/settings/messages/{message.pk}/").content.decode()
    body = signed_in.get(f"/nacar/settings/messages/{message.pk}/body").content.decode()

    assert "Lunes: ANA" in page
    assert "ANA" in body
    assert "test.hello" in signed_in.get("/nacar/settings/messages/").content.decode()
    assert reread(message, salon).subject == ""
