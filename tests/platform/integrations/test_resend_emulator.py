"""The emulator keeps Resend's documented rules, and fails exactly as told."""

import base64
import http.client
import json
import queue
import signal
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from flectar.platform.integrations.resend.signature import is_authentic
from tests.platform.integrations.emulation import WEBHOOK_SECRET, running_resend

MAIL = {"from": "Brizna <hello@brizna.example>", "to": ["ana@example.com"], "subject": "Hello", "text": "Hello, Ana."}


@pytest.fixture
def resend(tmp_path):
    with running_resend(tmp_path) as emulator:
        yield emulator


@pytest.fixture
def listener():
    """A web server that keeps what it is sent: (headers, body), answering with the statuses given to it."""
    received = queue.Queue()
    statuses = queue.Queue()

    class Listener(BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers["content-length"]))
            received.put((dict(self.headers), body))
            self.send_response(200 if statuses.empty() else statuses.get())
            self.end_headers()

        def log_message(self, format, *args):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Listener)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    server.received, server.statuses = received, statuses
    server.url = f"http://127.0.0.1:{server.server_address[1]}/hooks/resend"
    yield server
    server.shutdown()
    thread.join(5)
    server.server_close()


def test_an_accepted_mail_can_be_read_back_whole(resend):
    calendar = {
        "filename": "booking.ics",
        "content": base64.b64encode(b"BEGIN:VCALENDAR").decode(),
        "content_type": "text/calendar",
    }
    mail = MAIL | {
        "html": "<p>Hello</p>",
        "reply_to": "desk@brizna.example",
        "headers": {"X-Entity-Ref-ID": "7"},
        "tags": [{"name": "outbox", "value": "7"}],
        "attachments": [calendar],
    }

    status, answer = resend.post("/emails", mail)

    assert status == 200
    _, whole = resend.call("GET", f"/emails/{answer['id']}")
    assert whole["from"] == "Brizna <hello@brizna.example>"
    assert whole["to"] == ["ana@example.com"]
    assert whole["reply_to"] == ["desk@brizna.example"]
    assert whole["text"] == "Hello, Ana."
    assert whole["html"] == "<p>Hello</p>"
    assert whole["tags"] == [{"name": "outbox", "value": "7"}]
    assert whole["last_event"] == "delivered"
    _, attachments = resend.call("GET", f"/emails/{answer['id']}/attachments")
    (one,) = attachments["data"]
    assert one["filename"] == "booking.ics"
    assert resend.raw("GET", one["download_url"].removeprefix(resend.url.rstrip("/")))[2] == b"BEGIN:VCALENDAR"


def test_the_list_is_newest_first_in_pages(resend):
    ids = [resend.post("/emails", MAIL | {"subject": str(number)})[1]["id"] for number in range(3)]

    _, first = resend.call("GET", "/emails?limit=2")
    _, second = resend.call("GET", f"/emails?limit=2&after={ids[1]}")

    assert [one["id"] for one in first["data"]] == [ids[2], ids[1]]
    assert first["has_more"] is True
    assert [one["id"] for one in second["data"]] == [ids[0]]
    assert second["has_more"] is False


@pytest.mark.parametrize(
    ("change", "status", "name"),
    [
        ({"colour": "red"}, 422, "validation_error"),
        ({"subject": ""}, 422, "missing_required_field"),
        ({"to": []}, 422, "missing_required_field"),
        ({"text": None}, 422, "missing_required_field"),
        ({"to": ["not an address"]}, 422, "validation_error"),
        ({"to": ["a@b"]}, 422, "validation_error"),
        ({"to": ["ana@example.com"] * 51}, 422, "validation_error"),
        ({"subject": "a\nBcc: b@example.com"}, 422, "validation_error"),
        ({"headers": {"X-Number": 7}}, 422, "validation_error"),
        ({"tags": [{"name": "with space", "value": "x"}]}, 422, "validation_error"),
        ({"tags": {"name": "x"}}, 422, "validation_error"),
        ({"attachments": [{"filename": "a.txt"}]}, 422, "invalid_attachment"),
        ({"attachments": [{"filename": "a.txt", "content": "%%%"}]}, 422, "invalid_attachment"),
        ({"attachments": [{"content": "YQ=="}]}, 422, "invalid_attachment"),
        ({"attachments": [{"filename": "a.png", "content": "YQ==", "content_id": "<a@b>"}]}, 422, "invalid_attachment"),
        ({"attachments": [{"filename": "a.txt", "content": "YQ==", "size": 1}]}, 422, "validation_error"),
    ],
)
def test_what_is_not_documented_is_refused_in_resends_words(resend, change, status, name):
    answer_status, answer = resend.post("/emails", MAIL | change)

    assert (answer_status, answer["statusCode"], answer["name"]) == (status, status, name)
    assert set(answer) == {"statusCode", "name", "message"}
    assert resend.mails() == []


