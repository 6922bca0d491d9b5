"""Answer /metrics in Prometheus' text form on 127.0.0.1:FLECTAR_OPERATOR_PORT. `flectar up` starts it by itself where
that is set; beside `serve` and `worker` it is a third process, one on each machine.

Loads neither Django nor the product: it adds up what the other processes wrote down, and asks the database as the
role that may only count.
"""

import argparse
import os
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import psycopg

from flectar.config import installation
from flectar.config.command.edge import Refusal
from flectar.config.launcher.lifeline import die_with_parent

HOST = "127.0.0.1"
OUTBOX = ("pending", "sending", "sent", "unknown", "failed", "dead", "overtaken")
_JOBS = """
    SELECT CASE WHEN status = 'todo' AND scheduled_at > now() THEN 'scheduled' WHEN status = 'todo' THEN 'waiting'
                WHEN status = 'doing' THEN 'running' ELSE status::text END AS state, count(*)
      FROM procrastinate_jobs WHERE status IN ('todo', 'doing', 'failed') GROUP BY 1"""
_OLDEST = """
    SELECT coalesce(extract(epoch FROM now() - min(coalesce(j.scheduled_at, e.at))), 0)
      FROM procrastinate_jobs j LEFT JOIN procrastinate_events e ON e.job_id = j.id AND e.type = 'deferred'
     WHERE j.status = 'todo' AND (j.scheduled_at IS NULL OR j.scheduled_at <= now())"""
_OUTBOX = "SELECT state, count(*) FROM outbox_message GROUP BY 1"


def run(options: argparse.Namespace) -> int:
    port = installation.operator_port()
    if not port:
        raise Refusal("FLECTAR_OPERATOR_PORT is not set; choose a free port, e.g. FLECTAR_OPERATOR_PORT=9464")
    if os.environ.get("FLECTAR_SUPERVISED") == "1":
        die_with_parent()
    folder = installation.metrics_folder()
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = str(folder)
    try:
        server = ThreadingHTTPServer((HOST, port), Handler)
    except OSError as error:
        raise Refusal(
            f"cannot listen on {HOST}:{port}: {error.strerror}; set FLECTAR_OPERATOR_PORT to another"
        ) from None
    server.daemon_threads = True
    stop_when_asked(server)
    server.serve_forever(poll_interval=0.5)
    server.server_close()
    return 0


def stop_when_asked(server: ThreadingHTTPServer) -> None:
    import signal

    def stop(number: int, frame: Any) -> None:
        threading.Thread(target=server.shutdown).start()

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)


class Handler(BaseHTTPRequestHandler):
    server_version = "flectar"
    sys_version = ""
    timeout = 30

    def do_GET(self) -> None:
        name = self.headers.get("Host", "").rpartition(":")[0] or self.headers.get("Host", "")
        if name not in {"localhost", HOST}:
            # A page of the internet could have its own name point at this machine, and read what we say.
            self._send(421, "This address is asked by localhost only.\n", "text/plain; charset=utf-8")
        elif self.path.partition("?")[0] != "/metrics":
            self._send(404, "There is only /metrics here.\n", "text/plain; charset=utf-8")
        else:
            from prometheus_client import CONTENT_TYPE_LATEST

            self._send(200, exposition(), CONTENT_TYPE_LATEST)

    def _send(self, status: int, text: str, kind: str) -> None:
        body = text.encode()
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:
        """A line every fifteen seconds would tell nothing."""


def exposition() -> str:
    from prometheus_client import CollectorRegistry, generate_latest
    from prometheus_client.multiprocess import MultiProcessCollector

    folder = installation.metrics_folder()
    forget_the_dead(folder)
    registry = CollectorRegistry()
    MultiProcessCollector(registry, path=str(folder))  # type: ignore[no-untyped-call]  # it has no types
    registry.register(Counted())
    return generate_latest(registry).decode()


def forget_the_dead(folder: Path) -> None:
    """What a process has now goes with it; what it has done stays counted."""
    for file in folder.glob("gauge_live*_*.db"):
        pid = file.stem.rpartition("_")[2]
        if pid.isdecimal() and not Path(f"/proc/{pid}").exists() and not _lives(int(pid)):
            file.unlink(missing_ok=True)


def _lives(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


class Counted:
    """What the database knows, counted when asked."""

    def describe(self) -> list[Any]:
        return []

    def collect(self) -> Iterator[Any]:
        from prometheus_client.core import GaugeMetricFamily

        began = time.perf_counter()
        try:
            jobs, oldest, outbox = self._ask()
        except psycopg.Error:
            yield GaugeMetricFamily("flectar_database_up", "Whether the database answers", value=0)
            return
        yield GaugeMetricFamily("flectar_database_up", "Whether the database answers", value=1)
        yield GaugeMetricFamily("flectar_counting_seconds", "What these counts took", value=time.perf_counter() - began)
        queue = GaugeMetricFamily("flectar_jobs", "Jobs by state", labels=["state"])
        for state in ("waiting", "scheduled", "running", "failed"):
            queue.add_metric([state], jobs.get(state, 0))
        yield queue
        yield GaugeMetricFamily(
            "flectar_jobs_oldest_waiting_seconds", "Since when the oldest due job waits", value=oldest
        )
        mail = GaugeMetricFamily("flectar_outbox_messages", "Messages by state", labels=["state"])
        for state in OUTBOX:
            mail.add_metric([state], outbox.get(state, 0))
        yield mail

    @staticmethod
    def _ask() -> tuple[dict[str, int], float, dict[str, int]]:
        url = installation.ops_database_url()
        if not url:
            raise psycopg.OperationalError("FLECTAR_OPS_DATABASE_URL is not set")
        with psycopg.connect(url, autocommit=True, connect_timeout=3, options="-c statement_timeout=5s") as connection:
            jobs: dict[str, int] = dict(connection.execute(_JOBS).fetchall())
            row = connection.execute(_OLDEST).fetchone()
            outbox: dict[str, int] = dict(connection.execute(_OUTBOX).fetchall())
            return jobs, float(row[0]) if row else 0.0, outbox
