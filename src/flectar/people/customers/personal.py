"""All that a project holds about one customer, found by the data inventory: nothing is forgotten when a table is added.

Two uses: the copy that a customer may ask for (Art. 15 and 20 GDPR), and erasure (Art. 17).
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import FieldDoesNotExist
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models

from flectar.core.inventory import Controller, P, Record, records
from flectar.core.tenancy import current_project_id
from flectar.people.customers.models import Customer


@dataclass(frozen=True, slots=True)
class Rows:
    """The rows of one table that are about the customer."""

    record: Record
    found: models.QuerySet[Any]

    @property
    def title(self) -> str:
        return str(self.record.title or self.record.model._meta.verbose_name_plural)

    def label(self, name: str) -> str:
        """What a field is called, for the person whom it is about."""
        field: Any = self.record.model._meta.get_field(name)
        return str(self.record.words.get(name) or field.verbose_name)


def rows_about(customer: Customer) -> Iterator[Rows]:
    """The customer's own row first. Inside the project's scope."""
    known = records()
    yield Rows(known[Customer], Customer.objects.filter(pk=customer.pk))
    addresses = [row.email for row in customer.emails.all()]
    for model, record in known.items():
        if record.controller is Controller.PROJECT and (condition := _condition(record, customer, addresses)):
            yield Rows(record, _in_project(model).filter(condition))


def _condition(record: Record, customer: Customer, addresses: Sequence[str]) -> models.Q | None:
    field = _end_of(record)
    if field is None:
        return None
    if field.is_relation:
        return models.Q(**{record.subject: customer.pk}) if field.related_model is Customer else None
    is_address = isinstance(field, models.EmailField) or "address" in field.name
    return models.Q(**{f"{record.subject}__in": addresses}) if is_address and addresses else None


def is_about_customers(record: Record) -> bool:
    """Whether a copy may hold rows of this table."""
    field = _end_of(record)
    return field is not None and (not field.is_relation or field.related_model is Customer)


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


def _in_project(model: Any) -> models.QuerySet[Any]:
    """Tables that the platform shares with the projects too: this project's rows only."""
    found: models.QuerySet[Any] = model._base_manager.filter(project_id=current_project_id())
    return found


# The copy


@dataclass(frozen=True, slots=True)
class Table:
    title: str
    name: str
    fields: Sequence[str]
    headers: Sequence[str]  # the fields, for people
    lines: Sequence[Sequence[Any]]


def copy_of(customer: Customer) -> list[Table]:
    """What the customer may have of it: by table, without keys and secrets."""
    tables = []
    for rows in rows_about(customer):
        names = [name for name, kind in rows.record.fields.items() if isinstance(kind, P) and kind.export]
        lines = list(rows.found.order_by("pk").values_list(*_shown(rows.record.model, names))) if names else []
        if lines:
            model = rows.record.model
            headers = [rows.label(name) for name in names]
            tables.append(Table(rows.title, model._meta.label_lower, names, headers, lines))
    return tables


def _shown(model: Any, names: Sequence[str]) -> list[str]:
    """A tag says its name, not its key."""
    fields = {field.name: field for field in model._meta.concrete_fields}
    return [
        f"{name}__name"
        if fields[name].is_relation and any(field.name == "name" for field in fields[name].related_model._meta.fields)
        else name
        for name in names
    ]


def as_json(customer: Customer) -> str:
    tables: Mapping[str, Any] = {
        table.name: [dict(zip(table.fields, line, strict=True)) for line in table.lines] for table in copy_of(customer)
    }
    return json.dumps({"customer": str(customer.pk), "tables": tables}, ensure_ascii=False, indent=2, cls=_AnyEncoder)


class _AnyEncoder(DjangoJSONEncoder):
    def default(self, value: Any) -> Any:
        try:
            return super().default(value)
        except TypeError:
            return str(value)
