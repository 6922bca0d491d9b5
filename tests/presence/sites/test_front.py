"""The front's own rules, with a shelf in memory. tests/presence/sites/test_published.py does it with the database."""

import gzip
import io
import zlib
from collections import Counter
from math import inf
from uuid import UUID, uuid4
from wsgiref.util import setup_testing_defaults

import brotli
import pytest

from flectar.presence.sites.front import Address, Front, Reading, Unavailable
from flectar.presence.sites.memory import Memory, Stored

HTML = ("<!doctype html><title>Brizna</title>" + "<p>Cut for how it dries.</p>" * 50).encode()


def stored(html: bytes = HTML, **changes) -> Stored:
    return Stored(
        **{
            "content_type": "text/html; charset=utf-8",
            "br": brotli.compress(html),
            "gzip": gzip.compress(html),
            "length": len(html),
            "etag": f"{zlib.crc32(html):x}",
            "csp": "default-src 'none'",
            "language": "en",
        }
        | changes
    )


class Shelf:
    """Projects with their pages, and what was asked of them."""

    def __init__(self) -> None:
        self.addresses: dict[str, UUID] = {}
        self.homes: dict[str, str] = {}
        self.versions: dict[UUID, int] = {}
        self.pages: dict[UUID, dict[str, Stored]] = {}
        self.asked: Counter[str] = Counter()
        self.is_down = False
        self.meanwhile = []

    def publish(self, host: str, pages: dict[str, Stored]) -> UUID:
        project_id = self.addresses.setdefault(host, uuid4())
        self.versions[project_id] = self.versions.get(project_id, 0) + 1
        self.pages[project_id] = pages
        return project_id

    def address(self, host):
        self._ask("address")
        project_id = self.addresses.get(host)
        return project_id and Address(
            project_id, self.versions[project_id], self.pages[project_id], self.homes.get(host, "")
        )

    def page(self, project_id, path):
        self._ask("page")
        reading = Reading(self.versions[project_id], self.pages[project_id].get(path))
        if self.meanwhile:
            self.meanwhile.pop(0)()
        return reading

    def _ask(self, what):
        if self.is_down:
            raise Unavailable
        self.asked[what] += 1


class Asked:
    """A front with one salon, a clock, and Django's place taken by an echo."""

    def __init__(self, **options) -> None:
        self.now = 1000.0
        self.shelf = Shelf()
        self.shelf.publish("salon.localhost", {"/": stored(), "/es/": stored(b"<p>Hola</p>", language="es")})
        self.front = Front(
            self.echo,
            self.shelf,
            platform_hosts={"localhost"},
            site_suffix=".localhost",
            clock=lambda: self.now,
            **options,
        )

    @staticmethod
    def echo(environ, start_response):
        start_response("200 OK", [("X-From", "django"), ("X-Host", environ["HTTP_HOST"])])
        return [b"django"]

    def __call__(self, path="/", *, host="salon.localhost", method="GET", query="", **headers):
        environ = {
            "REQUEST_METHOD": method,
            "PATH_INFO": path,
            "QUERY_STRING": query,
            "HTTP_HOST": host,
            "wsgi.input": io.BytesIO(),
            **{f"HTTP_{name.upper()}": value for name, value in headers.items()},
        }
        setup_testing_defaults(environ)
        return Answered(self.front, environ)


class Answered:
    def __init__(self, application, environ) -> None:
        self.body = b"".join(application(environ, self.start))

    def start(self, status, headers) -> None:
        self.status = int(status.split()[0])
        self.headers = dict(headers)
        assert len(self.headers) == len(headers)


@pytest.fixture
def ask():
    return Asked()


def test_a_published_page_is_read_once_and_then_answered_from_memory(ask):
    answers = [ask(accept_encoding="br") for _ in range(3)]

    assert [brotli.decompress(answer.body) for answer in answers] == [HTML] * 3
    assert ask.shelf.asked == {"address": 1, "page": 1}


