"""What an import adds to people who are known already, and taking exactly that back, unless it was changed since."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import models

from flectar.core import crypto
from flectar.core.events import announce
from flectar.core.tenancy import project_scope
from flectar.people.customers import directory, pictures, tags
from flectar.people.customers.facts import CustomerChanged
from flectar.people.customers.models import (
    Completion,
    Customer,
    CustomerAddress,
    CustomerEmail,
    CustomerImport,
    CustomerNote,
    CustomerPhone,
    CustomerTag,
    CustomValue,
)
from flectar.platform.audit.log import record

CHUNK = 200
_TABLES: dict[str, type[models.Model]] = {
    "emails": CustomerEmail,
    "phones": CustomerPhone,
    "addresses": CustomerAddress,
    "notes": CustomerNote,
    "tags": CustomerTag,
    "values": CustomValue,
}


@dataclass(frozen=True, slots=True)
class Before:
    """People as they were before a chunk came in."""

    rows: dict[str, set[UUID]]
    own: dict[UUID, tuple[str, str, bool]]  # language, picture, archived


def look(people: Iterable[Customer]) -> Before:
    """In six questions for all of them."""
    people = list(people)
    ids = [one.pk for one in people]
    rows = {
        name: set(table._base_manager.filter(customer__in=ids).values_list("pk", flat=True))
        for name, table in _TABLES.items()
    }
    return Before(rows, {one.pk: (one.locale, one.picture, one.is_archived) for one in people})


def keep(job: CustomerImport, before: Before) -> None:
    """Note what is more than before. In the chunk's own transaction."""
    found: dict[UUID, dict[str, dict[str, str]]] = {}
    for name, table in _TABLES.items():
        for row in table._base_manager.filter(customer__in=list(before.own)).exclude(pk__in=before.rows[name]).values():
            found.setdefault(row["customer_id"], {}).setdefault(name, {})[str(row["id"])] = _print_of(row)
    noted = []
    for one in Customer.objects.filter(pk__in=before.own):
        locale, picture, was_archived = before.own[one.pk]
        line = Completion(
            project_id=job.project_id,
            brought_by=job,
            customer=one,
            rows=found.get(one.pk, {}),
            locale=one.locale if one.locale != locale else "",
            picture=one.picture if one.picture != picture else "",
            is_back=was_archived and not one.is_archived,
        )
        if line.rows or line.locale or line.picture or line.is_back:
            noted.append(line)
    Completion.objects.bulk_create(noted)


def _print_of(row: dict[str, Any]) -> str:
    return crypto.blind_index(json.dumps(row, default=str, sort_keys=True), "completion")


def take_back(project_id: UUID, import_id: UUID) -> None:
    """Outside any scope, chunk by chunk; a chunk that is done is forgotten, so that a crash repeats nothing."""
    while True:
        with project_scope(project_id):
            job = CustomerImport.objects.select_for_update().defer("content").get(pk=import_id)
            lines = list(job.completions.order_by("id")[:CHUNK])
            if job.state != CustomerImport.State.UNDONE or not lines:
                return
            _take_back(lines)
            Completion.objects.filter(pk__in=[line.pk for line in lines]).delete()


def _take_back(lines: Iterable[Completion]) -> None:
    for line in lines:
        customer = Customer.objects.select_for_update().get(pk=line.customer_id)
        if not customer.is_open_to_change:
            continue
        gone = [name for name, prints in line.rows.items() if _delete_unchanged(customer, name, prints)]
        if line.locale and customer.locale == line.locale:
            customer.locale = ""
            customer.save(update_fields=["locale"])
            gone.append("locale")
        if line.picture and customer.picture == line.picture:
            pictures.remove(customer)
        if line.is_back and not customer.is_archived:
            directory.archive(customer)
        if gone:
            record("customer.completion_undone", target=customer, old={"details": sorted(gone)})
            announce(CustomerChanged(customer.pk))


def _delete_unchanged(customer: Customer, name: str, prints: dict[str, str]) -> bool:
    table = _TABLES[name]
    same = [
        row["id"]
        for row in table._base_manager.filter(customer=customer, pk__in=list(prints)).values()
        if _print_of(row) == prints[str(row["id"])]
    ]
    if name == "tags":
        for borne in CustomerTag.objects.filter(pk__in=same).select_related("tag"):
            tags.take(customer, borne.tag)
    else:
        table._base_manager.filter(pk__in=same).delete()
    return bool(same)
