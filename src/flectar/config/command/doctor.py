"""Look at everything an installation needs and say what is missing and how to mend it. Changes nothing.

Ends with status 1 when something must be mended. `--bootstrap-sql` prints what a database administrator must run.
"""

import argparse
import os
import shutil
import stat
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

import psycopg

from flectar.config import installation
from flectar.config.command.archive import find_tool
from flectar.config.command.edge import Refusal, django_as, files_folder, running_database
from flectar.config.launcher.bootstrap import bootstrap_sql
from flectar.config.launcher.claims import FolderClaim, is_free
from flectar.config.launcher.cluster import MAJOR, ClusterError
from flectar.core import roles

type Level = Literal["good", "note", "wrong"]


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of the answer. `cure` says what to do when it is not good."""

    level: Level
    text: str
    cure: str = ""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--bootstrap-sql", action="store_true", help="print the SQL that makes roles and database")


def run(options: argparse.Namespace) -> int:
    if options.bootstrap_sql:
        print(bootstrap_sql(), end="")
        return 0
    wrong = False
    for finding in findings():
        wrong = wrong or finding.level == "wrong"
        mark = {"good": "  good ", "note": "  note ", "wrong": "  WRONG"}[finding.level]
        print(f"{mark}  {finding.text}" + (f"\n         -> {finding.cure}" if finding.cure else ""))
    print("Something must be mended." if wrong else "Nothing must be mended.")
    return 1 if wrong else 0


def findings() -> Iterator[Finding]:
    yield from _python()
    yield from _data_folder()
    yield from _secrets()
    yield from _disk()
    try:
        with running_database():
            yield from _databases()
            yield from _tools()
            if installation.database_url():
                yield from _django()
    except (Refusal, ClusterError) as error:
        yield Finding("wrong", str(error))
    if is_production():
        yield from _production()


def is_production() -> bool:
    """Served to the world: told by https, or by a database that is someone else's."""
    return installation.is_external() or _is_yes("FLECTAR_HTTPS")


def _python() -> Iterator[Finding]:
    found = sys.version.split()[0]
    if sys.version_info[:2] == (3, 13):
        yield Finding("good", f"Python {found}")
    else:
        yield Finding("wrong", f"Python {found}", "use Python 3.13; the locked packages were tested with it")


def _data_folder() -> Iterator[Finding]:
    data = installation.data_folder()
    file = data / installation.FILE
    if file.exists() and stat.S_IMODE(file.stat().st_mode) & 0o077:
        yield Finding("wrong", f"others may read the keys in {file}", f"chmod 600 {file}")
    elif data.exists():
        yield Finding("good", f"data folder {data}")
    else:
        yield Finding("note", f"data folder {data} does not exist yet", "the first start makes it")
    if FolderClaim(data).holder() is None and not is_free("127.0.0.1", installation.port()):
        cure = f"choose another, e.g. FLECTAR_PORT={installation.port() + 1}"
        yield Finding(
            "note", f"port {installation.port()} is in use, by an installation elsewhere or another program", cure
        )


def _secrets() -> Iterator[Finding]:
    if not installation.secret_key():
        yield Finding("wrong", "there is no secret key", "set FLECTAR_SECRET_KEY to 50 random characters")
    elif len(installation.secret_key()) < 40:
        yield Finding("wrong", "the secret key is short", "set FLECTAR_SECRET_KEY to 50 random characters")
    if installation.keys():
        yield Finding("good", "secret key and key ring")
    else:
        yield Finding("wrong", "there is no key ring", "set FLECTAR_KEYS to what `flectar keys new` prints")


def _disk() -> Iterator[Finding]:
    folder = installation.data_folder()
    while not folder.exists():
        folder = folder.parent
    free = shutil.disk_usage(folder).free
    if free < 1_000_000_000:
        yield Finding(
            "wrong", f"{free / 1e6:.0f} MB are free at {folder}", "make room: PostgreSQL stops when it is full"
        )


def _databases() -> Iterator[Finding]:
    addresses = {
        "DATABASE_URL": (installation.database_url(), roles.APP),
        "FLECTAR_OWNER_DATABASE_URL": (installation.owner_database_url(), roles.OWNER),
        "FLECTAR_OPS_DATABASE_URL": (installation.ops_database_url(), roles.OPS),
    }
    for name, (url, role) in addresses.items():
        if not url:
            level: Level = "note" if name != "DATABASE_URL" else "wrong"
            yield Finding(level, f"{name} is not set", "serve and worker run without it; migrate and backup do not")
            continue
        try:
            with psycopg.connect(url, connect_timeout=10) as connection:
                yield from _role(connection, name, role)
        except psycopg.Error as error:
            yield Finding(
                "wrong", f"{name} does not connect: {str(error).strip()}", "check address, password and pg_hba"
            )
    yield from _listening()


