"""No address that a person chose leads into our own network."""

import gzip
import socket
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

import httpx2
import pytest

from flectar.core import http


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "10.0.0.1", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.1.2.3", "224.0.0.1",
        "255.255.255.255", "::", "::1", "fd00::1", "fe80::1%eth0", "fec0::1", "ff02::1", "::127.0.0.1", "::8.8.8.8",
        "::ffff:127.0.0.1", "::ffff:169.254.169.254", "2002:7f00:1::", "2002:a9fe:a9fe::", "64:ff9b::7f00:1",
        "64:ff9b:1::7f00:1", "2001:0:7f00:1::1",
    ],
)  # fmt: skip
def test_an_address_of_no_public_network_is_refused(address: str):
    assert not http.is_public(address)


@pytest.mark.parametrize("address", ["8.8.8.8", "2606:4700::1111", "::ffff:8.8.8.8", "64:ff9b::808:808"])
def test_a_public_address_passes(address: str):
    assert http.is_public(address)


@pytest.mark.parametrize(
    "url",
    [
        "http://2130706433/", "http://0x7f000001/", "http://127.1/", "http://[::ffff:127.0.0.1]/",
        "http://[64:ff9b::7f00:1]/", "http://169.254.169.254/latest/meta-data/", "http://localhost/",
        "http://localhost./", "http://user@127.0.0.1/", "http://8.8.8.8:5432/", "https://8.8.8.8:22/",
    ],
)  # fmt: skip
def test_no_way_of_writing_it_opens_a_connection(url: str, monkeypatch: pytest.MonkeyPatch):
    opened: list[Any] = []
    monkeypatch.setattr(socket, "create_connection", lambda *args, **kwargs: opened.append(args))

    with http.client() as client, pytest.raises(http.ForbiddenAddress):
        client.get(url)

    assert opened == []


def answers(*addresses: str) -> list[Any]:
    return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, 80)) for address in addresses]


def test_one_private_answer_among_public_ones_refuses_the_name(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(socket, "getaddrinfo", lambda *args, **kwargs: answers("8.8.8.8", "10.0.0.1"))

    with pytest.raises(http.ForbiddenAddress):
        http.resolve_public("mixed.example", 80)


def test_a_name_is_asked_once_and_its_checked_address_is_used(monkeypatch: pytest.MonkeyPatch):
    """The second answer would be private: nobody asks for it."""
    asked, connected = [], []
    replies = iter([answers("8.8.8.8"), answers("127.0.0.1")])

    def resolve(host: str, *args: Any, **kwargs: Any) -> list[Any]:
        asked.append(host)
        return next(replies)

    def connect(address: tuple[str, int], *args: Any, **kwargs: Any) -> Any:
        connected.append(address)
        raise OSError("no network in tests")

    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    monkeypatch.setattr(socket, "create_connection", connect)

    with http.client() as client, pytest.raises(Exception, match="no network"):
        client.get("http://changing.example/")

    assert asked == ["changing.example"]
    assert connected == [("8.8.8.8", 80)]


# Against a real server on this machine.


class Neighbour(BaseHTTPRequestHandler):
    """What a server that means no good may answer."""

    asked: list[str] = []

    def do_GET(self) -> None:
        self.asked.append(self.path)
        answers: dict[str, tuple[int, dict[str, str], bytes]] = {
            "/plain": (200, {}, b"hello"),
            "/away": (302, {"Location": "/plain"}, b""),
            "/metadata": (307, {"Location": "http://169.254.169.254/latest/"}, b""),
            "/large": (200, {}, b"a" * 200_000),
            "/bomb": (200, {"Content-Encoding": "gzip"}, gzip.compress(b"\0" * 5_000_000)),
            "/endless": (200, {}, b""),
            "/fault": (500, {}, b"x"),
        }
        status, headers, body = answers[self.path]
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        if self.path != "/endless":
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
        if self.path == "/endless":
            try:
                while True:
                    self.wfile.write(b"a" * 10_000)
            except OSError:
                return

    def log_message(self, *args: Any) -> None:
        return


@pytest.fixture
def neighbour() -> Iterator[str]:
    Neighbour.asked.clear()
    server = ThreadingHTTPServer(("127.0.0.1", 0), Neighbour)
    Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def test_a_guarded_client_never_reaches_this_machine(neighbour: str):
    with http.client() as client, pytest.raises(http.ForbiddenAddress):
        client.get(f"{neighbour}/plain")

    assert Neighbour.asked == []


def test_a_name_that_turns_to_this_machine_is_never_reached(neighbour: str, monkeypatch: pytest.MonkeyPatch):
    """The port is the web's own, so that only the address stands between."""
    monkeypatch.setattr(socket, "getaddrinfo", lambda *args, **kwargs: answers("127.0.0.1"))

    with http.client() as client, pytest.raises(http.ForbiddenAddress):
        client.get("http://rebound.example/plain")

    assert Neighbour.asked == []


def test_the_operators_own_address_is_reached(neighbour: str):
    with http.client(base_url=neighbour, allow_private=True) as client:
        assert client.get("/plain").text == "hello"


@pytest.mark.parametrize("path", ["/away", "/metadata"])
def test_nobody_is_sent_on(neighbour: str, path: str):
    with http.client(allow_private=True) as client:
        answer = client.get(f"{neighbour}{path}")

    assert answer.is_redirect
    assert Neighbour.asked == [path]


def test_a_proxy_of_the_environment_is_not_asked(neighbour: str, monkeypatch: pytest.MonkeyPatch):
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")

    with http.client(allow_private=True) as client:
        assert client.get(f"{neighbour}/plain").text == "hello"


def test_a_body_within_the_cap_is_read(neighbour: str):
    with http.client(allow_private=True) as client:
        assert http.fetch_limited(client, f"{neighbour}/plain", most_bytes=5) == b"hello"


@pytest.mark.parametrize(
    ("path", "why"),
    [("/plain", "larger than 4"), ("/large", "larger"), ("/endless", "larger"), ("/bomb", "compressed")],
)
def test_a_body_beyond_the_cap_is_read_no_further(neighbour: str, path: str, why: str):
    with http.client(allow_private=True) as client, pytest.raises(ValueError, match=why):
        http.fetch_limited(client, f"{neighbour}{path}", most_bytes=4 if path == "/plain" else 100_000)


def test_a_body_that_never_ends_is_given_up(neighbour: str):
    with http.client(allow_private=True) as client, pytest.raises(ValueError, match="longer than 0"):
        http.fetch_limited(client, f"{neighbour}/endless", most_bytes=10**12, most_seconds=0)


def test_a_refusal_is_no_body(neighbour: str):
    with http.client(allow_private=True) as client, pytest.raises(httpx2.HTTPStatusError):
        http.fetch_limited(client, f"{neighbour}/fault", most_bytes=10)
