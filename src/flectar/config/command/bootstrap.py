"""Make roles, rights and the database on a PostgreSQL server of your own. May run again; it mends what differs.

Wants FLECTAR_SUPERUSER_DATABASE_URL for this once, and takes the passwords from DATABASE_URL,
FLECTAR_OWNER_DATABASE_URL and FLECTAR_OPS_DATABASE_URL. Who may not be given a superuser's password runs what
`flectar doctor --bootstrap-sql` prints instead.
"""

import argparse
import os

from psycopg.conninfo import conninfo_to_dict

from flectar.config import installation
from flectar.config.command.edge import Refusal
from flectar.config.launcher.bootstrap import bootstrap
from flectar.core import roles


def run(options: argparse.Namespace) -> int:
    superuser = os.environ.get("FLECTAR_SUPERUSER_DATABASE_URL", "")
    if not superuser:
        raise Refusal("FLECTAR_SUPERUSER_DATABASE_URL is not set, e.g. postgresql://postgres:…@database/postgres")
    urls = {
        "DATABASE_URL": (roles.APP, os.environ.get("DATABASE_URL", "")),
        "FLECTAR_OWNER_DATABASE_URL": (roles.OWNER, installation.owner_database_url()),
        "FLECTAR_OPS_DATABASE_URL": (roles.OPS, installation.ops_database_url()),
    }
    passwords, databases = {}, set()
    for name, (role, url) in urls.items():
        parts = conninfo_to_dict(url) if url else {}
        if parts.get("user") != role or not parts.get("password") or not parts.get("dbname"):
            raise Refusal(
                f"{name} must name user {role}, a password and the database, as in postgresql://{role}:…@…/flectar"
            )
        passwords[role] = str(parts["password"])
        databases.add(str(parts["dbname"]))
    if len(databases) > 1:
        raise Refusal(f"the three addresses name different databases: {', '.join(sorted(databases))}")
    (database,) = databases
    bootstrap(superuser, database, passwords)
    print(f"Roles, rights and database {database} are there. Now `flectar migrate`.")
    return 0
