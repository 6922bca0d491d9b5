"""Bodies arrive whole or are refused before they are read."""

import io
import json
from wsgiref.util import setup_testing_defaults

import pytest

from flectar.core.bodies import bodies


class Pipe(io.BytesIO):
    """What a server hands over: it counts what was read."""

    def __init__(self, data: bytes) -> None:
        super().__init__(data)
        self.taken = 0

    def read(self, size=-1):
        piece = super().read(size)
        self.taken += len(piece)
        return piece


class Called:
    def __init__(self, body=b"", *, cap=1000, path="/", **environ) -> None:
        self.reached = None
        self.pipe = Pipe(body)
        whole = {"REQUEST_METHOD": "POST", "PATH_INFO": path, "QUERY_STRING": "", "wsgi.input": self.pipe, **environ}
        setup_testing_defaults(whole)
        answer = bodies(self.application, lambda path: cap)(whole, self.start)
        self.body = b"".join(answer)
        self.environ = whole
        if close := getattr(answer, "close", None):
            close()

    def application(self, environ, start_response):
        length = int(environ.get("CONTENT_LENGTH") or 0)
        self.reached = environ["wsgi.input"].read(length)
        start_response("200 OK", [])
        return [b"ok"]

    def start(self, status, headers) -> None:
        self.status = int(status.split()[0])
        self.headers = dict(headers)


def test_a_chunked_body_arrives_whole_with_its_length():
    called = Called(b"a" * 900, HTTP_TRANSFER_ENCODING="chunked")

    assert (called.status, called.reached) == (200, b"a" * 900)
    assert called.environ["CONTENT_LENGTH"] == "900"
    assert "HTTP_TRANSFER_ENCODING" not in called.environ
    assert called.environ["wsgi.input"].closed


def test_a_chunked_body_at_the_cap_passes_and_one_byte_more_does_not():
    assert Called(b"a" * 1000, HTTP_TRANSFER_ENCODING="chunked").status == 200

    refused = Called(b"a" * 1001, HTTP_TRANSFER_ENCODING="chunked")
    assert (refused.status, refused.reached) == (413, None)


def test_an_endless_chunked_body_is_read_no_further_than_the_cap():
    refused = Called(b"a" * 1_000_000, HTTP_TRANSFER_ENCODING="chunked")

    assert refused.status == 413
    assert refused.pipe.taken == 1001


def test_a_large_chunked_body_goes_through_the_disk_unchanged():
    body = bytes(range(256)) * 4000

    assert Called(body, cap=2_000_000, HTTP_TRANSFER_ENCODING="chunked").reached == body


def test_a_body_that_says_it_is_too_large_is_refused_before_it_is_read():
    refused = Called(b"a" * 5000, CONTENT_LENGTH="5000")

    assert (refused.status, refused.reached, refused.pipe.taken) == (413, None, 0)
    assert refused.headers["Connection"] == "close"


def test_each_path_has_its_own_cap():
    caps = {"/upload": 10_000}
    environ = {"REQUEST_METHOD": "POST", "QUERY_STRING": "", "CONTENT_LENGTH": "5000", "wsgi.input": Pipe(b"")}
    seen = []
    wrapped = bodies(lambda environ, start: start("200 OK", []) or [b""], lambda path: caps.get(path, 1000))

    for path in ("/upload", "/other"):
        wrapped({**environ, "PATH_INFO": path}, lambda status, headers: seen.append(status[:3]))

    assert seen == ["200", "413"]


def test_without_a_cap_of_its_own_a_path_takes_one_mebibyte():
    seen = []
    wrapped = bodies(lambda environ, start: start("200 OK", []) or [b""])

    for length in ("1048576", "1048577"):
        environ = {"REQUEST_METHOD": "POST", "PATH_INFO": "/", "CONTENT_LENGTH": length, "wsgi.input": Pipe(b"")}
        wrapped(environ, lambda status, headers: seen.append(status[:3]))

    assert seen == ["200", "413"]


@pytest.mark.parametrize("length", ["-1", "ten", "1e3", "0x10", "+5", "1 2", "١"])
def test_a_length_that_is_no_number_is_refused(length):
    assert (Called(CONTENT_LENGTH=length).status, Called(CONTENT_LENGTH=length).reached) == (400, None)


def test_an_absurd_length_is_refused_without_counting():
    assert Called(CONTENT_LENGTH="9" * 5000).status == 413


def test_two_lengths_are_refused():
    assert Called(b"abc", CONTENT_LENGTH="3", HTTP_TRANSFER_ENCODING="chunked").status == 400


def test_a_request_without_a_body_passes_untouched():
    called = Called(REQUEST_METHOD="GET")

    assert (called.status, called.reached, called.pipe.taken) == (200, b"", 0)


def test_too_long_an_address_or_too_many_headers_are_refused():
    assert Called(path="/" + "a" * 9000).status == 414
    assert Called(QUERY_STRING="a" * 9000).status == 414
    assert Called(HTTP_COOKIE="a" * 40_000).status == 431


def test_the_spooled_body_is_closed_when_the_application_fails():
    inputs = []

    def failing(environ, start_response):
        inputs.append(environ["wsgi.input"])
        raise RuntimeError

    environ = {
        "REQUEST_METHOD": "POST",
        "PATH_INFO": "/",
        "HTTP_TRANSFER_ENCODING": "chunked",
        "wsgi.input": Pipe(b"a"),
    }
    with pytest.raises(RuntimeError):
        bodies(failing)(environ, lambda status, headers: None)

    assert inputs[0].closed


def test_a_program_is_refused_in_its_own_words():
    refused = Called(b"x" * 2000, path="/api/v1/projects/nacar/customers", CONTENT_LENGTH="2000")

    problem = json.loads(refused.body)
    assert (refused.status, problem["status"], problem["code"]) == (413, 413, "content_too_large")
