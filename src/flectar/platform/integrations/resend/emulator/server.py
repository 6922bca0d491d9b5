"""Resend's HTTP: keys, limits, idempotency, and the switches that make it fail on demand."""

import contextlib
import json
import threading
import time
from base64 import b64decode
from collections import deque
from collections.abc import Callable
from dataclasses import asdict, dataclass, fields
from email.utils import parseaddr
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

from .events import Courier, EventFaults
from .mailbox import Mailbox
from .rules import ApiError, Email, read_batch, read_email

MAX_BODY = 60 * 1024 * 1024
# Resend's own test addresses; a label after a plus sign is allowed.
BOUNCES = {"message": "The recipient's mail server rejected the email.", "type": "Permanent", "subType": "General"}
FATES: dict[str, tuple[tuple[str, ...], dict[str, Any] | None]] = {
    "delivered": (("sent", "delivered"), None),
    "bounced": (("sent", "bounced"), {"bounce": BOUNCES}),
    "complained": (("sent", "delivered", "complained"), None),
    "suppressed": (("sent", "bounced"), {"bounce": BOUNCES | {"subType": "Suppressed"}}),
}


@dataclass
class Faults:
    """Each counts down: `{"status": 503, "times": 2}` fails twice, then all is well. `times` of -1 never ends."""

    times: int = 0
    status: int = 0
    retry_after: int = 0
    delay_seconds: float = 0.0
    drop: str = ""  # "before" acceptance or "after" it: the connection closes without an answer


