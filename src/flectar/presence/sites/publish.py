"""Putting a new edition out: compile, compress, store, raise the number, tell the workers. In the deed's transaction.

Who publishes holds the row of the edition until the commit, so two publishes of one project follow each other and the
second sees what the first has changed.
"""

import gzip
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import NamedTuple

import brotli
from django.db import connection

from flectar.core import clock
from flectar.core.tenancy import project_scope
from flectar.platform.projects.models import Project
from flectar.presence.sites.compile import compile_site, recipe
from flectar.presence.sites.files import Built
from flectar.presence.sites.listener import CHANNEL
from flectar.presence.sites.models import Artifact, Edition

# A visitor may still hold a page that names yesterday's style sheet.
KEEP_OLD_FILES = timedelta(days=1)

# Level 5 costs a third of a millisecond a page and is a tenth larger than 11, which costs twenty.
BROTLI_LEVEL = 5
BEST_BROTLI_LEVEL = 11
GZIP_LEVEL = 6


class Outcome(NamedTuple):
    until: datetime | None  # when it stops being true by itself
    is_loose: bool  # something is packed in a hurry


def put_out(project: Project, *, anew: bool = False) -> Outcome:
    """Make what the world sees equal to what the project says; without a difference nothing is written, unless
    `anew`."""
    with project_scope(project.pk):
        edition = _locked_edition(project)
        built = compile_site(project)
        if anew or _differs(edition, built):
            _put_out(edition, built, clock.now())
        else:
            _keep(built)
        is_loose = Artifact.objects.filter(is_pressed=False).exists()
    return Outcome(min((one.valid_until for one in built if one.valid_until), default=None), is_loose)


def press(project: Project) -> int:
    """Pack the same content as small as it gets and let every worker hold that; returns how many were pressed.

    The slow part takes no lock: whoever publishes meanwhile has written other bytes, which stay as they are.
    """
    with project_scope(project.pk):
        loose = Artifact.objects.filter(is_pressed=False).values_list("pk", "etag", "gzip")
        packed = [
            (pk, etag, brotli.compress(gzip.decompress(squeezed), quality=BEST_BROTLI_LEVEL, mode=brotli.MODE_TEXT))
            for pk, etag, squeezed in loose
        ]
        edition = _locked_edition(project)
        pressed = sum(
            Artifact.objects.filter(pk=pk, etag=etag, is_pressed=False).update(br=br, is_pressed=True)
            for pk, etag, br in packed
        )
        if pressed:
            edition.version += 1
            edition.save(update_fields=["version"])
            _tell(edition)
    return pressed


def _locked_edition(project: Project) -> Edition:
    Edition.objects.bulk_create([Edition(project=project)], ignore_conflicts=True)
    return Edition.objects.select_for_update().get(project=project)


def _differs(edition: Edition, built: Iterable[Built]) -> bool:
    stored = dict(Artifact.objects.filter(path__in=edition.paths).values_list("path", "etag"))
    return edition.recipe != recipe() or stored != {one.path: one.etag for one in built}


def _put_out(edition: Edition, built: list[Built], now: datetime) -> None:
    edition.version += 1
    edition.paths = [one.path for one in built]
    edition.recipe = recipe()
    edition.published_at = now
    edition.save()
    known = dict(Artifact.objects.values_list("path", "etag"))
    _write([one for one in built if known.get(one.path) != one.etag], edition.version, now)
    _keep([one for one in built if known.get(one.path) == one.etag])
    Artifact.objects.filter(path__in=edition.paths).update(used_at=now)
    gone = Artifact.objects.exclude(path__in=edition.paths)
    gone.filter(is_immutable=False).delete()
    gone.filter(used_at__lt=now - KEEP_OLD_FILES).delete()
    _tell(edition)


def _tell(edition: Edition) -> None:
    """A hint for the workers that saves them the wait for their next sweep; sent at commit, or not at all."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_notify(%s, %s)", [CHANNEL, f"{edition.project.pk} {edition.version}"])


def _write(built: Iterable[Built], version: int, now: datetime) -> None:
    rows = [
        Artifact(
            path=one.path,
            content_type=one.content_type,
            language=one.language,
            br=brotli.compress(one.body, quality=BROTLI_LEVEL, mode=brotli.MODE_TEXT),
            gzip=gzip.compress(one.body, compresslevel=GZIP_LEVEL, mtime=0),
            length=len(one.body),
            etag=one.etag,
            csp=one.csp,
            is_immutable=one.is_immutable,
            valid_until=one.valid_until,
            version=version,
            used_at=now,
        )
        for one in built
    ]
    fields = [field.name for field in Artifact._meta.concrete_fields if field.name not in ("id", "project", "path")]
    Artifact.objects.bulk_create(rows, update_conflicts=True, unique_fields=["project", "path"], update_fields=fields)


def _keep(built: Iterable[Built]) -> None:
    """The bytes are the same; how long they are true may not be."""
    for one in built:
        if not one.is_immutable:
            Artifact.objects.filter(path=one.path).update(valid_until=one.valid_until)
