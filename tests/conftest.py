"""One cluster for the whole run, one migrated template database, one copy a worker, and the role that serves.

The controller starts PostgreSQL in `var/test` and ends it; workers are told its address. Tests connect as
`flectar_app`, so that row-level security binds them as it binds the product; only migrations and the clean-up
after `transactional_db` tests act as the owner.
"""

import base64
import fcntl
import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.test import TransactionTestCase
from hypothesis import HealthCheck
from hypothesis import settings as examples
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from flectar.config import installation
from flectar.config.launcher.bootstrap import bootstrap
from flectar.config.launcher.cluster import Cluster, ClusterError
from flectar.core.roles import APP, OPS, OWNER
from tests import canary

pytest_plugins = ["tests.cast"]
# A machine that is busy with something else is no fault of the code: time fails no test here.
examples.register_profile("ours", deadline=None, suppress_health_check=[HealthCheck.too_slow])
examples.load_profile("ours")

ROOT = Path(__file__).resolve().parents[1]
KEPT_TABLES = {"django_migrations", "django_content_type", "auth_permission", "procrastinate_version"}
_cluster: Cluster | None = None


def pytest_configure(config: pytest.Config) -> None:
    from django.conf import settings
    from django.contrib.auth.hashers import Argon2PasswordHasher

    settings.SECRET_KEY = canary.SECRET_KEY
    settings.FLECTAR_KEYS = f"1:{base64.b64encode(canary.KEY).decode()}"
    settings.WHITENOISE_AUTOREFRESH = True
    settings.PUBLIC_PORT = settings.PORT = 8000
    settings.DEMO = settings.HTTPS = settings.TEST_PAYMENTS = False
    # The real cost of a password is for guessers; a test that signs in twice need not pay it.
    Argon2PasswordHasher.time_cost, Argon2PasswordHasher.memory_cost, Argon2PasswordHasher.parallelism = 1, 8, 1
    canary.listen(config)
    if not hasattr(config, "workerinput"):
        _start_cluster(config)


def pytest_configure_node(node: Any) -> None:
    node.workerinput["cluster"] = node.config.stash[CLUSTER]
    node.workerinput["canary_folder"] = str(canary.folder(node.config))


def pytest_unconfigure(config: pytest.Config) -> None:
    if _cluster is not None:
        _cluster.stop()


def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    """No line that any test logged may hold a secret that the tests planted."""
    if not hasattr(session.config, "workerinput") and (leaks := canary.leaks(session.config)):
        print("\nSecrets in the logs:\n" + "\n".join(leaks))
        session.exitstatus = 1


CLUSTER: pytest.StashKey[dict[str, str]] = pytest.StashKey()


def _start_cluster(config: pytest.Config) -> None:
    """The first free folder of var/test, var/test-2, …: two runs in one tree do not disturb each other."""
    global _cluster
    tuned = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "max_connections": "300"}
    for number in range(1, 6):
        folder = ROOT / "var" / ("test" if number == 1 else f"test-{number}")
        cluster = Cluster(folder, tuned)
        try:
            cluster.start()
        except ClusterError:
            if number == 5:
                raise
            continue
        _cluster = cluster
        break
    assert _cluster is not None
    found = installation.prepare(_cluster.data)
    config.stash[CLUSTER] = {
        "data": str(_cluster.data),
        "superuser": _cluster.superuser_conninfo(),
        "socket": found["socket"],
        **found["passwords"],
    }


@pytest.fixture(scope="session")
def cluster(request: pytest.FixtureRequest) -> dict[str, str]:
    """Addresses and passwords of the run's PostgreSQL."""
    config = request.config
    given: dict[str, str] = config.workerinput["cluster"] if hasattr(config, "workerinput") else config.stash[CLUSTER]
    return given


@pytest.fixture(scope="session")
def database_urls(cluster: dict[str, str], worker_id: str, django_db_blocker: Any) -> Iterator[dict[str, str]]:
    """This worker's own database: its addresses by role."""
    with _template_lock(cluster):
        template = _template(cluster, django_db_blocker)
    name = f"w_{os.getpid()}_{worker_id}"
    with psycopg.connect(cluster["superuser"], autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}" STRATEGY file_copy OWNER {OWNER}'.encode())
        connection.execute(f'REVOKE ALL ON DATABASE "{name}" FROM PUBLIC'.encode())
        connection.execute(f'GRANT CONNECT ON DATABASE "{name}" TO {APP}, {OPS}'.encode())
    yield {role: installation.url(role, cluster[role], cluster["socket"], name) for role in (APP, OWNER, OPS)}
    with psycopg.connect(cluster["superuser"], autocommit=True) as connection:
        connection.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)'.encode())


