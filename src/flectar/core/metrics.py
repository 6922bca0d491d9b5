"""What this process has done, in numbers, for /metrics. Off unless the operator's port is set; then each process writes
its own files into one folder, and `flectar metrics` adds them up.

Labels are names of our own code and a handful of states: never an id, an address or anything of a person.
"""

import os
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.conf import settings

# Quick answers are told apart; whatever takes longer than five seconds is equally bad.
REQUEST_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5)
METHODS = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}
JOB_SECONDS = (0.01, 0.05, 0.1, 0.5, 1, 5, 30, 120, 600)


@dataclass(frozen=True, slots=True)
class _Instruments:
    requests: Any
    jobs: Any
    front: Any
    connections: Any


def are_on() -> bool:
    return bool(settings.METRICS_FOLDER)


@cache
def _instruments() -> _Instruments:
    # The library decides at its import where values live.
    folder = settings.METRICS_FOLDER
    if folder is None:
        raise RuntimeError("metrics are off: FLECTAR_OPERATOR_PORT is not set")
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = str(folder)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    from prometheus_client import Counter, Gauge, Histogram

    return _Instruments(
        requests=Histogram(
            "flectar_request_seconds",
            "Requests that reached Django",
            ["view", "method", "status"],
            buckets=REQUEST_SECONDS,
        ),
        jobs=Histogram("flectar_job_seconds", "Runs of jobs", ["job", "outcome"], buckets=JOB_SECONDS),
        front=Counter("flectar_front_requests", "Requests by what the front layer did with them", ["outcome"]),
        connections=Gauge(
            "flectar_database_connections",
            "Connections of the pools, and requests that wait for one",
            ["state"],
            multiprocess_mode="livesum",
        ),
    )


def request_answered(view: str, method: str, status: int, seconds: float) -> None:
    known = method if method in METHODS else "other"
    _instruments().requests.labels(view, known, f"{status // 100}xx").observe(seconds)


def job_ended(name: str, outcome: str, seconds: float) -> None:
    if are_on():
        _instruments().jobs.labels(name, outcome).observe(seconds)


def front_answered(outcome: str) -> None:
    """`hit`: from memory; `read`: the long way; `passed`: Django's; `refused`: no such host; `resting`: no database."""
    _instruments().front.labels(outcome).inc()


def pool_used(*, in_use: int, idle: int, waiting: int) -> None:
    connections = _instruments().connections
    connections.labels("in use").set(in_use)
    connections.labels("idle").set(idle)
    connections.labels("waiting").set(waiting)