class Emulator(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(
        self,
        address: tuple[str, int],
        mailbox: Mailbox,
        courier: Courier,
        *,
        api_key: str,
        per_second: int = 0,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self.mailbox = mailbox
        self.courier = courier
        self.api_key = api_key
        self.per_second = per_second
        self.clock = clock
        self.faults = Faults()
        self._lock = threading.Lock()
        self._recent: deque[float] = deque()
        self._under_way: set[str] = set()
        super().__init__(address, Handler)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that went away is its own business."""

    def take_a_place(self) -> dict[str, str]:
        """The rate-limit headers of this answer; 429 when the last second is full."""
        if not self.per_second:
            return {}
        with self._lock:
            now = self.clock()
            while self._recent and self._recent[0] <= now - 1:
                self._recent.popleft()
            left = self.per_second - len(self._recent)
            headers = {
                "ratelimit-limit": str(self.per_second),
                "ratelimit-remaining": str(max(left - 1, 0)),
                "ratelimit-reset": "1",
            }
            if left <= 0:
                message = f"Too many requests. You can only make {self.per_second} requests per second."
                raise ApiError(429, "rate_limit_exceeded", message, headers | {"retry-after": "1"})
            self._recent.append(now)
            return headers

    def next_fault(self) -> Faults:
        with self._lock:
            if not self.faults.times:
                return Faults()
            self.faults.times -= self.faults.times > 0
            return Faults(**asdict(self.faults))

    @contextlib.contextmanager
    def only_one(self, key: str | None) -> Any:
        with self._lock:
            if key in self._under_way:
                message = "Same idempotency key used while original request is still in progress."
                raise ApiError(409, "concurrent_idempotent_requests", message)
            if key is not None:
                self._under_way.add(key)
        try:
            yield
        finally:
            with self._lock:
                self._under_way.discard(key or "")

    def announce_fate(self, email_id: str, email: Email) -> None:
        local, _, domain = parseaddr(email.to[0])[1].partition("@")
        fate = local.partition("+")[0] if domain == "resend.dev" else "delivered"
        kinds, extra = FATES.get(fate, FATES["delivered"])
        self.mailbox.note_event(email_id, kinds[-1])
        self.courier.announce(self.mailbox.whole(email_id), *kinds, extra=extra)


class Handler(BaseHTTPRequestHandler):
    server: Emulator
    server_version = "resend-emulator"
    protocol_version = "HTTP/1.1"
    timeout = 30
    # Two packets to one small answer, and Nagle would hold the second for 40 ms.
    disable_nagle_algorithm = True

    def do_GET(self) -> None:
        self._answer(self._get)

    def do_POST(self) -> None:
        self._answer(self._post)

    def do_PUT(self) -> None:
        self._answer(self._put)

    def _answer(self, act: Callable[[str, bytes], tuple[int, Any]]) -> None:
        try:
            body = self._body()
            path = urlsplit(self.path).path
            self._limits: dict[str, str] = {}
            if not path.startswith("/emulator/"):
                self._authenticate()
                self._limits = self.server.take_a_place()
            status, answer = act(path, body)
        except ApiError as error:
            self._send(error.status, error.body(), self._limits_so_far() | error.headers)
        except _Dropped:
            self.close_connection = True
        else:
            self._send(status, answer, self._limits_so_far())

    def _limits_so_far(self) -> dict[str, str]:
        return getattr(self, "_limits", {})

    def _body(self) -> bytes:
        length = self.headers.get("content-length", "0")
        if self.headers.get("transfer-encoding"):
            self.close_connection = True
            raise ApiError(411, "validation_error", "Content-Length is required.")
        if not length.isdigit() or int(length) > MAX_BODY:
            self.close_connection = True
            raise ApiError(413, "validation_error", "The request body is too large.")
        return self.rfile.read(int(length))

    def _authenticate(self) -> None:
        scheme, _, key = self.headers.get("authorization", "").partition(" ")
        if scheme != "Bearer" or not key:
            raise ApiError(401, "missing_api_key", "Missing API Key")
        if key != self.server.api_key:
            raise ApiError(403, "invalid_api_key", "API key is invalid")

    def _get(self, path: str, body: bytes) -> tuple[int, Any]:
        match path.strip("/").split("/"):
            case ["emulator", "health"]:
                return 200, {"object": "emulator"}
            case ["emulator", "webhooks"]:
                return 200, {"data": [{"id": id_, "status": status} for id_, status in self.server.courier.answers]}
            case ["emails"]:
                return 200, self._listing()
            case ["emails", email_id]:
                return 200, self.server.mailbox.whole(email_id)
            case ["emails", email_id, "attachments"]:
                return 200, self._attachments(email_id)
            case ["emulator", "emails", email_id, "attachments", index] if index.isdigit():
                return 200, self._download(email_id, int(index))
        raise ApiError(404, "not_found", "The requested endpoint does not exist")

    def _listing(self) -> dict[str, Any]:
        query = parse_qs(urlsplit(self.path).query)
        limit = query.get("limit", ["20"])[0]
        if not limit.isdigit() or not 1 <= int(limit) <= 100:
            raise ApiError(422, "validation_error", "The `limit` must be between 1 and 100.")
        pages = {name: query[name][0] for name in ("after", "before") if name in query}
        return self.server.mailbox.listing(limit=int(limit), **pages)

    def _attachments(self, email_id: str) -> dict[str, Any]:
        host, port = self.server.server_address[:2]
        base = (
            f"http://{host if isinstance(host, str) else host.decode()}:{port}/emulator/emails/{email_id}/attachments"
        )
        data = [
            {
                "id": str(index),
                "filename": one["filename"],
                "content_type": one["content_type"],
                "content_id": one["content_id"] or None,
                "size": len(b64decode(one["content"])),
                "download_url": f"{base}/{index}",
            }
            for index, one in enumerate(self.server.mailbox.attachments(email_id))
        ]
        return {"object": "list", "has_more": False, "data": data}

    def _download(self, email_id: str, index: int) -> bytes:
        attachments = self.server.mailbox.attachments(email_id)
        if index >= len(attachments):
            raise ApiError(404, "not_found", "Attachment not found")
        return b64decode(attachments[index]["content"])

    def _post(self, path: str, body: bytes) -> tuple[int, Any]:
        match path.strip("/").split("/"):
            case ["emails"]:
                ids = self._accept(body, lambda data: [read_email(data)])
                return 200, {"id": ids[0]}
            case ["emails", "batch"]:
                ids = self._accept(body, read_batch)
                return 200, {"data": [{"id": one} for one in ids]}
            case ["emulator", "emails", email_id, "events"]:
                event = _json(body)
                email = self.server.mailbox.whole(email_id)
                self.server.mailbox.note_event(email_id, event["kind"])
                self.server.courier.announce(email, event["kind"], extra=event.get("extra"))
                return 200, {"object": "event"}
        raise ApiError(405, "method_not_allowed", "Method is not allowed for the requested path")

    def _put(self, path: str, body: bytes) -> tuple[int, Any]:
        """The switches: `/emulator/faults` for requests, `/emulator/webhooks` for what we send."""
        if path == "/emulator/faults":
            self.server.faults = Faults(**_known(_json(body), Faults))
            return 200, asdict(self.server.faults)
        if path == "/emulator/webhooks":
            self.server.courier.faults = EventFaults(**_known(_json(body), EventFaults))
            return 200, asdict(self.server.courier.faults)
        raise ApiError(404, "not_found", "The requested endpoint does not exist")

    def _accept(self, body: bytes, read: Callable[[object], list[Email]]) -> list[str]:
        key = self.headers.get("idempotency-key")
        if key is not None and not 1 <= len(key) <= 256:
            raise ApiError(400, "invalid_idempotency_key", "The key must be between 1-256 chars.")
        if self.headers.get_content_type() != "application/json":
            raise ApiError(415, "validation_error", "The request must be JSON.")
        with self.server.only_one(key):
            fault = self.server.next_fault()
            if fault.delay_seconds:
                # The one wait of the emulator: a provider that thinks it over.
                threading.Event().wait(fault.delay_seconds)
            if fault.drop == "before":
                raise _Dropped
            if fault.status:
                raise _failure(fault)
            emails = read(_json(body))
            ids, are_new = self.server.mailbox.accept(emails, api_key=self.server.api_key, key=key, raw=body)
        if are_new:
            for email_id, email in zip(ids, emails, strict=True):
                self.server.announce_fate(email_id, email)
        if fault.drop == "after":
            raise _Dropped
        return ids

    def _send(self, status: int, answer: Any, headers: dict[str, str]) -> None:
        is_file = isinstance(answer, bytes)
        body = answer if is_file else json.dumps(answer).encode()
        self.send_response(status)
        self.send_header("content-type", "application/octet-stream" if is_file else "application/json")
        self.send_header("content-length", str(len(body)))
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:
        """Quiet: what arrives is in the mailbox."""


class _Dropped(Exception):
    """The connection closes and the client never learns what became of its request."""


def _failure(fault: Faults) -> ApiError:
    headers = {"retry-after": str(fault.retry_after)} if fault.retry_after else {}
    if fault.status == 429:
        return ApiError(429, "rate_limit_exceeded", "Too many requests.", headers)
    name = "application_error" if fault.status >= 500 else "validation_error"
    return ApiError(fault.status, name, "Something went wrong.", headers)


def _json(body: bytes) -> Any:
    try:
        return json.loads(body)
    except ValueError:
        raise ApiError(400, "validation_error", "The request body is not valid JSON.") from None


def _known(data: Any, switches: type) -> dict[str, Any]:
    if not isinstance(data, dict) or set(data) - {one.name for one in fields(switches)}:
        raise ApiError(422, "validation_error", "No such switch.")
    return data
