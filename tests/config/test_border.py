"""What the border lets through: hosts, text, origins, and what each answer carries."""

import json
import re
from io import BytesIO
from typing import Any
from wsgiref.util import setup_testing_defaults

import pytest
from django.conf import settings as django_settings
from django.core.handlers.wsgi import WSGIHandler
from django.core.signals import request_finished, request_started
from django.db import close_old_connections, connection
from django.test import Client

from flectar.core.bodies import bodies
from flectar.core.logs import request_id
from flectar.platform.projects.models import Project
from tests.cast import PlatformClient

URLS = "tests.config.some_urls"


@pytest.fixture(autouse=True)
def some_urls(settings: Any) -> None:
    settings.ROOT_URLCONF = settings.SITE_URLCONF = URLS


def on(host: str, **headers: str) -> Client:
    return Client(headers={"host": host, **headers}, raise_request_exception=False)


def raw(path: str = "/echo", body: bytes = b"", **environ: Any) -> tuple[int, dict[str, str], bytes]:
    """Past the test client, as bytes come from a server."""
    whole: dict[str, Any] = {
        "REQUEST_METHOD": "GET",
        "PATH_INFO": path,
        "HTTP_HOST": "localhost:8000",
        "REMOTE_ADDR": "127.0.0.1",
        "wsgi.input": BytesIO(body),
        "CONTENT_LENGTH": str(len(body)),
        **environ,
    }
    setup_testing_defaults(whole)
    answered: dict[str, Any] = {}

    def start(status: str, headers: list[tuple[str, str]], exc_info: Any = None) -> None:
        answered.update(status=int(status.split(maxsplit=1)[0]), headers=dict(headers))

    # As the test client does: the test's transaction must outlive the request.
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    try:
        content = b"".join(bodies(WSGIHandler(), lambda path: 3_000_000)(whole, start))
    finally:
        for signal in (request_started, request_finished):
            signal.connect(close_old_connections)
    return answered["status"], answered["headers"], content


# Hosts


@pytest.mark.parametrize(
    "host", ["localhost:8000", "LOCALHOST", "localhost.", "localhost.:99", "127.0.0.1:8000", "[::1]:8000"]
)
def test_the_platform_answers_to_its_names(db: None, host: str):
    answer = on(host).get("/echo")

    assert answer.status_code == 200
    assert answer.json()["zone"] == "platform"


@pytest.mark.parametrize("host", ["nacar.localhost:8000", "NACAR.localhost.:99", "nacar.LOCALHOST", "nacar.localhost."])
def test_a_site_answers_to_its_name_however_it_is_written(salon: Project, host: str):
    answer = on(host).get("/page")

    assert answer.status_code == 200
    assert answer.json()["zone"] == "site"
    assert answer.json()["project"] == str(salon.pk)


@pytest.mark.parametrize(
    "host",
    [
        "unknown.localhost",
        "evil.example",
        "localhost.evil.example",
        "a.nacar.localhost",
        ".localhost",
        "..localhost",
        "nacar.localhost..",
        "nacar .localhost",
        " nacar.localhost",
        "nacar.localhost\x00",
        "nacar\x01.localhost",
        "nacar.localhost/echo",
        "user@nacar.localhost",
        "nacar.localhost:port",
        "nacar.localhost:80:80",
        "nacar.localhost, clinica.localhost",
        "",
        ":8000",
        "[::1",
        "[::2]:8000",
        "[::ffff:127.0.0.1]",
        "10.0.0.1",
        "ñácar.localhost",
        "%6eacar.localhost",
        "nacar_localhost",
        "a" * 300 + ".localhost",
    ],
)
def test_every_other_host_is_misdirected(salon: Project, host: str):
    status, _, body = raw(HTTP_HOST=host.encode().decode("latin-1"))

    assert status == 421
    assert b"nacar" not in body.replace(host.encode(), b"")
    assert b"clinica" not in body


def test_an_unknown_host_learns_nothing_of_the_others(salon: Project, clinic: Project):
    answer = on("unknown.localhost").get("/")

    text = answer.content.decode() + str(answer.headers)
    assert not re.search(r"nacar|Nácar|clinica|Clínica", text)


def test_a_forwarded_host_is_not_believed(salon: Project):
    assert on("localhost", **{"x-forwarded-host": "nacar.localhost"}).get("/echo").json()["zone"] == "platform"


