"""One backup: a tar with a description, a dump of the database and the files.

The dump is made as the owner of the tables under FORCE row-level security (`--enable-row-security` and the owner's own
policies let every row through), and every table's rows are counted in the same snapshot: a restore is right when it
counts the same. The keys are never inside, so a stolen backup opens nothing that was sealed.
"""

import hashlib
import json
import os
import shutil
import subprocess
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TypedDict

import psycopg
from psycopg import sql

from flectar.config import installation
from flectar.config.command.edge import Refusal
from flectar.config.launcher.cluster import MAJOR, programs

FORMAT = 1
# The bootstrap made these, and only a superuser may change them. Extensions that a migration made are the owner's.
LEFT_OUT = (" COMMENT - EXTENSION ", " SCHEMA - ", " DEFAULT ACL ")
DESCRIPTION, DUMP, FILES = "backup.json", "database.dump", "files"


class Description(TypedDict):
    """What `backup.json` says of the rest."""

    format: int
    made_at: str
    rows: dict[str, int]
    migrations: list[str]
    keys: dict[str, str]


def write(target: Path, owner_url: str, files: Path, keys: str) -> Description:
    """All or nothing: the file appears under its name when it is whole."""
    part = target.with_name(target.name + ".part")
    with tempfile.TemporaryDirectory(prefix="flectar-backup-", dir=target.parent) as folder:
        dump = Path(folder) / DUMP
        with psycopg.connect(owner_url) as connection, connection.transaction():
            connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            snapshot = one(connection, "SELECT pg_export_snapshot()")
            description: Description = {
                "format": FORMAT,
                "made_at": datetime.now(UTC).isoformat(timespec="seconds"),
                "rows": count_rows(connection),
                "migrations": applied_migrations(connection),
                "keys": fingerprints(keys),
            }
            tool(
                "pg_dump", owner_url, "--enable-row-security", "--format=custom", "--no-publications",
                f"--snapshot={snapshot}", f"--file={dump}",
            )  # fmt: skip
        try:
            descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            with os.fdopen(descriptor, "wb") as out, tarfile.open(fileobj=out, mode="w") as tar:
                about = Path(folder) / DESCRIPTION
                about.write_text(json.dumps(description, indent=2), encoding="utf-8")
                tar.add(about, DESCRIPTION)
                tar.add(dump, DUMP)
                if files.exists():
                    tar.add(files, FILES)
                tar.close()
                out.flush()
                os.fsync(out.fileno())
            part.rename(target)
        finally:
            part.unlink(missing_ok=True)
    return description


@contextmanager
def opened(source: Path, beside: Path) -> Iterator[tuple[Description, Path]]:
    """The description and a folder with the unpacked backup, on the same disk as its destination."""
    with tempfile.TemporaryDirectory(prefix="restore-", dir=beside) as folder:
        try:
            with tarfile.open(source) as tar:
                tar.extractall(folder, filter="data")
            description: Description = json.loads((Path(folder) / DESCRIPTION).read_text(encoding="utf-8"))
        except (tarfile.TarError, OSError, ValueError) as error:
            raise Refusal(f"{source} is not a whole backup of Flectar: {error}") from error
        if description.get("format") != FORMAT or not (Path(folder) / DUMP).exists():
            raise Refusal(f"{source} has format {description.get('format')}; this version reads format {FORMAT}")
        yield description, Path(folder)


def check_keys(description: Description, keys: str) -> None:
    """Without the keys the sealed values come back as noise; better said before than found out after."""
    missing = sorted(set(description["keys"].items()) - set(fingerprints(keys).items()))
    if missing:
        names = ", ".join(number for number, _ in missing)
        raise Refusal(
            f"the backup was sealed with key {names}, which this installation does not have; put the installation.json "
            f"of then into the data folder, or name its keys in FLECTAR_KEYS (or pass --without-keys: whatever was "
            f"sealed, such as two-step secrets and credentials, will have to be set anew)"
        )


