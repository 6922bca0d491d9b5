"""The promise of row-level security, on real PostgreSQL as the role that serves."""

import pytest
from django.db import IntegrityError, ProgrammingError, connection, transaction
from django.db.utils import DatabaseError

from flectar.core.tenancy import NoProjectScope, current_project_id, forget_project, outside_projects, project_scope
from flectar.platform.projects.models import OpeningHours, Project, SpecialDay


def served() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT coalesce(current_setting('app.project_id', true), '')")
        return str(cursor.fetchone()[0])


def rows(table: str) -> int:
    """Counted past Django: what the database itself shows."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM {table}")
        return int(cursor.fetchone()[0])


def test_a_scope_shows_its_own_rows_only(salon: Project, clinic: Project) -> None:
    with project_scope(clinic.pk):
        OpeningHours.objects.all().delete()

    with project_scope(salon.pk):
        assert rows("projects_openinghours") == 5
    with project_scope(clinic.pk):
        assert rows("projects_openinghours") == 0


def test_without_a_scope_the_database_shows_nothing(salon: Project) -> None:
    assert rows("projects_openinghours") == 0


def test_without_a_scope_the_queryset_says_so(salon: Project) -> None:
    with pytest.raises(NoProjectScope):
        OpeningHours.objects.count()


def test_a_scope_inside_another_transaction_gives_it_back(salon: Project) -> None:
    with transaction.atomic():
        with project_scope(salon.pk):
            assert served() == str(salon.pk)

        assert served() == ""
        assert current_project_id() is None


def test_a_nested_scope_gives_the_outer_one_back(salon: Project, clinic: Project) -> None:
    with project_scope(salon.pk):
        with project_scope(clinic.pk):
            assert served() == str(clinic.pk)

        assert served() == str(salon.pk)
        assert current_project_id() == salon.pk


def test_for_a_moment_outside_all_projects_none_is_served(salon: Project) -> None:
    with project_scope(salon.pk):
        with outside_projects():
            assert served() == ""
            assert current_project_id() is None

        assert served() == str(salon.pk)
        assert current_project_id() == salon.pk


def test_a_scope_that_fails_gives_the_outer_one_back(salon: Project, clinic: Project) -> None:
    with project_scope(salon.pk):
        with pytest.raises(IntegrityError), project_scope(clinic.pk):
            SpecialDay.objects.create(day="2026-12-08")
            SpecialDay.objects.create(day="2026-12-08")

        assert served() == str(salon.pk)
        assert SpecialDay.objects.count() == 0


def test_another_projects_id_cannot_be_written(salon: Project, clinic: Project) -> None:
    with project_scope(salon.pk), pytest.raises(ProgrammingError, match="row-level security"), transaction.atomic():
        SpecialDay.objects.create(project=clinic, day="2026-12-08")


def test_a_forged_setting_is_an_error_not_a_leak(salon: Project) -> None:
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT set_config('app.project_id', 'x', true)")
        cursor.execute("SELECT count(*) FROM projects_openinghours")


@pytest.mark.parametrize(
    "statement",
    [
        "TRUNCATE projects_openinghours",
        "ALTER TABLE projects_openinghours DISABLE ROW LEVEL SECURITY",
        "SET ROLE flectar_owner",
        "COPY projects_openinghours FROM STDIN",
        "UPDATE audit_entry SET action = 'x'",
        "DELETE FROM audit_entry",
    ],
)
def test_what_the_serving_role_may_not_do(salon: Project, statement: str) -> None:
    with pytest.raises(DatabaseError), project_scope(salon.pk), connection.cursor() as cursor:
        cursor.execute(statement)


def test_the_pool_hands_out_connections_that_remember_nothing(transactional_db: None, salon: Project) -> None:
    connection.ensure_connection()
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT set_config('app.project_id', '{salon.pk}', {'false'})")
    raw = connection.connection

    forget_project(raw)

    assert raw.execute("SELECT current_setting('app.project_id', true)").fetchone()[0] == ""
