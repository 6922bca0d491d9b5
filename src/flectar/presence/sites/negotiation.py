"""What a request asks for: which host, in which coding, and whether it already holds the bytes."""

import re
from functools import lru_cache
from typing import Literal

type Coding = Literal["br", "gzip", "identity"]

# A port is dropped before this; an address in brackets is no name of ours.
HOST = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*")
PORT = re.compile(r":[0-9]{0,5}$")
TAG = re.compile(r'(?:W/)?("[^"]*")')

# Best first: for pages of our size brotli is a fifth smaller than gzip, and every browser takes it.
CODINGS: tuple[Coding, ...] = ("br", "gzip", "identity")


def split_host(sent: str) -> tuple[str, str] | None:
    """The host in its one spelling and `:port` or nothing, as in `SALON.localhost.:99`; None for what is no host."""
    if len(sent) > 262 or not sent.isascii():
        return None
    port = PORT.search(sent)
    name = (sent[: port.start()] if port else sent).lower().removesuffix(".")
    if not HOST.fullmatch(name) or len(name) > 253:
        return None
    return name, port.group() if port and port.group() != ":" else ""


def coding_of(accepted: str | None) -> Coding:
    """The coding to answer in. Without a header any would do; identity is what a simple client expects."""
    if not accepted or len(accepted) > 200:
        return "identity"
    return _coding(accepted)


@lru_cache(maxsize=1024)
def _coding(accepted: str) -> Coding:
    weights: dict[str, float] = {}
    for part in accepted.lower().split(","):
        name, _, parameters = part.partition(";")
        weights[name.strip()] = _weight(parameters)
    others = weights.get("*", 0.0)

    def weight(coding: Coding) -> float:
        if coding == "identity":
            return weights.get(coding, 0.0001 if "*" not in weights else others)
        return weights.get(coding, others)

    best = max(CODINGS, key=weight)
    return best if weight(best) > 0 else "identity"


def _weight(parameters: str) -> float:
    name, _, number = parameters.strip().partition("=")
    if name.strip() != "q":
        return 1.0
    try:
        return min(1.0, max(0.0, float(number)))
    except ValueError:
        return 0.0


def holds(if_none_match: str, etag: str) -> bool:
    """Whether the client already has this representation: one tag, a list, weak or strong, or `*`."""
    if if_none_match == etag:
        return True
    if if_none_match.strip() == "*":
        return True
    return etag in TAG.findall(if_none_match)
