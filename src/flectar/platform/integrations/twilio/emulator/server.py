"""Twilio's HTTP for one resource: Messages.json. Keeps what it took; nothing leaves this computer."""

import base64
import hmac
import json
import re
import secrets
import threading
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl

FIELDS = {"To", "From", "Body"}
NUMBER = re.compile(r"\+[1-9][0-9]{6,14}")
MOST_CHARACTERS = 1600


@dataclass
class Faults:
    """`times` counts down; `status` is answered, `drop` closes the connection "before" or "after" it was taken."""

    times: int = 0
    status: int = 0
    drop: str = ""


class Refused(Exception):
    """In Twilio's own words and numbers."""

    def __init__(self, status: int, code: int, message: str) -> None:
        self.status = status
        self.body = {"code": code, "message": message, "more_info": f"errors/{code}", "status": status}
        super().__init__(message)


class Emulator(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(
        self, address: tuple[str, int], *, account: str, token: str, numbers: tuple[str, ...], opted_out: set[str]
    ) -> None:
        self.account = account
        self.token = token
        self.numbers = numbers
        self.opted_out = opted_out
        self.faults = Faults()
        self.taken: list[dict[str, str]] = []
        self.lock = threading.Lock()
        super().__init__(address, Handler)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that went away is its own business."""

    def next_fault(self) -> Faults:
        with self.lock:
            if not self.faults.times:
                return Faults()
            self.faults.times -= 1
            return Faults(status=self.faults.status, drop=self.faults.drop)

    def take(self, form: dict[str, str]) -> dict[str, Any]:
        if unknown := set(form) - FIELDS:
            raise Refused(400, 21620, f"Unknown parameter {min(unknown)}")
        if not form.get("To"):
            raise Refused(400, 21604, "A 'To' phone number is required.")
        if not NUMBER.fullmatch(form["To"]):
            raise Refused(400, 21211, f"Invalid 'To' Phone Number: {form['To']}")
        if form.get("From") not in self.numbers:
            raise Refused(400, 21606, f"The 'From' phone number {form.get('From')} is not yours.")
        if not form.get("Body"):
            raise Refused(400, 21602, "Message body is required.")
        if len(form["Body"]) > MOST_CHARACTERS:
            raise Refused(400, 21617, "The concatenated message body exceeds the 1600 character limit.")
        if form["To"] in self.opted_out:
            raise Refused(400, 21610, "Attempt to send to unsubscribed recipient")
        sid = f"SM{secrets.token_hex(16)}"
        with self.lock:
            self.taken.append({"sid": sid, **form})
        names = {"to": form["To"], "from": form["From"], "body": form["Body"]}
        return {"sid": sid, "account_sid": self.account, "status": "queued", "error_code": None, **names}


class Handler(BaseHTTPRequestHandler):
    server: Emulator
    server_version = "twilio-emulator"
    protocol_version = "HTTP/1.1"
    timeout = 30
    disable_nagle_algorithm = True

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("content-length", "0")))
        fault = self.server.next_fault()
        try:
            self._check(fault)
            answer = self.server.take(dict(parse_qsl(body.decode(), keep_blank_values=True, strict_parsing=True)))
        except Refused as refusal:
            self._send(refusal.status, refusal.body)
            return
        except ValueError:
            self._send(400, {"code": 20001, "message": "Bad request", "status": 400})
            return
        if fault.drop:
            self.close_connection = True
            return
        self._send(201, answer)

    def _check(self, fault: Faults) -> None:
        if self.path != f"/2010-04-01/Accounts/{self.server.account}/Messages.json":
            raise Refused(404, 20404, f"The requested resource {self.path} was not found")
        scheme, _, packed = self.headers.get("authorization", "").partition(" ")
        given = base64.b64decode(packed).decode() if scheme == "Basic" else ""
        if not hmac.compare_digest(given, f"{self.server.account}:{self.server.token}"):
            raise Refused(401, 20003, "Authenticate")
        if self.headers.get_content_type() != "application/x-www-form-urlencoded":
            raise Refused(415, 20415, "Unsupported Media Type")
        if fault.status:
            raise Refused(fault.status, 20429 if fault.status == 429 else 20500, "Something went wrong.")

    def _send(self, status: int, answer: dict[str, Any]) -> None:
        body = json.dumps(answer).encode()
        self.send_response(status)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(body)))
        if status == 429:
            self.send_header("retry-after", "7")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:
        """Quiet."""
