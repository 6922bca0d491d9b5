"""/healthz says that the process answers; /readyz, that its database does too."""

from typing import Any

import psycopg
import pytest
from django.db import IntegrityError, connection
from django.test import Client, RequestFactory

from flectar.config import errors, health


@pytest.fixture
def balancer() -> Client:
    """Asks by address, and has no cookie."""
    return Client(headers={"host": "10.0.0.7:8000"})


@pytest.fixture
def no_database(transactional_db: None, monkeypatch: pytest.MonkeyPatch) -> Any:
    def reconnect() -> None:
        connection.close()
        connection.close_pool()

    away = {**connection.settings_dict["OPTIONS"], "pool": {"min_size": 0, "max_size": 1, "timeout": 0.2}}
    with monkeypatch.context() as patch:
        reconnect()
        patch.setitem(connection.settings_dict, "HOST", "/nonexistent")
        patch.setitem(connection.settings_dict, "OPTIONS", away)
        yield
        reconnect()


def test_a_ready_process_says_so(db: None, balancer: Client):
    assert balancer.get("/healthz").status_code == 200
    assert balancer.get("/readyz").content == b"ready\n"


def test_without_its_database_a_process_lives_but_is_not_ready(no_database: None, balancer: Client):
    assert balancer.get("/healthz").status_code == 200

    answer = balancer.get("/readyz")

    assert answer.status_code == 503
    assert answer.content == b"the database does not answer\n"


def test_a_database_without_all_migrations_is_not_ready(db: None, balancer: Client, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(health, "_migrated", False)
    with connection.cursor() as cursor:
        cursor.execute("SELECT has_table_privilege('django_migrations', 'DELETE')")
        assert cursor.fetchone()[0], "this test forgets a migration, and the transaction brings it back"
        cursor.execute("""DELETE FROM django_migrations WHERE app = 'core'
            AND name = (SELECT max(name) FROM django_migrations WHERE app = 'core')""")

    answer = balancer.get("/readyz")

    assert answer.status_code == 503
    assert b"flectar migrate" in answer.content


def test_a_page_without_its_database_asks_for_patience(no_database: None, balancer: Client):
    page = Client(headers={"host": "localhost:8000"}, raise_request_exception=False).get("/place/")

    assert (page.status_code, page["Retry-After"]) == (503, "5")
    assert "We’ll be right back" in page.content.decode()


def test_a_mistake_of_ours_is_still_a_500(rf: RequestFactory):
    try:
        raise IntegrityError from psycopg.errors.UniqueViolation()
    except IntegrityError:
        answer = errors.server_error(rf.get("/"))

    assert answer.status_code == 500
    assert "Retry-After" not in answer
