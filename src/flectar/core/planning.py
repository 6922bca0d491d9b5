"""How PostgreSQL plans what we ask.

A statement that comes again is planned once, for whatever values (docs/decisions/0013). That is right for most: they
find their rows by a key. It is wrong where the best way depends on the values: a name that six thousand share, a
business with a hundred thousand bookings among ten thousand small ones.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection


@contextmanager
def planned_anew() -> Iterator[None]:
    """What is asked inside is planned for its own values each time, as a statement that comes once."""
    connection.ensure_connection()
    raw = connection.connection
    before, raw.prepare_threshold = raw.prepare_threshold, None
    try:
        yield
    finally:
        raw.prepare_threshold = before
