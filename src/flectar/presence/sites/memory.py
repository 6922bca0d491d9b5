"""What one worker holds: sites by host, their pages as ready answers, and the newest edition it has heard of.

Reads take no lock. A page is kept only if no newer edition was heard of while it was being read, so that a slow read
can never bring an old page back for ever.
"""

import zlib
from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import dataclass
from math import inf
from threading import Lock
from uuid import UUID

from flectar.core.headers import CLOSED, HSTS, SAFE
from flectar.presence.sites.negotiation import Coding

type Headers = list[tuple[str, str]]

MAX_SITES = 50_000
MAX_SPELLINGS = 20_000
MAX_HEARD = 100_000

# Beside its bytes a page holds headers and a place in two tables.
OVERHEAD = 4096

REVALIDATE = "public, max-age=0, must-revalidate"
IMMUTABLE = "public, max-age=31536000, immutable"


@dataclass(frozen=True, slots=True, kw_only=True)
class Stored:
    """One answer as the database keeps it."""

    content_type: str
    br: bytes
    gzip: bytes
    length: int  # of the bytes before coding
    etag: str  # without quotes and coding
    csp: str = ""
    language: str = ""
    is_immutable: bool = False
    is_pressed: bool = False  # other bytes for the same content, so another tag
    valid_until: float = inf  # seconds since 1970


@dataclass(frozen=True, slots=True)
class Answer:
    etag: str
    headers: Headers
    unchanged: Headers
    body: list[bytes]


class Page:
    """A stored answer with its headers built once for each coding."""

    __slots__ = ("answers", "is_used", "size", "valid_until")

    def __init__(self, stored: Stored, *, is_https: bool) -> None:
        common = _common_headers(stored, is_https=is_https)
        self.answers: dict[Coding, Answer] = {
            "br": _answer(stored, common, "br", [stored.br], len(stored.br)),
            "gzip": _answer(stored, common, "gzip", [stored.gzip], len(stored.gzip)),
            "identity": _answer(stored, common, "identity", [], stored.length),
        }
        self.valid_until = stored.valid_until
        self.size = len(stored.br) + len(stored.gzip) + OVERHEAD
        self.is_used = True

    def body(self, coding: Coding) -> list[bytes]:
        """Clients that take no coding are rare: their bytes are unpacked for them, not held."""
        if coding == "identity":
            return [zlib.decompress(self.answers["gzip"].body[0], wbits=31)]
        return self.answers[coding].body


def _common_headers(stored: Stored, *, is_https: bool) -> Headers:
    headers = [
        ("Content-Type", stored.content_type),
        *SAFE,
        ("Content-Security-Policy", stored.csp or CLOSED),
    ]
    if stored.language:
        headers.append(("Content-Language", stored.language))
    if is_https:
        headers.append(HSTS)
    return headers


def _answer(stored: Stored, common: Headers, coding: Coding, body: list[bytes], length: int) -> Answer:
    level = "11" if coding == "br" and stored.is_pressed else ""
    etag = f'"{stored.etag}"' if coding == "identity" else f'"{stored.etag}-{coding}{level}"'
    unchanged = [
        ("ETag", etag),
        ("Cache-Control", IMMUTABLE if stored.is_immutable else REVALIDATE),
        ("Vary", "Accept-Encoding"),
    ]
    headers = [*common, *unchanged, ("Content-Length", str(length))]
    if coding != "identity":
        headers.append(("Content-Encoding", coding))
    return Answer(etag, headers, unchanged, body)


class Site:
    """One host as it stood at one edition."""

    __slots__ = ("home", "host", "pages", "paths", "project_id", "version")

    def __init__(self, host: str, project_id: UUID, version: int, paths: Iterable[str], home: str = "") -> None:
        self.host = host
        self.home = home  # the host to go on to; empty: this one
        self.project_id = project_id
        self.version = version
        self.paths = frozenset(paths)
        self.pages: dict[str, Page] = {}


