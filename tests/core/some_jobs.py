"""Jobs that only the tests know, for workers in this process and in a child. They leave their traces in tables."""

import sys
from datetime import date
from threading import Event
from uuid import UUID

from flectar.core.jobs import GiveUp, job
from flectar.platform.projects.models import OpeningHours, SpecialDay

QUEUE = "test"


@job("test.close", queue=QUEUE)
def close(project_id: UUID, day: str) -> None:
    SpecialDay.objects.create(day=date.fromisoformat(day))


@job("test.close_and_fail", queue=QUEUE, retries=2)
def close_and_fail(project_id: UUID, day: str) -> None:
    SpecialDay.objects.create(day=date.fromisoformat(day))
    close.defer(project_id=project_id, day="2026-12-31")
    raise RuntimeError("after the write")


@job("test.fail_with_words", queue=QUEUE, retries=0)
def fail_with_words() -> None:
    raise ValueError('duplicate key of "ana@example.com", password=hunter2\nDETAIL: (Ana, Calle Mayor 1)')


@job("test.give_up", queue=QUEUE)
def give_up() -> None:
    raise GiveUp("the address does not exist")


def _close_new_year(project_id: UUID, day: str) -> None:
    SpecialDay.objects.create(day=date(2027, 1, 1), note=f"in vain: {day}")


@job("test.fail_and_tell", queue=QUEUE, retries=1, gave_up=_close_new_year)
def fail_and_tell(project_id: UUID, day: str) -> None:
    raise RuntimeError("each time")


class ComeBackLater(Exception):
    retry_after = 120


@job("test.told_when", queue=QUEUE)
def told_when() -> None:
    raise ComeBackLater


@job("test.without_project", queue=QUEUE, retries=0)
def without_project() -> None:
    OpeningHours.objects.count()


@job("test.hang_once", queue=QUEUE)
def hang_once(project_id: UUID, day: str, hang: bool = True) -> None:
    """The worker that runs it first is killed meanwhile."""
    SpecialDay.objects.create(day=date.fromisoformat(day))
    if "worker_that_hangs" in sys.argv:
        sys.stdout.write("begun\n")
        sys.stdout.flush()
        Event().wait()
