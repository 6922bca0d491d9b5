"""Roles and rights, before the first migration. What runs here is what `flectar doctor --bootstrap-sql` prints.

- `flectar_owner` owns the tables and migrates. Row-level security is forced on it too; its own policies let it through.
- `flectar_app` serves: rows only, no tables, no temporary tables, and tenant rows only inside a project's scope.
- `flectar_search` owns the search functions; the owner may become it, but does not inherit from it.
- `flectar_ops` counts across projects; every table it may read is granted to it by a migration.
None of them is a superuser or passes by row-level security.
"""

from collections.abc import Iterator, Mapping
from typing import LiteralString

import psycopg
from psycopg import sql

from flectar.core.roles import APP, OPS, OWNER, SEARCH

SIGNING_IN = (OWNER, APP, OPS)
_PLAIN = "NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS"


def bootstrap(superuser_conninfo: str, database: str, passwords: Mapping[str, str]) -> None:
    """Makes roles and database, or mends what differs: it may run before every start."""
    with psycopg.connect(superuser_conninfo, autocommit=True) as connection:
        for statement in _role_statements():
            connection.execute(statement)
        for role in SIGNING_IN:
            hashed = connection.pgconn.encrypt_password(passwords[role].encode(), role.encode(), b"scram-sha-256")
            connection.execute(
                sql.SQL("ALTER ROLE {} PASSWORD {}").format(sql.Identifier(role), sql.Literal(hashed.decode()))
            )
        exists = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [database]).fetchone()
        if exists is None:
            connection.execute(_create_database(database))
        for statement in _database_statements(database):
            connection.execute(statement)
    with psycopg.connect(superuser_conninfo, dbname=database, autocommit=True) as connection:
        for statement in _schema_statements():
            connection.execute(statement)


def bootstrap_sql(database: str = "flectar") -> str:
    """The same for psql, for whoever administers the server. Passwords are asked for, never printed."""
    parts = [
        "-- Run once with psql as a superuser of the PostgreSQL 18 server. It may be run again.",
        *(_text(statement) for statement in _role_statements()),
        *(f"\\password {role}" for role in SIGNING_IN),
        f"SELECT 'CREATE DATABASE \"{database}\" OWNER {OWNER}'",
        f"  WHERE NOT EXISTS (SELECT 1 FROM pg_database WHERE datname = '{database}') \\gexec",  # noqa: S608  # printed, not run
        *(_text(statement) for statement in _database_statements(database)),
        f'\\connect "{database}"',
        *(_text(statement) for statement in _schema_statements()),
    ]
    return "\n".join(parts) + "\n"


def _role_statements() -> Iterator[sql.Composed]:
    for role in (*SIGNING_IN, SEARCH):
        login = "NOLOGIN" if role == SEARCH else "LOGIN"
        yield sql.SQL(
            "DO $$ BEGIN IF NOT EXISTS (SELECT 1 FROM pg_roles WHERE rolname = {name}) THEN "
            "CREATE ROLE {role} {login}; END IF; END $$"
        ).format(name=sql.Literal(role), role=sql.Identifier(role), login=sql.SQL(login))
        yield sql.SQL("ALTER ROLE {role} {login} " + _PLAIN).format(role=sql.Identifier(role), login=sql.SQL(login))
    # To hand a function over to `search` the owner must be able to become it; inheriting would lend the rights always.
    yield _fill("GRANT {search} TO {owner} WITH INHERIT FALSE, SET TRUE")


def _create_database(database: str) -> sql.Composed:
    return _fill("CREATE DATABASE {database} OWNER {owner}", database=sql.Identifier(database))


def _database_statements(database: str) -> Iterator[sql.Composed]:
    name = sql.Identifier(database)
    yield _fill("ALTER DATABASE {database} OWNER TO {owner}", database=name)
    yield _fill("REVOKE ALL ON DATABASE {database} FROM PUBLIC", database=name)
    yield _fill("GRANT CONNECT ON DATABASE {database} TO {app}, {ops}", database=name)


def _schema_statements() -> Iterator[sql.Composed]:
    yield _fill("CREATE EXTENSION IF NOT EXISTS btree_gist")
    yield _fill("ALTER SCHEMA public OWNER TO {owner}")
    yield _fill("REVOKE ALL ON SCHEMA public FROM PUBLIC")
    yield _fill("GRANT USAGE ON SCHEMA public TO {app}, {ops}")
    yield _fill("GRANT USAGE, CREATE ON SCHEMA public TO {search}")  # CREATE: else it cannot own a function here
    defaults = "ALTER DEFAULT PRIVILEGES FOR ROLE {owner} IN SCHEMA public "
    yield _fill(defaults + "GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO {app}")
    yield _fill(defaults + "GRANT USAGE, SELECT ON SEQUENCES TO {app}")


def _fill(statement: LiteralString, **names: sql.Composable) -> sql.Composed:
    roles = {"owner": OWNER, "app": APP, "search": SEARCH, "ops": OPS}
    return sql.SQL(statement).format(**{key: sql.Identifier(role) for key, role in roles.items()}, **names)


def _text(statement: sql.Composed) -> str:
    return statement.as_string() + ";"
