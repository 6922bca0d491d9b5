"""A calendar's server as Google, Outlook and Apple run one, and as it is on a bad day: real HTTP on loopback."""

import gzip
import hashlib
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any


@dataclass
class CalendarServer:
    """What it has, how it behaves, and what was asked."""

    content: bytes = b""
    status: int = 200
    has_etags: bool = True
    headers: dict[str, str] = field(default_factory=dict)
    location: str = ""  # it leads on
    promises: int = 0  # bytes more than it sends
    drips: float = 0.0  # seconds between two bytes
    is_packed: bool = False
    endless: bool = False
    asked: list[dict[str, str]] = field(default_factory=list)
    port: int = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/private-4711/basic.ics"

    @property
    def etag(self) -> str:
        return f'"{hashlib.sha256(self.content).hexdigest()[:12]}"'


@contextmanager
def serving(calendar: CalendarServer) -> Iterator[CalendarServer]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            calendar.asked.append({name.lower(): value for name, value in self.headers.items()})
            if calendar.location:
                self.send_response(302)
                self.send_header("Location", calendar.location)
                self.end_headers()
                return
            if calendar.status == 200 and self.headers.get("If-None-Match") == calendar.etag:
                self.send_response(304)
                self.end_headers()
                return
            body = gzip.compress(calendar.content) if calendar.is_packed else calendar.content
            self.send_response(calendar.status)
            self.send_header("Content-Type", "text/calendar; charset=utf-8")
            if calendar.has_etags:
                self.send_header("ETag", calendar.etag)
            if calendar.is_packed:
                self.send_header("Content-Encoding", "gzip")
            for name, value in calendar.headers.items():
                self.send_header(name, value)
            if not calendar.endless:
                self.send_header("Content-Length", str(len(body) + calendar.promises))
            self.end_headers()
            try:
                self._send(body)
            except OSError:
                self.close_connection = True  # the other side has heard enough

        def _send(self, body: bytes) -> None:
            if calendar.drips:
                for byte in body:
                    self.wfile.write(bytes([byte]))
                    self.wfile.flush()
                    time.sleep(calendar.drips)
                return
            self.wfile.write(body)
            while calendar.endless:
                self.wfile.write(b"X-FILLER:" + b"x" * 65_536 + b"\r\n")

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    calendar.port = server.server_address[1]
    Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
    try:
        yield calendar
    finally:
        server.shutdown()
        server.server_close()
