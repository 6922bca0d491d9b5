"""A Google emulator in a thread of the test, and the way through its page."""

import contextlib
import threading
import urllib.error
import urllib.request
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

from flectar.config.settings import google
from flectar.platform.integrations.google.emulator.server import Emulator

CLIENT_ID, CLIENT_SECRET = "an-app", "canary-google-secret"
CALLBACK = "http://localhost:8000/account/google/callback/"


@contextlib.contextmanager
def running_google() -> Iterator[Emulator]:
    server = Emulator(("127.0.0.1", 0), client_id=CLIENT_ID, client_secret=CLIENT_SECRET, redirect_uris=(CALLBACK,))
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        thread.join(5)
        server.server_close()


def use(settings: Any, server: Emulator) -> None:
    """As an installation is configured that offers Google."""
    settings.GOOGLE_CLIENT_ID = CLIENT_ID
    settings.GOOGLE = google(server.url)
    settings.SOCIALACCOUNT_PROVIDERS = {"google": {"APPS": [{"client_id": CLIENT_ID, "secret": CLIENT_SECRET}]}}


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *args: Any, **kwargs: Any) -> None:
        return None


def call(method: str, url: str, form: dict[str, str] | None = None, **headers: str) -> tuple[int, Any, bytes]:
    body = None if form is None else urlencode(form).encode()
    request = urllib.request.Request(url, body, headers, method=method)
    try:
        with urllib.request.build_opener(_NoRedirect).open(request, timeout=10) as answer:
            return answer.status, answer.headers, answer.read()
    except urllib.error.HTTPError as answer:
        return answer.code, answer.headers, answer.read()


def choose(address: str, email: str) -> str:
    """Say who one is on Google's page; the address that the browser is sent back to."""
    status, _headers, page = call("GET", address)
    assert status == 200, page
    status, headers, _body = call("POST", address, {"email": email})
    assert status == 302
    return str(headers["location"])
