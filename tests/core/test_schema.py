"""Tenancy survives every way of changing a table: makemigrations writes it, migrate does it, and undoes it."""

from collections.abc import Iterator
from functools import cache
from typing import Any

import pytest
from django.apps.registry import Apps
from django.db import IntegrityError, connection, migrations, models, transaction
from django.db.migrations.autodetector import MigrationAutodetector
from django.db.migrations.graph import MigrationGraph
from django.db.migrations.migration import Migration
from django.db.migrations.questioner import NonInteractiveMigrationQuestioner
from django.db.migrations.state import ModelState, ProjectState

from flectar.config.settings import database
from flectar.core.tenancy import TenantForeignKey, TenantIsolation, TenantOneToOneField, TenantReference
from flectar.platform.projects.models import Project, TenantModel

APP = "library"


@pytest.fixture
def as_owner(transactional_db: None, database_urls: dict[str, str]) -> Iterator[None]:
    """The tables of the library, and no trace of them afterwards."""
    served = dict(connection.settings_dict)
    connection.close()
    connection.settings_dict.update(database(database_urls["flectar_owner"], pooled=False))
    yield
    with connection.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE tablename LIKE 'library_%'")
        for (table,) in cursor.fetchall():
            cursor.execute(f'DROP TABLE "{table}" CASCADE')
    connection.close()
    connection.settings_dict.update(served)


def state(*named: tuple[str, dict[str, Any]]) -> ProjectState:
    """A project, and whatever it refers to, as historical models, and these beside them."""
    found = ProjectState()
    for model in referred_to(Project):
        found.add_model(ModelState.from_model(model))
    registry = Apps()
    for name, fields in named:
        meta = type("Meta", (), {"app_label": APP, "apps": registry})
        made: Any = type(name, (TenantModel,), {"__module__": "library.models", "Meta": meta, **fields})
        found.add_model(ModelState.from_model(made))
    return found


@cache
def referred_to(model: type[models.Model]) -> tuple[type[models.Model], ...]:
    """A model and those that its rows point at. To draw the whole house for each state takes seconds."""
    found, new = {model}, [model]
    while new:
        fields = [
            field for one in new for field in one._meta.get_fields() if field.is_relation and not field.auto_created
        ]
        named = {field.related_model for field in fields} | {
            getattr(field.remote_field, "through", None) for field in fields
        }
        new = [one for one in named - found if isinstance(one, type)]
        found.update(new)
    return tuple(sorted(found, key=lambda one: one._meta.label))


class Renamed(NonInteractiveMigrationQuestioner):
    """Says yes to whatever looks like a new name."""

    def ask_rename(self, *args: Any, **kwargs: Any) -> bool:
        return True

    ask_rename_model = ask_rename


def written(before: ProjectState, after: ProjectState) -> Migration:
    """What makemigrations would write, as one migration."""
    detector = MigrationAutodetector(before.clone(), after.clone(), Renamed(specified_apps={APP}))
    found = detector._detect_changes(convert_apps={APP}, graph=MigrationGraph()).get(APP, [])
    migration = Migration("0001_test", APP)
    migration.operations = [operation for each in found for operation in each.operations]
    return migration


def forwards(migration: Migration, before: ProjectState) -> None:
    with connection.schema_editor(atomic=True) as editor:
        migration.apply(before.clone(), editor)


def backwards(migration: Migration, before: ProjectState) -> None:
    with connection.schema_editor(atomic=True) as editor:
        migration.unapply(before.clone(), editor)


def catalogue(query: str, *values: object) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(query, values)
        return [row[0] if len(row) == 1 else row for row in cursor.fetchall()]


def is_isolated(table: str) -> bool:
    flags = catalogue("SELECT relrowsecurity, relforcerowsecurity FROM pg_class WHERE relname = %s", table)
    policies = catalogue("SELECT polname FROM pg_policy WHERE polrelid = %s::regclass ORDER BY 1", table)
    return flags == [(True, True)] and policies == ["own", "tenant"]


