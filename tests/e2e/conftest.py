"""A real browser against a real server: Granian as a child, on this run's own database, and the system's Chromium.

Nothing is emptied between these tests: the world is built once, pages are only read, and a test that changes
something makes its own project.
"""

import base64
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import pytest
from django.test import Client
from playwright.sync_api import Browser, BrowserContext, Playwright, sync_playwright

from flectar.core.roles import APP, OPS, OWNER
from tests import canary
from tests.e2e.world import World, build

ROOT = Path(__file__).resolve().parents[2]
AXE = ROOT / "frontend" / "node_modules" / "axe-core" / "axe.min.js"
QUIET = [
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


RESEND_KEY = "re_browser_tests"
RESEND_SECRET = "whsec_" + base64.b64encode(b"the browser tests' own").decode()


@dataclass(frozen=True)
class Server:
    port: int

    def url(self, path: str, host: str = "localhost") -> str:
        return f"http://{host}:{self.port}{path}"


@pytest.fixture(scope="session")
def world(django_db_setup: None, django_db_blocker: Any) -> Iterator[World]:
    """The businesses of the demo, committed. The database stays open to the whole run."""
    with django_db_blocker.unblock():
        yield build()


@pytest.fixture(scope="session")
def server(world: World, database_urls: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """What `bin/run` starts, without its supervisor: web, worker and the local providers."""
    port, mail_port, google_port = _free_port(), _free_port(), _free_port()
    data = tmp_path_factory.mktemp("data")
    environment = {
        **os.environ,
        "PYTHONPATH": str(ROOT / "src"),
        "DATABASE_URL": database_urls[APP],
        "FLECTAR_OWNER_DATABASE_URL": database_urls[OWNER],
        "FLECTAR_OPS_DATABASE_URL": database_urls[OPS],
        "FLECTAR_SECRET_KEY": canary.SECRET_KEY,
        "FLECTAR_KEYS": f"1:{base64.b64encode(canary.KEY).decode()}",
        "FLECTAR_DATA": str(data),
        "FLECTAR_PORT": str(port),
        "FLECTAR_DEMO": "yes",
        "FLECTAR_RESEND_API_KEY": RESEND_KEY,
        "FLECTAR_RESEND_API_URL": f"http://127.0.0.1:{mail_port}/",
        "FLECTAR_RESEND_WEBHOOK_SECRET": RESEND_SECRET,
        "FLECTAR_GOOGLE_CLIENT_ID": "browser-tests",
        "FLECTAR_GOOGLE_CLIENT_SECRET": "the browser tests' own",
        "FLECTAR_GOOGLE_URL": f"http://127.0.0.1:{google_port}",
        "RESEND_API_KEY": RESEND_KEY,
        "RESEND_WEBHOOK_SECRET": RESEND_SECRET,
        "RESEND_WEBHOOK_URL": f"http://127.0.0.1:{port}/webhooks/resend",
    }
    providers = "flectar.platform.integrations"
    back = f"http://localhost:{port}/account/google/callback/"
    commands = {
        "google": ["-m", f"{providers}.google.emulator", "--port", str(google_port), "--redirect-uri", back],
        "mail": ["-m", f"{providers}.resend.emulator", "--port", str(mail_port), "--store", str(data / "mail.sqlite3")],
        "web": ["-m", "flectar.config.command", "serve"],
        "worker": ["-m", "flectar.config.command", "worker"],
    }
    children = {name: _start(command, environment, data / f"{name}.log") for name, command in commands.items()}
    try:
        _wait(children["web"], f"http://127.0.0.1:{port}/healthz", data / "web.log")
        yield Server(port)
    finally:
        for child in children.values():
            child.send_signal(signal.SIGTERM)
        for child in children.values():
            child.wait(timeout=30)


def _start(command: list[str], environment: dict[str, str], log: Path) -> subprocess.Popen[bytes]:
    with log.open("wb") as output:
        return subprocess.Popen([sys.executable, *command], env=environment, stdout=output, stderr=subprocess.STDOUT)


def _free_port() -> int:
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        return int(listening.getsockname()[1])


def _wait(child: subprocess.Popen[bytes], url: str, log: Path) -> None:
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline and child.poll() is None:
        try:
            with urlopen(url, timeout=2):
                return
        except OSError:
            time.sleep(0.1)  # not a test's sleep: the server is still starting
    raise RuntimeError(f"the server did not start:\n{log.read_text()[-4000:]}")


@pytest.fixture(scope="session")
def playwright_driver() -> Iterator[Playwright]:
    with sync_playwright() as driver:
        yield driver


@pytest.fixture(scope="session")
def browser(playwright_driver: Playwright) -> Iterator[Browser]:
    arguments = [*QUIET, "--no-sandbox"] if os.getuid() == 0 else QUIET
    chosen = os.environ.get("FLECTAR_CHROMIUM", "/usr/bin/chromium")
    path = chosen if Path(chosen).exists() else None
    browser = playwright_driver.chromium.launch(executable_path=path, args=arguments)
    yield browser
    browser.close()


@dataclass(frozen=True)
class Mode:
    """One way of looking: how wide, how bright, with or without script."""

    width: int
    scheme: str
    has_script: bool

    def __str__(self) -> str:
        return f"{self.width}-{self.scheme}-{'js' if self.has_script else 'nojs'}"


class Windows:
    """Browser contexts, one for each mode and person, kept for the whole run."""

    def __init__(self, browser: Browser, server: Server) -> None:
        self._browser = browser
        self._server = server
        self._open: dict[tuple[Mode, str], BrowserContext] = {}

    def context(self, mode: Mode, person: Any = None) -> BrowserContext:
        key = (mode, str(person.pk) if person else "")
        if key not in self._open:
            self._open[key] = self.fresh(mode, person)
        return self._open[key]

    def fresh(self, mode: Mode, person: Any = None, zone: str = "", *, has_touch: bool | None = None) -> BrowserContext:
        """`has_touch`: phones have, others not, unless it is said."""
        context = self._browser.new_context(
            viewport={"width": mode.width, "height": 700 if mode.width < 760 else 800},
            color_scheme="dark" if mode.scheme == "dark" else "light",
            java_script_enabled=mode.has_script,
            has_touch=mode.width < 760 if has_touch is None else has_touch,
            locale="en-GB",
            reduced_motion="reduce",
            timezone_id=zone or None,
        )
        context.set_default_timeout(10_000)
        if person is not None:
            context.add_cookies([{"name": "session", "value": session_of(person), "url": self._server.url("/")}])
        return context

    def close(self) -> None:
        for context in self._open.values():
            context.close()


@pytest.fixture(scope="session")
def windows(browser: Browser, server: Server) -> Iterator[Windows]:
    windows = Windows(browser, server)
    yield windows
    windows.close()


def session_of(person: Any) -> str:
    client = Client()
    client.force_login(person)
    return client.cookies["session"].value