def test_a_page_carries_its_security_and_cache_headers(ask):
    headers = ask(accept_encoding="gzip, br").headers

    assert headers["Content-Type"] == "text/html; charset=utf-8"
    assert headers["Content-Encoding"] == "br"
    assert headers["Content-Length"] == str(len(stored().br))
    assert headers["Content-Language"] == "en"
    assert headers["Content-Security-Policy"] == "default-src 'none'"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "strict-origin-when-cross-origin"
    assert headers["Permissions-Policy"].startswith("accelerometer=()")
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert headers["Cache-Control"] == "public, max-age=0, must-revalidate"
    assert headers["Vary"] == "Accept-Encoding"
    assert "Strict-Transport-Security" not in headers


def test_over_https_the_browser_is_told_to_stay_there():
    assert Asked(is_https=True)().headers["Strict-Transport-Security"] == "max-age=31536000"


def test_each_coding_decodes_to_the_same_bytes_and_has_its_own_tag(ask):
    plain, zipped, brotlied = ask(), ask(accept_encoding="gzip"), ask(accept_encoding="br")

    assert plain.body == gzip.decompress(zipped.body) == brotli.decompress(brotlied.body) == HTML
    assert int(plain.headers["Content-Length"]) == len(HTML)
    assert "Content-Encoding" not in plain.headers
    assert len({answer.headers["ETag"] for answer in (plain, zipped, brotlied)}) == 3


@pytest.mark.parametrize("coding", ["br", "gzip", None])
def test_a_client_that_holds_the_page_gets_304_without_a_body(ask, coding):
    accepted = {"accept_encoding": coding} if coding else {}
    etag = ask(**accepted).headers["ETag"]

    again = ask(if_none_match=f'"old", W/{etag}', **accepted)

    assert (again.status, again.body) == (304, b"")
    assert again.headers["ETag"] == etag
    assert again.headers["Vary"] == "Accept-Encoding"
    assert "Content-Length" not in again.headers


def test_a_tag_of_another_coding_is_not_the_same_page(ask):
    etag = ask(accept_encoding="br").headers["ETag"]

    assert ask(accept_encoding="gzip", if_none_match=etag).status == 200


def test_head_has_the_headers_and_no_body(ask):
    head = ask(method="HEAD", accept_encoding="br")

    assert (head.status, head.body) == (200, b"")
    assert head.headers == ask(accept_encoding="br").headers


def test_a_campaign_finds_the_same_bytes(ask):
    ask()

    assert ask(query="utm_source=mail&gclid=1&fbclid=2&page=3").body == HTML
    assert ask.shelf.asked["page"] == 1


@pytest.mark.parametrize(("method", "path"), [("POST", "/"), ("DELETE", "/"), ("GET", "/book/"), ("GET", "/es")])
def test_everything_else_goes_to_django(ask, method, path):
    answer = ask(path, method=method)

    assert answer.headers["X-From"] == "django"
    assert ask.shelf.asked["page"] == 0


def test_the_platform_belongs_to_django_alone(ask):
    assert ask(host="localhost:8000").headers["X-Host"] == "localhost:8000"
    assert not ask.shelf.asked


@pytest.mark.parametrize("sent", ["SALON.localhost.:99", "Salon.Localhost:99"])
def test_a_host_is_settled_before_anything_looks_at_it(ask, sent):
    assert ask(host=sent).body == HTML
    assert ask("/book/", host=sent).headers["X-Host"] == "salon.localhost:99"


@pytest.mark.parametrize("sent", ["", "salon localhost", "sal\x00on.localhost", "salon.localhost:port", "[::1]"])
def test_a_host_that_is_none_is_answered_400(ask, sent):
    assert ask(host=sent).status == 400
    assert not ask.shelf.asked