def test_keys_are_checked(resend):
    assert resend.post("/emails", MAIL, Authorization="Basic x")[1]["name"] == "missing_api_key"
    assert resend.post("/emails", MAIL, Authorization="Bearer re_other")[1]["name"] == "invalid_api_key"
    assert resend.raw("POST", "/emails", b"{not json")[0] == 400
    assert resend.call("GET", "/domains")[0] == 404
    assert resend.mails() == []


def test_the_same_key_and_body_is_one_mail(resend):
    first = resend.post("/emails", MAIL, Idempotency_Key="outbox/7")
    again = resend.post("/emails", MAIL, Idempotency_Key="outbox/7")

    assert first == again
    assert len(resend.mails()) == 1


def test_the_same_key_with_another_body_is_refused(resend):
    resend.post("/emails", MAIL, Idempotency_Key="outbox/7")
    status, answer = resend.post("/emails", MAIL | {"subject": "Other"}, Idempotency_Key="outbox/7")

    assert (status, answer["name"]) == (409, "invalid_idempotent_request")
    assert len(resend.mails()) == 1


def test_a_key_is_forgotten_after_a_day(resend):
    first = resend.post("/emails", MAIL, Idempotency_Key="outbox/7")[1]
    resend.clock.offset = 24 * 3600 + 1
    second = resend.post("/emails", MAIL, Idempotency_Key="outbox/7")[1]

    assert first["id"] != second["id"]


@pytest.mark.parametrize("key", ["", "k" * 257])
def test_a_key_has_1_to_256_characters(resend, key):
    assert resend.post("/emails", MAIL, Idempotency_Key=key)[1]["name"] == "invalid_idempotency_key"
    assert resend.mails() == []


def test_a_batch_is_accepted_whole_or_not_at_all(resend):
    status, answer = resend.post("/emails/batch", [MAIL, MAIL | {"to": "bea@example.com"}])
    assert status == 200
    assert len(answer["data"]) == 2
    assert resend.post("/emails/batch", [MAIL, MAIL | {"attachments": []}])[0] == 422
    assert len(resend.mails()) == 2


def test_too_many_requests_are_told_when_to_come_back(tmp_path):
    with running_resend(tmp_path, per_second=2) as resend:
        assert [resend.post("/emails", MAIL)[0] for _ in range(2)] == [200, 200]
        status, headers, body = resend.raw("POST", "/emails", json.dumps(MAIL).encode())

        assert (status, json.loads(body)["name"]) == (429, "rate_limit_exceeded")
        assert headers["retry-after"] == "1"
        assert headers["ratelimit-remaining"] == "0"
        resend.clock.offset = 1.1
        assert resend.post("/emails", MAIL)[0] == 200


def test_a_fault_counts_down(resend):
    resend.faults(status=503, times=1)

    assert resend.post("/emails", MAIL)[1]["name"] == "application_error"
    assert resend.post("/emails", MAIL)[0] == 200
    assert len(resend.mails()) == 1


def test_429_can_be_asked_for_with_its_waiting_time(resend):
    resend.faults(status=429, retry_after=7, times=1)
    assert resend.raw("POST", "/emails", json.dumps(MAIL).encode())[1]["retry-after"] == "7"


@pytest.mark.parametrize(("when", "accepted"), [("before", 0), ("after", 1)])
def test_a_dropped_connection_leaves_the_client_in_doubt(resend, when, accepted):
    resend.faults(drop=when, times=1)

    with pytest.raises((http.client.RemoteDisconnected, ConnectionError)):
        resend.post("/emails", MAIL, Idempotency_Key="outbox/7")

    assert len(resend.mails()) == accepted
    assert resend.post("/emails", MAIL, Idempotency_Key="outbox/7")[0] == 200
    assert len(resend.mails()) == 1


def test_a_second_request_under_the_same_key_waits_its_turn(resend):
    resend.faults(delay_seconds=1.0, times=1)
    with resend.server.only_one("outbox/7"):
        status, answer = resend.post("/emails", MAIL, Idempotency_Key="outbox/7")

    assert (status, answer["name"]) == (409, "concurrent_idempotent_requests")


