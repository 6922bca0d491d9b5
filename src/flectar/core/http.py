"""Outgoing HTTP. Every call to an address that a person may choose goes through the guard below.

The name is resolved once, every answer must be a public address, and the connection goes to the address that was
checked: a second answer of the name server changes nothing.
"""

import ipaddress
import socket
import ssl
from collections.abc import Iterable
from time import monotonic
from typing import Any

import httpcore2
import httpx2

_NAT64 = ipaddress.ip_network("64:ff9b::/96")
TIMEOUT = httpx2.Timeout(10.0, connect=5.0)


class ForbiddenAddress(Exception):
    """The address is not on the public internet. Fit to show."""


def is_public(address: str) -> bool:
    """Whether an IP address is global, also when it is written inside an IPv6 one (mapped, 6to4, Teredo, NAT64)."""
    ip = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(ip, ipaddress.IPv6Address):
        inner: list[ipaddress.IPv4Address] = []
        if ip.ipv4_mapped:
            inner.append(ip.ipv4_mapped)
        if ip.sixtofour:
            inner.append(ip.sixtofour)
        if ip.teredo:
            inner.extend(ip.teredo)
        if ip in _NAT64:
            inner.append(ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF))
        if any(not one.is_global for one in inner):
            return False
        if ip.ipv4_mapped:
            return True
        # ::a.b.c.d, an IPv4 address in the oldest way of writing it, and the private networks of that time.
        if ip.is_site_local or int(ip) >> 32 == 0:
            return False
    return ip.is_global and not ip.is_multicast


def resolve_public(host: str, port: int) -> str:
    """The one address to connect to, or `ForbiddenAddress` if any answer is not public."""
    try:
        answers = {str(info[4][0]) for info in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)}
    except (OSError, UnicodeError) as error:
        raise ForbiddenAddress(f"{host} has no address") from error
    if not answers or not all(is_public(answer) for answer in answers):
        raise ForbiddenAddress(f"{host} is not on the public internet")
    return sorted(answers)[0]


class _GuardedBackend(httpcore2.NetworkBackend):
    """Connects only to public addresses on the ports of the web."""

    def __init__(self) -> None:
        self._inner = httpcore2.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore2.NetworkStream:
        if port not in (80, 443):
            raise ForbiddenAddress(f"port {port} is not allowed")
        return self._inner.connect_tcp(resolve_public(host, port), port, timeout, local_address, socket_options)

    def connect_unix_socket(self, *args: Any, **kwargs: Any) -> httpcore2.NetworkStream:
        raise ForbiddenAddress("sockets are not allowed")

    def sleep(self, seconds: float) -> None:
        self._inner.sleep(seconds)


class _GuardedTransport(httpx2.HTTPTransport):
    def __init__(self) -> None:
        super().__init__(trust_env=False)
        self._pool = httpcore2.ConnectionPool(
            ssl_context=ssl.create_default_context(), network_backend=_GuardedBackend(), max_connections=10
        )


def client(*, base_url: str = "", allow_private: bool = False, timeout: httpx2.Timeout = TIMEOUT) -> httpx2.Client:
    """A client without redirects, proxies of the environment or cookies between calls.

    `allow_private` is for addresses from the operator's own settings only, never for one that a tenant typed.
    """
    transport = httpx2.HTTPTransport(trust_env=False) if allow_private else _GuardedTransport()
    return httpx2.Client(
        base_url=base_url, transport=transport, timeout=timeout, follow_redirects=False, trust_env=False
    )


def fetch_limited(
    http: httpx2.Client, url: str, *, most_bytes: int, most_seconds: float = 30, headers: dict[str, str] | None = None
) -> bytes:
    """GET a body, and stop reading past `most_bytes` or `most_seconds` with ValueError. Asked for uncompressed:
    a few bytes of gzip may hold gigabytes."""
    give_up_at = monotonic() + most_seconds
    with http.stream("GET", url, headers={**(headers or {}), "Accept-Encoding": "identity"}) as response:
        response.raise_for_status()
        if response.headers.get("Content-Encoding", "identity") != "identity":
            raise ValueError("the answer is compressed, which was not asked for")
        body = bytearray()
        for chunk in response.iter_raw():
            body += chunk
            if len(body) > most_bytes:
                raise ValueError(f"the answer is larger than {most_bytes} bytes")
            if monotonic() > give_up_at:
                raise ValueError(f"the answer takes longer than {most_seconds:g} seconds")
    return bytes(body)
