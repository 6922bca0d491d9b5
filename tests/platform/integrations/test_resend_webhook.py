"""Resend's webhook: only what Resend signed, each event once, whatever the order."""

import base64
import json
import threading
import time

import pytest
from django.db import connection

from flectar.core.tenancy import project_scope
from flectar.platform.integrations.models import Inbox
from flectar.platform.integrations.resend.emulator.events import svix_headers
from flectar.platform.integrations.resend.events import apply_event
from flectar.platform.outbox.models import Message, Suppression
from tests.cast import PlatformClient
from tests.platform.outbox.make import hello, reread, waiting_jobs

SECRET = "whsec_" + base64.b64encode(b"a secret of the tests").decode()
AT = "2026-11-24T12:00:00.000Z"


@pytest.fixture(autouse=True)
def secret(settings, hello_mail):
    settings.RESEND_WEBHOOK_SECRET = SECRET


def event(message, kind="delivered", **data):
    tags = {"outbox": str(message.pk), "project": str(message.project_id or "platform")}
    return {
        "type": f"email.{kind}",
        "created_at": AT,
        "data": {"email_id": "56761188", "tags": tags, "to": ["ana@example.com"], **data},
    }


def deliver(client, body, event_id="msg_1", *, moment=None, **headers):
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    signed = svix_headers(SECRET, event_id, int(time.time()) if moment is None else moment, raw)
    return client.post("/webhooks/resend", raw, content_type="application/json", headers=signed | headers)


def apply_all():
    for job in waiting_jobs("resend.apply_event"):
        apply_event.run(**job["args"])


def test_a_delivered_mail_is_noted(visitor, salon):
    message = hello(salon)

    assert deliver(visitor, event(message)).status_code == 200
    apply_all()

    kept = reread(message, salon)
    assert (kept.outcome, kept.provider_id) == ("Delivered", "56761188")
    assert kept.delivered_at.isoformat() == "2026-11-24T12:00:00+00:00"
    assert Inbox.objects.get().state == Inbox.State.DONE


def test_tags_may_come_as_a_list(visitor, salon):
    message = hello(salon)
    body = event(message)
    body["data"]["tags"] = [{"name": name, "value": value} for name, value in body["data"]["tags"].items()]

    deliver(visitor, body)
    apply_all()

    assert reread(message, salon).outcome == "Delivered"


def test_the_platforms_own_mail_is_noted_too(visitor, db):
    message = hello()

    deliver(visitor, event(message))
    apply_all()

    assert reread(message).outcome == "Delivered"


def test_no_other_origin_check_stands_in_the_way(salon):
    client = PlatformClient()
    answer = deliver(client, event(hello(salon)), origin="https://api.resend.com")
    assert answer.status_code == 200


def test_a_repeated_event_is_one_row_and_one_job(visitor, salon):
    message = hello(salon)
    for _ in range(3):
        assert deliver(visitor, event(message)).status_code == 200

    assert Inbox.objects.count() == 1
    assert len(waiting_jobs("resend.apply_event")) == 1