def test_a_sites_host_knows_none_of_the_platforms_pages(salon: Project, settings: Any):
    settings.ROOT_URLCONF, settings.SITE_URLCONF = URLS, "flectar.config.site_urls"

    assert on("nacar.localhost").get("/nacar/echo").status_code == 404


def test_the_platforms_host_knows_none_of_the_sites_pages(salon: Project, settings: Any):
    settings.ROOT_URLCONF = "flectar.config.files_urls"

    assert on("localhost").get("/page").status_code == 404


@pytest.mark.parametrize("host", ["localhost", "nacar.localhost", "10.0.0.1", "evil.example", "x y", ""])
def test_health_is_answered_on_any_host(db: None, host: str):
    assert raw("/healthz", HTTP_HOST=host)[0] == 200


def test_a_platform_session_is_nobody_on_another_host(salon: Project, lucia: Any):
    browser = on("localhost")
    browser.force_login(lucia)
    assert browser.get("/echo").json()["signed_in"]

    stolen = on("nacar.localhost")
    stolen.cookies = browser.cookies

    assert not stolen.get("/page").json()["signed_in"]


# Text


@pytest.mark.parametrize("path", ["/echo%00", "/%00", "/nacar%00/echo"])
def test_a_nul_in_the_path_is_a_bad_request(salon: Project, path: str):
    assert on("localhost").get(path).status_code == 400


@pytest.mark.parametrize("path", ["/echo%ED%A0%80", "/%FF%FE", "/echo%C3"])
def test_broken_utf8_in_the_path_is_no_error_of_ours(salon: Project, path: str):
    assert on("localhost").get(path).status_code == 404


@pytest.mark.parametrize("query", ["a=%00", "%00=a", "a=1&a=x%00y"])
def test_a_nul_in_the_query_is_a_bad_request(db: None, query: str):
    assert raw(QUERY_STRING=query)[0] == 400


@pytest.mark.parametrize("query", ["a=%ED%A0%80", "a=%FF", "a=%", "&&=&", "a[]=1"])
def test_a_broken_query_is_read_as_far_as_it_goes(db: None, query: str):
    assert raw(QUERY_STRING=query)[0] == 200


@pytest.mark.parametrize("charset", ["utf-8", "UTF-8", "iso-8859-1", "windows-1252", "us-ascii"])
def test_the_senders_charset_changes_nothing(db: None, charset: str):
    status, _, body = raw(QUERY_STRING="a=%C3%B1", CONTENT_TYPE=f"text/plain; charset={charset}")

    assert status == 200
    assert json.loads(body)["get"] == {"a": ["ñ"]}


@pytest.mark.parametrize(
    "charset", ["utf-7", "utf-16", "zlib", "rot13", "idna", "no-such", "unicode_escape", "a\x00", '"']
)
def test_a_codec_that_is_no_charset_is_refused(db: None, charset: str):
    assert raw(CONTENT_TYPE=f"text/plain; charset={charset}")[0] == 400


@pytest.mark.parametrize(
    "kind", ["text/plain; a*=utf-8''%", "x" * 20_000, ";", "text/plain; a*=x", "multipart/form-data"]
)
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_broken_content_type_is_no_error_of_ours(db: None, kind: str, method: str):
    status, _, _ = raw(REQUEST_METHOD=method, CONTENT_TYPE=kind, HTTP_ORIGIN="http://localhost:8000", body=b"a")

    assert status in (200, 400)


def test_a_cookie_that_no_database_takes_is_dropped(db: None):
    status, _, body = raw(HTTP_COOKIE="session=\x00; theme=dark; \x00=1")

    assert status == 200
    assert json.loads(body)["cookies"] == {"theme": "dark"}


def post(body: bytes, kind: str, path: str = "/echo") -> int:
    environ = {"REQUEST_METHOD": "POST", "CONTENT_TYPE": kind, "HTTP_ORIGIN": "http://localhost:8000"}
    return raw(path, body, **environ)[0]