@pytest.mark.parametrize("sent", ["evil.salon.localhost", "127.0.0.1", "notlocalhost", "10.0.0.1:80"])
def test_a_name_that_cannot_be_a_site_never_reaches_the_database(ask, sent):
    assert ask(host=sent).status == 421
    assert not ask.shelf.asked


def test_an_unknown_site_is_looked_up_once_and_for_a_while_not_again(ask):
    assert [ask(host="nobody.localhost").status for _ in range(3)] == [421, 421, 421]
    assert ask.shelf.asked == {"address": 1}

    ask.now += 11
    assert ask(host="nobody.localhost").status == 421
    assert ask.shelf.asked == {"address": 2}


def test_the_memory_of_unknown_hosts_is_bounded(ask):
    ask.front.unknown.most = 5

    for number in range(23):
        ask(host=f"nobody-{number}.localhost")

    assert len(ask.front.unknown._until) <= 5


@pytest.mark.parametrize("path", ["/healthz", "/readyz"])
def test_health_is_asked_by_address(ask, path):
    assert ask(path, host="10.0.0.7").headers["X-From"] == "django"


def test_a_heard_edition_replaces_the_page_at_once(ask):
    ask()
    project_id = ask.shelf.publish("salon.localhost", {"/": stored(b"<p>New</p>")})

    ask.front.memory.hear(project_id, 2)

    assert ask().body == b"<p>New</p>"
    assert ask("/es/").headers["X-From"] == "django"


def test_an_edition_already_held_drops_nothing(ask):
    ask()

    ask.front.memory.hear(ask.shelf.addresses["salon.localhost"], 1)

    ask()
    assert ask.shelf.asked["page"] == 1


def test_a_slow_read_never_brings_the_old_page_back(ask):
    def publish_meanwhile():
        project_id = ask.shelf.publish("salon.localhost", {"/": stored(b"<p>New</p>")})
        ask.front.memory.hear(project_id, 2)

    ask.shelf.meanwhile = [publish_meanwhile]

    assert ask().body == b"<p>New</p>"
    assert ask().body == b"<p>New</p>"


def test_a_page_of_an_edition_nobody_told_us_of_is_kept_with_its_edition(ask):
    ask("/book/")
    ask.shelf.publish("salon.localhost", {"/": stored(b"<p>New</p>")})

    assert ask().body == b"<p>New</p>"
    assert ask.front.memory.site("salon.localhost").version == 2
    ask()
    assert ask.shelf.asked["page"] == 2


def test_without_a_pause_in_publishing_the_newest_reading_is_served_and_not_kept(ask):
    def publish_meanwhile():
        version = ask.shelf.versions[ask.shelf.addresses["salon.localhost"]] + 1
        project_id = ask.shelf.publish("salon.localhost", {"/": stored(b"<p>%d</p>" % version)})
        ask.front.memory.hear(project_id, version)

    ask.shelf.meanwhile = [publish_meanwhile] * 5

    assert ask().body == b"<p>3</p>"
    assert ask.front.memory.bytes == 0


def test_a_page_past_its_time_is_made_by_django(ask):
    ask.shelf.publish("salon.localhost", {"/": stored(valid_until=2000.0)})
    assert ask().body == HTML

    ask.now = 2000.0

    assert ask().headers["X-From"] == "django"


def test_a_page_past_its_time_is_read_again_when_it_was_renewed(ask):
    project_id = ask.shelf.publish("salon.localhost", {"/": stored(valid_until=2000.0)})
    ask()
    ask.now = 2000.0
    ask.shelf.pages[project_id] = {"/": stored(b"<p>Tomorrow</p>", valid_until=3000.0)}

    assert ask().body == b"<p>Tomorrow</p>"


def test_without_a_database_what_is_held_is_served(ask):
    ask.shelf.publish("salon.localhost", {"/": stored(valid_until=2000.0), "/es/": stored()})
    ask()
    ask.shelf.is_down = True

    assert ask().body == HTML
    ask.now = 2500.0
    assert ask().body == HTML
    assert ask("/es/").status == 503
    assert ask(host="clinic.localhost").headers["Retry-After"] == "30"


