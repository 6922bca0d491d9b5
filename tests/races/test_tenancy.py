"""Nobody is ever served as another project: real threads on a pool of three, code that forgets and code that fails."""

import random
from collections import Counter
from collections.abc import Iterator
from itertools import count
from threading import Barrier, Thread
from uuid import UUID

import pytest
from django.db import DatabaseError, connection, transaction

from flectar.core.tenancy import NoProjectScope, current_project_id, project_scope
from flectar.platform.projects.models import OpeningHours, Project, SpecialDay
from tests import make

THREADS, EACH = 6, 160
minutes = count()


class Oops(Exception):
    """What code throws in the middle of its work."""


@pytest.fixture
def two(transactional_db: None) -> Iterator[list[Project]]:
    """Two projects, each with rows that name it, over fewer connections than threads."""
    made = [make.project("nacar"), make.project("clinica")]
    for project in made:
        with project_scope(project.pk):
            OpeningHours.objects.all().delete()
            OpeningHours.objects.create(weekday=1, start_min=600, len_min=60)
    pool = connection.settings_dict["OPTIONS"]["pool"]
    usual = dict(pool)
    connection.close()
    connection.close_pool()
    pool |= {"min_size": 1, "max_size": 3, "timeout": 30}
    yield made
    connection.close()
    connection.close_pool()
    pool |= usual


def seen() -> set[UUID]:
    """Whose rows the database shows, past Django's filter."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT DISTINCT project_id FROM projects_openinghours")
        return {row[0] for row in cursor.fetchall()}


def served() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT coalesce(current_setting('app.project_id', true), '')")
        return str(cursor.fetchone()[0])


# Each is one piece of work for one project, as right and as wrong as code can be. It says what it saw.


def reads(mine: Project, other: Project) -> set[UUID]:
    with project_scope(mine.pk):
        return seen() | {row.project_id for row in OpeningHours.objects.all()}


def writes(mine: Project, other: Project) -> set[UUID]:
    with project_scope(mine.pk):
        OpeningHours.objects.create(weekday=2, start_min=next(minutes), len_min=1)
        return seen()


def fails_in_the_middle(mine: Project, other: Project) -> set[UUID]:
    found: set[UUID] = set()
    try:
        with project_scope(mine.pk):
            SpecialDay.objects.create(day="2026-12-08")
            found = seen()
            raise Oops
    except Oops:
        return found | seen_outside()


def fails_in_the_database(mine: Project, other: Project) -> set[UUID]:
    try:
        with project_scope(mine.pk), connection.cursor() as cursor:
            cursor.execute("SELECT 1/0")
    except DatabaseError:
        return {mine.pk} | seen_outside()
    raise AssertionError


def fails_in_a_nested_scope(mine: Project, other: Project) -> set[UUID]:
    with project_scope(mine.pk):
        try:
            with project_scope(other.pk):
                SpecialDay.objects.create(day="2026-12-25")
                raise Oops
        except Oops:
            return seen()


def looks_at_the_other_inside(mine: Project, other: Project) -> set[UUID]:
    with project_scope(mine.pk):
        with project_scope(other.pk):
            assert seen() == {other.pk}
        return seen()


def forgets_the_scope(mine: Project, other: Project) -> set[UUID]:
    with pytest.raises(NoProjectScope):
        OpeningHours.objects.count()
    return {mine.pk} | seen_outside()


def forgets_the_scope_in_a_transaction(mine: Project, other: Project) -> set[UUID]:
    with transaction.atomic():
        with project_scope(mine.pk):
            found = seen()
        return found | seen_outside()


def breaks_its_transaction(mine: Project, other: Project) -> set[UUID]:
    with transaction.atomic():
        with project_scope(mine.pk):
            found = seen()
            transaction.set_rollback(True)
        transaction.set_rollback(True)
    return found | seen_outside()


def loses_its_connection(mine: Project, other: Project) -> set[UUID]:
    try:
        with project_scope(mine.pk):
            found = seen()
            connection.close()
            raise Oops
    except (Oops, DatabaseError):
        connection.close()
    return found


def sets_it_for_the_whole_session(mine: Project, other: Project) -> set[UUID]:
    """Forbidden by a source test; the pool forgets it all the same."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('app.project_id', %s, false)", [str(mine.pk)])
    found = seen()
    connection.close()
    return found


def seen_outside() -> set[UUID]:
    assert current_project_id() is None
    assert served() == ""
    return seen()


WORK = [
    reads,
    writes,
    fails_in_the_middle,
    fails_in_the_database,
    fails_in_a_nested_scope,
    looks_at_the_other_inside,
    forgets_the_scope,
    forgets_the_scope_in_a_transaction,
    breaks_its_transaction,
    loses_its_connection,
    sets_it_for_the_whole_session,
]


def test_no_piece_of_work_sees_another_projects_rows(two: list[Project]):
    barrier = Barrier(THREADS, timeout=30)
    done: Counter[str] = Counter()
    wrong: list[str] = []

    def work(number: int) -> None:
        chance = random.Random(number)
        try:
            barrier.wait()
            for _ in range(EACH):
                mine, other = chance.sample(two, 2)
                deed = chance.choice(WORK)
                found = deed(mine, other)
                done[deed.__name__] += 1
                if found != {mine.pk}:
                    wrong.append(f"{deed.__name__} for {mine.slug} saw {found}")
                if chance.random() < 0.5:
                    connection.close()  # as at the end of a request: the next one takes whichever is free
        except BaseException as error:
            wrong.append(repr(error))
        finally:
            connection.close()

    threads = [Thread(target=work, args=(number,)) for number in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=120)

    assert wrong == []
    assert done.total() == THREADS * EACH == 960
    assert set(done) == {deed.__name__ for deed in WORK}
    for project in two:
        with project_scope(project.pk):
            assert SpecialDay.objects.count() == 0
