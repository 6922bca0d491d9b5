"""Bytes as they come over the network, against a real server: whatever they are, it answers below 500 or hangs up, and
goes on serving."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.test import TransactionTestCase

from flectar.core.roles import APP
from tests import canary, make

ROOT = Path(__file__).resolve().parents[2]
HEAD = b"POST /account/login/ HTTP/1.1\r\nHost: localhost\r\nOrigin: http://localhost\r\n"
FORM = b"Content-Type: application/x-www-form-urlencoded\r\n"


def free_port() -> int:
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        return int(listening.getsockname()[1])


@pytest.fixture(scope="module")
def port(
    database_urls: dict[str, str], django_db_setup: None, django_db_blocker: Any, tmp_path_factory: Any
) -> Iterator[int]:
    """A salon behind `flectar serve`."""
    found, data = free_port(), tmp_path_factory.mktemp("data")
    with django_db_blocker.unblock():
        make.project("wire", make.organization("Wire SL", make.user("wire@nacar.example")))
    environment = {
        **os.environ,
        "PYTHONPATH": str(ROOT / "src"),
        "DATABASE_URL": database_urls[APP],
        "FLECTAR_SECRET_KEY": canary.SECRET_KEY,
        "FLECTAR_KEYS": settings.FLECTAR_KEYS,
        "FLECTAR_DATA": str(data),
        "FLECTAR_PORT": str(found),
    }
    with (data / "web.log").open("wb") as log:
        child = subprocess.Popen(
            [sys.executable, "-m", "flectar.config.command", "serve"], env=environment, stdout=log, stderr=log
        )
    try:
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline and child.poll() is None:
            if is_serving(found):
                break
            time.sleep(0.1)  # not a test's sleep: the server is still starting
        yield found
        assert child.poll() is None, "the server has gone"
    finally:
        child.send_signal(signal.SIGTERM)
        child.wait(timeout=30)
        with django_db_blocker.unblock():
            TransactionTestCase._fixture_teardown(None)  # what we and the server committed


def is_serving(port: int) -> bool:
    try:
        return talk(port, b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")[0] == 200
    except OSError:
        return False


def talk(port: int, *sent: bytes, timeout: float = 10) -> tuple[int, bytes]:
    """Status and whole answer; status 0 if the server hung up without one."""
    with socket.create_connection(("127.0.0.1", port), timeout=timeout) as connection:
        try:
            for piece in sent:
                connection.sendall(piece)
        except (BrokenPipeError, ConnectionResetError):
            pass  # it has answered before we had said everything
        received = b""
        try:
            while piece := connection.recv(65536):
                received += piece
                if is_whole(received):
                    break
        except ConnectionResetError:
            pass
    return (int(received.split(b" ", 2)[1]) if received.startswith(b"HTTP/") else 0), received


def is_whole(received: bytes) -> bool:
    head, end, body = received.partition(b"\r\n\r\n")
    for line in head.lower().split(b"\r\n"):
        if line.startswith(b"content-length:"):
            return bool(end) and len(body) >= int(line.partition(b":")[2])
    return bool(end) and (b" 304 " in head[:20] or b" 204 " in head[:20])


def get(path: bytes, *headers: bytes, host: bytes = b"localhost") -> bytes:
    lines = [b"GET " + path + b" HTTP/1.1", b"Host: " + host, *headers, b"Connection: close", b"", b""]
    return b"\r\n".join(lines)


def chunks(body: bytes, size: int = 65536) -> Iterator[bytes]:
    for start in range(0, len(body), size):
        piece = body[start : start + size]
        yield b"%x\r\n%s\r\n" % (len(piece), piece)
    yield b"0\r\n\r\n"


# The server before us refuses what is no HTTP at all; 0 is a connection closed without a word.
@pytest.mark.parametrize(
    ("name", "sent", "expected"),
    [
        ("nul in the path", get(b"/%00"), {400}),
        ("bad utf-8 in the path", get(b"/%FF%ED%A0%80"), {404}),
        ("raw bytes in the path", get(b"/\xff\xfe"), {400, 404}),
        ("nul in the query", get(b"/account/login/?a=%00"), {400}),
        ("bad utf-8 in the query", get(b"/account/login/?a=%FF&%ED%A0%80=1"), {200}),
        ("no path", get(b"*"), {400, 404, 0}),
        ("a whole address as the path", get(b"http://evil.example/account/login/"), {200, 400, 404, 421}),
        ("a path of dots", get(b"/../../etc/passwd"), {400, 404}),
        ("a path of dots, encoded", get(b"/%2e%2e/%2e%2e/etc/passwd"), {400, 404}),
        ("two slashes", get(b"//evil.example/"), {404, 301}),
        ("a path too long", get(b"/" + b"a" * 9000), {414}),
        ("a query too long", get(b"/?" + b"a" * 9000), {414}),
        ("headers too large", get(b"/", b"X-Much: " + b"a" * 40_000), {431}),
        ("a thousand headers", get(b"/", *[b"X-%d: a" % n for n in range(1000)]), {400, 431, 0}),
        ("no host", b"GET / HTTP/1.1\r\nConnection: close\r\n\r\n", {400, 421}),
        ("two hosts", get(b"/", b"Host: evil.example"), {400, 421}),
        ("an unknown host", get(b"/", host=b"evil.example"), {421}),
        ("a host of spaces", get(b"/", host=b"nacar localhost"), {400, 421}),
        ("a host of bytes", get(b"/", host=b"\xff\xfe"), {400, 421}),
        ("a host with a path", get(b"/", host=b"localhost/evil"), {400, 421}),
        ("a very long host", get(b"/", host=b"a" * 5000 + b".localhost"), {400, 421}),
        ("a site's unknown page", get(b"/%C0%AF", host=b"wire.localhost"), {404}),
        ("a site's nul", get(b"/%00", host=b"wire.localhost"), {400}),
        ("cookies of bytes", get(b"/account/login/", b"Cookie: session=\xff\xfe; csrf=\x80"), {200}),
        ("a cookie of quotes", get(b"/account/login/", b'Cookie: session="; csrf="\\'), {200}),
        ("a language of rubbish", get(b"/account/login/", b"Accept-Language: " + b"x-" * 3000), {200}),
        ("an encoding of rubbish", get(b"/", b"Accept-Encoding: ;;q=x,gzip;q=\xff", host=b"wire.localhost"), {200}),
        ("a condition of rubbish", get(b"/", b'If-None-Match: W/"\xff', host=b"wire.localhost"), {200}),
        ("a range", get(b"/", b"Range: bytes=0-1,5-,-9999999999999999999999", host=b"wire.localhost"), {200, 206, 416}),
        ("an unknown method", b"BREW / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n", {403, 404, 405, 302}),
        ("no http", b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"\x00" * 50, {400, 0}),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_odd_requests_get_a_clear_answer(port: int, name: str, sent: bytes, expected: set[int]):
    status, answer = talk(port, sent)

    assert status in expected, answer[:300]
    assert b"Traceback" not in answer
    assert is_serving(port)


@pytest.mark.parametrize(
    ("name", "headers", "body", "expected"),
    [
        ("two lengths", b"Content-Length: 3\r\nContent-Length: 5\r\n", b"a=bcd", {400, 0}),
        ("length and chunks", b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n", b"0\r\n\r\n", {400, 0, 403, 200}),
        ("chunks of chunks", b"Transfer-Encoding: chunked, chunked\r\n", b"0\r\n\r\n", {400, 501, 0, 200, 403}),
        ("an unknown coding", b"Transfer-Encoding: gzip\r\n", b"", {400, 501, 0}),
        ("a length of words", b"Content-Length: ten\r\n", b"", {400, 0}),
        ("a length below nothing", b"Content-Length: -1\r\n", b"", {400, 0}),
        ("an endless length", b"Content-Length: " + b"9" * 18 + b"\r\n", b"a=b", {413}),
        ("a chunk of no size", b"Transfer-Encoding: chunked\r\n", b"zz\r\nab\r\n0\r\n\r\n", {400, 0, 403}),
        ("a chunk of endless size", b"Transfer-Encoding: chunked\r\n", b"f" * 20 + b"\r\nab\r\n", {400, 0, 403, 413}),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_odd_lengths_are_refused(port: int, name: str, headers: bytes, body: bytes, expected: set[int]):
    status, answer = talk(port, HEAD + FORM + headers + b"Connection: close\r\n\r\n" + body)

    assert status in expected, answer[:300]
    assert is_serving(port)


@pytest.mark.parametrize("path", [b"/account/login/", b"/api/v1/projects/wire/customers", b"/webhooks/resend"])
def test_a_chunked_body_over_the_limit_is_stopped_at_it(port: int, path: bytes):
    head = b"POST " + path + b" HTTP/1.1\r\nHost: localhost\r\nOrigin: http://localhost\r\n" + FORM
    before = memory(port)

    status, answer = talk(port, head + b"Transfer-Encoding: chunked\r\n\r\n", *chunks(b"a" * 30_000_000))

    assert status == 413, answer[:300]
    if path.startswith(b"/api/"):
        assert json.loads(answer.partition(b"\r\n\r\n")[2])["code"] == "content_too_large"
    assert memory(port) - before < 20_000_000
    assert is_serving(port)


def memory(port: int) -> int:
    """Resident bytes of the server's worker: the listening process's youngest child."""
    total = 0
    for status in Path("/proc").glob("[0-9]*/environ"):
        try:
            if f"FLECTAR_PORT={port}\0".encode() in status.read_bytes():
                total += int((status.parent / "statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
        except OSError:
            continue
    return total


def test_a_chunked_form_within_the_limit_is_read(port: int):
    body = b"login=nobody%40nacar.example&password=x"

    status, _ = talk(
        port, HEAD + FORM + b"Transfer-Encoding: chunked\r\nConnection: close\r\n\r\n", *chunks(body, size=7)
    )

    assert status in (200, 403)  # 403: without the form's token


PART = b'--b\r\nContent-Disposition: form-data; name="%s"; filename="%s"\r\n\r\n%s\r\n--b--\r\n'


@pytest.mark.parametrize(
    "body",
    [
        PART % (b"file", b"a\x00b.csv", b"x"),
        PART % (b"file", b"\xff\xfe.csv", b"x"),
        PART % (b"\xff", b"a.csv", b"x"),
        PART % (b"file", b"../../../etc/passwd", b"x"),
        PART % (b"file", b"a" * 5000, b"x"),
        PART % (b"a" * 5000, b"a.csv", b"x"),
        b"--b\r\n\r\n--b--\r\n",
        b"--b\r\nContent-Disposition: form-data\r\n\r\nx\r\n--b--",
        b"--b\r\nContent-Disposition: form-data; name*=utf-8''%ff\r\n\r\nx\r\n--b--\r\n",
        b"--b\r\nContent-Disposition: form-data; name=a\r\nContent-Transfer-Encoding: base64\r\n\r\n!!!\r\n--b--\r\n",
        b"--b\r\n" + b"X: y\r\n" * 2000 + b"\r\nx\r\n--b--\r\n",
        b"--b" * 1000,
        b"",
    ],
    ids=range(13),
)
@pytest.mark.parametrize("boundary", [b"boundary=b", b"", b'boundary="', b"boundary=" + b"b" * 300, b"boundary=\xff"])
def test_odd_parts_are_answered(port: int, body: bytes, boundary: bytes):
    kind = b"Content-Type: multipart/form-data; " + boundary + b"\r\nContent-Length: %d\r\n" % len(body)

    status, answer = talk(port, HEAD + kind + b"Connection: close\r\n\r\n" + body)

    assert status in (200, 400, 403), answer[:300]


def test_a_sender_who_stops_half_way_holds_nobody_up(port: int):
    slow = [socket.create_connection(("127.0.0.1", port), timeout=10) for _ in range(3)]
    try:
        for connection in slow:
            connection.sendall(HEAD + FORM + b"Content-Length: 100\r\n\r\nlogin=")

        assert is_serving(port)
    finally:
        for connection in slow:
            connection.close()
    assert is_serving(port)
