"""Asks a front as a browser would, without a network."""

import io
from collections.abc import Iterable
from typing import Any
from wsgiref.util import setup_testing_defaults

import brotli

from flectar.presence.sites.front import Front


class Answer:
    def __init__(self, application: Any, environ: dict[str, Any]) -> None:
        self.body = b"".join(application(environ, self._start))

    def _start(self, status: str, headers: list[tuple[str, str]]) -> None:
        self.status = int(status.partition(" ")[0])
        self.headers = dict(headers)

    @property
    def text(self) -> str:
        body = brotli.decompress(self.body) if self.headers.get("Content-Encoding") == "br" else self.body
        return body.decode()


class Browser:
    def __init__(self, front: Front) -> None:
        self.front = front

    @staticmethod
    def echo(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        """Stands in Django's place."""
        start_response("200 OK", [("X-From", "django")])
        return [b"made by django"]

    def get(self, host: str = "nacar.localhost:8000", path: str = "/", **headers: str) -> Answer:
        environ: dict[str, Any] = {
            "REQUEST_METHOD": "GET",
            "PATH_INFO": path,
            "QUERY_STRING": "",
            "HTTP_HOST": host,
            "HTTP_ACCEPT_ENCODING": "gzip, br",
            "wsgi.input": io.BytesIO(),
            **{f"HTTP_{name.upper()}": value for name, value in headers.items()},
        }
        setup_testing_defaults(environ)
        return Answer(self.front, environ)