class Memory:
    """Bounded in every direction: bytes of pages, sites, spellings of hosts, editions heard of."""

    def __init__(self, *, max_bytes: int = 128 * 1024 * 1024) -> None:
        self.max_bytes = max_bytes
        self.bytes = 0
        self.spellings: dict[str, Site] = {}  # hosts as sent, for the shortest way to an answer
        self._hosts: dict[str, Site] = {}
        self._projects: dict[UUID, set[Site]] = {}
        self._heard: OrderedDict[UUID, int] = OrderedDict()
        self._order: OrderedDict[tuple[str, str], Page] = OrderedDict()
        self._lock = Lock()

    def site(self, host: str) -> Site | None:
        return self._hosts.get(host)

    def loaded(self) -> dict[UUID, int]:
        """Projects and the editions their pages here are of."""
        with self._lock:
            return {site.project_id: site.version for site in self._hosts.values()}

    def keep_site(self, site: Site) -> bool:
        """False if a newer edition is known: read again."""
        with self._lock:
            if site.version < self._heard.get(site.project_id, 0):
                return False
            if len(self._hosts) >= MAX_SITES:
                self._forget_all()
            self._remove(self._hosts.get(site.host))
            self._hosts[site.host] = site
            self._projects.setdefault(site.project_id, set()).add(site)
            return True

    def remember_spelling(self, sent: str, site: Site) -> None:
        if len(self.spellings) >= MAX_SPELLINGS:
            self.spellings = {}
        self.spellings[sent] = site

    def keep_page(self, site: Site, path: str, page: Page, version: int) -> bool:
        """False if the page is of another edition than the site, or the site has moved on meanwhile."""
        with self._lock:
            is_current = self._hosts.get(site.host) is site and site.version == version
            if not is_current or version < self._heard.get(site.project_id, 0):
                return False
            self._drop_page(site, path)
            site.pages[path] = page
            self._order[site.host, path] = page
            self.bytes += page.size
            self._make_room()
            return True

    def hear(self, project_id: UUID, version: int) -> None:
        """A newer edition is out: what is held of older ones is dropped at once."""
        with self._lock:
            if version > self._heard.get(project_id, 0):
                self._heard[project_id] = version
                self._heard.move_to_end(project_id)
                if len(self._heard) > MAX_HEARD:
                    self._heard.popitem(last=False)
            for site in [site for site in self._projects.get(project_id, ()) if site.version < version]:
                self._remove(site)

    def heard(self, project_id: UUID) -> int:
        """The newest edition that this worker knows of."""
        return self._heard.get(project_id, 0)

    def forget(self, project_id: UUID) -> None:
        with self._lock:
            for site in list(self._projects.get(project_id, ())):
                self._remove(site)

    def _remove(self, site: Site | None) -> None:
        if site is None:
            return
        for path in list(site.pages):
            self._drop_page(site, path)
        # A spelling may still lead to this site: without pages it answers nothing.
        if self._hosts.get(site.host) is site:
            del self._hosts[site.host]
        siblings = self._projects.get(site.project_id, set())
        siblings.discard(site)
        if not siblings:
            self._projects.pop(site.project_id, None)

    def _forget_all(self) -> None:
        for site in list(self._hosts.values()):
            self._remove(site)
        self.spellings = {}

    def _drop_page(self, site: Site, path: str) -> None:
        if page := site.pages.pop(path, None):
            self._order.pop((site.host, path), None)
            self.bytes -= page.size

    def _make_room(self) -> None:
        """The oldest page that nobody asked for since the last round goes first."""
        while self.bytes > self.max_bytes and self._order:
            (host, path), page = self._order.popitem(last=False)
            if page.is_used and len(self._order) > 0:
                page.is_used = False
                self._order[host, path] = page
                continue
            self.bytes -= page.size
            if site := self._hosts.get(host):
                site.pages.pop(path, None)


class UnknownHosts:
    """Names that lead nowhere, remembered for a moment so that asking again costs the database nothing."""

    def __init__(self, *, seconds: float = 10, most: int = 10_000) -> None:
        self.seconds = seconds
        self.most = most
        self._until: dict[str, float] = {}

    def holds(self, host: str, now: float) -> bool:
        return now < self._until.get(host, 0)

    def add(self, host: str, now: float) -> None:
        if len(self._until) >= self.most:
            self._until = {}
        self._until[host] = now + self.seconds

    def clear(self) -> None:
        self._until = {}
