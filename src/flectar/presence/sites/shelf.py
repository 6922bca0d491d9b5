"""The front's reading room: where a host leads, and one stored answer, straight from the database."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from math import inf
from typing import Any
from uuid import UUID

from django.db import Error, connection
from django.db.models import Subquery

from flectar.core.tenancy import project_scope
from flectar.platform.projects import finding
from flectar.presence.sites.compile import recipe
from flectar.presence.sites.front import Address, Reading, Unavailable
from flectar.presence.sites.memory import Stored
from flectar.presence.sites.models import Artifact, Edition

# The function belongs to a role of its own: no project is being served before a host has led to one.
EDITION = "SELECT version, paths, recipe FROM presence_sites_editions(ARRAY[%s])"


class DatabaseShelf:
    def address(self, host: str) -> Address | None:
        with reading(), connection.cursor() as cursor:
            found = finding.by_host(host)
            if found is None:
                return None
            cursor.execute(EDITION, [found.project.pk])
            version, paths, made_by = cursor.fetchone() or (0, None, "")
        home = found.home if found.home != host else ""
        # Pages made by other code may name files that are gone: Django answers until they are made again.
        stored = json.loads(paths) if paths and made_by == recipe() else ()
        return Address(found.project.pk, version, stored, home)

    def page(self, project_id: UUID, path: str) -> Reading:
        with reading(), project_scope(project_id):
            # One statement, so that the answer and the edition are of the same moment.
            row = (
                Artifact.objects.filter(path=path)
                .annotate(edition=Subquery(Edition.objects.values("version")))
                .values(*STORED, "valid_until", "edition")
                .first()
            )
        if row is None:
            return Reading(0, None)
        until = row["valid_until"]
        values: dict[str, Any] = {name: row[name] for name in STORED}
        values |= {"br": bytes(row["br"]), "gzip": bytes(row["gzip"])}
        stored = Stored(**values, valid_until=until.timestamp() if until else inf)
        return Reading(row["edition"], stored)


STORED = ("content_type", "br", "gzip", "length", "etag", "csp", "language", "is_immutable", "is_pressed")


@contextmanager
def reading() -> Iterator[None]:
    """Outside Django's request: nobody else gives the connection back."""
    try:
        yield
    except Error as error:
        raise Unavailable from error
    finally:
        connection.close()
