"""The promise of the platform, over every tenant model: project B reads nothing of A, and cannot insert into A,
change, delete or move A's rows, nor reference them."""

from contextlib import suppress

import pytest
from django.db import DatabaseError, IntegrityError, connection, models, transaction

from flectar.core.tenancy import TenantForeignKey, TenantOneToOneField, project_scope
from flectar.platform.projects.models import Project
from tests.rows import row, values
from tests.test_architecture import TENANT

REFUSALS = r"row-level security|permission denied|violates foreign key"
# The profile is one a project and `make.project` has made it.
EXISTING = {"projects.businessprofile"}

every_tenant_model = pytest.mark.parametrize("model", TENANT, ids=lambda m: m._meta.label)


def row_of(model: type[models.Model], project: Project) -> models.Model:
    with project_scope(project.pk):
        if model._meta.label_lower in EXISTING:
            return model._base_manager.get()
        if model._meta.get_field("project_id").column == "project_id" and not hasattr(model, "project"):
            return row(model, project_id=project.pk)
        return row(model)


def run(statement: str, *parameters: object) -> int:
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        return int(cursor.rowcount)


@every_tenant_model
def test_another_project_reads_nothing(salon: Project, clinic: Project, model: type[models.Model]) -> None:
    theirs = row_of(model, salon)

    with project_scope(clinic.pk):
        assert run(f'SELECT 1 FROM "{model._meta.db_table}" WHERE id = %s', theirs.pk) == 0
    assert run(f'SELECT 1 FROM "{model._meta.db_table}" WHERE id = %s', theirs.pk) == 0


@every_tenant_model
def test_another_project_changes_and_deletes_nothing(
    salon: Project, clinic: Project, model: type[models.Model]
) -> None:
    theirs = row_of(model, salon)
    table = model._meta.db_table

    for statement in (f'UPDATE "{table}" SET id = id WHERE id = %s', f'DELETE FROM "{table}" WHERE id = %s'):
        # Refused outright where the table is append-only for everybody.
        with suppress(DatabaseError), project_scope(clinic.pk):
            assert run(statement, theirs.pk) == 0

    with project_scope(salon.pk):
        assert run(f'SELECT 1 FROM "{table}" WHERE id = %s', theirs.pk) == 1


@every_tenant_model
def test_nobody_inserts_into_another_project(salon: Project, clinic: Project, model: type[models.Model]) -> None:
    if model._meta.label_lower in EXISTING:
        with project_scope(salon.pk):
            model._base_manager.all().delete()

    with pytest.raises(DatabaseError, match="row-level security"), project_scope(clinic.pk):
        model._base_manager.create(**values(model) | {"project_id": salon.pk})


@every_tenant_model
def test_nobody_moves_a_row_to_another_project(salon: Project, clinic: Project, model: type[models.Model]) -> None:
    ours = row_of(model, salon)

    with pytest.raises(DatabaseError, match=REFUSALS), project_scope(salon.pk):
        run(f'UPDATE "{model._meta.db_table}" SET project_id = %s WHERE id = %s', clinic.pk, ours.pk)


REFERENCES = [
    (model, field)
    for model in TENANT
    for field in model._meta.concrete_fields
    if isinstance(field, TenantForeignKey | TenantOneToOneField)
]


@pytest.mark.parametrize(("model", "field"), REFERENCES, ids=[f"{m._meta.label}.{f.name}" for m, f in REFERENCES])
def test_nobody_references_another_projects_row(
    salon: Project, clinic: Project, model: type[models.Model], field: models.Field
) -> None:
    target = field.related_model
    assert target is not None
    theirs = row_of(target, salon)

    with (
        pytest.raises(IntegrityError, match="violates foreign key constraint"),
        project_scope(clinic.pk),
        transaction.atomic(),
    ):
        row(model, **{field.name: theirs})
