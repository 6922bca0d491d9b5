"""Art. 17 GDPR: a customer is forgotten. What the law makes the business keep (a booking's time and price) stays
without the person; everything else goes, also out of letters, notices and the log. It cannot be undone.

Which rows and fields those are says the data inventory of each app, never this module.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import reduce
from operator import or_
from typing import Any
from uuid import UUID

from django.core.files.storage import Storage
from django.db import models, transaction
from django.db.models.functions import Cast
from django.utils.translation import gettext as _

from flectar.core import clock, storage
from flectar.core.events import announce
from flectar.core.ids import new_token
from flectar.core.inventory import Erase, P, Record
from flectar.people.customers import contacts, directory, pictures
from flectar.people.customers.facts import CustomerErased
from flectar.people.customers.models import Customer, CustomerImport, Tombstone
from flectar.people.customers.personal import Rows, rows_about
from flectar.platform.audit import sealing
from flectar.platform.audit.log import record
from flectar.platform.audit.models import Entry
from flectar.platform.notifications.models import Notification
from flectar.platform.outbox.models import Message
from flectar.platform.projects.models import Project
from flectar.platform.webhooks.models import Delivery

# Where a customer is named without being referred to: whoever writes there keeps it for a while only.
_MENTIONS: tuple[tuple[Any, str], ...] = (
    (Message, "text"),
    (Message, "facts"),
    (Notification, "facts"),
    (Delivery, "body"),
)
# Reports of imports, which keep the rows that did not come in. Apps above add theirs through `register_reports`.
_reports: list[Any] = [CustomerImport]
_FILES = ("file", "path")  # columns that name a private file
_PICTURE = "picture"  # a public one


def register_reports(*models: Any) -> None:
    """Tables with `remarks`, called once at the start by config/apps.py."""
    _reports.extend(model for model in models if model not in _reports)


@dataclass(frozen=True, slots=True)
class Line:
    """What happens to the rows of one table."""

    title: str
    goes: int = 0  # rows that are deleted
    stays: int = 0  # rows that stay without the person


def plan(customer: Customer) -> list[Line]:
    """What erasing would do, table by table. Writes nothing."""
    found = []
    for rows in rows_about(customer):
        if rows.record.model is not Customer and (count := rows.found.count()):
            goes = _goes(rows.record)
            found.append(Line(rows.title, goes=count if goes else 0, stays=0 if goes else count))
    return found


@transaction.atomic
def erase(project: Project, customer: Customer) -> None:
    """May be called again: the second time there is nothing left."""
    customer = Customer.objects.select_for_update().get(pk=customer.pk)
    if customer.erased_at is not None:
        return
    directory.wait_for_my_turn([row.email for row in customer.emails.all()])
    people = [customer.pk, *customer.merges.values_list("gone_id", flat=True)]
    Tombstone.objects.bulk_create([Tombstone(erased_id=pk) for pk in people], ignore_conflicts=True)
    needles = _needles(project, customer)
    about = [rows for rows in rows_about(customer) if rows.record.model is not Customer]
    ids = [*people, *(pk for rows in about for pk in rows.found.values_list("pk", flat=True) if isinstance(pk, UUID))]
    for file, store in [each for rows in about for each in _files_of(rows)]:
        _delete_after_commit(store, file)
    for rows in about:
        _erase(rows)
    _forget_mentions(needles)
    pictures.forget(customer.picture)
    sealing.forget(Entry.objects.filter(project_id=project.pk, target_id__in=ids))
    _empty(customer)
    record("customer.erased", new={"customer": str(ids[0])})
    announce(CustomerErased(ids[0]))


def erase_again(project: Project) -> int:
    """Whom an older backup has brought back. How many there were."""
    back = Customer.objects.filter(pk__in=Tombstone.objects.values("erased_id"), erased_at=None)
    found = list(back.with_contacts())
    for customer in found:
        erase(project, customer)
    return len(found)


def _needles(project: Project, customer: Customer) -> Sequence[str]:
    """What names this person and nobody else: a first name alone would hit strangers."""
    phones = [row.number for row in customer.phones.all()]
    spoken = [contacts.spoken(number, directory.region(project)) for number in phones]
    international = [contacts.international(number) for number in phones]
    name = [customer.name] if len(customer.name.split()) > 1 or "@" in customer.name else []
    return [str(customer.pk), *(row.email for row in customer.emails.all()), *phones, *spoken, *international, *name]


def _goes(record: Record) -> bool:
    """A row goes with the person it hangs on, unless the inventory keeps it; then its fields go one by one."""
    first, *further = record.subject.split("__")
    tie = record.fields.get(first)
    return not further and not (isinstance(tie, P) and tie.erase is Erase.KEEP)


def _erase(rows: Rows) -> None:
    if _goes(rows.record):
        rows.found.delete()
        return
    gone = [
        name
        for name, kind in rows.record.fields.items()
        if isinstance(kind, P) and kind.erase is not Erase.KEEP and name != rows.record.subject.split("__")[0]
    ]
    fields = {field.name: field for field in rows.record.model._meta.concrete_fields}
    unique = [name for name in gone if _is_unique(rows.record.model, name)]
    plain = {name: _nothing(fields[name]) for name in gone if name not in unique}
    if plain:
        rows.found.update(**plain)
    for name in unique:  # the right to something, as a link's token: another one that nobody has
        for pk in list(rows.found.values_list("pk", flat=True)):
            rows.record.model._base_manager.filter(pk=pk).update(**{name: new_token()})


def _is_unique(model: type[models.Model], name: str) -> bool:
    return any(isinstance(one, models.UniqueConstraint) and name in one.fields for one in model._meta.constraints)


def _nothing(field: Any) -> Any:
    if field.null:
        return None
    if isinstance(field, models.JSONField):
        return field.get_default() if field.has_default() else {}
    if isinstance(field, models.BinaryField):
        return b""
    return ""


def _files_of(rows: Rows) -> Iterable[tuple[str, Storage]]:
    names = {field.name for field in rows.record.model._meta.concrete_fields}
    for name in names & {*_FILES, _PICTURE}:
        store = storage.public_files() if name == _PICTURE else storage.private_files()
        yield from ((path, store) for path in rows.found.values_list(name, flat=True) if path)


def _delete_after_commit(store: Storage, path: str) -> None:
    transaction.on_commit(lambda: store.delete(path))


def _forget_mentions(needles: Sequence[str]) -> None:
    for model, field in _MENTIONS:
        said = model.objects.annotate(said=Cast(field, models.TextField()))
        said.filter(reduce(or_, (models.Q(said__contains=needle) for needle in needles))).delete()
    for model in _reports:
        for job in model.objects.exclude(remarks=[]).only("remarks"):
            kept = [remark for remark in job.remarks if not any(needle in str(remark) for needle in needles)]
            if kept != job.remarks:
                model.objects.filter(pk=job.pk).update(remarks=kept)


def _empty(customer: Customer) -> None:
    """The row itself stays only while something that must be kept refers to it."""
    refers = any(
        relation.related_model._base_manager.filter(**{relation.field.name: customer.pk}).exists()
        for relation in Customer._meta.related_objects
    )
    if not refers:
        customer.delete()
        return
    now = clock.now()
    customer.name, customer.sort_key = _("Erased customer"), ""
    customer.picture = ""
    customer.locale = customer.collected_from = customer.notice_version = customer.restricted_because = ""
    customer.brought_by, customer.restricted_at = None, None
    customer.erased_at, customer.archived_at = now, customer.archived_at or now
    customer.save()