FORM = "application/x-www-form-urlencoded"
PARTS = "multipart/form-data; boundary=b"


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        (FORM, b"a=x%00"),
        (FORM, b"%00=x"),
        (FORM, b"&".join(b"a=%d" % n for n in range(1001))),
        (PARTS, b'--b\r\nContent-Disposition: form-data; name="a"\r\n\r\nx\x00\r\n--b--\r\n'),
        (PARTS, b'--b\r\nContent-Disposition: form-data; name="a\x00"\r\n\r\nx\r\n--b--\r\n'),
        ("multipart/form-data", b"x"),
        ("application/json", b'{"a": "\\u0000"}'),
        ("application/json", b'{"a": ["\\ud83d"]}'),
        ("application/json", b'{"a\\udc00": 1}'),
        ("application/merge-patch+json", b'{"a": "\\u0000"}'),
        ("application/json", b"[" * 100_000 + b"]" * 100_000),
    ],
)
def test_a_bad_body_is_a_bad_request(db: None, kind: str, body: bytes):
    assert post(body, kind) == 400


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        (FORM, "a=ñ".encode()),
        (FORM, b"a=%F0%9F%94%91"),
        ("application/json", b'{"a": "\\ud83d\\udd11"}'),
        ("application/json", b"not json"),
        ("text/plain", b"\x00"),
        ("", b"\x00"),
    ],
)
def test_a_good_body_passes(db: None, kind: str, body: bytes):
    assert post(body, kind) == 200


def test_a_body_beyond_memory_is_too_large(db: None):
    assert post(b'"' + b"a" * 2_000_000 + b'"', "application/json") == 413


def test_a_webhooks_bytes_are_its_own_affair(db: None):
    assert post(b'{"a": "\\u0000"}', "application/json", "/hook") == 200


def test_bad_text_is_told_in_the_readers_language(db: None):
    spanish = on("localhost", **{"accept-language": "es"})

    assert '<html lang="es">' in spanish.get("/echo?a=%00").content.decode()
    assert "Quítalo" in spanish.get("/api/v1/echo?a=%00").json()["detail"]


def test_the_api_is_told_as_problem_json(db: None):
    answer = on("localhost").get("/api/v1/echo?a=%00")

    assert answer.status_code == 400
    assert answer["Content-Type"] == "application/problem+json"
    assert answer.json()["status"] == 400


# Origins

OURS = "http://localhost:8000"


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"origin": OURS, "sec-fetch-site": "same-origin"}, 200),
        ({"origin": OURS}, 200),
        ({"sec-fetch-site": "same-origin"}, 200),
        ({"referer": f"{OURS}/some/page"}, 200),
        ({"origin": "http://nacar.localhost:8000", "sec-fetch-site": "same-site"}, 403),
        ({"origin": "https://evil.example", "sec-fetch-site": "cross-site"}, 403),
        ({"origin": "null"}, 403),
        ({}, 403),
        ({"origin": OURS, "sec-fetch-site": "cross-site"}, 403),
        ({"origin": "http://nacar.localhost:8000", "referer": f"{OURS}/"}, 403),
        ({"origin": "http://localhost"}, 403),
        ({"origin": "https://localhost:8000"}, 403),
        ({"sec-fetch-site": "same-site"}, 403),
        ({"referer": "http://localhost:8000.evil.example/"}, 403),
        ({"referer": "http://[broken/"}, 403),
    ],
)
@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
def test_an_unsafe_request_comes_from_our_own_origin(db: None, headers: dict[str, str], status: int, method: str):
    answer = getattr(on("localhost:8000", **headers), method)("/echo")

    assert answer.status_code == status


def test_a_tenants_page_cannot_post_to_the_dashboard(salon: Project, lucia: Any):
    browser = on("localhost:8000", origin="http://nacar.localhost:8000", **{"sec-fetch-site": "same-site"})
    browser.force_login(lucia)

    assert browser.post("/nacar/deed/200").status_code == 403
    assert browser.get("/nacar/echo").status_code == 200


def test_reading_needs_no_origin(db: None):
    assert on("localhost:8000", origin="https://evil.example").get("/echo").status_code == 200


def test_a_key_in_a_header_needs_no_origin_but_loses_that_beside_a_cookie(db: None):
    client = on("localhost:8000", authorization="Bearer fb_live_something")
    assert client.post("/echo").status_code == 200

    client.cookies["theme"] = "dark"
    assert client.post("/echo").status_code == 403


def test_a_webhook_may_come_from_anywhere(db: None):
    assert on("localhost:8000", origin="https://provider.example").post("/hook").status_code == 200


# What every answer carries


