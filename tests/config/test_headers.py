"""The header grade: whatever answers, in front of Django or behind it, over https, says the same about safety; and
every cookie is bound to its host."""

import io
from http.cookies import SimpleCookie
from pathlib import Path
from runpy import run_path
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.core.wsgi import get_wsgi_application

from flectar.config.bodies import cap
from flectar.core import storage
from flectar.core.bodies import bodies
from flectar.core.tenancy import project_scope
from flectar.platform.accounts.models import User
from flectar.platform.projects.models import Project
from flectar.presence.sites import serving
from flectar.presence.sites.jobs import publish
from flectar.ui import assets
from tests import canary
from tests.platform.webapi import make as programs

ALWAYS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "strict-origin-when-cross-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
}


type Place = tuple[str, str, int, dict[str, Any]]


class Answer:
    def __init__(self, application: Any, environ: dict[str, Any]) -> None:
        parts = application(environ, self._start)
        self.body = b"".join(parts)
        if close := getattr(parts, "close", None):
            close()

    def _start(self, status: str, headers: list[tuple[str, str]], *_: Any) -> None:
        self.status = int(status.partition(" ")[0])
        self.headers = dict(headers)
        self.cookies: SimpleCookie = SimpleCookie()
        for name, value in headers:
            if name.lower() == "set-cookie":
                self.cookies.load(value)


class Server:
    """The whole of what a worker serves, as config/wsgi.py puts it together."""

    def __init__(self) -> None:
        self.application = serving.front(bodies(get_wsgi_application(), cap))

    def __call__(self, host: str, path: str, method: str = "GET", body: bytes = b"", **headers: str) -> Answer:
        path, _mark, query = path.partition("?")
        environ: dict[str, Any] = {
            "REQUEST_METHOD": method,
            "PATH_INFO": path,
            "QUERY_STRING": query,
            "SERVER_NAME": "127.0.0.1",
            "SERVER_PORT": "8000",
            "SERVER_PROTOCOL": "HTTP/1.1",
            "REMOTE_ADDR": "203.0.113.7",
            "HTTP_HOST": host,
            "wsgi.url_scheme": "http",
            "wsgi.version": (1, 0),
            "wsgi.multithread": True,
            "wsgi.multiprocess": True,
            "wsgi.run_once": False,
            "wsgi.errors": io.StringIO(),
            "wsgi.input": io.BytesIO(body),
            **({"CONTENT_LENGTH": str(len(body))} if body else {}),
            **{name if name == "CONTENT_TYPE" else f"HTTP_{name.upper()}": value for name, value in headers.items()},
        }
        return Answer(self.application, environ)


@pytest.fixture
def server(settings: Any, monkeypatch: pytest.MonkeyPatch, transactional_db: None) -> Server:
    """With every setting as a https installation has it."""
    monkeypatch.setenv("FLECTAR_HTTPS", "yes")
    names = ("SECURE_", "SESSION_COOKIE", "CSRF_COOKIE", "HTTPS", "THEME_", "LANGUAGE_C", "ACCOUNTS_C", "DEVICE_C")
    for name, value in run_path(f"{django_settings.PACKAGE}/config/settings.py").items():
        if name.startswith(names):
            setattr(settings, name, value)
    settings.LISTEN_DATABASE_URL = ""
    return Server()


def missing(answer: Answer) -> list[str]:
    headers = answer.headers
    wrong = [name for name, value in ALWAYS.items() if headers.get(name) != value]
    if not headers.get("Strict-Transport-Security", "").startswith(("max-age=63072000", "max-age=31536000")):
        wrong.append("Strict-Transport-Security")
    policy = headers.get("Content-Security-Policy", "")
    if not policy.startswith("default-src 'none'") or "unsafe" in policy or "*" in policy:
        wrong.append("Content-Security-Policy")
    if headers.get("Cross-Origin-Resource-Policy") not in ("same-origin", "cross-origin"):
        wrong.append("Cross-Origin-Resource-Policy")
    if "geolocation=()" not in headers.get("Permissions-Policy", ""):
        wrong.append("Permissions-Policy")
    return wrong


