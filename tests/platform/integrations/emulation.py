"""A Resend emulator in a thread of the test, and one in a process of its own."""

import contextlib
import json
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from flectar.platform.integrations.resend.emulator.events import Courier
from flectar.platform.integrations.resend.emulator.mailbox import Mailbox
from flectar.platform.integrations.resend.emulator.server import Emulator

API_KEY = "re_test"
WEBHOOK_SECRET = "whsec_dGVzdCBzZWNyZXQgb2YgdGhlIHdlYmhvb2tz"


class Clock:
    def __init__(self) -> None:
        self.offset = 0.0

    def __call__(self) -> float:
        return time.time() + self.offset


@dataclass
class Resend:
    """The emulator as a client sees it."""

    url: str
    server: Emulator
    clock: Clock

    def post(self, path: str, data: Any, **headers: str) -> tuple[int, Any]:
        return self.call("POST", path, data, **headers)

    def call(self, method: str, path: str, data: Any = None, **headers: str) -> tuple[int, Any]:
        status, _, body = self.raw(method, path, None if data is None else json.dumps(data).encode(), **headers)
        return status, json.loads(body)

    def raw(self, method: str, path: str, body: bytes | None = None, **headers: str) -> tuple[int, Any, bytes]:
        base = {"Authorization": f"Bearer {API_KEY}", "Content-Type": "application/json"}
        request = urllib.request.Request(
            self.url.rstrip("/") + path,
            body,
            base | {name.replace("_", "-"): value for name, value in headers.items()},
            method=method,
        )
        try:
            with urllib.request.urlopen(request, timeout=10) as answer:
                return answer.status, answer.headers, answer.read()
        except urllib.error.HTTPError as answer:
            return answer.code, answer.headers, answer.read()

    def mails(self) -> list[dict[str, Any]]:
        """Accepted mails, oldest first, whole."""
        rows = self.server.mailbox.listing(limit=100)["data"]
        return [self.server.mailbox.whole(row["id"]) for row in reversed(rows)]

    def faults(self, **switches: Any) -> None:
        assert self.call("PUT", "/emulator/faults", switches)[0] == 200

    def webhook_faults(self, **switches: Any) -> None:
        assert self.call("PUT", "/emulator/webhooks", switches)[0] == 200


@contextlib.contextmanager
def running_resend(
    folder: Path, *, webhook_url: str | None = None, per_second: int = 0, retry_after: tuple[float, ...] = ()
) -> Iterator[Resend]:
    clock = Clock()
    mailbox = Mailbox(str(folder / "mail.sqlite3"), clock)
    courier = Courier(webhook_url, WEBHOOK_SECRET, clock=clock, retry_after=retry_after)
    server = Emulator(("127.0.0.1", 0), mailbox, courier, api_key=API_KEY, per_second=per_second, clock=clock)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    courier.start()
    try:
        yield Resend(f"http://127.0.0.1:{server.server_address[1]}/", server, clock)
    finally:
        courier.end()
        server.shutdown()
        thread.join(5)
        server.server_close()
        mailbox.close()