def test_an_unknown_switch_is_refused(resend):
    assert resend.call("PUT", "/emulator/faults", {"mood": "bad"})[0] == 422


def test_events_are_signed_and_in_order(tmp_path, listener):
    with running_resend(tmp_path, webhook_url=listener.url) as resend:
        _, answer = resend.post("/emails", MAIL | {"tags": [{"name": "outbox", "value": "7"}]})
        headers, body = listener.received.get(timeout=5)
        second = json.loads(listener.received.get(timeout=5)[1])

    event = json.loads(body)
    assert event["type"] == "email.sent"
    assert event["data"]["email_id"] == answer["id"]
    assert event["data"]["tags"] == {"outbox": "7"}
    assert second["type"] == "email.delivered"
    names = {name.lower(): value for name, value in headers.items()}
    assert is_authentic(
        WEBHOOK_SECRET,
        names["svix-id"],
        names["svix-timestamp"],
        names["svix-signature"],
        body,
        now=float(names["svix-timestamp"]),
    )


def test_resends_test_addresses_have_their_fate(tmp_path, listener):
    with running_resend(tmp_path, webhook_url=listener.url) as resend:
        resend.post("/emails", MAIL | {"to": "bounced+7@resend.dev"})
        kinds = [json.loads(listener.received.get(timeout=5)[1]) for _ in range(2)]

    assert [one["type"] for one in kinds] == ["email.sent", "email.bounced"]
    assert kinds[1]["data"]["bounce"]["type"] == "Permanent"


def test_events_can_be_doubled_reordered_forged_and_held_back(tmp_path, listener):
    with running_resend(tmp_path, webhook_url=listener.url) as resend:
        resend.webhook_faults(duplicate=2, reorder=True, forge=True)
        resend.post("/emails", MAIL)
        got = [listener.received.get(timeout=5) for _ in range(4)]
        resend.webhook_faults(hold=True)
        resend.post("/emails", MAIL)

    assert [json.loads(body)["type"] for _, body in got] == ["email.delivered"] * 2 + ["email.sent"] * 2
    headers = [{name.lower(): value for name, value in one.items()} for one, _ in got]
    assert headers[0]["svix-id"] == headers[1]["svix-id"] != headers[2]["svix-id"]
    assert not is_authentic(
        WEBHOOK_SECRET,
        headers[0]["svix-id"],
        headers[0]["svix-timestamp"],
        headers[0]["svix-signature"],
        got[0][1],
        now=float(headers[0]["svix-timestamp"]),
    )
    assert listener.received.empty()


def test_a_refused_event_is_sent_again_under_the_same_id(tmp_path, listener):
    listener.statuses.put(500)
    with running_resend(tmp_path, webhook_url=listener.url, retry_after=(0.01,)) as resend:
        resend.post("/emails", MAIL)
        ids = [listener.received.get(timeout=5)[0]["svix-id"] for _ in range(3)]

    assert len(set(ids)) == 2


def test_the_command_keeps_its_mail_through_a_kill(tmp_path):
    store = tmp_path / "mail.sqlite3"
    with started(store) as (child, port):
        first = post(port, MAIL)
        child.send_signal(signal.SIGKILL)
        child.wait(5)
    with started(store) as (child, port):
        again = post(port, MAIL)
        child.terminate()
        assert child.wait(5) == 0

    assert first == again


class started:
    def __init__(self, store: Path) -> None:
        command = [sys.executable, "-m", "flectar.platform.integrations.resend.emulator", "--port", "0", "--store"]
        self.child = subprocess.Popen(
            [*command, str(store), "--api-key", "re_test"],
            stdout=subprocess.PIPE,
            text=True,
            cwd=Path(__file__).parents[3] / "src",
        )

    def __enter__(self):
        line = self.child.stdout.readline()
        return self.child, int(line.rstrip("/\n").rpartition(":")[2])

    def __exit__(self, *error):
        self.child.kill()
        self.child.wait(5)
        self.child.stdout.close()


def post(port, mail):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    headers = {"Authorization": "Bearer re_test", "Content-Type": "application/json", "Idempotency-Key": "outbox/7"}
    connection.request("POST", "/emails", json.dumps(mail), headers)
    answer = connection.getresponse()
    data = json.loads(answer.read())
    connection.close()
    assert answer.status == 200
    return data
