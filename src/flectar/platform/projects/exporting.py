"""Everything that a project holds, in one zip: each table as JSON and as CSV, and its files.

The rows are read in one snapshot, so that they fit together. What opens a door (tokens, digests, sealed credentials) is
left out, and so is what we can make again.
"""

import csv
import io
import json
import tempfile
import zipfile
from collections.abc import Iterable, Iterator
from datetime import UTC
from pathlib import Path
from typing import IO, Any
from uuid import UUID

from django.apps import apps
from django.core.files import File
from django.core.files.storage import Storage
from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection, models, transaction

from flectar.core import clock, storage
from flectar.core.spreadsheet import guarded
from flectar.core.tenancy import TenantIsolation, project_scope
from flectar.platform.projects.models import Export, Project

# Names of columns that are the right to something.
_SECRETS = ("token", "digest", "secret", "password", "salt", "fingerprint", "sealed")
FOLDER = "exports"

README = """Everything that {name} held on {day}.

json/   each table, one row a line (JSON Lines)
csv/    the same for spreadsheet programs
files/  uploaded and made files
Times are UTC. Left out: links' secrets, and pages that are made from the rest.
"""


def make(project: Project) -> tuple[str, int]:
    """Write and store it: the private file's path, and its size in bytes. Outside any scope: it takes its time."""
    with tempfile.TemporaryDirectory(prefix="flectar-export-") as folder:
        path = Path(folder) / "export.zip"
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("README.txt", README.format(name=project.name, day=clock.now().date()))
            _write_rows(archive, project)
            _write_files(archive, project)
        with path.open("rb") as content:
            kept = storage.private_files().save(f"{project.pk}/{FOLDER}/{path.name}", File(content))
        return kept, path.stat().st_size


def tables() -> list[type[models.Model]]:
    """What a project's rows are in, but for what is made from the rest."""
    return [
        model
        for model in apps.get_models()
        if any(isinstance(each, TenantIsolation) for each in model._meta.constraints)
        and not getattr(model, "is_made_again", False)
        and model is not Export
    ]


def _write_rows(archive: zipfile.ZipFile, project: Project) -> None:
    with transaction.atomic():
        if not connection.savepoint_ids:  # inside another transaction its level stands
            connection.cursor().execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        with project_scope(project.pk):
            archive.writestr("json/project.jsonl", _line(_values(project, _fields(Project))))
            for model in tables():
                _write_table(archive, model, project.pk)


def _write_table(archive: zipfile.ZipFile, model: type[models.Model], project_id: UUID) -> None:
    fields, name = _fields(model), model._meta.label_lower
    rows = model._base_manager.filter(project_id=project_id).order_by("pk")
    with archive.open(f"json/{name}.jsonl", "w") as out:
        for row in rows.iterator(chunk_size=1000):
            out.write(_line(_values(row, fields)).encode())
    with archive.open(f"csv/{name}.csv", "w") as out:
        _write_csv(out, fields, rows.iterator(chunk_size=1000))


def _write_csv(out: IO[bytes], fields: list[Any], rows: Iterable[models.Model]) -> None:
    text = io.TextIOWrapper(out, encoding="utf-8-sig", errors="replace", newline="", write_through=True)
    writer = csv.writer(text)
    writer.writerow([field.column for field in fields])
    for row in rows:
        writer.writerow([_cell(value) for value in _values(row, fields).values()])
    text.detach()


def _fields(model: type[models.Model]) -> list[Any]:
    return [
        field
        for field in model._meta.concrete_fields
        if not isinstance(field, models.BinaryField) and not any(word in field.name for word in _SECRETS)
    ]


def _values(row: models.Model, fields: list[Any]) -> dict[str, Any]:
    return {field.column: _plain(getattr(row, field.attname)) for field in fields}


def _plain(value: Any) -> Any:
    return value.astimezone(UTC) if hasattr(value, "astimezone") else value


def _line(values: dict[str, Any]) -> str:
    return json.dumps(values, ensure_ascii=False, cls=_AnyEncoder) + "\n"


def _cell(value: Any) -> str:
    if value is None:
        return ""
    return guarded(
        value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, cls=_AnyEncoder).strip('"')
    )


class _AnyEncoder(DjangoJSONEncoder):
    def default(self, value: Any) -> Any:
        try:
            return super().default(value)
        except TypeError:
            return str(value)


def _write_files(archive: zipfile.ZipFile, project: Project) -> None:
    for kind, files in (("public", storage.public_files()), ("private", storage.private_files())):
        for name in _names(files, project):
            with files.open(name) as content, archive.open(f"files/{kind}/{name.partition('/')[2]}", "w") as out:
                for chunk in content.chunks():
                    out.write(chunk)


def _names(files: Storage, project: Project) -> Iterator[str]:
    """Earlier exports are no part of one."""
    own = str(project.pk)
    return (name for name in storage.names_in(files, own) if not name.startswith(f"{own}/{FOLDER}/"))
