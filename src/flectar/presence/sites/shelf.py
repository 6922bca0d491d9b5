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
from flectar.presence.sites.compile import recipe
from flectar.presence.sites.front import Address, Reading, Unavailable
from flectar.presence.sites.memory import Stored
from flectar.presence.sites.models import Artifact, Edition

# The function belongs to a role of its own: no project is being served before a host has led to one.
ADDRESS = """
SELECT project.id, edition.version, edition.paths, edition.recipe
  FROM projects_project project LEFT JOIN presence_sites_editions(ARRAY[project.id]) edition ON true
 WHERE project.slug = %s
"""


class DatabaseShelf:
    def __init__(self, site_suffix: str) -> None:
        self.site_suffix = site_suffix

    def address(self, host: str) -> Address | None:
        with reading(), connection.cursor() as cursor:
            cursor.execute(ADDRESS, [host.removesuffix(self.site_suffix)])
            row = cursor.fetchone()
        if row is None:
            return None
        project_id, version, paths, made_by = row
        # Pages made by other code may name files that are gone: Django answers until they are made again.
        return Address(project_id, version or 0, json.loads(paths) if paths and made_by == recipe() else ())

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
