"""Signed webhooks, as Resend sends them through Svix: the sender's side, written apart from the product's check."""

import hashlib
import hmac
import http.client
import json
import queue
import threading
import time
import uuid
from base64 import b64decode, b64encode
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

# Resend's retries, counted from the failed try before.
RETRY_AFTER_SECONDS = (5.0, 300.0, 1800.0, 7200.0, 18000.0, 36000.0)


def svix_headers(secret: str, message_id: str, moment: int, body: bytes) -> dict[str, str]:
    mac = hmac.new(b64decode(secret.split("_", 1)[1]), digestmod=hashlib.sha256)
    for part in (message_id.encode(), b".", str(moment).encode(), b".", body):
        mac.update(part)
    return {
        "svix-id": message_id,
        "svix-timestamp": str(moment),
        "svix-signature": "v1," + b64encode(mac.digest()).decode(),
    }


@dataclass
class EventFaults:
    """How often each event is sent, whether in order, and whether by the right hand."""

    hold: bool = False
    duplicate: int = 1
    reorder: bool = False
    forge: bool = False


@dataclass(order=True)
class Delivery:
    due_at: float
    number: int
    message_id: str = field(compare=False)
    body: bytes = field(compare=False)
    tries: int = field(default=0, compare=False)
    forged: bool = field(default=False, compare=False)


class Courier(threading.Thread):
    """Sends what is queued to one address, one after the other, and tries again later what was not taken."""

    def __init__(
        self,
        url: str | None,
        secret: str,
        *,
        clock: Callable[[], float] = time.time,
        retry_after: tuple[float, ...] = RETRY_AFTER_SECONDS,
    ) -> None:
        super().__init__(name="resend-webhooks", daemon=True)
        self.url = url
        self.secret = secret
        self.clock = clock
        self.retry_after = retry_after
        self.faults = EventFaults()
        self.answers: list[tuple[str, int]] = []
        self._queue: queue.PriorityQueue[Delivery] = queue.PriorityQueue()
        self._numbers = iter(range(1, 1 << 62))
        self._wake = threading.Condition()
        self._ended = False

    def announce(self, email: dict[str, Any], *kinds: str, extra: dict[str, Any] | None = None) -> None:
        """Queue `email.<kind>` for each of `kinds`, in this order unless a fault says otherwise."""
        if self.url is None or self.faults.hold:
            return
        bodies = [event_body(email, kind, self.clock(), extra) for kind in kinds]
        for body in reversed(bodies) if self.faults.reorder else bodies:
            message_id = f"msg_{uuid.uuid4().hex}"
            for _ in range(self.faults.duplicate):
                self._put(Delivery(self.clock(), next(self._numbers), message_id, body, forged=self.faults.forge))

    def _put(self, delivery: Delivery) -> None:
        with self._wake:
            self._queue.put(delivery)
            self._wake.notify_all()

    def end(self) -> None:
        with self._wake:
            self._ended = True
            self._wake.notify_all()

    def run(self) -> None:
        while (delivery := self._next()) is not None:
            status = self._send(delivery)
            self.answers.append((delivery.message_id, status))
            if not 200 <= status < 300 and delivery.tries < len(self.retry_after):
                delivery.due_at = self.clock() + self.retry_after[delivery.tries]
                delivery.tries += 1
                self._put(delivery)

    def _next(self) -> Delivery | None:
        with self._wake:
            while not self._ended:
                if self._queue.empty():
                    self._wake.wait()
                elif (wait := self._queue.queue[0].due_at - self.clock()) > 0:
                    self._wake.wait(wait)
                else:
                    return self._queue.get_nowait()
        return None

    def _send(self, delivery: Delivery) -> int:
        """The status of the answer; 0 when there was none."""
        address = urlsplit(self.url or "")
        headers = svix_headers(self.secret, delivery.message_id, int(self.clock()), delivery.body)
        if delivery.forged:
            headers["svix-signature"] = "v1," + b64encode(bytes(32)).decode()
        connection = http.client.HTTPConnection(address.hostname or "", address.port, timeout=10)
        try:
            path = address.path + (f"?{address.query}" if address.query else "")
            connection.request("POST", path, delivery.body, headers | {"content-type": "application/json"})
            return connection.getresponse().status
        except (OSError, http.client.HTTPException):
            return 0
        finally:
            connection.close()


def event_body(email: dict[str, Any], kind: str, moment: float, extra: dict[str, Any] | None = None) -> bytes:
    at = datetime.fromtimestamp(moment, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    data = {
        "created_at": email["created_at"],
        "email_id": email["id"],
        "from": email["from"],
        "to": email["to"],
        "subject": email["subject"],
        "tags": {tag["name"]: tag["value"] for tag in email["tags"]},
    }
    return json.dumps({"type": f"email.{kind}", "created_at": at, "data": data | (extra or {})}).encode()
