"""How the database would answer, as the role that serves and with row-level security on.

The tables of a test are tiny, so reading them whole is forbidden here: what is asked is whether an index *can* serve.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection


@contextmanager
def without_reading_whole_tables() -> Iterator[None]:
    with connection.cursor() as cursor:
        for setting in ("enable_seqscan", "enable_bitmapscan", "enable_sort"):
            cursor.execute("SELECT set_config(%s, 'off', true)", [setting])
        yield
        for setting in ("enable_seqscan", "enable_bitmapscan", "enable_sort"):
            cursor.execute("SELECT set_config(%s, 'on', true)", [setting])


def plan(queryset: Any) -> str:
    with without_reading_whole_tables():
        return str(queryset.explain())


def index_conditions(queryset: Any) -> str:
    """What the index itself answers; the rest of a condition is looked at row by row."""
    return " ".join(line for line in plan(queryset).splitlines() if "Index Cond" in line)


def times_used(index: str) -> int:
    """How often this transaction has looked into that index."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_stat_get_xact_numscans(%s::regclass)", [index])
        return int(cursor.fetchone()[0])