def load_dump(folder: Path, owner_url: str) -> None:
    """Into an empty database that has its roles."""
    listed = tool("pg_restore", None, "--list", str(folder / DUMP)).splitlines()
    ours = [line for line in listed if not any(word in line for word in LEFT_OUT)]
    wanted = folder / "wanted.list"
    wanted.write_text("\n".join(ours) + "\n", encoding="utf-8")
    tool(
        "pg_restore", owner_url, "--single-transaction", "--exit-on-error", f"--use-list={wanted}", str(folder / DUMP)
    )  # fmt: skip


def check_rows(description: Description, owner_url: str) -> None:
    with psycopg.connect(owner_url) as connection:
        found = count_rows(connection)
    wrong = [
        f"{table}: {found.get(table, 0)} instead of {rows}"
        for table, rows in sorted(description["rows"].items())
        if found.get(table) != rows
    ]
    if wrong:
        raise Refusal(
            "the restored rows do not match the backup's count; nothing was put in place: " + "; ".join(wrong)
        )


def replace_files(folder: Path, files: Path) -> None:
    """The files as they were; those in their place are kept beside until the new ones are there."""
    fresh, old = folder / FILES, folder / "files-before"
    fresh.mkdir(exist_ok=True)
    files.parent.mkdir(parents=True, exist_ok=True)
    if files.exists():
        files.rename(old)
    try:
        shutil.move(fresh, files)
    except BaseException:
        if old.exists():
            old.rename(files)
        raise


def count_rows(connection: psycopg.Connection[tuple[object, ...]]) -> dict[str, int]:
    tables = connection.execute(
        "SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace "
        "WHERE n.nspname = 'public' AND c.relkind = 'r' ORDER BY 1"
    ).fetchall()
    counted = {}
    for (table,) in tables:
        query = sql.SQL("SELECT count(*) FROM public.{}").format(sql.Identifier(str(table)))
        counted[str(table)] = int(str(one(connection, query)))
    return counted


def applied_migrations(connection: psycopg.Connection[tuple[object, ...]]) -> list[str]:
    rows = connection.execute("SELECT app || '.' || name FROM django_migrations ORDER BY 1").fetchall()
    return [str(name) for (name,) in rows]


def one(connection: psycopg.Connection[tuple[object, ...]], query: sql.Composed | str) -> object:
    row = connection.execute(query.encode() if isinstance(query, str) else query).fetchone()
    if row is None:
        raise RuntimeError("the query gave no row")
    return row[0]


def fingerprints(keys: str) -> dict[str, str]:
    """Key id to a short hash of the key: enough to recognise 32 random bytes, useless to find them."""
    pairs = (entry.strip().partition(":") for entry in keys.split(",") if entry.strip())
    return {number: hashlib.sha256(key.encode()).hexdigest()[:16] for number, _, key in pairs}


def tool(name: str, url: str | None, *arguments: str) -> str:
    """Run one of PostgreSQL's own programs. The address goes by the environment, where `ps` does not show it."""
    environment = {key: value for key, value in os.environ.items() if not key.startswith("PG")}
    target: list[str] = []
    if url is not None:
        parts = psycopg.conninfo.conninfo_to_dict(url)
        password = parts.pop("password", None)
        if password:
            environment["PGPASSWORD"] = str(password)
        parts["application_name"] = f"flectar {name}"
        target = ["--no-password", f"--dbname={psycopg.conninfo.make_conninfo('', **parts)}"]
    command = [find_tool(name), *target, *arguments]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise Refusal(f"{name} failed: {done.stderr.strip()[-2000:]}")
    return done.stdout


def find_tool(name: str) -> str:
    """The embedded ones for the embedded cluster. They have no TLS, so a server elsewhere needs this machine's own."""
    if not installation.is_external():
        return str(programs() / name)
    found = shutil.which(name)
    shown = "" if found is None else subprocess.run([found, "-V"], capture_output=True, text=True, check=False).stdout
    if found is None or f" {MAJOR}." not in shown:
        raise Refusal(
            f"{name} of PostgreSQL {MAJOR} is needed here and {shown.strip() or 'none'} was found; "
            f"install PostgreSQL {MAJOR}'s client programs (Debian: postgresql-client-{MAJOR})"
        )
    return found