def references(table: str) -> list[str]:
    return catalogue(
        """SELECT pg_get_constraintdef(oid) FROM pg_constraint
            WHERE conrelid = %s::regclass AND contype = 'f' AND array_length(conkey, 1) = 2 ORDER BY conname""",
        table,
    )


def reference(column: str, target: str) -> str:
    return f"FOREIGN KEY (project_id, {column}) REFERENCES {target}(project_id, id) DEFERRABLE"


def indexed(table: str) -> list[str]:
    definitions = catalogue("SELECT indexdef FROM pg_indexes WHERE tablename = %s AND indexname LIKE '%%\\_ix'", table)
    return [text.partition("(")[2].rstrip(")") for text in definitions]


def nothing() -> ProjectState:
    return state()


def text() -> Any:
    return models.CharField(max_length=20)


def book(**fields: Any) -> tuple[str, dict[str, Any]]:
    return "Book", {"title": text(), **fields}


def shelf(**fields: Any) -> tuple[str, dict[str, Any]]:
    return "Shelf", {"name": text(), **fields}


def to(name: str, **options: Any) -> Any:
    return TenantForeignKey(f"{APP}.{name}", models.CASCADE, **{"related_name": "+", **options})


def test_new_tables_come_isolated_and_go_without_a_trace(as_owner: None):
    after = state(shelf(), book(shelf=to("Shelf")))
    migration = written(nothing(), after)

    forwards(migration, nothing())

    assert is_isolated("library_shelf")
    assert is_isolated("library_book")
    assert references("library_book") == [reference("shelf_id", "library_shelf")]
    assert indexed("library_book") == ["project_id, shelf_id"]
    backwards(migration, nothing())
    assert catalogue("SELECT tablename FROM pg_tables WHERE tablename LIKE 'library_%%'") == []
    forwards(migration, nothing())
    assert references("library_book") == [reference("shelf_id", "library_shelf")]


@pytest.mark.parametrize("names", [("Zeta", "Alpha"), ("Alpha", "Zeta")])
def test_a_reference_may_be_written_before_what_it_needs(as_owner: None, names: tuple[str, str]):
    """makemigrations orders by name, and does not know that a reference needs the other's unique(project, id)."""
    one, other = names
    after = state((one, {"other": to(other)}), (other, {"name": text()}))

    forwards(written(nothing(), after), nothing())

    assert references(f"library_{one.lower()}") == [reference("other_id", f"library_{other.lower()}")]


@pytest.mark.parametrize("turned", [False, True])
def test_whatever_the_order_of_the_constraints(as_owner: None, turned: bool):
    migration = written(nothing(), state(("Alpha", {"name": text()}), ("Zeta", {"alpha": to("Alpha")})))
    creations: list[Any] = []
    constraints: list[Any] = []
    for operation in migration.operations:
        assert isinstance(operation, migrations.CreateModel | migrations.AddConstraint)
        if isinstance(operation, migrations.AddConstraint):
            constraints.append(operation)
            continue
        for constraint in operation.options.pop("constraints", []):
            constraints.append(migrations.AddConstraint(operation.name, constraint))
        creations.append(operation)
    migration.operations = [*creations, *sorted(constraints, key=_is_reference, reverse=turned)]

    forwards(migration, nothing())

    assert is_isolated("library_zeta")
    assert references("library_zeta") == [reference("alpha_id", "library_alpha")]


def _is_reference(operation: migrations.AddConstraint) -> bool:
    return isinstance(operation.constraint, TenantReference)


def test_two_tables_may_point_at_each_other(as_owner: None):
    after = state(shelf(best=to("Book", null=True)), book(shelf=to("Shelf")))

    forwards(written(nothing(), after), nothing())

    assert references("library_book") == [reference("shelf_id", "library_shelf")]
    assert references("library_shelf") == [reference("best_id", "library_book")]


