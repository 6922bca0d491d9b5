"""Jobs: a thin face over Procrastinate. Deferred in the deed's own transaction; ids only in arguments, because
arguments are stored and logged in clear; every job may run twice and must not mind.

    @job("booking.remind", retries=4)
    def remind(project_id: UUID, booking_id: UUID) -> None: ...

    remind.defer(project_id=booking.project_id, booking_id=booking.pk)

A `project_id` argument opens that project's scope (one transaction) around the job.
"""

import contextlib
import random
import time
from collections.abc import Callable, Iterator
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime
from functools import wraps
from typing import Any
from uuid import UUID

from asgiref.sync import sync_to_async
from django.db import Error, connection, transaction
from procrastinate import BaseRetryStrategy, RetryDecision
from procrastinate.contrib.django import app
from procrastinate.contrib.django.django_connector import DjangoConnector
from procrastinate.exceptions import AlreadyEnqueued, ConnectorException
from procrastinate.jobs import Status
from procrastinate.manager import JobManager

from flectar.core import clock, metrics
from flectar.core.logs import get_logger, redact
from flectar.core.tenancy import project_scope, prove_it_will_be_kept

log = get_logger(__name__)

# Seconds before each further attempt; the last one repeats.
_WAITS = (10, 60, 300, 1800, 7200, 21600)
# A job whose worker has died under it so often is what kills them.
_MOST_DEATHS = 10
# The worker replaces the app's connector by one of its own, and what a job defers there would not be part of the
# job's transaction. So deeds always queue through Django's connection.
deeds = JobManager(DjangoConnector())


class GiveUp(Exception):
    """A job raises this when another attempt cannot help."""


class _Jittered(BaseRetryStrategy):
    """Full jitter: a random wait up to the step, so that a thousand failures do not come back together."""

    def __init__(self, retries: int) -> None:
        self.retries = retries

    def get_retry_decision(self, *, exception: BaseException, job: Any) -> RetryDecision | None:
        if isinstance(exception, GiveUp) or job.attempts >= self.retries:
            return None
        step = _WAITS[min(job.attempts, len(_WAITS) - 1)]
        wait = getattr(exception, "retry_after", None) or random.uniform(1, step)  # noqa: S311 - not a secret
        return RetryDecision(retry_in={"seconds": int(wait)})


@dataclass(frozen=True, slots=True)
class Job:
    """A function that runs later. `run` is the function itself, for tests and for doing it now."""

    task: Any
    run: Callable[..., None]

    def defer(self, *, _key: str | None = None, _lock: str | None = None, **ids: object) -> None:
        """Queue it with this transaction. At most one waits for a `_key`; one at a time runs for a `_lock`."""
        self._defer(None, _key, _lock, ids)

    def defer_at(self, when: datetime, *, _key: str | None = None, _lock: str | None = None, **ids: object) -> None:
        """Queue it for an instant."""
        self._defer(when, _key, _lock, ids)

    def _defer(self, when: datetime | None, key: str | None, lock: str | None, ids: dict[str, object]) -> None:
        # Procrastinate's keys are one for all tasks: ours are each task's own.
        key = f"{self.task.name} {key}" if key is not None else None
        options = {"schedule_at": when, "queueing_lock": key, "lock": lock}
        given = {name: value for name, value in options.items() if value is not None}
        plain = {name: str(value) if isinstance(value, UUID) else value for name, value in ids.items()}
        deferrer = self.task.configure(**given)
        deferrer.job_manager = deeds
        if key is None:
            if (waiting := _gathered.get()) is None:
                deferrer.defer(**plain)
            else:
                waiting.append(deferrer.make_new_job(**plain))
        elif not _is_waiting(key):
            _defer_once(deferrer, plain)


# Jobs that go into the queue together, or None: each by itself.
_gathered: ContextVar[list[Any] | None] = ContextVar("gathered_jobs", default=None)


@contextlib.contextmanager
def together() -> Iterator[None]:
    """Inside a transaction: the jobs of a deed go into the queue in one statement, at its end. Those with a `_key` go
    at once, because each may be there already."""
    if _gathered.get() is not None:
        yield
        return
    jobs: list[Any] = []
    token = _gathered.set(jobs)
    try:
        yield
    finally:
        _gathered.reset(token)
    if jobs:
        deeds.batch_defer_jobs(jobs)


