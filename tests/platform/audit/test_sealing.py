"""The seal: what is written is proved, what is changed behind our back is found, what is forgotten leaves it whole."""

import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.db import DatabaseError, connection, transaction

from flectar.config.settings import database
from flectar.core.roles import OWNER
from flectar.core.tenancy import project_scope
from flectar.platform.audit import publishing, sealing
from flectar.platform.audit.log import Actor, acting_as, record
from flectar.platform.audit.models import Block, Entry
from flectar.platform.audit.sealing import Fault, Proof
from flectar.platform.organizations.models import Role
from flectar.platform.projects.models import Project

pytestmark = pytest.mark.django_db(transaction=True)

type AsOwner = Callable[[], AbstractContextManager[None]]


@pytest.fixture
def owner_url(database_urls: dict[str, str]) -> str:
    return database_urls[OWNER]


@pytest.fixture
def as_owner(owner_url: str) -> AsOwner:
    """Django as the role that owns the tables, as the command runs."""

    @contextmanager
    def switched() -> Iterator[None]:
        before = dict(connection.settings_dict)
        connection.close()
        connection.settings_dict.update(database(owner_url, pooled=False))
        try:
            yield
        finally:
            connection.close()
            connection.settings_dict.update(before)

    return switched


ANA = Actor(kind="user", name="Ana Ruiz")


def write(project: Project | None = None, **values: Any) -> Entry:
    values = {"old": {"price": 12.5, "name": "Señal |"}, "new": {"price": None, "days": [1, "x"]}} | values
    with acting_as(ANA):
        if project is None:
            return record("deed.done", **values)
        with project_scope(project.pk):
            return record("deed.done", **values)


def verify(as_owner: AsOwner, published: dict[int, str] | None = None) -> tuple[list[Fault], Proof]:
    proof = Proof()
    with as_owner():
        return list(sealing.verify(published or {}, proof)), proof


def tamper(owner_url: str, sql: str) -> None:
    """As somebody who has the database itself in hand: triggers off."""
    with psycopg.connect(owner_url) as direct:
        for table in ("audit_entry", "audit_block"):
            direct.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER".encode())
        direct.execute(sql.encode())
        for table in ("audit_entry", "audit_block"):
            direct.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER".encode())


def test_entries_of_every_project_are_sealed_and_proved(salon: Project, clinic: Project, as_owner: AsOwner):
    for project in (salon, clinic, None):
        write(project)
    write(salon, target=salon, old={"ratio": 1e22, "when": salon.created_at}, new={"nested": {"x": [0.1, None, True]}})

    assert sealing.seal() == count(as_owner)
    assert sealing.seal() == 0
    faults, proof = verify(as_owner)

    assert faults == []
    assert (proof.blocks, proof.waiting, proof.forgotten) == (1, 0, 0)
    assert proof.newest == bytes(Block.objects.get().digest)


def count(as_owner: AsOwner) -> int:
    with as_owner():
        return Entry.objects.count()


def test_blocks_are_chained(salon: Project, as_owner: AsOwner):
    for _number in range(3):
        write(salon)
        sealing.seal()

    one, two, three = Block.objects.order_by("number")
    assert bytes(one.previous) == sealing.BEFORE_THE_FIRST
    assert bytes(two.previous) == bytes(one.digest)
    assert bytes(three.previous) == bytes(two.digest)
    assert verify(as_owner)[0] == []


@pytest.mark.parametrize(
    ("sql", "words"),
    [
        ("UPDATE audit_entry SET action = 'deed.hidden' WHERE block = 2", "is not as it was sealed"),
        ("UPDATE audit_entry SET at = at - interval '1 microsecond' WHERE block = 2", "is not as it was sealed"),
        ("UPDATE audit_entry SET actor_name = 'Eva' WHERE block = 2", "says something else"),
        ("UPDATE audit_entry SET new = '{}' WHERE block = 2", "says something else"),
        ("UPDATE audit_entry SET salt = NULL WHERE block = 2", "was forgotten and says something"),
        ("DELETE FROM audit_entry WHERE block = 2", "has 0"),
        ("UPDATE audit_entry SET block = NULL WHERE block = 2", "has 0"),
        ("UPDATE audit_entry SET block = 1 WHERE block = 2", "block 1 was sealed with"),
        ("DELETE FROM audit_block WHERE number = 2", "block 2 is missing"),
        ("DELETE FROM audit_block WHERE number = 3", "block 3, which is missing"),
        ("UPDATE audit_block SET digest = sha256('x') WHERE number = 2", "does not follow"),
        ("UPDATE audit_block SET sealed_at = sealed_at - interval '1 day' WHERE number = 2", "is not as it was sealed"),
    ],
)
def test_whoever_changes_what_is_sealed_is_found_out(
    salon: Project, as_owner: AsOwner, owner_url: str, sql: str, words: str
):
    for _number in range(3):
        write(salon)
        sealing.seal()
    tamper(owner_url, sql)

    faults, _proof = verify(as_owner)

    assert any(words in fault.text for fault in faults), faults


