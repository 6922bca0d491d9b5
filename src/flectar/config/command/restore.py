"""Bring a backup back: database and files, every table's rows counted before they take their place.

The installation must be stopped. On the embedded database the present one stays untouched until the restored one has
been counted; on an external server the database must be empty (as after `flectar doctor --bootstrap-sql`).
"""

import argparse
from pathlib import Path

import psycopg
from psycopg import sql

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


def run(options: argparse.Namespace) -> int:
    data = installation.data_folder()
    data.mkdir(mode=0o700, parents=True, exist_ok=True)
    with stopped_installation(), archive.opened(options.file.absolute(), data) as (description, folder):
        if not installation.is_external():
            installation.prepare(data)
        if not options.without_keys:
            archive.check_keys(description, installation.keys())
        if installation.is_external():
            _into_external(description, folder)
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
        _put_in_place(admin)
    finally:
        cluster.stop()


def _put_in_place(admin: str) -> None:
    now, fresh, before = (sql.Identifier(name) for name in (installation.DATABASE, FRESH, BEFORE))
    rename = sql.SQL("ALTER DATABASE {} RENAME TO {}")
    _drop(admin, BEFORE)
    with psycopg.connect(admin, autocommit=True) as connection:
        exists = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [installation.DATABASE]).fetchone()
        with connection.transaction():
            if exists is not None:
                connection.execute(rename.format(now, before))
            connection.execute(rename.format(fresh, now))
    _drop(admin, BEFORE)


def _drop(admin: str, database: str) -> None:
    with psycopg.connect(admin, autocommit=True) as connection:
        connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(database)))


def _into_external(description: archive.Description, folder: Path) -> None:
    owner = installation.owner_database_url()
    if not owner:
        raise Refusal("FLECTAR_OWNER_DATABASE_URL is not set; a restore is made as the owner of the tables")
    with psycopg.connect(owner) as connection:
        if archive.count_rows(connection):
            raise Refusal("the database is not empty; restore into a new one (flectar doctor --bootstrap-sql makes it)")
    archive.load_dump(folder, owner)
    archive.check_rows(description, owner)
