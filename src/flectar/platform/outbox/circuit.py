"""When may we call this provider? Shared by all workers: five failures in a row, or its own wish, close the way."""

from datetime import datetime, timedelta

from django.db import connection

from flectar.core import clock
from flectar.platform.outbox.models import Circuit

FAILURES = 5
REST = timedelta(minutes=2)


def closed_until(name: str) -> datetime | None:
    """The moment to come back, or None if the way is free."""
    until = Circuit.objects.filter(pk=name, open_until__gt=clock.now()).values_list("open_until", flat=True).first()
    return until or None


def note_success(name: str) -> None:
    Circuit.objects.filter(pk=name, failures__gt=0).update(failures=0, open_until=None)


def note_failure(name: str) -> None:
    """The fifth failure in a row starts a rest; so does each one after it until a success."""
    with connection.cursor() as cursor:
        cursor.execute(
            """INSERT INTO outbox_circuit AS c (connection, failures) VALUES (%(name)s, 1)
               ON CONFLICT (connection) DO UPDATE SET failures = c.failures + 1,
                  open_until = CASE WHEN c.failures + 1 >= %(most)s THEN %(until)s ELSE c.open_until END""",
            {"name": name, "most": FAILURES, "until": clock.now() + REST},
        )


def wait(name: str, seconds: float) -> None:
    """The provider said when to come back: everybody waits, not only the message that was told."""
    with connection.cursor() as cursor:
        cursor.execute(
            """INSERT INTO outbox_circuit AS c (connection, failures, open_until) VALUES (%(name)s, 0, %(until)s)
               ON CONFLICT (connection) DO UPDATE SET open_until = greatest(c.open_until, %(until)s)""",
            {"name": name, "until": clock.now() + timedelta(seconds=seconds)},
        )
