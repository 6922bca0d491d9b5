"""What several commands need: a database that answers, and Django in the right role."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Literal

from flectar.config import installation
from flectar.config.launcher.claims import FolderClaim
from flectar.config.launcher.cluster import Cluster

type Role = Literal["app", "owner"]


class Refusal(Exception):
    """The command cannot do this. The sentence says what to do instead."""


@contextmanager
def running_database() -> Iterator[None]:
    """Within this block the database answers: someone else's, the running installation's, or started for the while."""
    data = installation.data_folder()
    if installation.is_external() or FolderClaim(data).holder() is not None:
        yield
        return
    if installation.load(data) is None:
        raise Refusal(f"there is no installation in {data}; start one with `flectar up`, or set DATABASE_URL")
    cluster = Cluster(data)
    cluster.start()
    try:
        yield
    finally:
        close_connections()
        cluster.stop()


@contextmanager
def stopped_installation() -> Iterator[None]:
    """Within this block nothing of the installation runs, and nobody starts it."""
    claim = FolderClaim(installation.data_folder())
    claim.take()
    try:
        yield
    finally:
        claim.release()


def django_as(role: Role) -> None:
    """Load Django once, with that role's address of the database."""
    if role == "owner" and not installation.owner_database_url():
        raise Refusal(
            "FLECTAR_OWNER_DATABASE_URL is not set; this needs the role that owns the tables "
            "(flectar doctor --bootstrap-sql shows how to make it)"
        )
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "flectar.config.settings")
    os.environ["FLECTAR_DATABASE_ROLE"] = role
    import django

    django.setup()


def files_folder() -> Path:
    """Where uploads live on this machine; the settings say the same."""
    return Path(os.environ.get("FLECTAR_FILES", "") or installation.data_folder() / "files")


def close_connections() -> None:
    """Django keeps its pool open; a database that is about to stop would wait for nobody, and log it."""
    if "django.db" in sys.modules:
        from django.db import connections

        connections.close_all()
        for connection in connections.all(initialized_only=True):
            close_pool = getattr(connection, "close_pool", None)
            if close_pool is not None:
                close_pool()