@pytest.fixture(scope="session")
def django_db_setup(database_urls: dict[str, str], django_db_blocker: Any) -> Iterator[None]:
    """Point Django at the copy, as the role that serves."""
    from django.conf import settings
    from django.db import connection

    from flectar.config.settings import database

    with django_db_blocker.unblock():
        served = database(database_urls[APP], pooled=True)
        served["OPTIONS"]["pool"] |= {"min_size": 1, "max_size": 64, "timeout": 20}
        _point(connection, served)
        settings.DATABASES["default"] = connection.settings_dict
        settings.LISTEN_DATABASE_URL = database_urls[APP]
        TransactionTestCase._fixture_teardown = lambda self: _empty(database_urls[OWNER])  # type: ignore[method-assign]  # ours
    yield
    with django_db_blocker.unblock():
        connection.close()
        connection.close_pool()


def _template(cluster: dict[str, str], blocker: Any) -> str:
    """The migrated template database of this source tree, made if nobody has yet."""
    name = f"t_{_fingerprint()}"
    with psycopg.connect(cluster["superuser"], autocommit=True) as connection:
        rows = connection.execute("SELECT datname FROM pg_database WHERE datname ~ '^t_'").fetchall()
    if (name,) in rows:
        return name
    building = f"building_{os.getpid()}"
    bootstrap(cluster["superuser"], building, cluster)
    with blocker.unblock():
        _migrate(installation.url(OWNER, cluster[OWNER], cluster["socket"], building))
    with psycopg.connect(cluster["superuser"], autocommit=True) as connection:
        connection.execute(f'ALTER DATABASE "{building}" RENAME TO "{name}"'.encode())
        for (old,) in rows:
            connection.execute(f'DROP DATABASE IF EXISTS "{old}" WITH (FORCE)'.encode())
        for (stale,) in connection.execute("SELECT datname FROM pg_database WHERE datname ~ '^w_'").fetchall():
            if not Path(f"/proc/{stale.split('_')[1]}").exists():
                connection.execute(f'DROP DATABASE IF EXISTS "{stale}" WITH (FORCE)'.encode())
    return name


def _migrate(owner_url: str) -> None:
    from django.core.management import call_command
    from django.db import connection

    from flectar.config.settings import database

    _point(connection, database(owner_url, pooled=False))
    call_command("migrate", verbosity=0)
    connection.close()


def _point(connection: Any, settings_dict: dict[str, Any]) -> None:
    connection.close()
    connection.settings_dict.update(settings_dict)


def _fingerprint() -> str:
    """Of everything that shapes the migrated database; forgetting the bootstrap hid missing grants once."""
    source = ROOT / "src" / "flectar"
    files = [
        *sorted(source.glob("**/migrations/*.py")),
        *sorted((source / "core" / "tenancy").glob("*.py")),
        source / "core" / "roles.py",
        source / "config" / "settings.py",
        source / "config" / "launcher" / "bootstrap.py",
        ROOT / "requirements.lock",
    ]
    digest = hashlib.sha256()
    for file in files:
        digest.update(str(file.relative_to(ROOT)).encode())
        digest.update(file.read_bytes())
    return digest.hexdigest()[:16]


@contextmanager
def _template_lock(cluster: dict[str, str]) -> Iterator[None]:
    with (Path(cluster["data"]) / "template.lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _empty(owner_url: str) -> None:
    """After a test that committed: empty every table that has rows, as the owner; `app` may not TRUNCATE."""
    from django.db import connections

    connections.close_all()
    with psycopg.connect(make_conninfo(**conninfo_to_dict(owner_url), options="-c lock_timeout=10s")) as connection:
        tables = [
            row[0]
            for row in connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").fetchall()
            if row[0] not in KEPT_TABLES
        ]
        filled = connection.execute(
            " UNION ALL ".join(f"(SELECT '{table}' FROM \"{table}\" LIMIT 1)" for table in tables).encode()
        ).fetchall()
        if not filled:
            return
        # The audit log refuses TRUNCATE even to its owner; only here, in a test database, are the triggers off.
        sealed = ("audit_entry", "audit_block")
        for table in sealed:
            connection.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER".encode())
        names = ", ".join(f'"{table}"' for (table,) in filled)
        connection.execute(f"TRUNCATE {names} RESTART IDENTITY CASCADE".encode())
        for table in sealed:
            connection.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER".encode())
