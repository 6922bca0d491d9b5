"""No address that a person chose leads into our own network."""

import socket
from typing import Any

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
