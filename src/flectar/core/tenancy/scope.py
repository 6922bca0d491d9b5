"""Which project is being served: one setting, local to one transaction, and nothing else sets it."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any
from uuid import UUID

import psycopg
from django.db import connection, transaction

if TYPE_CHECKING:
    from psycopg import Connection

SETTING = "app.project_id"

_current: ContextVar[UUID | None] = ContextVar("project_id", default=None)


class NoProjectScope(Exception):
    """A tenant table was touched while no project was being served. A bug: open `project_scope` first."""


def current_project_id() -> UUID | None:
    """The project being served; also the default of every tenant row's `project`."""
    return _current.get()


@contextmanager
def project_scope(project_id: UUID) -> Iterator[None]:
    """Serve one project inside one transaction.

    An exception rolls the whole block back. No network call belongs inside: the transaction stays open.
    """
    with _serving(project_id):
        yield


@contextmanager
def outside_projects() -> Iterator[None]:
    """The platform's own rows for a moment, in the same transaction: what a project's page does to its organization."""
    with _serving(None):
        yield


@contextmanager
def _serving(project_id: UUID | None) -> Iterator[None]:
    outer = _current.get()
    nested = connection.in_atomic_block
    token = _current.set(project_id)
    try:
        with transaction.atomic():
            _tell_database(project_id)
            yield
            # RELEASE SAVEPOINT keeps the inner value, so an outer transaction would go on as this project.
            # A rollback restores by itself, and a failed transaction accepts no statement.
            if nested and not connection.needs_rollback:
                _tell_database(outer)
    finally:
        _current.reset(token)


def prove_it_will_be_kept() -> None:
    """Raise psycopg's OperationalError if the commit would keep nothing and nobody has heard of it.

    When the database goes away while a savepoint is rolled back, Django swallows that error: whoever caught the first
    one, as a key that is there already, goes on in a transaction that ends in a rollback without a word.
    """
    if connection.needs_rollback:
        raise psycopg.OperationalError("the database went away in the middle, and nothing of this is kept")


def _tell_database(project_id: UUID | None) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config(%s, %s, true)", [SETTING, str(project_id or "")])


def forget_project(raw: "Connection[Any]") -> None:
    """The pool's reset callback: whatever a connection remembered, the next borrower starts with nothing."""
    raw.execute("SELECT set_config('app.project_id', '', false)")
    if not raw.autocommit:
        raw.commit()
