"""All that the platform holds about a person with an account: found by the data inventory, so that nothing is forgotten
when a table is added. What businesses hold about their staff and customers is theirs, and not in here.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from allauth.account.models import EmailAddress
from django.core.exceptions import FieldDoesNotExist
from django.core.files.storage import Storage
from django.db import models
from django.utils.encoding import force_str

from flectar.core import storage
from flectar.core.inventory import Controller, Erase, P, Record, records
from flectar.core.tenancy import PlatformOrTenantIsolation
from flectar.platform.accounts.models import Copy, User
from flectar.platform.audit import sealing
from flectar.platform.audit.models import Entry


@dataclass(frozen=True, slots=True)
class Rows:
    """The rows of one table that are about somebody."""

    record: Record
    found: models.QuerySet[Any]


def rows_about(user: User) -> Iterator[Rows]:
    """Outside every project's scope: of tables that the platform shares with the projects, its own rows only."""
    addresses = {user.email, *EmailAddress.objects.filter(user=user).values_list("email", flat=True)}
    addresses |= {user.phone} if user.phone else set()
    for model, record in records().items():
        is_shared = any(isinstance(each, PlatformOrTenantIsolation) for each in model._meta.constraints)
        if record.controller is Controller.PLATFORM or is_shared:
            condition = _condition(record, user, addresses)
            if condition is not None:
                yield Rows(record, model._default_manager.filter(condition))


def _condition(record: Record, user: User, addresses: set[str]) -> models.Q | None:
    if record.model is Entry:
        return models.Q(actor_id=user.pk) | models.Q(target_id=user.pk)
    if record.subject == "self":
        return models.Q(pk=user.pk)
    field = _end_of(record)
    if field is None:
        return None
    if field.is_relation:
        return models.Q(**{record.subject: user.pk}) if field.related_model is User else None
    is_address = isinstance(field, models.EmailField) or "address" in field.name
    return models.Q(**{f"{record.subject}__in": addresses}) if is_address else None


def _end_of(record: Record) -> Any:
    """The field that a subject's path ends at."""
    model: Any = record.model
    field: Any = None
    for name in filter(None, record.subject.split("__")):
        try:
            field = model._meta.get_field(name)
        except FieldDoesNotExist:
            return None
        model = field.related_model
    return field


def copy_of(user: User) -> dict[str, list[dict[str, Any]]]:
    """By table: what its owner may have of it. Keys, hashes and secrets are left out."""
    copy: dict[str, list[dict[str, Any]]] = {}
    for rows in rows_about(user):
        names = [name for name, kind in rows.record.fields.items() if isinstance(kind, P) and kind.export]
        # What somebody did to others names those others; what was done to them is theirs.
        own = rows.found.filter(target_id=user.pk) if rows.record.model is Entry else rows.found
        found = [dict(zip(names, map(_plain, values), strict=True)) for values in own.values_list(*names)]
        if names and found:
            copy[rows.record.model._meta.label] = found
    return copy


def _plain(value: Any) -> Any:
    return value if value is None or isinstance(value, bool | int | dict | list) else force_str(value)


@dataclass(frozen=True, slots=True)
class File:
    """A stored file that is about somebody."""

    path: str
    store: Storage

    def delete(self) -> None:
        self.store.delete(self.path)


def files_of(user: User) -> list[File]:
    copies = Copy.objects.filter(user=user).exclude(path="").values_list("path", flat=True)
    found = [File(path, storage.private_files()) for path in copies]
    return [*found, File(user.picture, storage.public_files())] if user.picture else found


def erase(user: User) -> dict[str, int]:
    """Rows by table. A row goes when the field that ties it to the person does; else its fields go one by one."""
    # All of it is found before any of it goes: addresses lead to mails.
    about = list(rows_about(user))
    done: dict[str, int] = {}
    for rows in sorted(about, key=lambda each: each.record.subject == "self"):
        count = _erase(rows)
        if count:
            done[rows.record.model._meta.label] = count
    return done


def _erase(rows: Rows) -> int:
    if rows.record.model is Entry:
        return sealing.forget(rows.found)
    tie = rows.record.fields.get(rows.record.subject.split("__")[0])
    if rows.record.subject != "self" and isinstance(tie, P) and tie.erase is Erase.DELETE:
        return rows.found.delete()[0]
    emptied = {Erase.NULL: None, Erase.REDACT: "", Erase.PSEUDONYMISE: ""}
    values = {
        name: emptied[kind.erase]
        for name, kind in rows.record.fields.items()
        if isinstance(kind, P) and kind.erase in emptied
    }
    return rows.found.update(**values) if values else 0
