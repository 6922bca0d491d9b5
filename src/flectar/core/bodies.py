"""Request bodies before Django sees them: capped by the path, and whole.

Django reads no more than CONTENT_LENGTH says, so a chunked body would arrive empty, and it answers one that is too
large only after the fact. Here a chunked body is read to the cap into a spooled file and gets a length; one that says
it is too large is refused before a byte of it is read. Headers have caps as well.
"""

import codecs
import json
from collections.abc import Callable, Iterable, Iterator
from tempfile import SpooledTemporaryFile
from typing import TYPE_CHECKING, Any

from django.utils.http import parse_header_parameters

from flectar.core import headers

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

type Cap = Callable[[str], int]  # from the path to bytes

MIB = 1024 * 1024
ON_DISK_ABOVE = 256 * 1024
MAX_TARGET = 8 * 1024
MAX_HEADERS = 32 * 1024

PIECE = 64 * 1024
CHARSETS = frozenset({"utf-8", "ascii", "iso8859-1", "iso8859-15", "cp1252"})


def one_mebibyte(path: str) -> int:
    return MIB


def bodies(application: "WSGIApplication", cap: Cap = one_mebibyte) -> "WSGIApplication":
    def with_whole_body(environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        if refusal := _header_refusal(environ):
            return refuse(start_response, *refusal, environ)
        length, is_chunked = environ.get("CONTENT_LENGTH"), bool(environ.get("HTTP_TRANSFER_ENCODING"))
        if length and is_chunked:
            # Two lengths in one request is how requests are smuggled past a proxy.
            return refuse(start_response, "400 Bad Request", "A body has one length.", environ)
        if is_chunked:
            return _with_chunks(application, environ, start_response, cap(environ["PATH_INFO"]))
        if length:
            if not (length.isascii() and length.isdigit()):
                return refuse(start_response, "400 Bad Request", "The length of the body is not a number.", environ)
            if len(length) > 18 or int(length) > cap(environ["PATH_INFO"]):
                return too_large(start_response, environ)
        return application(environ, start_response)

    return with_whole_body


def _header_refusal(environ: "WSGIEnvironment") -> tuple[str, str] | None:
    if len(environ.get("PATH_INFO", "")) + len(environ.get("QUERY_STRING", "")) > MAX_TARGET:
        return "414 URI Too Long", "This address is too long."
    if sum(len(value) for name, value in environ.items() if name.startswith("HTTP_")) > MAX_HEADERS:
        return "431 Request Header Fields Too Large", "The headers are too large. Clearing cookies may help."
    if not _is_readable(environ.get("CONTENT_TYPE", "")):
        return "400 Bad Request", "The Content-Type cannot be read."
    return None


def _is_readable(content_type: str) -> bool:
    """Django believes the charset, whatever codec of Python it names, and fails before it can answer."""
    try:
        charset = parse_header_parameters(content_type)[1].get("charset", "utf-8")
        return codecs.lookup(charset).name in CHARSETS
    except (ValueError, LookupError):
        return False


def _with_chunks(
    application: "WSGIApplication", environ: "WSGIEnvironment", start_response: "StartResponse", most: int
) -> Iterable[bytes]:
    spool = SpooledTemporaryFile(max_size=ON_DISK_ABOVE)  # noqa: SIM115, closed with the response
    try:
        length = _read_to(environ["wsgi.input"], spool, most)
        if length is None:
            spool.close()
            return too_large(start_response, environ)
        spool.seek(0)
        environ["wsgi.input"] = spool
        environ["CONTENT_LENGTH"] = str(length)
        del environ["HTTP_TRANSFER_ENCODING"]
        return _Closing(application(environ, start_response), spool)
    except BaseException:
        spool.close()
        raise


def _read_to(source: Any, spool: "SpooledTemporaryFile[bytes]", most: int) -> int | None:
    """The length, or None as soon as there is more than `most`."""
    length = 0
    while piece := source.read(min(PIECE, most + 1 - length)):
        length += len(piece)
        if length > most:
            return None
        spool.write(piece)
    return length


class _Closing:
    """An answer that closes the spooled body when the server has sent it."""

    def __init__(self, answer: Iterable[bytes], spool: "SpooledTemporaryFile[bytes]") -> None:
        self.answer = answer
        self.spool = spool

    def __iter__(self) -> Iterator[bytes]:
        return iter(self.answer)

    def close(self) -> None:
        try:
            if close := getattr(self.answer, "close", None):
                close()
        finally:
            self.spool.close()


def too_large(start_response: "StartResponse", environ: "WSGIEnvironment | None" = None) -> Iterable[bytes]:
    return refuse(start_response, "413 Content Too Large", "That is more than this address takes.", environ)


def refuse(
    start_response: "StartResponse", status: str, sentence: str, environ: "WSGIEnvironment | None" = None
) -> Iterable[bytes]:
    """In words; under /api/ as a problem (RFC 9457)."""
    is_api = environ is not None and environ.get("PATH_INFO", "").startswith("/api/")
    code, _space, title = status.partition(" ")
    problem = {"type": "about:blank", "title": title, "status": int(code), "detail": sentence}
    problem["code"] = title.lower().replace(" ", "_")
    body = json.dumps(problem).encode() if is_api else f"{sentence}\n".encode()
    # The rest of the request stays unread, so the connection cannot be used again.
    start_response(
        status,
        [
            ("Content-Type", "application/problem+json" if is_api else "text/plain; charset=utf-8"),
            ("Content-Length", str(len(body))),
            ("Cache-Control", "no-store"),
            *headers.closed(),
            ("Connection", "close"),
        ],
    )
    return [body]