def test_one_host_never_answers_with_the_page_of_another(ask):
    ask.shelf.publish("clinic.localhost", {"/": stored(b"<p>Paso</p>")})

    assert [ask(host=host).body for host in ("salon.localhost", "clinic.localhost") * 2] == [HTML, b"<p>Paso</p>"] * 2


def test_memory_keeps_to_its_bytes_and_to_the_pages_that_are_asked_for():
    one = 4096 + len(stored().br) + len(stored().gzip)
    ask = Asked(memory=Memory(max_bytes=3 * one))
    ask.shelf.publish("salon.localhost", {f"/{number}/": stored() for number in range(6)})

    for number in range(6):
        ask("/0/")
        ask(f"/{number}/")
        assert ask.front.memory.bytes <= 3 * one

    asked = ask.shelf.asked["page"]
    ask("/5/")
    assert ask.shelf.asked["page"] == asked


def test_a_forgotten_project_leaves_no_bytes_behind(ask):
    ask()
    ask("/es/")

    ask.front.memory.forget(ask.shelf.addresses["salon.localhost"])

    assert (ask.front.memory.bytes, ask.front.memory.loaded()) == (0, {})
    assert ask().body == HTML


def test_a_content_hashed_file_may_be_kept_for_a_year(ask):
    sheet = stored(b":root{}", content_type="text/css; charset=utf-8", csp="", language="", is_immutable=True)
    ask.shelf.publish("salon.localhost", {"/_theme/1.css": sheet})

    headers = ask("/_theme/1.css").headers

    assert headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert headers["Content-Security-Policy"].startswith("default-src 'none'")


def test_a_server_that_adds_headers_of_its_own_does_not_add_them_for_the_next(ask):
    ask()
    seen = []

    def start_response(status, headers):
        headers.append(("Date", "now"))
        seen.append(len(headers))

    for _ in range(2):
        environ = {"REQUEST_METHOD": "GET", "PATH_INFO": "/", "HTTP_HOST": "salon.localhost"}
        ask.front(environ, start_response)

    assert seen[0] == seen[1]


def test_a_page_without_an_end_is_valid_for_ever():
    assert stored().valid_until == inf


@pytest.mark.parametrize(("wanted", "said"), [("", "No site lives here"), ("es-ES,en;q=0.5", "no vive ninguna página")])
def test_a_refusal_is_a_page_that_loads_nothing(ask, wanted, said):
    answer = ask(host="nobody.localhost", accept_language=wanted)

    assert answer.headers["Content-Type"] == "text/html; charset=utf-8"
    assert answer.headers["Content-Security-Policy"].startswith("default-src 'none'; style-src 'sha256-")
    assert said.replace("here", "at this address") in answer.body.decode()


# Moved


def test_a_host_that_leads_on_sends_to_the_same_page_there(ask):
    ask.shelf.publish("old.localhost", {"/": stored()})
    ask.shelf.homes["old.localhost"] = "new.example"

    answer = ask("/caf\u00c3\u00a9//x", host="old.localhost", query="utm_source=card&a=%20b")

    assert answer.status == 301
    assert answer.headers["Location"] == "http://new.example:8000/caf%C3%A9//x?utm_source=card&a=%20b"
    assert ask.shelf.asked["page"] == 0


def test_a_domain_of_somebodys_own_is_looked_up_once(ask):
    ask.shelf.publish("nacar.example", {"/": stored()})

    assert [ask(host=sent).status for sent in ("nacar.example", "NACAR.example.", "nacar.example:443")] == [200] * 3
    assert [ask(host="nobody.example").status for _ in range(3)] == [421] * 3
    assert ask.shelf.asked == {"address": 2, "page": 1}
