"""Asking the domain name system, through the operator's resolvers or the machine's own.

"There is none" and "nobody answered" are different things: the first is an answer (an empty one), the second raises.
"""

from functools import cache
from typing import TYPE_CHECKING, Any

from django.conf import settings

if TYPE_CHECKING:
    from dns.resolver import Resolver

SECONDS = 5.0


class Silence(Exception):
    """No server gave an answer in time. It says nothing about the name."""


def texts(name: str) -> list[str]:
    """The TXT records of a name, each in one piece."""
    return [b"".join(record.strings).decode("utf-8", "replace") for record in _ask(name, "TXT")]


def addresses(name: str) -> set[str]:
    """Where a name leads in the end, IPv4 and IPv6."""
    return {str(record.address) for kind in ("A", "AAAA") for record in _ask(name, kind)}


def _ask(name: str, kind: str) -> list[Any]:
    import dns.exception
    import dns.resolver

    try:
        return list(_resolver(tuple(settings.RESOLVERS)).resolve(f"{name}.", kind, search=False))
    except (dns.resolver.NXDOMAIN, dns.resolver.NoAnswer):
        return []
    except dns.exception.DNSException as error:
        raise Silence(name) from error


@cache
def _resolver(servers: tuple[str, ...]) -> "Resolver":
    import dns.nameserver
    import dns.resolver

    found = dns.resolver.Resolver(configure=not servers)
    for server in servers:
        host, _colon, port = server.rpartition(":")
        found.nameservers = [*found.nameservers, dns.nameserver.Do53Nameserver(host, int(port))]
    found.lifetime, found.timeout = SECONDS, 2.0
    return found