CHANGES = {
    "a field more": (book(), book(shelf=to("Shelf", null=True)), [], ["shelf_id"]),
    "a field less": (book(shelf=to("Shelf")), book(), ["shelf_id"], []),
    "a field by another name": (book(shelf=to("Shelf")), book(place=to("Shelf")), ["shelf_id"], ["place_id"]),
    "a field that may be empty": (
        book(shelf=to("Shelf")),
        book(shelf=to("Shelf", null=True)),
        ["shelf_id"],
        ["shelf_id"],
    ),
    "a field to one row": (
        book(shelf=to("Shelf")),
        book(shelf=TenantOneToOneField(f"{APP}.Shelf", models.CASCADE, related_name="+")),
        ["shelf_id"],
        ["shelf_id"],
    ),
    "another field, longer": (
        book(shelf=to("Shelf")),
        ("Book", {"title": models.CharField(max_length=90), "shelf": to("Shelf")}),
        ["shelf_id"],
        ["shelf_id"],
    ),
    "a table by another name": (
        book(shelf=to("Shelf")),
        ("Volume", {"title": text(), "shelf": to("Shelf")}),
        ["shelf_id"],
        ["shelf_id"],
    ),
}


@pytest.mark.parametrize("change", CHANGES)
def test_a_changed_table_stays_isolated_both_ways(as_owner: None, change: str):
    old, new, old_columns, new_columns = CHANGES[change]
    before, after = state(shelf(), old), state(shelf(), new)
    forwards(written(nothing(), before), nothing())
    old_table, new_table = (f"library_{name.lower()}" for name in (old[0], new[0]))
    migration = written(before, after)
    assert migration.operations

    for _ in range(2):
        forwards(migration, before)
        assert is_isolated(new_table)
        assert references(new_table) == [reference(column, "library_shelf") for column in new_columns]
        assert indexed(new_table) == [f"project_id, {column}" for column in new_columns]

        backwards(migration, before)
        assert is_isolated(old_table)
        assert references(old_table) == [reference(column, "library_shelf") for column in old_columns]
        assert indexed(old_table) == [f"project_id, {column}" for column in old_columns]


def test_what_the_migrations_say_is_what_the_models_say(as_owner: None):
    """Nothing is left to write after a migration: no drift."""
    for _change, (old, new, *_columns) in CHANGES.items():
        before, after = state(shelf(), old), state(shelf(), new)
        reached = written(before, after).mutate_state(before.clone())
        assert written(reached, after).operations == []


def test_the_isolation_of_a_table_that_had_none_comes_and_goes(as_owner: None):
    plain = nothing()
    migration = Migration("0001_test", APP)
    migration.operations = [
        migrations.CreateModel("Note", [("id", models.UUIDField(primary_key=True)), ("project_id", models.UUIDField())])
    ]
    forwards(migration, plain)
    with_note = migration.mutate_state(plain.clone())
    isolation = Migration("0002_test", APP)
    isolation.operations = [migrations.AddConstraint("note", TenantIsolation(name="library_note_tenant"))]

    forwards(isolation, with_note)
    assert is_isolated("library_note")
    backwards(isolation, with_note)
    assert catalogue("SELECT relrowsecurity, relforcerowsecurity FROM pg_class WHERE relname = 'library_note'") == [
        (False, False)
    ]


def test_a_table_made_and_dropped_in_one_migration_leaves_nothing_waiting(as_owner: None):
    made = written(nothing(), state(shelf(), book(shelf=to("Shelf"))))
    made.operations = [*made.operations, migrations.DeleteModel("Book"), migrations.DeleteModel("Shelf")]

    forwards(made, nothing())

    assert catalogue("SELECT tablename FROM pg_tables WHERE tablename LIKE 'library_%%'") == []


def test_a_bad_reference_fails_at_its_statement(as_owner: None):
    forwards(written(nothing(), state(shelf(), book(shelf=to("Shelf")))), nothing())

    with (
        pytest.raises(IntegrityError, match="library_book_shelf_ref"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute("INSERT INTO library_book (project_id, title, shelf_id) VALUES (uuidv7(), 'x', uuidv7())")