def test_forty_at_once_are_one_row_and_one_job(transactional_db, salon):
    message = hello(salon)
    statuses = []

    def one():
        try:
            statuses.append(deliver(PlatformClient(), event(message)).status_code)
        finally:
            connection.close()

    threads = [threading.Thread(target=one) for _ in range(40)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert statuses == [200] * 40
    assert Inbox.objects.count() == 1
    assert len(waiting_jobs("resend.apply_event")) == 1


def test_the_job_twice_changes_nothing(visitor, salon):
    message = hello(salon)
    deliver(visitor, event(message))
    apply_all()
    before = reread(message, salon)
    apply_all()

    assert reread(message, salon).__dict__.items() >= {"delivered_at": before.delivered_at, "state": "sent"}.items()


@pytest.mark.parametrize(
    "change",
    [
        {"svix-signature": "v1," + base64.b64encode(bytes(32)).decode()},
        {"svix-signature": ""},
        {"svix-id": "msg_2"},
        {"svix-timestamp": "1"},
    ],
)
def test_a_forged_event_is_401_and_leaves_nothing(visitor, salon, change):
    message = hello(salon)

    assert deliver(visitor, event(message), **change).status_code == 401

    assert Inbox.objects.count() == 0
    assert waiting_jobs("resend.apply_event") == []
    assert reread(message, salon).delivered_at is None


def test_one_added_space_is_a_forgery(visitor, salon):
    raw = json.dumps(event(hello(salon))).encode()
    signed = svix_headers(SECRET, "msg_1", int(time.time()), raw)

    answer = visitor.post("/webhooks/resend", raw + b" ", content_type="application/json", headers=signed)

    assert answer.status_code == 401
    assert Inbox.objects.count() == 0


@pytest.mark.parametrize(("age", "status"), [(301, 401), (299, 200), (-299, 200), (-303, 401)])
def test_an_old_or_early_event_is_refused(visitor, salon, age, status):
    answer = deliver(visitor, event(hello(salon)), moment=int(time.time()) - age)
    assert answer.status_code == status
    assert Inbox.objects.count() == (1 if status == 200 else 0)


def test_without_a_secret_nothing_is_authentic(visitor, salon, settings):
    settings.RESEND_WEBHOOK_SECRET = ""
    assert deliver(visitor, event(hello(salon))).status_code == 401
    assert Inbox.objects.count() == 0


def test_a_body_of_more_than_256_kB_is_413(visitor, db):
    assert deliver(visitor, b"x" * (256 * 1024 + 1)).status_code == 413
    assert Inbox.objects.count() == 0


@pytest.mark.parametrize("raw", [b"", b"{", b"[]", b'{"type": "email.sent"}', b'{"type": 1, "data": {}}', b"\xff"])
def test_what_is_signed_but_no_event_is_400(visitor, db, raw):
    assert deliver(visitor, raw).status_code == 400
    assert Inbox.objects.count() == 0


def test_only_post(visitor, db):
    assert visitor.get("/webhooks/resend").status_code == 405


def test_bounced_before_delivered_and_after_end_alike(visitor, salon):
    bounce = {"bounce": {"type": "Permanent", "subType": "General", "message": "no such user"}}
    first, second = hello(salon), hello(salon, to=("Bea", "bea@example.com"))
    deliver(visitor, event(first, "bounced", **bounce), "a1")
    deliver(visitor, event(first, "delivered"), "a2")
    deliver(visitor, event(second, "delivered"), "b1")
    deliver(visitor, event(second, "bounced", **bounce), "b2")
    apply_all()

    assert reread(first, salon).outcome == reread(second, salon).outcome == "Bounced"
    with project_scope(salon.pk):
        assert sorted(Suppression.objects.values_list("address", flat=True)) == ["ana@example.com", "bea@example.com"]


def test_a_complaint_silences_the_address(visitor, salon):
    message = hello(salon)
    deliver(visitor, event(message, "complained"))
    apply_all()

    assert reread(message, salon).outcome == "Marked as spam"
    assert hello(salon).error == "This person marked earlier mail as spam."


def test_news_settle_a_message_of_unknown_fate(visitor, salon):
    message = hello(salon)
    with project_scope(salon.pk):
        Message.objects.update(state=Message.State.UNKNOWN)

    deliver(visitor, event(message, "sent"))
    apply_all()

    assert reread(message, salon).state == Message.State.SENT


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"type": "email.opened"}, "an event that we do not follow"),
        ({"data": {"tags": {}}}, "not a message of this installation"),
        ({"data": {"tags": {"outbox": "x", "project": "y"}}}, "not a message of this installation"),
        (
            {"data": {"tags": {"outbox": "01a207bc-015e-7ea1-838b-3c71ecbc01e7", "project": "platform"}}},
            "the message is no longer kept",
        ),
    ],
)
def test_what_is_not_ours_is_kept_with_its_reason(visitor, salon, change, error):
    body = event(hello(salon)) | change

    assert deliver(visitor, body).status_code == 200
    apply_all()

    assert (Inbox.objects.get().state, Inbox.objects.get().error) == (Inbox.State.IGNORED, error)


def test_a_tag_cannot_reach_into_another_project(visitor, salon, clinic):
    message = hello(salon)
    body = event(message)
    body["data"]["tags"]["project"] = str(clinic.pk)

    deliver(visitor, body)
    apply_all()

    assert reread(message, salon).delivered_at is None


def test_the_body_is_sealed_at_rest(visitor, salon):
    deliver(visitor, event(hello(salon)))
    assert b"ana@example.com" not in bytes(Inbox.objects.get().body)
