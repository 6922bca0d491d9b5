"""The way of a published page: a plain WSGI function in front of Django, from host and path to bytes in memory.

Only reads of stored pages end here; everything else goes on to Django with its host in one spelling. The query is not
part of a stored page's name: a campaign's `utm_…` finds the same bytes. The database is asked on a miss only, and when
it is gone, what is held is still served. docs/build/front-layer.md has the rules and the reasons.
"""

import hashlib
import logging
import time
from base64 import b64encode
from collections.abc import Callable, Collection, Iterable
from typing import TYPE_CHECKING, NamedTuple, Protocol
from urllib.parse import quote
from uuid import UUID

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as in_their_words
from django.utils.translation import gettext_noop
from django.utils.translation.trans_real import parse_accept_lang_header

from flectar.core.headers import closed
from flectar.core.origins import origin
from flectar.presence.sites.memory import Memory, Page, Site, Stored, UnknownHosts
from flectar.presence.sites.negotiation import coding_of, holds, split_host

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

log = logging.getLogger(__name__)

READS = frozenset({"GET", "HEAD"})
NOTHING: list[bytes] = []

# Asked by load balancers and supervisors, which know us by address, not by name.
ANY_HOST_PATHS = frozenset({"/healthz", "/readyz", "/internal/domains/allowed"})

# A page read while its site is being published is read again, this often at most.
ATTEMPTS = 3


class Unavailable(Exception):
    """The database did not answer."""


class Address(NamedTuple):
    """Where a host leads: its project, the edition that is out, the paths that are stored; `home` is the host to go
    on to, empty where this one is it."""

    project_id: UUID
    version: int
    paths: Iterable[str]
    home: str = ""


class Reading(NamedTuple):
    """A stored answer and the edition that was out in the same moment."""

    version: int
    stored: Stored | None


class Shelf(Protocol):
    """Where the front reads what it does not hold yet. Both raise Unavailable."""

    def address(self, host: str) -> Address | None: ...

    def page(self, project_id: UUID, path: str) -> Reading: ...


