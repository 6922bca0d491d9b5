"""What the database enforces for a tenant table, as Django constraints, so that migrations carry it.

Each puts its SQL both ways that migrations use: beside CREATE TABLE (`constraint_sql`, which must append to
`deferred_sql` itself or the table silently gets nothing) and as an added constraint (`create_sql`).
tests/test_architecture.py reads the catalogue of PostgreSQL and is the judge.
"""

from typing import Any

from django.db import models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.backends.ddl_references import Columns, Statement, Table
from django.db.models.constraints import BaseConstraint

from flectar.core.roles import APP, OWNER

# The SELECT makes it an InitPlan: evaluated once, and the composite index is still used.
_SERVED_PROJECT = "(SELECT nullif(current_setting('app.project_id', true), '')::uuid)"


class _SchemaRule(BaseConstraint):
    """A rule made of plain statements. Nothing to validate in Python: the database does it."""

    def __init__(self, *, name: str) -> None:
        super().__init__(name=name)

    def constraint_sql(self, model: type[models.Model] | None, schema_editor: BaseDatabaseSchemaEditor | None) -> Any:
        assert schema_editor is not None  # noqa: S101 - Django always passes it here
        schema_editor.deferred_sql.append(self.create_sql(model, schema_editor))

    def validate(self, *args: Any, **kwargs: Any) -> None:
        return None

    def __eq__(self, other: object) -> bool:
        return isinstance(other, type(self)) and self.deconstruct() == other.deconstruct()

    def __hash__(self) -> int:
        return hash((type(self), self.name))


class TenantIsolation(_SchemaRule):
    """Row-level security: `app` sees and writes only the rows of the project being served.

    FORCE with an own policy for the owner, because data migrations would otherwise update no row, silently.
    """

    visible = f"project_id = {_SERVED_PROJECT}"

    def create_sql(self, model: Any, schema_editor: Any) -> Any:
        return Statement(
            "ALTER TABLE %(table)s ENABLE ROW LEVEL SECURITY; "
            "ALTER TABLE %(table)s FORCE ROW LEVEL SECURITY; "
            "CREATE POLICY tenant ON %(table)s TO %(app)s USING (%(visible)s) WITH CHECK (%(visible)s); "
            "CREATE POLICY own ON %(table)s TO %(owner)s USING (true) WITH CHECK (true)",
            table=Table(model._meta.db_table, schema_editor.quote_name),
            app=APP,
            owner=OWNER,
            visible=self.visible,
        )

    def remove_sql(self, model: Any, schema_editor: Any) -> Any:
        return Statement(
            "DROP POLICY tenant ON %(table)s; DROP POLICY own ON %(table)s; "
            "ALTER TABLE %(table)s NO FORCE ROW LEVEL SECURITY; ALTER TABLE %(table)s DISABLE ROW LEVEL SECURITY",
            table=schema_editor.quote_name(model._meta.db_table),
        )


class PlatformOrTenantIsolation(TenantIsolation):
    """For tables that hold the platform's own rows too (project_id NULL): those are seen only outside any project."""

    visible = f"project_id IS NOT DISTINCT FROM {_SERVED_PROJECT}"


class TenantReference(_SchemaRule):
    """A foreign key that carries the project: a row cannot point at another project's row, nor ask if it exists.

    IMMEDIATE, so that a bad reference fails at the statement, where the code can answer, and not at COMMIT.
    Comes with the index (project_id, column) that reverse look-ups and deletions need.

    Always deferred to the end of the migration: makemigrations does not know that it needs the other table's
    unique(project_id, id), and may well put that one after it.
    """

    def __init__(self, *, name: str, field: str) -> None:
        super().__init__(name=name)
        self.field = field

    def constraint_sql(self, model: Any, schema_editor: Any) -> Any:
        self.create_sql(model, schema_editor)

    def create_sql(self, model: Any, schema_editor: Any) -> Any:
        field = model._meta.get_field(self.field)
        table, target = model._meta.db_table, field.remote_field.model._meta.db_table
        quote = schema_editor.quote_name
        statement = Statement(
            "ALTER TABLE %(table)s ADD CONSTRAINT %(name)s FOREIGN KEY (project_id, %(column)s) "
            "REFERENCES %(target)s (project_id, id) DEFERRABLE INITIALLY IMMEDIATE; "
            "CREATE INDEX %(index)s ON %(table)s (project_id, %(column)s)",
            # These know their names, so that what a later operation renames or drops reaches the waiting statement.
            table=Table(table, quote),
            name=quote(self.name),
            index=quote(f"{self.name}_ix"),
            column=Columns(table, [field.column], quote),
            target=Table(target, quote),
        )
        schema_editor.deferred_sql.append(statement)
        # Nothing more to do here. Not None: where a column of a new table has a default with parameters, Django puts
        # what this returns at the end of the migration, unseen.
        return ""

    def remove_sql(self, model: Any, schema_editor: Any) -> Any:
        quote = schema_editor.quote_name
        return Statement(
            "ALTER TABLE %(table)s DROP CONSTRAINT %(name)s; DROP INDEX IF EXISTS %(index)s",
            table=quote(model._meta.db_table),
            name=quote(self.name),
            index=quote(f"{self.name}_ix"),
        )

    def deconstruct(self) -> Any:
        path, args, kwargs = super().deconstruct()
        return path, args, {**kwargs, "field": self.field}