def _is_waiting(key: str) -> bool:
    """Mostly it is, where there are keys, and a look is cheaper than what the savepoint below costs."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT EXISTS (SELECT FROM procrastinate_jobs WHERE queueing_lock = %s AND status = 'todo')", [key]
        )
        return bool(cursor.fetchone()[0])


def _defer_once(deferrer: Any, ids: dict[str, object]) -> None:
    try:
        # AlreadyEnqueued aborts the transaction it happens in, so it happens in a savepoint.
        with transaction.atomic():
            deferrer.defer(**ids)
    except AlreadyEnqueued:
        prove_it_will_be_kept()


# Whom to tell, by the job's name, when no further attempt will come.
_to_tell: dict[str, Callable[..., None]] = {}


def job(
    name: str, *, retries: int = 6, queue: str = "default", gave_up: Callable[..., None] | None = None
) -> Callable[[Callable[..., None]], Job]:
    """Make a job of a function in an app's `jobs.py`. `gave_up` gets the same ids when no further attempt will come,
    so that whoever waits for the job learns of it."""

    def decorate(function: Callable[..., None]) -> Job:
        if gave_up is not None:
            _to_tell[name] = _in_scope(gave_up)
        task = app.task(name=name, retry=_Jittered(retries), queue=queue, pass_context=True)(
            _watched(name, _in_scope(function), retries=retries, gave_up=_to_tell.get(name))
        )
        return Job(task, function)

    return decorate


def every(cron: str, name: str) -> Callable[[Callable[[], None]], Job]:
    """A function without arguments, at the minutes of a cron line (UTC). Runs once over all workers."""

    def decorate(function: Callable[[], None]) -> Job:
        @wraps(function)
        def at(timestamp: int) -> None:
            function()

        task = app.task(name=name, queueing_lock=name, pass_context=True)(_watched(name, at))
        return Job(app.periodic(cron=cron)(task), function)

    return decorate


def _watched(
    name: str, function: Callable[..., None], *, retries: int = 0, gave_up: Callable[..., None] | None = None
) -> Callable[..., None]:
    """Counts each run, and keeps what went wrong for whoever looks at the failed jobs."""

    @wraps(function)
    def run(context: Any, **ids: Any) -> None:
        began, outcome = time.perf_counter(), "raised"
        try:
            function(**ids)
            outcome = "done"
        except Exception as error:
            outcome = "given up" if isinstance(error, GiveUp) else "raised"
            _keep_error(context.job.id, error)
            if gave_up is not None and (isinstance(error, GiveUp) or context.job.attempts >= retries):
                _tell(name, gave_up, ids)
            raise
        finally:
            metrics.job_ended(name, outcome, time.perf_counter() - began)

    return run


def _tell(name: str, gave_up: Callable[..., None], ids: dict[str, Any]) -> None:
    try:
        gave_up(**ids)
    except Exception:  # the job's own error is the one to raise
        log.exception("nobody could be told that a job gave up", task=name)


def _tell_aside(name: str, gave_up: Callable[..., None], ids: dict[str, Any]) -> None:
    """From the worker's loop, in a thread of its own, whose connection nobody else would give back."""
    try:
        _tell(name, gave_up, ids)
    finally:
        connection.close()


def _keep_error(job_id: int, error: Exception) -> None:
    """The last one, without secrets and addresses; its first line, because PostgreSQL puts rows into the second.

    A database that is away keeps nothing, and hides nothing of the error either.
    """
    text = f"{type(error).__name__}: {redact(str(error).partition('\n')[0])}".replace("\0", "")[:500]
    with contextlib.suppress(Error), connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO core_job_error (job_id, at, error) VALUES (%s, %s, %s)"
            " ON CONFLICT (job_id) DO UPDATE SET at = excluded.at, error = excluded.error",
            [job_id, clock.now(), text],
        )


def _in_scope(function: Callable[..., None]) -> Callable[..., None]:
    @wraps(function)
    def run(**ids: Any) -> None:
        if project_id := ids.get("project_id"):
            ids["project_id"] = UUID(project_id)
            with project_scope(ids["project_id"]):
                function(**ids)
                prove_it_will_be_kept()
        else:
            function(**ids)

    return run


def take_back_all() -> None:
    """Before the only worker of an installation begins: what is `doing` belongs to one that died, so it need not be
    waited for until it has been silent for long enough."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT id FROM procrastinate_jobs WHERE status = 'doing' AND attempts < %s", [_MOST_DEATHS])
        for (job_id,) in cursor.fetchall():
            deeds.retry_job_by_id(job_id, clock.now())


# A worker says every 10 seconds that it lives; a job of one that has been silent for 30 is taken back.
@app.periodic(cron="* * * * *")
@app.task(name="core.take_back_stalled_jobs", queueing_lock="core.take_back_stalled_jobs", pass_context=True)
async def take_back_stalled_jobs(context: Any, timestamp: int) -> None:
    """After kill -9 a job stays `doing` and keeps its lock until somebody takes it back."""
    for stalled in await app.job_manager.get_stalled_jobs(seconds_since_heartbeat=30):
        try:
            if stalled.attempts < _MOST_DEATHS:
                await app.job_manager.retry_job(stalled)
            else:
                await app.job_manager.finish_job(stalled, Status.FAILED, delete_job=False)
                log.error("job given up: its workers die", job=stalled.id, task=stalled.task_name)
                if gave_up := _to_tell.get(stalled.task_name):
                    await sync_to_async(_tell_aside)(stalled.task_name, gave_up, dict(stalled.task_kwargs))
        except ConnectorException:
            # It has just ended, or another worker was first. The others still wait to be taken back.
            log.info("stalled job not taken back", job=stalled.id, exc_info=True)


@app.periodic(cron="17 3 * * *")
@app.task(name="core.delete_finished_jobs", queueing_lock="core.delete_finished_jobs", pass_context=True)
async def delete_finished_jobs(context: Any, timestamp: int) -> None:
    """Finished jobs go after 3 days; failed ones stay 30 for whoever wants to look."""
    await app.job_manager.delete_old_jobs(nb_hours=72)
    await app.job_manager.delete_old_jobs(nb_hours=720, include_failed=True)


@every("23 * * * *", name="core.forget_old_limits")
def forget_old_limits() -> None:
    """Hourly."""
    from flectar.core import limits

    limits.forget_old()
