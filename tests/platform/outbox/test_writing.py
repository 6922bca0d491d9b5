"""A mail is one row and one job, in the deed's own transaction."""

import base64
import threading

import pytest
from django.core.exceptions import ValidationError
from django.db import connection, transaction

from flectar.core.tenancy import project_scope
from flectar.platform.outbox import Attachment, send_mail
from flectar.platform.outbox.models import Message, Suppression
from flectar.platform.outbox.suppression import suppress
from flectar.platform.outbox.writing import write_again
from tests.platform.outbox.make import hello, reread, waiting_jobs


def test_a_mail_is_rendered_stored_and_queued(salon):
    message = hello(
        salon,
        reply_to="hola@nacar.example",
        attachments=[Attachment("booking.ics", "text/calendar", b"BEGIN:VCALENDAR")],
    )

    kept = reread(message, salon)
    assert kept.project_id == salon.pk
    assert kept.subject == "Monday: Ana"
    assert kept.text.startswith("Dear Ana, we are Nácar.")
    assert "<p>Dear Ana</p>" in kept.html
    assert "<title>Monday: Ana</title>" in kept.html
    assert kept.to == "Ana Ruiz <ana@example.com>"
    assert kept.sender == "Nácar <no-reply@mail.localhost>"
    assert kept.state == Message.State.PENDING
    assert base64.b64decode(kept.attachments[0]["content"]) == b"BEGIN:VCALENDAR"
    assert kept.message_id.endswith("@mail.localhost>")
    assert waiting_jobs() == [
        {
            "args": {"message_id": str(message.pk), "of_project": str(salon.pk)},
            "at": None,
            "lock": f"outbox:{message.pk}",
        }
    ]


def test_the_platforms_own_mail_has_no_project(db):
    message = hello()

    assert reread(message).project_id is None
    assert reread(message).sender == "Flectar Base <no-reply@mail.localhost>"
    assert waiting_jobs()[0]["args"] == {"message_id": str(message.pk), "of_project": ""}


def test_the_reader_gets_it_in_their_language(salon):
    assert reread(hello(salon, locale="es"), salon).subject == "Lunes: Ana"


def test_what_people_write_is_escaped_in_html_and_plain_in_text(salon):
    message = hello(salon, context={"name": "<b>A & B</b>"})

    assert message.subject == "Monday: <b>A & B</b>"
    assert "Dear <b>A & B</b>," in message.text
    assert "<p>Dear &lt;b&gt;A &amp; B&lt;/b&gt;</p>" in message.html


def test_names_cannot_smuggle_headers(salon):
    message = hello(
        salon, to=("Ana\r\nBcc: all@example.com", "ana@example.com"), context={"name": "A\nBcc: b@c.example"}
    )

    assert message.to_name == "Ana Bcc: all@example.com"
    assert "\n" not in message.subject


@pytest.mark.parametrize("address", ["", "ana", "ana@", "ana@example.com\nBcc: b@example.com", "a b@example.com"])
def test_an_impossible_address_is_refused_and_nothing_is_written(salon, address):
    with pytest.raises(ValidationError):
        hello(salon, to=("Ana", address))

    with project_scope(salon.pk):
        assert Message.objects.count() == 0
    assert waiting_jobs() == []


def test_the_same_key_twice_is_one_mail(salon, clinic):
    first = hello(salon, dedupe_key="booking:7")
    again = hello(salon, dedupe_key="booking:7", context={"name": "Other"})
    elsewhere = hello(clinic, dedupe_key="booking:7")

    assert again.pk == first.pk
    assert elsewhere.pk != first.pk
    assert len(waiting_jobs()) == 2


def test_the_same_key_at_the_same_moment_is_one_mail(transactional_db, salon):
    ids = []
    together = threading.Barrier(4, timeout=10)

    def write():
        try:
            together.wait()
            ids.append(hello(salon, dedupe_key="booking:7").pk)
        finally:
            connection.close()

    threads = [threading.Thread(target=write) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(ids) == 4
    assert len(set(ids)) == 1
    assert len(waiting_jobs()) == 1


def test_a_deed_that_fails_sends_nothing(salon):
    with pytest.raises(RuntimeError), transaction.atomic():
        hello(salon)
        raise RuntimeError

    with project_scope(salon.pk):
        assert Message.objects.count() == 0
    assert waiting_jobs() == []


def test_a_mail_is_written_only_in_its_own_scope(salon, clinic):
    with project_scope(salon.pk), pytest.raises(ValueError, match="while serving"):
        send_mail(event="test.hello", to=("", "ana@example.com"), locale="en", context={}, project=clinic)

    assert waiting_jobs() == []


def test_too_much_attached_is_refused(salon):
    with pytest.raises(ValueError, match="the most a mail may carry"):
        hello(salon, attachments=[Attachment("a.bin", "application/octet-stream", bytes(10 * 1024 * 1024 + 1))])

    assert waiting_jobs() == []


def test_a_bounced_address_is_not_written_to_again_in_this_project(salon, clinic):
    with project_scope(salon.pk):
        suppress("Ana@Example.com", Suppression.Reason.BOUNCE, source=salon.pk)

    message = hello(salon)

    assert message.state == Message.State.DEAD
    assert message.error == "Earlier mail to this address bounced."
    assert waiting_jobs() == []
    assert hello(clinic).state == Message.State.PENDING


def test_a_complaint_stops_all_but_the_mail_that_keeps_an_account_safe(db, settings):
    suppress("ana@example.com", Suppression.Reason.COMPLAINT, source=None)

    assert hello().state == Message.State.DEAD


def test_a_copy_has_a_message_id_of_its_own(salon):
    message = hello(salon, dedupe_key="booking:7")
    with project_scope(salon.pk):
        copy = write_again(message)

    assert copy.pk != message.pk
    assert copy.message_id != message.message_id
    assert copy.dedupe_key is None
    assert (copy.subject, copy.html, copy.to) == (message.subject, message.html, message.to)
    assert len(waiting_jobs()) == 2


def test_another_project_sees_nothing_of_it(salon, clinic):
    message = hello(salon)

    with project_scope(clinic.pk):
        assert not Message.objects.filter(pk=message.pk).exists()
        assert Message.objects.update(subject="x") == 0
    assert Message.objects.count() == 0