class Front:
    """`site_suffix` begins with a dot: below it each host is a site. `platform_hosts` belong to Django alone."""

    def __init__(
        self,
        application: "WSGIApplication",
        shelf: Shelf,
        *,
        platform_hosts: Collection[str],
        site_suffix: str,
        is_https: bool = False,
        memory: Memory | None = None,
        clock: Callable[[], float] = time.time,
        count: Callable[[str], None] | None = None,
    ) -> None:
        self.application = application
        self.shelf = shelf
        self.platform_hosts = frozenset(platform_hosts)
        self.site_suffix = site_suffix
        self.is_https = is_https
        self.memory = memory or Memory()
        self.unknown = UnknownHosts()
        self.clock = clock
        self.count = count

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        site = self.memory.spellings.get(environ.get("HTTP_HOST", ""))
        if site is not None and environ["REQUEST_METHOD"] in READS:
            page = site.pages.get(environ["PATH_INFO"])
            if page is not None and self.clock() < page.valid_until:
                if self.count is not None:
                    self.count("hit")
                return send(page, environ, start_response)
        return self._find(environ, start_response)

    def _find(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        """The long way: settle the host, then read the page if it is one of the stored ones."""
        if environ["PATH_INFO"] in ANY_HOST_PATHS:
            return self._pass_on(environ, start_response)
        sent = environ.get("HTTP_HOST", "")
        split = split_host(sent)
        if split is None:
            self._note("refused")
            return refuse(environ, start_response, "400 Bad Request", gettext_noop("This address is not a host name."))
        host, port = split
        environ["HTTP_HOST"] = host + port
        if host in self.platform_hosts:
            return self._pass_on(environ, start_response)
        if not self._is_site_name(host) or self.unknown.holds(host, self.clock()):
            self._note("refused")
            return misdirected(environ, start_response)
        try:
            site = self.memory.site(host) or self._load(host)
        except Unavailable:
            self._note("resting")
            return unavailable(environ, start_response)
        if site is None:
            self._note("refused")
            return misdirected(environ, start_response)
        if site.home:
            self._note("moved")
            return moved(site.home, environ, start_response)
        if environ["REQUEST_METHOD"] in READS and environ["PATH_INFO"] in site.paths:
            try:
                page = self._page(site, environ["PATH_INFO"])
            except Unavailable:
                self._note("resting")
                return unavailable(environ, start_response)
            if page is not None:
                self.memory.remember_spelling(sent, self.memory.site(host) or site)
                self._note("read")
                return send(page, environ, start_response)
        return self._pass_on(environ, start_response)

    def _pass_on(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        self._note("passed")
        return self.application(environ, start_response)

    def _note(self, outcome: str) -> None:
        if self.count is not None:
            self.count(outcome)

    def _is_site_name(self, host: str) -> bool:
        """Below ours each name of one part; else any that may be a domain of somebody's own."""
        label = host.removesuffix(self.site_suffix)
        if label != host:
            return "." not in label
        first, dot, rest = host.rpartition(".")
        return bool(first and dot) and not rest.isdigit()

    def _load(self, host: str) -> Site | None:
        for _ in range(ATTEMPTS):
            address = self.shelf.address(host)
            if address is None:
                self.unknown.add(host, self.clock())
                return None
            site = Site(host, address.project_id, address.version, address.paths, address.home)
            if self.memory.keep_site(site):
                break
        return site

    def _page(self, site: Site, path: str) -> Page | None:
        """The page from memory or from the shelf; None if Django has to make it: it is late, or gone."""
        held = site.pages.get(path)
        if held is not None and self.clock() < held.valid_until:
            return held
        try:
            return self._read(site, path)
        except Unavailable:
            if held is None:
                raise
            log.warning("serving %s%s beyond its time: the database does not answer", site.host, path)
            return held

    def _read(self, site: Site, path: str) -> Page | None:
        page = None
        for _ in range(ATTEMPTS):
            reading = self.shelf.page(site.project_id, path)
            if reading.version > site.version:
                self.memory.hear(site.project_id, reading.version)
            if reading.stored is None or reading.stored.valid_until <= self.clock():
                return None
            page = Page(reading.stored, is_https=self.is_https)
            if self.memory.keep_page(site, path, page, reading.version):
                return page
            site = self.memory.site(site.host) or self._load(site.host) or site
        # Published three times while we read: the last reading is newer than the request, only not worth keeping.
        return page


def send(page: Page, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
    page.is_used = True
    coding = coding_of(environ.get("HTTP_ACCEPT_ENCODING"))
    answer = page.answers[coding]
    if (tags := environ.get("HTTP_IF_NONE_MATCH")) is not None and holds(tags, answer.etag):
        start_response("304 Not Modified", answer.unchanged.copy())
        return NOTHING
    start_response("200 OK", answer.headers.copy())
    if environ["REQUEST_METHOD"] == "HEAD":
        return NOTHING
    return page.body(coding)


def moved(home: str, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
    """To the same page on the site's own host. Asked anew each time: a site may move back."""
    path = quote(environ["PATH_INFO"].encode("latin-1"), safe="/:@!$&'()*+,;=~")
    query = quote(environ.get("QUERY_STRING", ""), safe="%/?:@!$&'()*+,;=~")
    status = "301 Moved Permanently" if environ["REQUEST_METHOD"] in READS else "303 See Other"
    location = origin(home) + path + ("?" + query if query else "")
    start_response(status, [("Location", location), ("Content-Length", "0"), ("Cache-Control", "no-cache"), *closed()])
    return NOTHING


def misdirected(environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
    return refuse(environ, start_response, "421 Misdirected Request", gettext_noop("No site lives at this address."))


def unavailable(environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
    sentence = gettext_noop("This page is resting for a moment. Try again in half a minute.")
    return refuse(environ, start_response, "503 Service Unavailable", sentence, ("Retry-After", "30"))


def refuse(
    environ: "WSGIEnvironment",
    start_response: "StartResponse",
    status: str,
    sentence: str,
    *headers: tuple[str, str],
) -> Iterable[bytes]:
    """One sentence in the middle of a page, in the reader's language: no site's look, and nothing to load."""
    language = _language(environ)
    with translation.override(language):
        said = in_their_words(sentence)
    body = (
        f'<!doctype html><html lang="{language}"><meta charset="utf-8">'
        f'<meta name="viewport" content="width=device-width,initial-scale=1"><title>{said}</title>'
        f"<style>{_LOOK}</style><main><h1>{said}</h1></main></html>"
    ).encode()
    start_response(
        status,
        [
            ("Content-Type", "text/html; charset=utf-8"),
            ("Content-Length", str(len(body))),
            ("Content-Language", language),
            ("Cache-Control", "no-store"),
            *closed(_LOOK_POLICY),
            *headers,
        ],
    )
    return [body]


_LOOK = (
    ":root{color-scheme:light dark}body{margin:0;min-height:100vh;display:grid;place-items:center;padding:0 24px;"
    "font:500 20px/1.4 system-ui,sans-serif}h1{font:inherit;max-width:30em;text-wrap:balance;text-align:center}"
)
_LOOK_POLICY = (
    f"default-src 'none'; style-src 'sha256-{b64encode(hashlib.sha256(_LOOK.encode()).digest()).decode()}'; "
    "frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
)


def _language(environ: "WSGIEnvironment") -> str:
    wanted = parse_accept_lang_header(environ.get("HTTP_ACCEPT_LANGUAGE", "")[:200].lower())
    spoken = dict(settings.LANGUAGES)
    return next((code for name, _quality in wanted if (code := name.partition("-")[0]) in spoken), "en")
