"""What PostgreSQL keeps of our statements."""

import pytest
from django.db import connection

from flectar.core.planning import planned_anew

pytestmark = pytest.mark.django_db
OFTEN = 12


def ask(marker: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT %s::int AS {marker}", [1])
        assert cursor.fetchone() == (1,)


def kept(marker: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_prepared_statements WHERE statement LIKE %s", [f"SELECT%AS {marker}"])
        return int(cursor.fetchone()[0])


def test_what_comes_again_is_planned_once():
    for _ in range(OFTEN):
        ask("often")

    assert kept("often") == 1


def test_what_depends_on_its_values_is_planned_anew():
    with planned_anew():
        for _ in range(OFTEN):
            ask("anew")

    assert kept("anew") == 0
    for _ in range(OFTEN):
        ask("after")
    assert kept("after") == 1


def test_also_after_an_error_the_next_one_is_planned_once():
    with pytest.raises(ZeroDivisionError), planned_anew():
        raise ZeroDivisionError

    for _ in range(OFTEN):
        ask("later")
    assert kept("later") == 1
