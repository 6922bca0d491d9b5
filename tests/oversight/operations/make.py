"""Plain functions that make failed jobs, as the worker leaves them."""

from django.db import connection

from flectar.core import clock


def a_failed_job(name: str = "outbox.send", error: str = "OperationalError: gone", attempts: int = 7) -> int:
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO procrastinate_jobs (queue_name, task_name, args, status, attempts)"
            " VALUES ('default', %s, '{\"message_id\": \"01a2\"}', 'failed', %s) RETURNING id",
            [name, attempts],
        )
        (job_id,) = cursor.fetchone()
        cursor.execute(
            "INSERT INTO procrastinate_events (job_id, type, at) VALUES (%s, 'failed', %s)", [job_id, clock.now()]
        )
        if error:
            cursor.execute(
                "INSERT INTO core_job_error (job_id, at, error) VALUES (%s, %s, %s)", [job_id, clock.now(), error]
            )
        return int(job_id)
