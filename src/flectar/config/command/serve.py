"""The web process: Granian with the front layer and Django. Production runs this beside `flectar worker`.

FLECTAR_HOST (127.0.0.1), FLECTAR_PORT (8000), FLECTAR_WEB_WORKERS (1), FLECTAR_WEB_THREADS (4).
"""

import argparse
import os
from collections.abc import Callable
from functools import partial
from typing import Any

from flectar.config import installation
from flectar.config.command.edge import Refusal
from flectar.config.launcher.claims import PortClaim
from flectar.config.launcher.lifeline import die_with_parent

HOST = "127.0.0.1"


def run(options: argparse.Namespace) -> int:
    from granian.constants import HTTPModes, Interfaces
    from granian.server import Server

    if not installation.database_url():
        raise Refusal("DATABASE_URL is not set; `flectar up` starts a database of its own")
    host, port = os.environ.get("FLECTAR_HOST", "") or HOST, installation.port()
    if os.environ.get("FLECTAR_SUPERVISED") != "1":  # else the supervisor holds the port for us
        PortClaim(host, port).take()
    Server(
        "flectar.config.wsgi:application",
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        workers=whole_number("FLECTAR_WEB_WORKERS", 1),
        # Left to itself it may start hundreds of threads, and each wants a connection of the pool.
        blocking_threads=whole_number("FLECTAR_WEB_THREADS", 4),
        backpressure=128,
        http=HTTPModes.http1,
        websockets=False,
        respawn_failed_workers=True,
        workers_kill_timeout=25,
    ).serve(target_loader=partial(load, os.getpid()), wrap_loader=False)
    return 0


def load(parent: int) -> Callable[..., Any]:
    """In the worker: it must not go on answering after a kill -9 of Granian's main process."""
    die_with_parent(parent)
    from flectar.config.wsgi import application

    return application


def whole_number(name: str, default: int) -> int:
    text = os.environ.get(name, "") or str(default)
    if not text.isdecimal() or int(text) < 1:
        raise ValueError(f"{name}={text} is not a whole number above 0; use e.g. {name}={default}")
    return int(text)