@pytest.mark.parametrize(
    ("host", "path", "status"),
    [
        ("localhost", "/echo", 200),
        ("localhost", "/nowhere", 404),
        ("localhost", "/echo?a=%00", 400),
        ("localhost", "/deed/crash", 500),
        ("localhost", "/healthz", 200),
        ("nacar.localhost", "/page", 200),
        ("files.localhost", "/no-token/file.txt", 403),
        ("unknown.localhost", "/", 421),
        ("x y", "/", 421),
    ],
)
def test_every_answer_carries_the_security_headers(salon: Project, host: str, path: str, status: int):
    answer = on(host).get(path)

    assert answer.status_code == status
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["X-Frame-Options"] == "DENY"
    assert answer["Referrer-Policy"] == "strict-origin-when-cross-origin"
    assert answer["Cross-Origin-Opener-Policy"] == "same-origin"
    assert answer["Cross-Origin-Resource-Policy"] == "same-origin"
    assert "geolocation=()" in answer["Permissions-Policy"]
    assert "Strict-Transport-Security" not in answer
    assert re.fullmatch(r"[0-9a-f]{32}", answer["X-Request-ID"])


@pytest.mark.parametrize("path", ["/echo", "/nowhere", "/echo?a=%00"])
def test_the_content_security_policy_allows_our_own_files_only(db: None, path: str):
    policy = dict(
        part.strip().split(" ", 1) for part in on("localhost").get(path)["Content-Security-Policy"].split(";")
    )

    assert policy["default-src"] == "'none'"
    assert policy["script-src"] == policy["style-src"] == policy["connect-src"] == "'self'"
    assert policy["frame-ancestors"] == policy["base-uri"] == "'none'"
    assert policy["form-action"] == "'self'"
    assert "unsafe" not in str(policy)
    assert "nonce" not in str(policy)


def test_a_refusal_is_not_kept_by_any_cache(db: None):
    assert "no-store" in on("localhost").get("/echo?a=%00")["Cache-Control"]
    assert "no-store" in on("localhost").get("/echo")["Cache-Control"]


def test_the_request_is_forgotten_after_its_answer(db: None):
    on("localhost").get("/deed/crash")

    assert request_id.get() == ""


# https


