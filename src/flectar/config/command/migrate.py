"""Bring the database to this version: roles and rights (embedded database), tables and rows.

Runs as the owner of the tables (FLECTAR_OWNER_DATABASE_URL). May run again at any time.
"""

import argparse

from flectar.config import installation
from flectar.config.command.edge import django_as, running_database


def run(options: argparse.Namespace) -> int:
    with running_database():
        if not installation.is_external():
            bootstrap_embedded(installation.DATABASE)
        django_as("owner")
        from django.core.management import call_command

        call_command("migrate", interactive=False, verbosity=1)
    return 0


def bootstrap_embedded(database: str) -> None:
    from flectar.config.launcher.bootstrap import bootstrap
    from flectar.config.launcher.cluster import Cluster

    data = installation.data_folder()
    bootstrap(Cluster(data).superuser_conninfo(), database, installation.prepare(data)["passwords"])
