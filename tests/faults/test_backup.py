"""What a backup holds, and that nothing takes the place of the present installation before it was counted."""

import io
import json
import shutil
import tarfile
from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest

from flectar.config import installation as settled
from flectar.config.launcher.cluster import Cluster
from flectar.core import roles

from .conftest import Installation, free_port

pytestmark = pytest.mark.faults

type Install = Callable[[str], Installation]
KEYS = settled.FILE
PASSWORD = "a long and quiet river\n"


def add_owner(installation: Installation, email: str) -> None:
    said = installation.flectar(
        "createowner", "--email", email, "--name", "Ana Bell", "--organization", "Salon", stdin=PASSWORD
    )
    assert said.returncode == 0, said.stderr


def add_tenant_rows(installation: Installation) -> None:
    """A table under forced row-level security with rows of two projects, as every tenant table has."""
    ask(
        installation,
        "CREATE TABLE kept (id int PRIMARY KEY, project_id uuid NOT NULL);"
        "INSERT INTO kept SELECT n, gen_random_uuid() FROM generate_series(1, 327) n;"
        "ALTER TABLE kept ENABLE ROW LEVEL SECURITY; ALTER TABLE kept FORCE ROW LEVEL SECURITY;"
        f"CREATE POLICY tenant ON kept TO {roles.APP} USING (false);"
        f"CREATE POLICY own ON kept TO {roles.OWNER} USING (true) WITH CHECK (true);"
        "CREATE FUNCTION find_kept() RETURNS bigint LANGUAGE sql SECURITY DEFINER AS 'SELECT count(*) FROM kept';"
        f"ALTER FUNCTION find_kept() OWNER TO {roles.SEARCH}; GRANT SELECT ON kept TO {roles.SEARCH}",
    )


def ask(installation: Installation, question: str, role: str = roles.OWNER) -> list[tuple[object, ...]]:
    """Of the stopped installation's own database."""
    cluster = Cluster(installation.data)
    cluster.start()
    try:
        found = settled.prepare(installation.data)
        address = settled.url(role, found["passwords"][role], found["socket"])
        with psycopg.connect(address, autocommit=True) as connection:
            cursor = connection.execute(question.encode())
            return cursor.fetchall() if cursor.description else []
    finally:
        cluster.stop()


def emails(installation: Installation) -> list[str]:
    return [str(email) for (email,) in ask(installation, "SELECT email FROM accounts_user ORDER BY 1")]


def test_a_backup_brings_rows_files_and_rights_back_elsewhere(install: Install, tmp_path: Path) -> None:
    one, two = install("one"), Installation(tmp_path / "two", free_port())
    add_owner(one, "ana@example.com")
    add_tenant_rows(one)
    (one.data / "files" / "private").mkdir(parents=True)
    (one.data / "files" / "private" / "note.txt").write_text("kept")
    assert one.flectar("backup", str(tmp_path / "one.tar")).returncode == 0
    two.data.mkdir()
    shutil.copy(one.data / KEYS, two.data / KEYS)

    said = two.flectar("restore", str(tmp_path / "one.tar"))

    assert said.returncode == 0, said.stderr
    assert "every table's count is right" in said.stdout
    assert emails(two) == ["ana@example.com"]
    assert ask(two, "SELECT count(*) FROM kept") == [(327,)]
    assert ask(two, "SELECT count(*) FROM kept", roles.APP) == [(0,)]
    assert (two.data / "files" / "private" / "note.txt").read_text() == "kept"
    try:
        two.up()
    finally:
        two.end()


def test_a_backup_is_made_while_everything_runs(running: Installation, tmp_path: Path) -> None:
    said = running.flectar("backup", str(tmp_path / "one.tar"))

    assert said.returncode == 0, said.stderr
    assert (tmp_path / "one.tar").stat().st_mode & 0o777 == 0o600
    assert running.answers()


def test_a_backup_holds_no_key(install: Install, tmp_path: Path) -> None:
    one = install("one")
    one.flectar("backup", str(tmp_path / "one.tar"))

    key = settled.prepare(one.data)["keys"].partition(":")[2]

    assert key.encode() not in (tmp_path / "one.tar").read_bytes()