@pytest.fixture
def https(settings: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Every setting as a https installation has it."""
    from runpy import run_path

    monkeypatch.setenv("FLECTAR_HTTPS", "yes")
    for name, value in run_path(f"{django_settings.PACKAGE}/config/settings.py").items():
        if name.startswith(("SECURE_", "SESSION_COOKIE", "CSRF_COOKIE", "HTTPS", "THEME_", "LANGUAGE_COOKIE")):
            setattr(settings, name, value)
    return settings


def test_https_is_promised_for_two_years(db: None, https: Any):
    answer = on("localhost").get("/echo")

    assert answer.json()["secure"]
    assert answer["Strict-Transport-Security"] == "max-age=63072000; includeSubDomains; preload"


def test_https_needs_a_https_origin(db: None, https: Any):
    assert on("localhost", origin="https://localhost").post("/echo").status_code == 200
    assert on("localhost", origin="http://localhost").post("/echo").status_code == 403


def test_no_header_talks_us_out_of_https(db: None, https: Any):
    answer = on("localhost", **{"x-forwarded-proto": "http", "forwarded": "proto=http"}).get("/echo")

    assert answer.json()["secure"]


def test_cookies_on_https_are_locked_to_the_host(db: None, https: Any):
    cookie = on("localhost").get("/remember").cookies["__Host-session"]

    assert cookie["secure"]
    assert cookie["httponly"]
    assert (cookie["path"], cookie["domain"], cookie["samesite"]) == ("/", "", "Lax")
    assert https.CSRF_COOKIE_NAME == "__Host-csrf"
    assert https.CSRF_COOKIE_SECURE
    assert https.CSRF_COOKIE_HTTPONLY
    assert https.THEME_COOKIE.startswith("__Host-")
    assert https.LANGUAGE_COOKIE_NAME.startswith("__Host-")


def test_cookies_on_loopback_have_plain_names(db: None):
    cookie = on("localhost").get("/remember").cookies["session"]

    assert not cookie["secure"]
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"


# Limits


def test_a_marked_view_answers_429_and_says_when(db: None):
    client = PlatformClient()

    answers = [client.post("/knock") for _ in range(3)]

    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert 25 <= int(answers[2]["Retry-After"]) <= 30


def test_only_the_marked_methods_count(db: None):
    client = PlatformClient()

    assert [client.get("/knock").status_code for _ in range(4)] == [200] * 4
    assert [client.get("/look").status_code for _ in range(2)] == [200, 429]


def test_two_clients_are_counted_apart(db: None):
    client = PlatformClient()
    for _ in range(3):
        client.post("/knock", REMOTE_ADDR="203.0.113.1")

    assert client.post("/knock", REMOTE_ADDR="203.0.113.2").status_code == 200


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("2001:db8::1", "2001:db8::ffff", True),
        ("2001:db8::1", "2001:db8:0:1::1", False),
        ("::ffff:203.0.113.1", "::ffff:203.0.113.2", False),
        ("::ffff:203.0.113.1", "203.0.113.1", True),
        ("fe80::1%eth0", "fe80::2", True),
    ],
)
def test_an_ipv6_network_is_one_client(one: str, other: str, same: bool):
    from flectar.config.middleware import network_of

    assert (network_of(one) == network_of(other)) == same


def test_writing_without_end_is_limited_for_all_views_together(db: None):
    client = PlatformClient()
    assert client.post("/echo").status_code == 200

    with connection.cursor() as cursor:  # as after 299 more
        cursor.execute("UPDATE core_rate_limit SET free_at = extract(epoch FROM clock_timestamp()) + 60")

    assert client.post("/knock").status_code == 429
    assert client.get("/echo").status_code == 200


# Who asks


@pytest.mark.parametrize(
    ("trusted", "forwarded", "client"),
    [
        ([], "1.1.1.1", "10.0.0.1"),
        (["1"], "1.1.1.1", "1.1.1.1"),
        (["1"], "6.6.6.6, 1.1.1.1", "1.1.1.1"),
        (["2"], "6.6.6.6, 1.1.1.1, 10.0.0.2", "1.1.1.1"),
        (["2"], "1.1.1.1", "10.0.0.1"),
        (["1"], "", "10.0.0.1"),
        (["1"], "rubbish", "10.0.0.1"),
        (["0"], "1.1.1.1", "10.0.0.1"),
        (["10.0.0.0/8"], "1.1.1.1", "1.1.1.1"),
        (["10.0.0.0/8"], "6.6.6.6, 1.1.1.1, 10.9.9.9", "1.1.1.1"),
        (["10.0.0.0/8"], "6.6.6.6, rubbish, 10.9.9.9", "10.0.0.1"),
        (["10.0.0.0/8"], "10.1.1.1, 10.9.9.9", "10.1.1.1"),
        (["192.168.0.0/16"], "1.1.1.1", "10.0.0.1"),
        (["10.0.0.0/8", "2001:db8::/32"], "2001:db9::1, 2001:db8::1", "2001:db9::1"),
    ],
)
def test_a_forwarded_address_counts_as_far_as_proxies_are_trusted(
    db: None, settings: Any, trusted: list[str], forwarded: str, client: str
):
    settings.TRUSTED_PROXIES = trusted

    answer = on("localhost").get("/echo", REMOTE_ADDR="10.0.0.1", headers={"x-forwarded-for": forwarded})

    assert answer.json()["client"] == client


@pytest.mark.parametrize("header", ["x-real-ip", "forwarded", "client-ip", "cf-connecting-ip", "true-client-ip"])
def test_no_other_header_names_the_client(db: None, settings: Any, header: str):
    settings.TRUSTED_PROXIES = ["1"]

    answer = on("localhost", **{header: "6.6.6.6"}).get("/echo", REMOTE_ADDR="10.0.0.1")

    assert answer.json()["client"] == "10.0.0.1"


@pytest.mark.parametrize("value", ["proxy", "10.0.0.0/33", "1,2", "-1"])
def test_a_wrong_proxy_setting_stops_the_start(monkeypatch: pytest.MonkeyPatch, value: str):
    from django.core.exceptions import ImproperlyConfigured

    from flectar.config.settings import proxies

    monkeypatch.setenv("FLECTAR_TRUSTED_PROXIES", value)

    with pytest.raises(ImproperlyConfigured, match="FLECTAR_TRUSTED_PROXIES="):
        proxies("FLECTAR_TRUSTED_PROXIES")
