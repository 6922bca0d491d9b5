"""Jobs that gave up: who they are, what went wrong last, and another try."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import connection, transaction

from flectar.core import clock
from flectar.core.jobs import deeds

_FROM = """FROM procrastinate_jobs j
           LEFT JOIN core_job_error e ON e.job_id = j.id
           JOIN LATERAL (SELECT max(at) AS at FROM procrastinate_events WHERE job_id = j.id) ended ON true
          WHERE j.status = 'failed' AND (%(name)s = '' OR j.task_name = %(name)s)"""


@dataclass(frozen=True, slots=True)
class FailedJob:
    """`error` is empty where the worker died under it."""

    id: int
    name: str
    arguments: dict[str, object]
    attempts: int
    failed_at: datetime
    error: str


class NoSuchJob(LookupError):
    """It did not fail, or is no longer there."""


def failed(name: str = "", *, limit: int = 100, offset: int = 0) -> list[FailedJob]:
    """The jobs that gave up, newest first; those of one name if given."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT j.id, j.task_name, j.args, j.attempts, ended.at, coalesce(e.error, '') {_FROM}"
            " ORDER BY ended.at DESC, j.id DESC LIMIT %(limit)s OFFSET %(offset)s",
            {"name": name, "limit": limit, "offset": offset},
        )
        return [_read(row) for row in cursor.fetchall()]


def counts() -> dict[str, int]:
    """How many failed, by name, in the order of the names."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT task_name, count(*) FROM procrastinate_jobs WHERE status = 'failed' GROUP BY 1 ORDER BY 1"
        )
        return dict(cursor.fetchall())


def queue() -> dict[str, int]:
    """Jobs that are not over, by what they do: waiting, scheduled, running, failed."""
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT CASE WHEN status = 'todo' AND scheduled_at > %s THEN 'scheduled'
                           WHEN status = 'todo' THEN 'waiting'
                           WHEN status = 'doing' THEN 'running' ELSE 'failed' END, count(*)
                 FROM procrastinate_jobs WHERE status IN ('todo', 'doing', 'failed') GROUP BY 1""",
            [clock.now()],
        )
        return {"waiting": 0, "scheduled": 0, "running": 0, "failed": 0, **dict(cursor.fetchall())}


def retry(job_id: int) -> str:
    """Queue a failed job again, or `NoSuchJob`. Its name."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "SELECT task_name FROM procrastinate_jobs WHERE id = %s AND status = 'failed' FOR UPDATE", [job_id]
        )
        row: Sequence[str] | None = cursor.fetchone()
        if row is None:
            raise NoSuchJob(f"there is no failed job {job_id}")
        deeds.retry_job_by_id(job_id, clock.now())
        return row[0]


def retry_all(name: str = "") -> int:
    """Every failed job, or those of one name. How many."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "SELECT id FROM procrastinate_jobs WHERE status = 'failed' AND (%(name)s = '' OR task_name = %(name)s)"
            " ORDER BY id FOR UPDATE SKIP LOCKED",
            {"name": name},
        )
        ids = [job_id for (job_id,) in cursor.fetchall()]
        for job_id in ids:
            deeds.retry_job_by_id(job_id, clock.now())
    return len(ids)


def _read(row: Sequence[object]) -> FailedJob:
    number, name, arguments, attempts, at, error = row
    plain = json.loads(arguments) if isinstance(arguments, str) else arguments
    return FailedJob(number, name, plain, attempts, at, error)  # type: ignore[arg-type]  # as the columns are
