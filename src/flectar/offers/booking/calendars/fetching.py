"""Getting a calendar from an address that somebody typed. Every hop goes through the guard of core/http.py; what comes
is bounded in bytes and in seconds; an answer is a whole calendar, "nothing new", or a `Refused` that says why.

What looks like a calendar and is none (a sign-in page, an empty body, one that breaks off) is refused here: it must
never free any time.
"""

import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from email.utils import parsedate_to_datetime
from time import monotonic
from typing import Final
from urllib.parse import urljoin, urlsplit

import httpx2

from flectar.core import clock, http
from flectar.offers.booking.calendars import calendar_file
from flectar.offers.booking.models import Subscription

Trouble = Subscription.Trouble

MOST_BYTES: Final = calendar_file.MAX_BYTES
MOST_SECONDS: Final = 20.0
MOST_HOPS: Final = 5
TIMEOUT = httpx2.Timeout(10.0, connect=5.0)
_AGENT = "Flectar-Calendar/1"


class Refused(Exception):
    """Nothing to read this time. `answered` is the status where an answer came, `wait` what the other side asks for."""

    def __init__(self, trouble: str, *, answered: int | None = None, wait: timedelta | None = None) -> None:
        self.trouble, self.answered, self.wait = trouble, answered, wait
        super().__init__(trouble)


@dataclass(frozen=True, slots=True)
class Answer:
    """`content` is None when nothing has changed since the last time."""

    content: bytes | None
    etag: str = ""
    last_modified: str = ""


def fetch(url: str, *, etag: str = "", last_modified: str = "") -> Answer:
    """The calendar at this address, outside any scope. Raises Refused."""
    headers = {"User-Agent": _AGENT, "Accept": "text/calendar, */*;q=0.5", "Accept-Encoding": "identity"}
    if etag:
        headers["If-None-Match"] = etag
    if last_modified:
        headers["If-Modified-Since"] = last_modified
    give_up_at = monotonic() + MOST_SECONDS
    try:
        with http.client(timeout=TIMEOUT, most_seconds=MOST_SECONDS) as client:
            for _hop in range(MOST_HOPS):
                with client.stream("GET", url, headers=headers) as response:
                    if not response.is_redirect or response.status_code == 304:
                        return _read(response, give_up_at)
                    url = _next_hop(url, response.headers.get("Location", ""))
    except http.ForbiddenAddress as error:
        trouble = Trouble.UNREACHABLE if "has no address" in str(error) else Trouble.FORBIDDEN
        raise Refused(trouble) from error
    except httpx2.TimeoutException as error:
        raise Refused(Trouble.SLOW) from error
    except httpx2.RemoteProtocolError as error:
        raise Refused(Trouble.CUT) from error
    except (httpx2.HTTPError, httpx2.InvalidURL, OSError, ValueError) as error:
        raise Refused(Trouble.UNREACHABLE) from error
    raise Refused(Trouble.REDIRECTS)


def _next_hop(url: str, location: str) -> str:
    """Never from https to anything less: the address is a secret."""
    following = urljoin(url, location)
    scheme = urlsplit(following).scheme
    if not location or scheme not in ("https", urlsplit(url).scheme):
        raise Refused(Trouble.REDIRECTS)
    return following


def _read(response: httpx2.Response, give_up_at: float) -> Answer:
    status = response.status_code
    if status == 304:
        return Answer(None)
    if status != 200:
        raise Refused(_trouble_of(status), answered=status, wait=_wait(response.headers.get("Retry-After", "")))
    content = _unpacked(response, give_up_at)
    return Answer(
        _checked(content), response.headers.get("ETag", "")[:500], response.headers.get("Last-Modified", "")[:100]
    )


def _trouble_of(status: int) -> str:
    if status in (401, 402, 403, 407, 451):
        return Trouble.DENIED
    if status in (404, 410):
        return Trouble.MISSING
    return Trouble.BUSY if status in (429, 503) else Trouble.REFUSED


def _wait(text: str) -> timedelta | None:
    """Retry-After: seconds or a date."""
    if text.isascii() and text.isdecimal():
        return timedelta(seconds=min(int(text), 86_400))
    try:
        return max(parsedate_to_datetime(text) - clock.now(), timedelta(0)) if text else None
    except (TypeError, ValueError):
        return None


def _unpacked(response: httpx2.Response, give_up_at: float) -> bytes:
    """The body. Asked for as it is; where it comes packed all the same, it is unpacked no further than the bound."""
    packing = response.headers.get("Content-Encoding", "identity").strip().lower()
    if packing not in ("identity", "", "gzip", "x-gzip", "deflate"):
        raise Refused(Trouble.OTHER)
    chunks: Iterable[bytes] = response.iter_raw()
    unpacking = None if packing in ("identity", "") else zlib.decompressobj(wbits=47)  # gzip or zlib, as it says itself
    body = bytearray()
    for chunk in chunks:
        try:
            body += unpacking.decompress(chunk, MOST_BYTES + 1 - len(body)) if unpacking else chunk
        except zlib.error as error:
            raise Refused(Trouble.CUT) from error
        if len(body) > MOST_BYTES:
            raise Refused(Trouble.LARGE)
        if monotonic() > give_up_at:
            raise Refused(Trouble.SLOW)
    if unpacking and not unpacking.eof:
        raise Refused(Trouble.CUT)
    return bytes(body)


def _checked(content: bytes) -> bytes:
    """The same, or `Refused` where it is no calendar from beginning to end."""
    bare = content.strip()
    if not bare:
        raise Refused(Trouble.EMPTY)
    if b"BEGIN:VCALENDAR" not in bare.upper():
        raise Refused(Trouble.PAGE if bare[:200].lstrip(b"\xef\xbb\xbf").startswith(b"<") else Trouble.OTHER)
    if not calendar_file.is_whole(bare):
        raise Refused(Trouble.CUT)
    return content