@pytest.fixture
def places(salon: Project, server: Server, settings: Any, tmp_path: Path) -> dict[str, Place]:
    """One of every kind of answer: where it is asked for, and with which status it comes."""
    settings.STORAGES = {
        **settings.STORAGES,
        "public": {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": str(tmp_path)}},
    }
    with project_scope(salon.pk):
        publish(salon)
        saved = storage.save_public("words", ".txt", b"words")
    key = programs.key(salon)[1]
    api = {"authorization": f"Bearer {key}"}
    site = "nacar.localhost"
    return {
        "sign-in": ("localhost", "/account/login/", 200, {}),
        "a page for members": ("localhost", "/nacar/", 302, {}),
        "a legal page": ("localhost", "/legal/terms", 200, {}),
        "security.txt": ("localhost", "/.well-known/security.txt", 200, {}),
        "the status page": ("localhost", "/status", 200, {}),
        "health": ("localhost", "/healthz", 200, {}),
        "readiness": ("localhost", "/readyz", 200, {}),
        "nothing": ("localhost", "/nowhere/at/all", 404, {}),
        "a bad address": ("localhost", "/account/login/?a=%00", 400, {}),
        "another ending": ("localhost", "/legal", 301, {}),
        "another method": ("localhost", "/appearance", 405, {}),
        "another origin": ("localhost", "/account/login/", 403, {"method": "POST", "origin": "https://evil.example"}),
        "too much": ("localhost", "/account/login/", 413, {"method": "POST", "body": b"x" * 1_100_000}),
        "two lengths": ("localhost", "/", 400, {"method": "POST", "body": b"x", "transfer_encoding": "chunked"}),
        "a very long address": ("localhost", "/" + "a" * 20_000, 414, {}),
        "the API": ("localhost", "/api/v1/projects/nacar/customers", 200, api),
        "the API without a key": ("localhost", "/api/v1/projects/nacar/customers", 401, {}),
        "the API's description": ("localhost", "/api/v1/openapi.json", 200, {}),
        "a style sheet": ("localhost", assets.url("app.css"), 200, {}),
        "a published page": (site, "/", 200, {}),
        "a page of the site that Django makes": (site, "/book", 200, {}),
        "nothing on a site": (site, "/nowhere", 404, {}),
        "robots.txt": (site, "/robots.txt", 200, {}),
        "a file": ("files.localhost", f"/public/{saved}", 200, {}),
        "a file that is gone": ("files.localhost", "/public/words/gone.txt", 404, {}),
        "a refused file": ("files.localhost", "/no-token/file.txt", 403, {}),
        "an unknown host": ("unknown.localhost", "/", 421, {}),
        "a host that is none": ("x y", "/", 400, {}),
    }


def test_every_kind_of_answer_has_the_whole_grade(server: Server, places: dict[str, Any]):
    found = {}
    for kind, (host, path, status, asked) in places.items():
        answer = server(host, path, **asked)
        assert answer.status == status, f"{kind}: {answer.status}"
        if wrong := missing(answer):
            found[kind] = wrong

    assert found == {}


def test_the_platform_promises_https_for_two_years_and_for_every_name_below_it(server: Server):
    assert server("localhost", "/healthz").headers["Strict-Transport-Security"] == (
        "max-age=63072000; includeSubDomains; preload"
    )


def test_every_cookie_is_bound_to_its_host_and_hidden_from_scripts(server: Server, lucia: User):
    page = server("localhost", "/account/login/")
    token = page.cookies["__Host-csrf"].value
    field = page.body.decode().partition('name="csrfmiddlewaretoken" value="')[2].partition('"')[0]
    form = f"csrfmiddlewaretoken={field}&login=lucia%40nacar.example&password={canary.PASSWORD.replace(' ', '+')}"
    origin = {"origin": "https://localhost", "cookie": f"__Host-csrf={token}"}
    kind = "application/x-www-form-urlencoded"

    entered = server("localhost", "/account/login/", method="POST", body=form.encode(), CONTENT_TYPE=kind, **origin)
    theme = f"csrfmiddlewaretoken={field}&theme=dark".encode()
    chosen = server("localhost", "/appearance", method="POST", body=theme, CONTENT_TYPE=kind, **origin)

    assert entered.status == 302
    jar = {**page.cookies, **entered.cookies, **chosen.cookies}
    assert {"__Host-session", "__Host-csrf", "__Host-theme"} <= set(jar)
    for name, morsel in jar.items():
        assert name.startswith("__Host-"), name
        assert morsel["secure"], name
        assert morsel["httponly"], name
        assert morsel["samesite"] == "Lax", name
        assert (morsel["path"], morsel["domain"]) == ("/", ""), name


def test_a_published_page_and_a_file_set_no_cookie(server: Server, places: dict[str, Any]):
    for kind in ("a published page", "robots.txt", "a style sheet", "a refused file", "health", "the API"):
        host, path, _status, asked = places[kind]
        assert not server(host, path, **asked).cookies, kind
