"""The floor under the front: the same server with the same bytes and headers, and nothing behind it."""

import sys
from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path
from typing import Any


def load(answer: str) -> Callable[..., Iterable[bytes]]:
    head, _, body = Path(answer).read_bytes().partition(b"\r\n\r\n")
    lines = [line.partition(": ") for line in head.decode("latin-1").split("\r\n")[1:]]
    headers = [(name, value) for name, _, value in lines if name.lower() not in {"date", "server", "connection"}]
    content = [body]

    def application(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        start_response("200 OK", headers)
        return content

    return application


def serve(port: int, answer: str) -> None:
    """With the settings of `flectar serve`."""
    from granian.constants import HTTPModes, Interfaces
    from granian.server import Server

    Server(
        "bench.bare", address="127.0.0.1", port=port, interface=Interfaces.WSGI, workers=1, blocking_threads=4,
        backpressure=128, http=HTTPModes.http1, websockets=False,
    ).serve(target_loader=partial(load, answer), wrap_loader=False)  # fmt: skip


if __name__ == "__main__":
    serve(int(sys.argv[1]), sys.argv[2])
