"""One email, phone or address of a customer at a time: added, changed, put first, taken away, put back.

The first of each is the one that letters and messages go to. Everything is checked before it comes here (forms.py).
"""

import base64
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from flectar.core import clock, crypto
from flectar.core.events import announce
from flectar.people.customers import addresses, directory
from flectar.people.customers.addresses import PostalAddress
from flectar.people.customers.contacts import BadContact
from flectar.people.customers.errors import leave_alone_if_restricted
from flectar.people.customers.facts import CustomerChanged
from flectar.people.customers.models import ContactKind, Customer, CustomerAddress, CustomerEmail, CustomerPhone
from flectar.platform.audit.log import changes, record

MOST = 20
BACK_FOR = timedelta(minutes=10)

type Contact = CustomerEmail | CustomerPhone | CustomerAddress
type Value = str | PostalAddress


@dataclass(frozen=True, slots=True)
class Way:
    """One of the ways to reach somebody, and how its rows are called by kind."""

    key: str  # as in the address, and the name of the customer's rows
    model: type[Contact]
    column: str  # what tells two rows apart
    kinds: Sequence[ContactKind]
    plain: str | Promise
    named: Mapping[str, str | Promise]

    def label(self, kind: str) -> str:
        return str(self.named.get(kind, self.plain))


WAYS: Mapping[str, Way] = {
    "phones": Way(
        "phones",
        CustomerPhone,
        "number",
        (ContactKind.MOBILE, ContactKind.HOME, ContactKind.WORK, ContactKind.OTHER),
        gettext_lazy("Phone"),
        {
            ContactKind.MOBILE: gettext_lazy("Mobile"),
            ContactKind.HOME: gettext_lazy("Phone at home"),
            ContactKind.WORK: gettext_lazy("Phone at work"),
            ContactKind.OTHER: gettext_lazy("Other phone"),
        },
    ),
    "emails": Way(
        "emails",
        CustomerEmail,
        "email",
        (ContactKind.HOME, ContactKind.WORK, ContactKind.OTHER),
        gettext_lazy("Email"),
        {
            ContactKind.HOME: gettext_lazy("Private email"),
            ContactKind.WORK: gettext_lazy("Email at work"),
            ContactKind.OTHER: gettext_lazy("Other email"),
        },
    ),
    "addresses": Way(
        "addresses",
        CustomerAddress,
        "key",
        addresses.KINDS,
        gettext_lazy("Address"),
        {
            ContactKind.HOME: gettext_lazy("Home"),
            ContactKind.WORK: gettext_lazy("Work"),
            ContactKind.BILLING: gettext_lazy("For invoices"),
            ContactKind.DELIVERY: gettext_lazy("For deliveries"),
            ContactKind.OTHER: gettext_lazy("Other address"),
        },
    ),
}


def rows_of(customer: Customer, way: Way) -> list[Contact]:
    return list(getattr(customer, way.key).order_by("position", "id"))


@transaction.atomic
def save(
    customer: Customer, way: Way, value: Value, *, kind: str, row: Contact | None = None, is_first: bool = False
) -> None:
    """A new one, or `row` becomes it. Raises EmailTaken, Restricted, BadContact."""
    directory.wait_for_my_turn([_identity(value)])
    rows = _begin(customer, way)
    if row is None and len(rows) >= MOST:
        raise BadContact(_("%(limit)s are enough.") % {"limit": MOST})
    row = next((one for one in rows if row is not None and one.pk == row.pk), None)
    wanted = _identity(value)
    if any(getattr(one, way.column) == wanted for one in rows if row is None or one.pk != row.pk):
        raise BadContact(_("It stands there already."))
    before = _said(rows)
    if way.key == "emails":
        directory.refuse_taken([wanted], but=customer)
    if row is None:
        row = way.model(project_id=customer.project_id, customer=customer, position=_next(rows))
        rows.append(row)
    _set(row, value)
    row.kind = kind if kind in way.kinds else ""
    row.save()
    if is_first:
        _put_first(rows, row)
    _end(customer, way, before, rows)