def _role(connection: psycopg.Connection[tuple[object, ...]], name: str, role: str) -> Iterator[Finding]:
    row = connection.execute(
        "SELECT current_setting('server_version_num')::int / 10000, current_user::text, rolsuper OR rolbypassrls, "
        "EXISTS (SELECT 1 FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace "
        "WHERE n.nspname = 'public' AND c.relkind = 'r' AND pg_has_role(c.relowner, 'USAGE')) "
        "FROM pg_roles WHERE rolname = current_user"
    ).fetchone()
    if row is None:
        yield Finding("wrong", f"{name}: the role that signed in is not in pg_roles")
        return
    version, user, passes, owns = row
    if version != int(MAJOR):
        yield Finding("wrong", f"{name}: PostgreSQL {version}", f"Flectar needs PostgreSQL {MAJOR}")
    if passes:
        cure = "use the roles of `flectar doctor --bootstrap-sql`"
        yield Finding("wrong", f"{name}: {user} passes by row-level security, so tenants are not kept apart", cure)
    elif role != roles.OWNER and owns:
        yield Finding(
            "wrong", f"{name}: {user} owns tables; whoever owns them can switch their rules off", f"use {role}"
        )
    elif user != role:
        yield Finding(
            "wrong", f"{name}: signs in as {user}, but rights and policies are given to {role}", f"use {role}"
        )
    else:
        yield Finding("good", f"{name}: {user} on PostgreSQL {version}")


def _listening() -> Iterator[Finding]:
    url = installation.listen_database_url()
    if not url:
        return
    try:
        with psycopg.connect(url, autocommit=True, connect_timeout=10) as connection:
            connection.execute("LISTEN flectar_doctor")
            connection.execute("NOTIFY flectar_doctor")
            heard = any(True for _ in connection.notifies(timeout=3, stop_after=1))
    except psycopg.Error as error:
        yield Finding(
            "wrong", f"LISTEN fails: {str(error).strip()}", "set FLECTAR_LISTEN_DATABASE_URL to a direct address"
        )
        return
    if heard:
        yield Finding("good", "notices of the database arrive")
    else:
        cure = "set FLECTAR_LISTEN_DATABASE_URL to the server itself: a transaction pooler does not pass notices"
        yield Finding("wrong", "notices of the database do not arrive", cure)


def _tools() -> Iterator[Finding]:
    try:
        find_tool("pg_dump")
    except Refusal as error:
        yield Finding("note", "no backup can be made from here", str(error))


def _django() -> Iterator[Finding]:
    django_as("app")
    from django.core.checks import ERROR, WARNING, run_checks
    from django.db import Error, connection
    from django.db.migrations.executor import MigrationExecutor

    try:
        executor = MigrationExecutor(connection)
        missing = executor.migration_plan(executor.loader.graph.leaf_nodes())
    except Error as error:
        yield Finding("wrong", f"the migrations cannot be read: {str(error).strip()}", "run `flectar migrate`")
    else:
        if missing:
            yield Finding("wrong", f"{len(missing)} migrations are missing", "run `flectar migrate`")
        else:
            yield Finding("good", "every migration is applied")
    for message in run_checks(include_deployment_checks=is_production()):
        if message.level >= WARNING and not message.is_silenced():
            yield Finding(
                "wrong" if message.level >= ERROR else "note", f"{message.id}: {message.msg}", message.hint or ""
            )


def _production() -> Iterator[Finding]:
    if not _is_yes("FLECTAR_HTTPS"):
        cure = "put a TLS proxy in front and set FLECTAR_HTTPS=yes: without it cookies travel in clear"
        yield Finding("wrong", "the site is not served over https", cure)
    for name, example in {"FLECTAR_PLATFORM_HOST": "app.example.com", "FLECTAR_SITE_HOST": "example.com"}.items():
        if os.environ.get(name, "localhost") in {"", "localhost"}:
            yield Finding("wrong", f"{name} is localhost", f"set it to your own name, e.g. {name}={example}")
    if not os.environ.get("FLECTAR_TRUSTED_PROXIES", ""):
        cure = "set FLECTAR_TRUSTED_PROXIES to their count or addresses, or every visitor has the proxy's address"
        yield Finding("wrong", "no proxy is trusted", cure)
    if not os.environ.get("FLECTAR_RESEND_API_KEY", "") and not os.environ.get("FLECTAR_SMTP_URL", ""):
        yield Finding("wrong", "no mail can be sent", "set FLECTAR_RESEND_API_KEY or FLECTAR_SMTP_URL")
    for name in ("FLECTAR_OPERATOR_NAME", "FLECTAR_OPERATOR_EMAIL"):
        if not os.environ.get(name, ""):
            yield Finding("note", f"{name} is not set", "the legal pages and security.txt name you with it")
    if _is_yes("FLECTAR_DEMO"):
        yield Finding("wrong", "the demo is on: its logins are known to everyone", "unset FLECTAR_DEMO")
    if _is_yes("FLECTAR_TEST_PAYMENTS"):
        cure = "unset FLECTAR_TEST_PAYMENTS; with FLECTAR_HTTPS=yes nothing starts while it is on"
        yield Finding("wrong", "the test payment page is on: customers pay without money", cure)
    folder = files_folder()
    in_a_bucket = bool(os.environ.get("FLECTAR_S3_URL", ""))
    if not in_a_bucket and not (folder.exists() and os.access(folder, os.W_OK)):
        yield Finding("note", f"the files folder {folder} cannot be written", "set FLECTAR_FILES to one that can")


def _is_yes(name: str) -> bool:
    return os.environ.get(name, "").lower() in {"1", "yes", "true", "on"}
