"""Jobs: queued with the deed, run in their project's scope, tried again with patience, never lost with a worker."""

import asyncio
import os
import select
import signal
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Barrier
from typing import Any

import psycopg
import pytest
from django.conf import settings
from django.db import connection, transaction
from procrastinate import PsycopgConnector
from procrastinate.contrib.django import app
from procrastinate.periodic import PeriodicDeferrer

from flectar.core import clock, failures, jobs
from flectar.core.tenancy import project_scope
from flectar.platform.projects.models import Project, SpecialDay
from tests.core import some_jobs

ROOT = Path(__file__).resolve().parents[2]


def work() -> None:
    """Run what is due, as the worker does: with connections of its own beside Django's."""
    with direct() as worker_app:
        worker_app.run_worker(queues=[some_jobs.QUEUE], wait=False, install_signal_handlers=False, listen_notify=False)


@contextmanager
def direct() -> Iterator[Any]:
    with app.replace_connector(PsycopgConnector(conninfo=settings.LISTEN_DATABASE_URL)) as worker_app:
        yield worker_app


def queued(*columns: str) -> list[tuple[Any, ...]]:
    """The tests' jobs in the order of their making."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {', '.join(columns)} FROM procrastinate_jobs WHERE task_name LIKE 'test.%%' ORDER BY id"
        )
        return list(cursor.fetchall())


def make_due() -> None:
    with connection.cursor() as cursor:
        cursor.execute("UPDATE procrastinate_jobs SET scheduled_at = NULL WHERE status = 'todo'")


def days(project: Project) -> list[str]:
    with project_scope(project.pk):
        return [f"{special.day}" for special in SpecialDay.objects.order_by("day")]


# Queued with the deed


def test_a_deed_that_is_rolled_back_leaves_no_job(transactional_db: None, salon: Project):
    with pytest.raises(RuntimeError), transaction.atomic():
        some_jobs.close.defer(project_id=salon.pk, day="2026-12-25")
        raise RuntimeError("the deed failed")

    assert queued("id") == []


def test_a_deed_and_its_job_are_there_together(transactional_db: None, salon: Project):
    with project_scope(salon.pk):
        some_jobs.close.defer(project_id=salon.pk, day="2026-12-25")

    work()

    assert days(salon) == ["2026-12-25"]
    assert queued("status") == [("succeeded",)]


def test_a_job_for_later_waits_for_its_instant(transactional_db: None, salon: Project):
    at = datetime(2099, 1, 1, 9, 0, tzinfo=UTC)
    some_jobs.close.defer_at(at, project_id=salon.pk, day="2026-12-25")

    work()

    assert queued("status", "scheduled_at") == [("todo", at)]
    assert days(salon) == []


def test_arguments_are_plain_ids(transactional_db: None, salon: Project):
    some_jobs.close.defer(project_id=salon.pk, day="2026-12-25")

    assert queued("args ->> 'project_id'") == [(str(salon.pk),)]


def test_a_second_job_for_a_key_does_not_spoil_the_deeds_transaction(transactional_db: None, salon: Project):
    with project_scope(salon.pk):
        some_jobs.close.defer(_key="close", project_id=salon.pk, day="2026-12-25")
        some_jobs.close.defer(_key="close", project_id=salon.pk, day="2026-12-26")
        SpecialDay.objects.create(day="2026-12-24")

    assert queued("args ->> 'day'") == [("2026-12-25",)]
    assert days(salon) == ["2026-12-24"]


def test_a_database_that_goes_away_over_a_key_that_waits_is_heard_of(
    transactional_db: None, salon: Project, monkeypatch: pytest.MonkeyPatch
):
    """Between the refusal of the key and the rollback of its savepoint: Django swallows what fails there."""
    some_jobs.close.defer(_key="close", project_id=salon.pk, day="2026-12-25")
    roll_back = connection.savepoint_rollback

    def hung_up(sid: str) -> None:
        with psycopg.connect(settings.LISTEN_DATABASE_URL, autocommit=True) as other:
            other.execute("SELECT pg_terminate_backend(%s)", [connection.connection.info.backend_pid])
        roll_back(sid)

    with pytest.raises(psycopg.OperationalError), project_scope(salon.pk):
        SpecialDay.objects.create(day="2026-12-24")
        monkeypatch.setattr(connection, "savepoint_rollback", hung_up)
        monkeypatch.setattr(jobs, "_is_waiting", lambda key: False)  # it was queued in this very moment
        some_jobs.close.defer(_key="close", project_id=salon.pk, day="2026-12-26")

    assert days(salon) == []


def test_of_many_deeds_at_once_one_queues_the_key(transactional_db: None, salon: Project):
    start = Barrier(8, timeout=30)

    def deed(number: int) -> None:
        try:
            start.wait()
            with project_scope(salon.pk):
                some_jobs.close.defer(_key="close", project_id=salon.pk, day="2026-12-25")
                SpecialDay.objects.create(day=f"2027-01-0{number + 1}")
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(deed, range(8)))

    assert len(queued("id")) == 1
    assert len(days(salon)) == 8


# Run in their project's scope


def test_a_job_that_fails_leaves_nothing_half_written_and_queues_nothing(transactional_db: None, salon: Project):
    some_jobs.close_and_fail.defer(project_id=salon.pk, day="2026-12-25")

    work()

    assert days(salon) == []
    assert queued("task_name", "status") == [("test.close_and_fail", "todo")]


def test_a_job_without_a_project_touches_no_tenant_row(transactional_db: None, salon: Project):
    some_jobs.without_project.defer()

    work()

    assert queued("status") == [("failed",)]


def test_a_job_of_one_project_does_not_meet_another(transactional_db: None, salon: Project, clinic: Project):
    some_jobs.close.defer(project_id=salon.pk, day="2026-12-25")
    some_jobs.close.defer(project_id=clinic.pk, day="2026-12-26")

    work()

    assert days(salon) == ["2026-12-25"]
    assert days(clinic) == ["2026-12-26"]


def test_run_does_it_now(salon: Project):
    with project_scope(salon.pk):
        some_jobs.close.run(project_id=salon.pk, day="2026-12-25")

    assert days(salon) == ["2026-12-25"]
    assert queued("id") == []


# Tried again


def test_a_failed_job_waits_a_random_while_and_then_gives_up(transactional_db: None, salon: Project):
    some_jobs.close_and_fail.defer(project_id=salon.pk, day="2026-12-25")

    work()
    ((status, attempts, due),) = queued("status", "attempts", "scheduled_at")
    assert (status, attempts) == ("todo", 1)
    assert clock.now() - timedelta(seconds=1) < due <= clock.now() + timedelta(seconds=10)

    for _ in range(2):
        make_due()
        work()
    assert queued("status", "attempts") == [("failed", 3)]


def test_whoever_waits_for_a_job_is_told_when_it_gives_up(transactional_db: None, salon: Project):
    some_jobs.fail_and_tell.defer(project_id=salon.pk, day="2026-12-25")

    work()
    assert days(salon) == []  # another attempt will come
    make_due()
    work()

    assert days(salon) == ["2027-01-01"]
    assert queued("status") == [("failed",)]


def test_a_thousand_failures_do_not_come_back_together():
    strategy = jobs._Jittered(6)

    class Attempt:
        attempts = 2

    waits = {strategy.get_retry_decision(exception=RuntimeError(), job=Attempt).retry_at for _ in range(1000)}

    assert len(waits) > 150
    assert max(waits) <= clock.now() + timedelta(seconds=300)


def test_a_job_that_gives_up_is_not_tried_again(transactional_db: None):
    some_jobs.give_up.defer()

    work()

    assert queued("status", "attempts") == [("failed", 1)]


def test_a_job_that_is_told_when_comes_back_then(transactional_db: None):
    some_jobs.told_when.defer()

    work()

    ((due,),) = queued("scheduled_at")
    assert clock.now() + timedelta(seconds=110) < due <= clock.now() + timedelta(seconds=121)


def test_a_failed_job_waits_again_beside_its_twin(transactional_db: None, salon: Project):
    """While it ran, the same key was queued anew: both must run in the end, and none stay `doing`."""
    some_jobs.close_and_fail.defer(_key="close", project_id=salon.pk, day="2026-12-25")
    with connection.cursor() as cursor:
        cursor.execute("UPDATE procrastinate_jobs SET status = 'doing'")
        some_jobs.close_and_fail.defer(_key="close", project_id=salon.pk, day="2026-12-26")
        cursor.execute(
            "SELECT procrastinate_retry_job_v2(id, now(), NULL, NULL, NULL) FROM procrastinate_jobs "
            "WHERE status = 'doing'"
        )

    assert queued("status") == [("todo",), ("todo",)]


def test_a_failed_job_is_listed_and_can_be_queued_again(transactional_db: None, salon: Project):
    some_jobs.give_up.defer()
    work()

    (found,) = failures.failed()
    assert (found.name, found.arguments, found.attempts) == ("test.give_up", {}, 1)
    assert found.failed_at.tzinfo is not None
    assert found.error == "GiveUp: the address does not exist"
    assert failures.counts() == {"test.give_up": 1}
    assert failures.queue()["failed"] == 1

    failures.retry(found.id)

    assert failures.failed() == []
    assert queued("status") == [("todo",)]


def test_what_is_kept_of_an_error_names_nobody(transactional_db: None):
    some_jobs.fail_with_words.defer()
    work()

    (found,) = failures.failed()
    assert found.error == 'ValueError: duplicate key of "[redacted]", [redacted]'


def test_only_a_failed_job_can_be_queued_again(transactional_db: None, salon: Project):
    some_jobs.close.defer(project_id=salon.pk, day="2026-12-25")
    work()
    ((done,),) = queued("id")

    with pytest.raises(failures.NoSuchJob):
        failures.retry(done)
    with pytest.raises(failures.NoSuchJob):
        failures.retry(999_999)

    assert queued("status") == [("succeeded",)]


# Never lost with a worker


@pytest.fixture
def hanging_worker(database_urls: dict[str, str]) -> Iterator[subprocess.Popen[str]]:
    """A real worker in a process of its own, on this test's database."""
    environment = {
        **os.environ,
        "DATABASE_URL": settings.LISTEN_DATABASE_URL,
        "FLECTAR_KEYS": settings.FLECTAR_KEYS,
        "FLECTAR_SECRET_KEY": settings.SECRET_KEY,
        "PYTHONPATH": f"{ROOT / 'src'}{os.pathsep}{ROOT}",
        "PYTHONUNBUFFERED": "1",
    }
    child = subprocess.Popen(
        [sys.executable, "-m", "tests.core.worker_that_hangs", "worker_that_hangs"],
        env=environment,
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    try:
        yield child
    finally:
        child.kill()
        child.wait()
        assert child.stdout is not None
        child.stdout.close()


def take_back() -> None:
    async def tick() -> None:
        async with worker_app.open_async():
            await jobs.take_back_stalled_jobs.func(None, 0)

    with direct() as worker_app:
        asyncio.run(tick())


def test_the_job_of_a_killed_worker_is_taken_back_and_done_once(
    transactional_db: None, salon: Project, hanging_worker: subprocess.Popen[str]
):
    some_jobs.hang_once.defer(_key="hang", _lock="hang", project_id=salon.pk, day="2026-12-25")
    assert select.select([hanging_worker.stdout], [], [], 60)[0], "the worker did not begin"
    assert hanging_worker.stdout.readline() == "begun\n"
    some_jobs.hang_once.defer(_key="hang", _lock="hang", project_id=salon.pk, day="2026-12-26")

    os.kill(hanging_worker.pid, signal.SIGKILL)
    hanging_worker.wait()

    take_back()  # its last sign of life is too fresh
    assert queued("status") == [("doing",), ("todo",)]
    with connection.cursor() as cursor:
        cursor.execute("UPDATE procrastinate_workers SET last_heartbeat = now() - interval '1 minute'")
    take_back()
    assert queued("status") == [("todo",), ("todo",)]

    work()

    assert queued("status") == [("succeeded",), ("succeeded",)]
    assert days(salon) == ["2026-12-25", "2026-12-26"]


def test_a_job_that_kills_every_worker_is_given_up(transactional_db: None, salon: Project):
    some_jobs.close.defer(project_id=salon.pk, day="2026-12-25")
    some_jobs.close.defer(project_id=salon.pk, day="2026-12-26")
    with connection.cursor() as cursor:
        cursor.execute("UPDATE procrastinate_jobs SET status = 'doing', worker_id = NULL")
        cursor.execute("UPDATE procrastinate_jobs SET attempts = 20 WHERE args ->> 'day' = '2026-12-25'")

    take_back()

    assert queued("status") == [("failed",), ("todo",)]


def test_whoever_waits_for_a_job_that_kills_every_worker_is_told(transactional_db: None, salon: Project):
    some_jobs.fail_and_tell.defer(project_id=salon.pk, day="2026-12-25")
    with connection.cursor() as cursor:
        cursor.execute("UPDATE procrastinate_jobs SET status = 'doing', worker_id = NULL, attempts = 20")

    take_back()

    assert queued("status") == [("failed",)]
    with project_scope(salon.pk):
        assert [*SpecialDay.objects.values_list("note", flat=True)] == ["in vain: 2026-12-25"]


# At their minute


def test_a_cron_job_is_queued_once_over_two_workers(transactional_db: None):
    at = datetime(2026, 11, 23, 10, 23, 5, tzinfo=UTC).timestamp()
    names = {"core.take_back_stalled_jobs", "core.forget_old_limits"}

    async def two_workers_tick() -> None:
        async with worker_app.open_async():
            deferrers = [PeriodicDeferrer(app.periodic_registry) for _ in range(2)]
            due = [[due for due in each.get_previous_tasks(at) if due[0].task.name in names] for each in deferrers]
            await asyncio.gather(*(each.defer_jobs(those) for each, those in zip(deferrers, due, strict=True)))

    with direct() as worker_app:
        asyncio.run(two_workers_tick())

    with connection.cursor() as cursor:
        cursor.execute("SELECT task_name, args ->> 'timestamp' FROM procrastinate_jobs ORDER BY task_name")
        found = cursor.fetchall()
    minute = int(datetime(2026, 11, 23, 10, 23, tzinfo=UTC).timestamp())
    assert found == [("core.forget_old_limits", f"{minute}"), ("core.take_back_stalled_jobs", f"{minute}")]


def test_a_cron_job_runs(transactional_db: None, salon: Project):
    jobs.forget_old_limits.task.configure(queue=some_jobs.QUEUE).defer(timestamp=0)

    work()

    with connection.cursor() as cursor:
        # The worker's own clock may defer another while this runs.
        cursor.execute(
            "SELECT status FROM procrastinate_jobs"
            " WHERE task_name = 'core.forget_old_limits' AND args ->> 'timestamp' = '0'"
        )
        assert cursor.fetchall() == [("succeeded",)]


def test_finished_jobs_are_deleted_and_failed_ones_stay_a_month(transactional_db: None, salon: Project):
    some_jobs.close.defer(project_id=salon.pk, day="2026-12-25")
    some_jobs.give_up.defer()
    work()
    with connection.cursor() as cursor:
        cursor.execute("UPDATE procrastinate_events SET at = at - interval '4 days'")

    async def tick() -> None:
        async with worker_app.open_async():
            await jobs.delete_finished_jobs.func(None, 0)

    with direct() as worker_app:
        asyncio.run(tick())

    assert queued("task_name") == [("test.give_up",)]