def test_a_chain_made_anew_does_not_match_what_was_published(
    salon: Project, as_owner: AsOwner, owner_url: str, settings: Any, tmp_path: Path
):
    settings.DATA_FOLDER = tmp_path
    for _number in range(2):
        write(salon)
        sealing.seal()
    publishing.publish()
    publishing.publish()
    published = publishing.read(publishing.file())
    # All of it again, without the second block's entry: a chain that is sound in itself.
    tamper(
        owner_url,
        "DELETE FROM audit_block; DELETE FROM audit_entry WHERE block = 2; UPDATE audit_entry SET block = NULL",
    )
    write(salon)
    sealing.seal()

    assert list(published) == [2]
    assert verify(as_owner)[0] == []
    assert [fault.text for fault in verify(as_owner, published)[0]] == ["block 2 was published and is missing"]
    write(salon)
    sealing.seal()
    assert [fault.text for fault in verify(as_owner, published)[0]] == ["block 2 is not the one that was published"]


def test_what_names_a_person_is_forgotten_and_the_seal_holds(salon: Project, clinic: Project, as_owner: AsOwner):
    entry, other = write(salon), write(clinic)
    sealing.seal()

    with project_scope(salon.pk):
        assert sealing.forget(Entry.objects.filter(pk__in=[entry.pk, other.pk])) == 1
        entry.refresh_from_db()
        assert (entry.actor_name, entry.target_name, entry.old, entry.new, entry.salt) == ("", "", {}, {}, None)
        assert entry.is_forgotten
    with project_scope(clinic.pk):
        other.refresh_from_db()
        assert other.actor_name == "Ana Ruiz"

    faults, proof = verify(as_owner)
    assert faults == []
    assert proof.forgotten == 1


def test_no_project_forgets_for_another(salon: Project, clinic: Project):
    other = write(clinic)

    with project_scope(salon.pk), connection.cursor() as cursor:
        cursor.execute("SELECT audit_forget(%s)", [[other.pk]])
        assert cursor.fetchone() == (0,)

    with project_scope(clinic.pk):
        other.refresh_from_db()
        assert other.new == {"price": None, "days": [1, "x"]}


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE audit_entry SET action = 'x'",
        "UPDATE audit_entry SET block = 7",
        "UPDATE audit_entry SET salt = NULL, actor_name = '', target_name = '', old = '{}', new = '{}'",
        "DELETE FROM audit_entry",
        "TRUNCATE audit_entry",
        "INSERT INTO audit_block VALUES (9, now(), 1, '', '')",
        "UPDATE audit_block SET count = 0",
        "DELETE FROM audit_block",
        "TRUNCATE audit_block",
        "SELECT audit_facts(e) FROM audit_entry e",
    ],
)
def test_app_can_do_none_of_this_itself(salon: Project, sql: str):
    write(salon)
    sealing.seal()

    with project_scope(salon.pk):
        before = [*Entry.objects.values()]
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(sql)
        assert [*Entry.objects.values()] == before


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE audit_entry SET action = 'x'",
        "UPDATE audit_entry SET block = NULL",
        "UPDATE audit_entry SET block = 9",
        "UPDATE audit_entry SET salt = NULL, actor_name = '', target_name = '', old = '{}', new = '{}', action = 'x'",
        "UPDATE audit_entry SET salt = NULL, actor_name = 'Eva', target_name = '', old = '{}', new = '{}'",
        "DELETE FROM audit_entry",
        "TRUNCATE audit_entry",
        "DELETE FROM audit_block",
        "UPDATE audit_block SET count = 0",
    ],
)
def test_the_owner_of_the_tables_is_held_back_by_triggers(salon: Project, owner_url: str, sql: str):
    write(salon)
    sealing.seal()

    with psycopg.connect(owner_url) as direct, pytest.raises(psycopg.errors.InsufficientPrivilege):
        direct.execute(sql.encode())


def test_who_commits_late_is_in_a_later_block(salon: Project, as_owner: AsOwner):
    """Its id is older than those of the block before."""
    written, sealed = threading.Event(), threading.Event()

    def late() -> None:
        with transaction.atomic():
            write(salon, new={"late": True})
            written.set()
            sealed.wait(10)
        connection.close()

    thread = threading.Thread(target=late)
    thread.start()
    assert written.wait(10)
    write(salon)
    sealing.seal()
    sealed.set()
    thread.join()
    sealing.seal()

    with project_scope(salon.pk):
        blocks = {entry.new.get("late", False): entry.block for entry in Entry.objects.all()}
    assert blocks == {True: 2, False: 1}
    assert verify(as_owner)[0] == []


def test_two_sealers_at_once_make_one_chain(salon: Project, as_owner: AsOwner, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(sealing, "BATCH", 3)
    for _number in range(20):
        write(salon)
    total, barrier = [], threading.Barrier(4)

    def work() -> None:
        barrier.wait()
        total.append(sealing.seal())
        connection.close()

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    faults, proof = verify(as_owner)
    assert faults == []
    assert proof.entries == sum(total) == count(as_owner)


def test_secrets_stay_masked_and_odd_values_come_back_as_written(salon: Project):
    entry = write(salon, old={"api_key": "x"}, new={"password": "y", "role": Role.STAFF, "at": salon.created_at})

    with project_scope(salon.pk):
        kept = Entry.objects.get(pk=entry.pk)
    assert (kept.old, kept.new["password"]) == ({"api_key": "•••"}, "•••")
    assert (kept.old, kept.new) == (entry.old, entry.new)
