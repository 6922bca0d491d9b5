"""The log only grows, for the role that serves and for the owner of the tables, and holds no secret."""

from typing import Any

import psycopg
import pytest
from django.db import DatabaseError, connection, transaction

from flectar.core.tenancy import project_scope
from flectar.platform.accounts.models import User
from flectar.platform.audit.log import Actor, acting_as, changes, record
from flectar.platform.audit.models import Entry
from flectar.platform.projects.models import Project

CHANGES = ["UPDATE audit_entry SET action = 'x'", "DELETE FROM audit_entry", "TRUNCATE audit_entry"]


@pytest.mark.parametrize("statement", CHANGES)
def test_the_serving_role_may_only_add(salon: Project, statement: str):
    with project_scope(salon.pk):
        entry = record("salon.painted")

    with (
        pytest.raises(DatabaseError, match="permission denied"),
        project_scope(salon.pk),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)

    with project_scope(salon.pk):
        assert Entry.objects.get().pk == entry.pk


@pytest.mark.parametrize("statement", CHANGES)
def test_even_the_owner_of_the_table_may_only_add(
    transactional_db: None, salon: Project, database_urls: dict[str, str], statement: str
):
    with project_scope(salon.pk):
        record("salon.painted")

    with (
        psycopg.connect(database_urls["flectar_owner"]) as owner,
        pytest.raises(psycopg.errors.InsufficientPrivilege, match="append-only"),
    ):
        owner.execute(statement.encode())

    with project_scope(salon.pk):
        assert Entry.objects.get().action == "salon.painted"


def test_an_entry_says_who_did_what_to_whom(salon: Project, lucia: User):
    person = Actor(kind="person", id=lucia.pk, name="Lucía Ferrer", organization_id=salon.organization_id)

    with project_scope(salon.pk), acting_as(person):
        record("project.changed", target=salon, old={"name": "Nácar"}, new={"name": "Nácar Norte"})
        entry = Entry.objects.get()

    assert (entry.actor_kind, entry.actor_id, entry.actor_name) == ("person", lucia.pk, "Lucía Ferrer")
    assert (entry.project_id, entry.organization_id) == (salon.pk, salon.organization_id)
    assert (entry.target_type, entry.target_id, entry.target_name) == ("projects.project", salon.pk, str(salon))
    assert (entry.old, entry.new) == ({"name": "Nácar"}, {"name": "Nácar Norte"})


def test_a_change_that_is_rolled_back_leaves_no_entry(salon: Project):
    with project_scope(salon.pk), transaction.atomic():
        record("salon.painted")
        transaction.set_rollback(True)

    with project_scope(salon.pk):
        assert not Entry.objects.exists()


def test_only_what_differs_is_noted():
    assert changes({"a": 1, "b": 2}, {"a": 1, "b": 3, "c": 4}) == ({"b": 2, "c": None}, {"b": 3, "c": 4})


@pytest.mark.parametrize(
    "values",
    [
        {"password": "s3cret"},
        {"new_password": "s3cret"},
        {"api_key": "s3cret"},
        {"key": "s3cret"},
        {"code": "s3cret"},
        {"recovery_codes": ["s3cret"]},
        {"webhook_secret": "s3cret"},
        {"access_token": "s3cret"},
        {"settings": {"smtp": {"Password": "s3cret"}}},
        {"connections": [{"token": "s3cret"}]},
    ],
)
def test_no_secret_is_written_at_any_depth(db: None, values: dict[str, Any]):
    record("thing.changed", new=values)

    assert "s3cret" not in str(Entry.objects.get().new)
    assert "•••" in str(Entry.objects.get().new)


@pytest.mark.parametrize("values", [{"postal_code": "46006"}, {"country_code": "ES"}, {"keywords": "curls"}])
def test_what_only_sounds_secret_is_written(db: None, values: dict[str, Any]):
    record("thing.changed", new=values)

    assert Entry.objects.get().new == values