def test_a_backup_never_replaces_another(install: Install, tmp_path: Path) -> None:
    (tmp_path / "one.tar").write_text("older")

    said = install("one").flectar("backup", str(tmp_path / "one.tar"))

    assert said.returncode == 1
    assert (tmp_path / "one.tar").read_text() == "older"


def test_a_restore_without_the_keys_is_refused_and_changes_nothing(install: Install, tmp_path: Path) -> None:
    one, two = install("one"), install("two")
    add_owner(two, "bea@example.com")
    one.flectar("backup", str(tmp_path / "one.tar"))
    found = settled.prepare(two.data)
    found["keys"] = "1:" + "A" * 43 + "="
    settled.save(two.data, found)

    said = two.flectar("restore", str(tmp_path / "one.tar"))

    assert said.returncode == 1
    assert "sealed with key 1" in said.stderr
    assert emails(two) == ["bea@example.com"]


def test_a_restore_that_counts_wrong_is_refused_and_changes_nothing(install: Install, tmp_path: Path) -> None:
    one = install("one")
    one.flectar("backup", str(tmp_path / "one.tar"))
    add_owner(one, "ana@example.com")
    miscounted(tmp_path / "one.tar", "accounts_user", 5)

    said = one.flectar("restore", str(tmp_path / "one.tar"))

    assert said.returncode == 1
    assert "accounts_user: 0 instead of 5" in said.stderr
    assert emails(one) == ["ana@example.com"]


def miscounted(path: Path, table: str, rows: int) -> None:
    """Say in the description that there were other rows."""
    with tarfile.open(path) as tar:
        members = [(member, tar.extractfile(member)) for member in tar.getmembers()]
        content = [(member, file.read() if file else b"") for member, file in members]
    with tarfile.open(path, "w") as tar:
        for member, data in content:
            if member.name == "backup.json":
                description = json.loads(data)
                description["rows"][table] = rows
                data = json.dumps(description).encode()
                member.size = len(data)
            tar.addfile(member, io.BytesIO(data))


def test_a_restore_beside_a_running_installation_is_refused(running: Installation, tmp_path: Path) -> None:
    running.flectar("backup", str(tmp_path / "one.tar"))

    said = running.flectar("restore", str(tmp_path / "one.tar"))

    assert said.returncode == 1
    assert "already runs on" in said.stderr
    assert running.answers()


def test_a_broken_file_is_refused(install: Install, tmp_path: Path) -> None:
    (tmp_path / "one.tar").write_bytes(b"not a tar" * 1000)
    one = install("one")

    said = one.flectar("restore", str(tmp_path / "one.tar"))

    assert said.returncode == 1
    assert "is not a whole backup" in said.stderr


def test_a_restore_carries_over_who_was_erased_since(install: Install, tmp_path: Path) -> None:
    one = install("one")
    add_owner(one, "ana@example.com")
    organization = "(SELECT id FROM organizations_organization LIMIT 1)"
    [(project,)] = ask(
        one,
        "INSERT INTO projects_project (id, organization_id, slug, name, locale, locales, zone, currency, modules,"
        " created_at, is_demo, first_weekday)"
        f" VALUES (uuidv7(), {organization}, 'salon', 'Salon', 'en', '[]', 'Europe/Madrid', 'EUR', '[]', now(),"
        " false, 0) RETURNING id",
    )
    assert one.flectar("backup", str(tmp_path / "one.tar")).returncode == 0
    ask(
        one,
        "INSERT INTO customers_tombstone (id, project_id, erased_id, at)"
        f" VALUES (uuidv7(), '{project}', gen_random_uuid(), now())",
    )

    said = one.flectar("restore", str(tmp_path / "one.tar"))

    assert said.returncode == 0, said.stderr
    assert "customers were erased since that backup" in said.stdout
    assert ask(one, "SELECT count(*) FROM customers_tombstone") == [(1,)]
    [(args,)] = ask(one, "SELECT args FROM procrastinate_jobs WHERE task_name = 'customers.erase_again'")
    assert args == {"project_id": str(project)}
