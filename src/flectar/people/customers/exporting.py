"""Customers as CSV, for spreadsheets, mail programs, and our own import."""

from collections.abc import Iterable, Sequence
from typing import Any, Protocol

from django.utils.translation import gettext as _

from flectar.core.spreadsheet import csv_bytes
from flectar.core.text import fold
from flectar.people.customers import contacts, custom
from flectar.people.customers.models import Customer, CustomerQuerySet, CustomField
from flectar.people.customers.people import Outcome

SEVERAL = " ::: "
_ADDRESS = {
    "Street": "street",
    "Postal code": "postal_code",
    "City": "city",
    "Region": "region",
    "Country": "country",
}


def export_customers(customers: CustomerQuerySet) -> bytes:
    """In UTF-8 with a mark, so that spreadsheets show accents. Notes are part of it: it is the owner's own copy."""
    asked = custom.fields()
    return csv_bytes(
        [
            "Name",
            "Kind",
            "E-mail - Type",
            "E-mail",
            "Phone - Type",
            "Phone",
            "Address - Type",
            *_ADDRESS,
            "Language",
            "Tags",
            "Notes",
            "Came by",
            "Since",
            *(field.name for field in asked),
        ],
        (
            [
                customer.name,
                customer.kind,
                _types(customer.emails.all()),
                SEVERAL.join(row.email for row in customer.emails.all()),
                _types(customer.phones.all()),
                SEVERAL.join(_in_brackets(row.number) for row in customer.phones.all()),
                _types(customer.addresses.all()),
                *(SEVERAL.join(getattr(row, name) for row in customer.addresses.all()) for name in _ADDRESS.values()),
                customer.locale,
                ", ".join(sorted((row.tag.name for row in customer.tags.all()), key=fold)),
                "\n".join(row.body for row in customer.notes.all() if row.removed_at is None),
                customer.collected_via,
                f"{customer.created_at:%Y-%m-%d}",
                *_answers(customer, asked),
            ]
            for customer in customers.by_name()
            .prefetch_related("emails", "phones", "addresses", "tags__tag", "notes", "values")
            .iterator(chunk_size=2000)
        ),
    )


def _types(rows: Iterable[Any]) -> str:
    """A word for each that stands in the next column; nothing where nobody said of what kind they are."""
    kinds = [row.kind for row in rows]
    return SEVERAL.join(kinds) if any(kinds) else ""


def _answers(customer: Customer, asked: Sequence[CustomField]) -> list[str]:
    held = dict(custom.answers(customer, asked))
    return [custom.typed(held.get(field)) for field in asked]


class Report(Protocol):
    """What is kept of an import, of customers or of something else."""

    @property
    def remarks(self) -> Any: ...

    @property
    def headers(self) -> Any: ...


def export_leftovers(job: Report) -> bytes:
    """The rows of a file that did not come in, or not whole, with the line and the reason in front."""
    rows = [(line, reason, cells) for line, outcome, reason, cells in job.remarks if outcome != Outcome.JOINED]
    return csv_bytes(
        [_("Line"), _("Reason"), *job.headers],
        ([str(line), reason, *cells] for line, reason, cells in rows),
    )


def _in_brackets(number: str) -> str:
    """(+34) 600 000 142: a plus sign in front would be a formula."""
    prefix, _space, rest = contacts.international(number).partition(" ")
    return f"({prefix}) {rest}"