@transaction.atomic
def put_first(customer: Customer, way: Way, row: Contact) -> None:
    """Raises Restricted."""
    rows = _begin(customer, way)
    before = _said(rows)
    _put_first(rows, row)
    _end(customer, way, before, rows)


@transaction.atomic
def remove(customer: Customer, way: Way, row: Contact) -> str:
    """A sealed word with which it can be put back for a while. Raises Restricted."""
    rows = _begin(customer, way)
    before = _said(rows)
    names = addresses.PARTS if way.key == "addresses" else {}
    kept = {name: getattr(row, name) for name in (*names, way.column, "kind", "position")}
    if isinstance(row, CustomerAddress):
        kept["country"] = row.country
    row.delete()
    _end(customer, way, before, [one for one in rows if one.pk != row.pk])
    word = json.dumps({"until": (clock.now() + BACK_FOR).isoformat(), "values": kept}).encode()
    return base64.urlsafe_b64encode(crypto.seal(word, _context(customer.pk, way))).decode()


@transaction.atomic
def put_back(customer: Customer, way: Way, word: str) -> bool:
    """Where it stood. False if the word is none or too old, or it is there again. Raises EmailTaken, Restricted."""
    try:
        told = json.loads(crypto.open_sealed(base64.urlsafe_b64decode(word), _context(customer.pk, way)))
    except (crypto.CannotOpen, ValueError):
        return False
    values = told["values"]
    directory.wait_for_my_turn([values[way.column]])
    rows = _begin(customer, way)
    is_there = any(getattr(one, way.column) == values[way.column] for one in rows)
    if datetime.fromisoformat(told["until"]) < clock.now() or is_there or len(rows) >= MOST:
        return False
    if way.key == "emails":
        directory.refuse_taken([values["email"]], but=customer)
    before = _said(rows)
    row = way.model.objects.create(project_id=customer.project_id, customer=customer, **values)
    at = min(values["position"], len(rows))
    rows.insert(at, row)
    _number(rows)
    _end(customer, way, before, rows)
    return True


def _begin(customer: Customer, way: Way) -> list[Contact]:
    """The rows as they are now, and nobody changes them until the transaction ends."""
    locked = Customer.objects.select_for_update().get(pk=customer.pk)
    leave_alone_if_restricted(locked)
    return rows_of(customer, way)


def _end(customer: Customer, way: Way, before: list[str], rows: list[Contact]) -> None:
    getattr(customer, "_prefetched_objects_cache", {}).clear()
    old, new = changes({way.key: before}, {way.key: _said(rows)})
    if new:
        record("customer.changed", target=customer, old=old, new=new)
        announce(CustomerChanged(customer.pk))


def _said(rows: Sequence[Contact]) -> list[str]:
    """As the log tells them: the first first, with their kinds."""
    ordered = sorted(rows, key=lambda row: row.position)
    return [f"{row} ({row.get_kind_display()})" if row.kind else str(row) for row in ordered]


def _put_first(rows: list[Contact], row: Contact) -> None:
    _number(sorted(rows, key=lambda one: (one.pk != row.pk, one.position)))


def _number(rows: Sequence[Contact]) -> None:
    for position, row in enumerate(rows):
        if row.position != position:
            row.position = position
            row.save(update_fields=["position"])


def _next(rows: Sequence[Contact]) -> int:
    return max((row.position for row in rows), default=-1) + 1


def _identity(value: Value) -> str:
    return value.key if isinstance(value, PostalAddress) else value


def _set(row: Contact, value: Value) -> None:
    if isinstance(row, CustomerAddress) and isinstance(value, PostalAddress):
        for name in (*addresses.PARTS, "country", "key"):
            setattr(row, name, getattr(value, name))
    elif isinstance(row, CustomerEmail):
        row.email = str(value)
    elif isinstance(row, CustomerPhone):
        row.number = str(value)


def _context(customer_id: UUID, way: Way) -> str:
    return f"customers.{way.key} put back {customer_id}"
