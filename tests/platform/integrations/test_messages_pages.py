"""The owner's pages: what was sent, how mail looks; and the demo's mailbox."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from flectar.core.tenancy import project_scope
from flectar.platform.audit.models import Entry
from flectar.platform.outbox import Attachment, send_text
from flectar.platform.outbox.catalogue import MailEvent
from flectar.platform.outbox.delivery import attempt
from flectar.platform.outbox.models import Message, Suppression
from flectar.platform.outbox.suppression import suppress
from tests import make
from tests.platform.integrations.emulation import API_KEY, running_resend
from tests.platform.outbox.make import hello, reread, waiting_jobs

MAIL_FRAME = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'self'; sandbox"


@pytest.fixture
def staff_client(salon):
    from tests.cast import PlatformClient

    person = make.user("dani@nacar.example")
    make.member(salon.organization, person, "viewer")
    client = PlatformClient()
    client.force_login(person)
    return client


@pytest.fixture
def hello_event(monkeypatch):
    events = {"test.hello": MailEvent("test.hello", "A hello", lambda: {"name": "Paula"})}
    monkeypatch.setattr("flectar.platform.integrations.messages.mail_events", lambda: events)


def test_the_list_says_what_became_of_each_mail(signed_in, salon, hello_event):
    hello(salon)
    hello(salon, to=("Bea", "bea@example.com"))
    with project_scope(salon.pk):
        Message.objects.filter(to_name="Bea").update(state=Message.State.DEAD)

    page = signed_in.get("/nacar/settings/messages/").content.decode()

    assert "Ana Ruiz" in page
    assert "A hello" in page
    assert "Waiting" in page
    assert "Not sent" in page


def test_the_list_can_show_only_what_needs_a_look(signed_in, salon):
    hello(salon)
    bad = hello(salon, to=("Bea", "bea@example.com"))
    with project_scope(salon.pk):
        Message.objects.filter(pk=bad.pk).update(state=Message.State.DEAD)

    page = signed_in.get("/nacar/settings/messages/?show=look").content.decode()

    assert "Bea" in page
    assert "Ana Ruiz" not in page


def test_the_list_finds_by_address(signed_in, salon):
    hello(salon)
    hello(salon, to=("Bea", "bea@example.com"))

    page = signed_in.get("/nacar/settings/messages/?q=BEA").content.decode()

    assert "Bea" in page
    assert "Ana Ruiz" not in page
    assert "No message to an address" in signed_in.get("/nacar/settings/messages/?q=zoe").content.decode()


def questions(client, path):
    with CaptureQueriesContext(connection) as asked:
        page = client.get(path).content.decode()
    return page, [one["sql"] for one in asked if one["sql"].startswith(("SELECT", "UPDATE", "INSERT"))]


def test_the_list_needs_no_more_questions_for_more_mail(signed_in, salon):
    hello(salon)
    questions(signed_in, "/nacar/settings/messages/")
    _, few = questions(signed_in, "/nacar/settings/messages/")
    for number in range(44):
        hello(salon, to=("Ana", f"ana{number}@example.com"))

    page, many = questions(signed_in, "/nacar/settings/messages/")

    assert "45 messages" in page
    assert len(few) == len(many)
    assert len([sql for sql in many if "outbox_message" in sql]) == 2


def test_one_message_shows_its_story(signed_in, salon):
    message = hello(salon, reply_to="hola@nacar.example", attachments=[Attachment("b.ics", "text/calendar", b"x")])

    page = signed_in.get(f"/nacar/settings/messages/{message.pk}/").content.decode()

    assert "ana@example.com" in page
    assert "b.ics" in page
    assert "hola@nacar.example" in page
    assert "Written" in page


def opening_beside(html):
    """In a frame of the page a link would lead nowhere: it opens a window of its own."""
    return html.replace("<head>", '<head><base target="_blank">')


def test_the_mail_itself_is_shown_in_a_box_that_runs_nothing(signed_in, salon):
    message = hello(salon)

    answer = signed_in.get(f"/nacar/settings/messages/{message.pk}/body")

    assert answer.content.decode() == opening_beside(message.html)
    assert answer.headers["Content-Security-Policy"].startswith(MAIL_FRAME)
    assert "allow-scripts" not in answer.headers["Content-Security-Policy"]


def test_strangers_and_other_projects_find_nothing(signed_in_stranger, signed_in, visitor, salon, clinic):
    message = hello(salon)
    for path in ("", f"{message.pk}/", f"{message.pk}/body"):
        assert signed_in_stranger.get(f"/nacar/settings/messages/{path}").status_code == 404
        assert visitor.get(f"/nacar/settings/messages/{path}").status_code == 302
    assert signed_in_stranger.get(f"/clinica/settings/messages/{message.pk}/").status_code == 404
    assert signed_in_stranger.post(f"/clinica/settings/messages/{message.pk}/repetition").status_code == 404
    assert len(waiting_jobs()) == 1


def test_a_mail_can_be_sent_again(signed_in, salon):
    message = hello(salon)

    answer = signed_in.post(f"/nacar/settings/messages/{message.pk}/repetition")

    with project_scope(salon.pk):
        copy = Message.objects.exclude(pk=message.pk).get()
        assert Entry.objects.get().action == "message.sent_again"
    assert answer.status_code == 302
    assert answer.headers["Location"] == f"/nacar/settings/messages/{copy.pk}/"
    assert len(waiting_jobs()) == 2


def test_sending_again_tries_an_address_that_bounced(signed_in, salon):
    message = hello(salon)
    with project_scope(salon.pk):
        suppress("ana@example.com", Suppression.Reason.BOUNCE, source=message.pk)

    signed_in.post(f"/nacar/settings/messages/{message.pk}/repetition")

    assert len(waiting_jobs()) == 2


def test_sending_again_respects_a_complaint(signed_in, salon):
    message = hello(salon)
    with project_scope(salon.pk):
        suppress("ana@example.com", Suppression.Reason.COMPLAINT, source=message.pk)

    answer = signed_in.post(f"/nacar/settings/messages/{message.pk}/repetition", follow=True)

    assert "marked earlier mail as spam" in answer.content.decode()
    assert len(waiting_jobs()) == 1


def test_who_may_not_read_messages_sees_none(staff_client, salon):
    message = hello(salon)

    assert staff_client.get("/nacar/settings/messages/").status_code == 403
    assert staff_client.post(f"/nacar/settings/messages/{message.pk}/repetition").status_code == 403
    assert len(waiting_jobs()) == 1


def test_each_mail_can_be_seen_in_each_language(signed_in, salon, hello_event):
    assert "A hello" in signed_in.get("/nacar/settings/mail-previews/").content.decode()
    page = signed_in.get("/nacar/settings/mail-previews/test.hello/es/").content.decode()
    assert "Lunes: Paula" in page
    body = signed_in.get("/nacar/settings/mail-previews/test.hello/es/body")
    assert "<p>Dear Paula</p>" in body.content.decode()
    assert body.headers["Content-Security-Policy"].startswith(MAIL_FRAME)
    assert waiting_jobs() == []


def test_an_unknown_mail_or_language_is_404(signed_in, salon, hello_event):
    assert signed_in.get("/nacar/settings/mail-previews/test.other/es/").status_code == 404
    assert signed_in.get("/nacar/settings/mail-previews/test.hello/xx/").status_code == 404


@pytest.fixture
def demo(tmp_path, settings):
    with running_resend(tmp_path) as emulator:
        settings.DEMO = True
        settings.MAIL_PROVIDER = "resend"
        settings.RESEND_API_URL, settings.RESEND_API_KEY = emulator.url, API_KEY
        settings.MAILERS = {
            "default": {
                "BACKEND": "flectar.platform.integrations.resend.backend.EmailBackend",
                "OPTIONS": {"api_key": API_KEY, "api_url": emulator.url},
            }
        }
        yield emulator


def test_the_demo_mailbox_shows_what_was_sent(visitor, salon, demo):
    message = hello(salon, attachments=[Attachment("cita ñ.ics", "text/calendar", b"BEGIN:VCALENDAR")])
    attempt(message.pk, salon.pk)
    mail_id = reread(message, salon).provider_id

    assert "Monday: Ana" in visitor.get("/demo/mailbox/").content.decode()
    page = visitor.get(f"/demo/mailbox/{mail_id}/").content.decode()
    assert "Ana Ruiz &lt;ana@example.com&gt;" in page
    assert "cita ñ.ics" in page
    body = visitor.get(f"/demo/mailbox/{mail_id}/body")
    assert body.content.decode() == opening_beside(message.html)
    assert body.headers["Content-Security-Policy"].startswith(MAIL_FRAME)
    file = visitor.get(f"/demo/mailbox/{mail_id}/attachments/0")
    assert file.content == b"BEGIN:VCALENDAR"
    assert file.headers["Content-Disposition"].startswith("attachment")
    assert visitor.get(f"/demo/mailbox/{mail_id}/attachments/1").status_code == 404


def test_the_demo_mailbox_shows_the_pictures_that_a_mail_carries(visitor, salon, demo):
    message = hello(salon, attachments=[Attachment("a.png", "image/png", b"png", cid="a@check-in.flectar")])
    with project_scope(salon.pk):
        Message.objects.update(html='<head></head><img src="cid:a@check-in.flectar">')
    attempt(message.pk, salon.pk)
    mail_id = reread(message, salon).provider_id

    body = visitor.get(f"/demo/mailbox/{mail_id}/body").content.decode()

    assert '<img src="data:image/png;base64,cG5n">' in body


def test_the_demo_mailbox_shows_text_messages_too(visitor, salon, demo):
    message = send_text(event="account.phone_code", to=("", "+34612345678"), locale="en", context={"code": "RTQ-7XK"})
    assert "RTQ-7XK" not in visitor.get("/demo/mailbox/").content.decode()

    Message.objects.filter(pk=message.pk).update(state=Message.State.SENT)

    assert "RTQ-7XK is your code" in visitor.get("/demo/mailbox/").content.decode()


def test_the_demo_mailbox_has_pages(visitor, salon, demo):
    for _ in range(51):
        attempt(hello(salon).pk, salon.pk)

    first = visitor.get("/demo/mailbox/").content.decode()
    assert first.count("Monday: Ana") == 50
    older = first.partition('href="?after=')[2].partition('"')[0]
    assert visitor.get(f"/demo/mailbox/?after={older}").content.decode().count("Monday: Ana") == 1
    assert visitor.get("/demo/mailbox/?after=x").status_code == 404


def test_an_empty_or_silent_mailbox_says_so(visitor, db, demo, settings):
    assert "No mail yet" in visitor.get("/demo/mailbox/").content.decode()
    settings.RESEND_API_URL = "http://127.0.0.1:9/"
    answer = visitor.get("/demo/mailbox/")
    assert answer.status_code == 503
    assert "does not answer" in answer.content.decode()


def test_outside_a_demo_there_is_no_mailbox(visitor, db, demo, settings):
    settings.DEMO = False
    assert visitor.get("/demo/mailbox/").status_code == 404
