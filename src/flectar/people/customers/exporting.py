"""Customers as CSV, for spreadsheets, mail programs, and our own import."""

import csv
import io
from collections.abc import Iterable, Sequence

from django.utils.translation import gettext as _

from flectar.people.customers import contacts
from flectar.people.customers.models import CustomerImport, CustomerQuerySet
from flectar.people.customers.people import Outcome

SEVERAL = " ::: "


def export_customers(customers: CustomerQuerySet) -> bytes:
    """In UTF-8 with a mark, so that spreadsheets show accents. Notes are part of it: it is the owner's own copy."""
    return _csv(
        ["Name", "Kind", "E-mail", "Phone", "Language", "Notes", "Came by", "Since"],
        (
            [
                customer.name,
                customer.kind,
                SEVERAL.join(row.email for row in customer.emails.all()),
                SEVERAL.join(_in_brackets(row.number) for row in customer.phones.all()),
                customer.locale,
                "\n".join(row.body for row in customer.notes.all()),
                customer.collected_via,
                f"{customer.created_at:%Y-%m-%d}",
            ]
            for customer in customers.by_name().prefetch_related("emails", "phones", "notes").iterator(chunk_size=2000)
        ),
    )


def export_leftovers(job: CustomerImport) -> bytes:
    """The rows of a file that did not come in, or not whole, with the line and the reason in front."""
    rows = [(line, reason, cells) for line, outcome, reason, cells in job.remarks if outcome != Outcome.JOINED]
    return _csv(
        [_("Line"), _("Reason"), *job.headers],
        ([str(line), reason, *cells] for line, reason, cells in rows),
    )


def _csv(header: Sequence[str], rows: Iterable[Sequence[str]]) -> bytes:
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow([guarded(cell) for cell in header])
    writer.writerows([guarded(cell) for cell in row] for row in rows)
    # Rows that were refused for damaged characters are written with a sign in their place.
    return b"\xef\xbb\xbf" + out.getvalue().encode("utf-8", "replace")


def guarded(cell: str) -> str:
    """A spreadsheet calculates what begins like a formula; an apostrophe in front makes it text. The import takes
    the apostrophe off again."""
    return f"'{cell}" if cell.startswith(("=", "+", "-", "@", "\t", "\r")) else cell


def _in_brackets(number: str) -> str:
    """(+34) 600 000 142: a plus sign in front would be a formula."""
    prefix, _space, rest = contacts.international(number).partition(" ")
    return f"({prefix}) {rest}"
