"""Bring a backup back: database and files, every table's rows counted before they take their place.

The installation must be stopped. On the embedded database the present one stays untouched until the restored one has
been counted; on an external server the database must be empty (as after `flectar doctor --bootstrap-sql`).
"""

import argparse
from pathlib import Path

import psycopg
from psycopg import sql
from psycopg.types.json import Jsonb

from flectar.config import installation
from flectar.config.command import archive
from flectar.config.command.edge import Refusal, files_folder, stopped_installation
from flectar.config.launcher.bootstrap import bootstrap
from flectar.config.launcher.cluster import Cluster
from flectar.core import roles

FRESH, BEFORE = "flectar_restored", "flectar_before"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", type=Path, help="what `flectar backup` wrote")
    parser.add_argument("--without-keys", action="store_true", help="although what was sealed cannot be opened")
    parser.add_argument(
        "--former",
        metavar="URL",
        help="on an external server: the database that this one replaces, as its owner; customers who were erased there"
        " since the backup are erased again",
    )


def run(options: argparse.Namespace) -> int:
    data = installation.data_folder()
    data.mkdir(mode=0o700, parents=True, exist_ok=True)
    with stopped_installation(), archive.opened(options.file.absolute(), data) as (description, folder):
        if not installation.is_external():
            installation.prepare(data)
        if not options.without_keys:
            archive.check_keys(description, installation.keys())
        if installation.is_external():
            _into_external(description, folder, options.former)
        else:
            _into_embedded(data, description, folder)
        archive.replace_files(folder, files_folder())
        (data / "prepared").unlink(missing_ok=True)  # the next start looks for migrations the backup does not know
    print(
        f"Restored {sum(description['rows'].values())} rows of {description['made_at']}; every table's count is right."
    )
    return 0


def _into_embedded(data: Path, description: archive.Description, folder: Path) -> None:
    cluster = Cluster(data)
    cluster.start()
    try:
        found = installation.prepare(data)
        admin = cluster.superuser_conninfo()
        _drop(admin, FRESH)
        bootstrap(admin, FRESH, found["passwords"])
        owner = installation.url(roles.OWNER, found["passwords"][roles.OWNER], found["socket"], FRESH)
        archive.load_dump(folder, owner)
        archive.check_rows(description, owner)
        present = installation.url(roles.OWNER, found["passwords"][roles.OWNER], found["socket"])
        if _exists(admin, installation.DATABASE):
            _erase_again(present, owner)
        _put_in_place(admin)
    finally:
        cluster.stop()


def _put_in_place(admin: str) -> None:
    now, fresh, before = (sql.Identifier(name) for name in (installation.DATABASE, FRESH, BEFORE))
    rename = sql.SQL("ALTER DATABASE {} RENAME TO {}")
    _drop(admin, BEFORE)
    with psycopg.connect(admin, autocommit=True) as connection:
        is_there = _exists(admin, installation.DATABASE)
        with connection.transaction():
            if is_there:
                connection.execute(rename.format(now, before))
            connection.execute(rename.format(fresh, now))
    _drop(admin, BEFORE)


def _exists(admin: str, database: str) -> bool:
    with psycopg.connect(admin, autocommit=True) as connection:
        found = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [database]).fetchone()
    return found is not None


def _erase_again(former: str, restored: str) -> None:
    """Customers who were erased since the backup: their tombstones come over, and a job of each project erases them
    before long. Where one of the two is older than tombstones there is nothing to carry."""
    with psycopg.connect(former) as there, psycopg.connect(restored) as here:
        if not all(_has(one, "customers_tombstone") for one in (there, here)):
            return
        rows = there.execute("SELECT project_id, erased_id, at FROM customers_tombstone").fetchall()
        projects = set()
        for project_id, erased_id, at in rows:
            added = here.execute(
                "INSERT INTO customers_tombstone (id, project_id, erased_id, at)"
                " SELECT uuidv7(), p.id, %s, %s FROM projects_project p WHERE p.id = %s"
                " ON CONFLICT DO NOTHING",
                [erased_id, at, project_id],
            )
            if added.rowcount:
                projects.add(project_id)
        for project_id in sorted(projects):
            args = Jsonb({"project_id": str(project_id)})
            here.execute(
                "SELECT procrastinate_defer_jobs_v1(ARRAY[ROW("
                "'default', 'customers.erase_again', 0, NULL, NULL, %s, NULL)::procrastinate_job_to_defer_v1])",
                [args],
            )
    if projects:
        print(f"In {len(projects)} projects customers were erased since that backup: the next start erases them again.")


def _has(connection: psycopg.Connection[tuple[object, ...]], table: str) -> bool:
    found = connection.execute("SELECT to_regclass(%s)", [f"public.{table}"]).fetchone()
    return found is not None and found[0] is not None


def _drop(admin: str, database: str) -> None:
    with psycopg.connect(admin, autocommit=True) as connection:
        connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(database)))


def _into_external(description: archive.Description, folder: Path, former: str | None) -> None:
    owner = installation.owner_database_url()
    if not owner:
        raise Refusal("FLECTAR_OWNER_DATABASE_URL is not set; a restore is made as the owner of the tables")
    with psycopg.connect(owner) as connection:
        if archive.count_rows(connection):
            raise Refusal("the database is not empty; restore into a new one (flectar doctor --bootstrap-sql makes it)")
    archive.load_dump(folder, owner)
    archive.check_rows(description, owner)
    if former:
        _erase_again(former, owner)
