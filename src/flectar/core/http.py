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

_INSIDE = ("localhost", ".localhost", ".local", ".internal", ".lan", ".home.arpa")
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


def may_be_public(host: str) -> bool:
    """Whether a host that somebody types can be on the public internet, as far as one can tell without asking a name
    server. The guard stands before every request all the same."""
    if host.endswith(_INSIDE) or ("." not in host and ":" not in host and not host[:1].isdigit()):
        return False
    address = _literal(host)
    return is_public(address) if address else True


def _literal(host: str) -> str:
    """The IP address that a host is, also when it is written as 2130706433 or 0x7f.1; empty for a name."""
    try:
        return str(ipaddress.ip_address(host.partition("%")[0]))
    except ValueError:
        pass
    try:
        return socket.inet_ntoa(socket.inet_aton(host))
    except OSError:
        return ""


def resolve_public(host: str, port: int) -> str:
    """The one address to connect to, or `ForbiddenAddress` if any answer is not public."""
    try:
        answers = {str(info[4][0]) for info in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)}
    except (OSError, UnicodeError) as error:
        raise ForbiddenAddress(f"{host} has no address") from error
    if not answers or not all(is_public(answer) for answer in answers):
        raise ForbiddenAddress(f"{host} is not on the public internet")
    return sorted(answers)[0]


class _BoundedStream(httpcore2.NetworkStream):
    """Reads and writes up to one moment for all of it: a server that sends a byte now and then keeps nobody."""

    def __init__(self, inner: httpcore2.NetworkStream, give_up_at: float) -> None:
        self._inner, self._give_up_at = inner, give_up_at

    def _left(self, timeout: float | None) -> float:
        left = self._give_up_at - monotonic()
        if left <= 0:
            raise httpcore2.ReadTimeout("it takes longer than it may in all")
        return left if timeout is None else min(left, timeout)

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._inner.read(max_bytes, self._left(timeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._inner.write(buffer, self._left(timeout))

    def close(self) -> None:
        self._inner.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore2.NetworkStream:
        safe = self._inner.start_tls(ssl_context, server_hostname, self._left(timeout))
        return _BoundedStream(safe, self._give_up_at)

    def get_extra_info(self, info: str) -> Any:
        return self._inner.get_extra_info(info)


class _Backend(httpcore2.NetworkBackend):
    """Connects anywhere: for addresses that nobody but the operator chose."""

    def __init__(self, give_up_at: float | None) -> None:
        self._inner = httpcore2.SyncBackend()
        self._give_up_at = give_up_at

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore2.NetworkStream:
        stream = self._inner.connect_tcp(self._to(host, port), port, timeout, local_address, socket_options)
        return stream if self._give_up_at is None else _BoundedStream(stream, self._give_up_at)

    def _to(self, host: str, port: int) -> str:
        return host

    def connect_unix_socket(self, *args: Any, **kwargs: Any) -> httpcore2.NetworkStream:
        raise ForbiddenAddress("sockets are not allowed")

    def sleep(self, seconds: float) -> None:
        self._inner.sleep(seconds)


class _GuardedBackend(_Backend):
    """Connects only to public addresses on the ports of the web."""

    def _to(self, host: str, port: int) -> str:
        if port not in (80, 443):
            raise ForbiddenAddress(f"port {port} is not allowed")
        return resolve_public(host, port)


class _Transport(httpx2.HTTPTransport):
    def __init__(self, backend: httpcore2.NetworkBackend) -> None:
        super().__init__(trust_env=False)
        self._pool = httpcore2.ConnectionPool(
            ssl_context=ssl.create_default_context(), network_backend=backend, max_connections=10
        )


def client(
    *,
    base_url: str = "",
    allow_private: bool = False,
    timeout: httpx2.Timeout = TIMEOUT,
    most_seconds: float | None = None,
) -> httpx2.Client:
    """A client without redirects, proxies of the environment or cookies between calls.

    `allow_private` is for addresses from the operator's own settings only, never for one that a tenant typed.
    `most_seconds`: what all calls of this client together may take, from now; `timeout` bounds one wait.
    """
    give_up_at = None if most_seconds is None else monotonic() + most_seconds
    transport = _Transport(_Backend(give_up_at) if allow_private else _GuardedBackend(give_up_at))
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
