"""Two customers become one, and two again.

Whatever refers to the one who goes is found by looking at the tables, those of other apps too, and goes over to the one
who stays. What the other one has already (the same phone, the same tag) would stand there twice: such rows are kept
aside with the customer's own row, and come back with the same ids when the merge is undone.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.core import serializers
from django.db import IntegrityError, models, transaction
from django.db.models import Exists, F, OuterRef, Q
from django.utils.translation import gettext as _

from flectar.core import clock
from flectar.core.events import announce
from flectar.people.customers import directory
from flectar.people.customers.errors import Restricted
from flectar.people.customers.facts import CustomerChanged, CustomersMerged, CustomersSplit
from flectar.people.customers.models import Customer, Merge, Unlike, sort_key
from flectar.platform.audit.log import record

UNDO_FOR = timedelta(days=30)
_OWN = "customers"


class CannotMerge(Exception):
    """Fit to show."""


class CannotSplit(Exception):
    """The merge cannot be undone (any more). Fit to show."""


@dataclass(frozen=True, slots=True)
class _Reference:
    """A column somewhere that names a customer."""

    model: type[models.Model]
    field: str

    @property
    def label(self) -> str:
        return self.model._meta.label

    def rows(self, customer_id: UUID) -> models.QuerySet[Any]:
        return self.model._base_manager.filter(**{self.field: customer_id})

    def repeats(self, gone_id: UUID, kept_id: UUID) -> models.QuerySet[Any]:
        """Rows that could not go over, because the one who stays has their like."""
        rows = self.rows(gone_id)
        like = Q(pk__in=[])
        for constraint in self.model._meta.constraints:
            if isinstance(constraint, models.UniqueConstraint) and self.field in constraint.fields:
                others = [name for name in constraint.fields if name not in ("project", self.field)]
                same = self.rows(kept_id).filter(**{name: OuterRef(name) for name in others})
                if constraint.condition is not None:
                    same = same.filter(constraint.condition)
                found = Q(Exists(same))
                like |= found & constraint.condition if constraint.condition is not None else found
        return rows.filter(like)


def _references() -> Iterator[_Reference]:
    for relation in Customer._meta.related_objects:
        if relation.related_model is not Unlike:
            yield _Reference(relation.related_model, relation.field.name)


@transaction.atomic
def merge(kept: Customer, gone: Customer, *, name: str = "", author: Any = None) -> Merge:
    """All that is `gone`'s becomes `kept`'s; `name` is how they are called from now on. Raises CannotMerge."""
    kept, gone = _locked(kept, gone)
    if kept.pk == gone.pk:
        raise CannotMerge(_("This is one customer already."))
    for each in (kept, gone):
        if not each.is_open_to_change:
            raise CannotMerge(str(Restricted(each)))
    before = _own_values(kept)
    rows = [gone]
    moved: dict[str, dict[str, list[str]]] = {}
    for reference in _references():
        repeats = list(reference.repeats(gone.pk, kept.pk))
        if repeats and reference.model._meta.app_label != _OWN and _holds_more(repeats[0]):
            raise CannotMerge(_("Both have something that only one customer can have once. Remove one of them first."))
        going = reference.rows(gone.pk).exclude(pk__in=[row.pk for row in repeats])
        if ids := [str(pk) for pk in going.values_list("pk", flat=True)]:
            _renumber(reference, going, kept)
            reference.model._base_manager.filter(pk__in=ids).update(**{reference.field: kept.pk})
            moved.setdefault(reference.label, {})[reference.field] = ids
        reference.rows(gone.pk).delete()
        rows += repeats
    _take_over(kept, gone, name)
    line = Merge.objects.create(
        project_id=kept.project_id,
        kept=kept,
        gone_id=gone.pk,
        gone_name=gone.name,
        rows=json.loads(json.dumps(serializers.serialize("python", rows), default=str)),
        moved=moved,
        before=before,
        after=_own_values(kept),
        author=author,
    )
    Customer.objects.filter(pk=gone.pk).delete()
    record("customer.merged", target=kept, new={"with": gone.name, "with_id": str(gone.pk)})
    announce(CustomersMerged(kept.pk, gone.pk))
    announce(CustomerChanged(kept.pk))
    return line


def _locked(one: Customer, other: Customer) -> tuple[Customer, Customer]:
    """Both as they are now, and nobody books, imports or changes them until the transaction ends."""
    both = {each.pk: each for each in Customer.objects.with_contacts().filter(pk__in=[one.pk, other.pk])}
    directory.wait_for_my_turn(
        contact
        for each in both.values()
        for contact in (*(row.email for row in each.emails.all()), *(row.number for row in each.phones.all()))
    )
    locked = {each.pk: each for each in Customer.objects.select_for_update().filter(pk__in=both).order_by("id")}
    if one.pk not in locked or other.pk not in locked:
        raise CannotMerge(_("One of the two is gone by now."))
    return locked[one.pk], locked[other.pk]


def _holds_more(row: models.Model) -> bool:
    """Other rows hang on it: it cannot be put aside alone."""
    return any(
        relation.related_model._base_manager.filter(**{relation.field.name: row.pk}).exists()
        for relation in row._meta.related_objects
    )


def _renumber(reference: _Reference, going: models.QuerySet[Any], kept: Customer) -> None:
    """Emails and phones stand in an order: those that come stand behind those that are there."""
    if any(field.name == "position" for field in reference.model._meta.concrete_fields):
        last = reference.rows(kept.pk).aggregate(last=models.Max("position"))["last"]
        going.update(position=F("position") + (last + 1 if last is not None else 0))


def _take_over(kept: Customer, gone: Customer, name: str) -> None:
    if name == gone.name and name != kept.name:
        kept.name, kept.sort_key, kept.kind = gone.name, sort_key(gone.name), gone.kind
    kept.locale = kept.locale or gone.locale
    kept.picture = kept.picture or gone.picture
    kept.created_at = min(kept.created_at, gone.created_at)
    if gone.archived_at is None:
        kept.archived_at = None
    kept.save(update_fields=["name", "sort_key", "kind", "locale", "picture", "created_at", "archived_at"])


def _own_values(customer: Customer) -> dict[str, Any]:
    names = ("name", "sort_key", "kind", "locale", "picture", "created_at", "archived_at")
    values = {name: getattr(customer, name) for name in names}
    return {name: value.isoformat() if isinstance(value, datetime) else value for name, value in values.items()}


# Undoing


def can_be_undone(line: Merge, now: datetime | None = None) -> bool:
    return line.undone_at is None and bool(line.rows) and line.at > (now or clock.now()) - UNDO_FOR


@transaction.atomic
def undo(line: Merge) -> Customer:
    """The one who went is there again with the same id and all that was theirs; what came since stays where it is.
    Raises CannotSplit."""
    line = Merge.objects.select_for_update().get(pk=line.pk)
    if not can_be_undone(line):
        raise CannotSplit(_("This can't be undone any more."))
    kept = Customer.objects.select_for_update().get(pk=line.kept_id)
    returned, *others = serializers.deserialize("python", line.rows)
    returned.object.save(force_insert=True)
    _give_back(line, kept)
    for row in others:
        try:
            with transaction.atomic():
                row.object.save(force_insert=True)
        except IntegrityError:
            continue  # what it hung on is gone: a tag that nobody bore any more
    for name, value in line.before.items():
        if _own_values(kept)[name] == line.after[name]:
            field: Any = Customer._meta.get_field(name)
            setattr(kept, name, field.to_python(value))
    kept.save(update_fields=list(line.before))
    line.undone_at, line.rows, line.moved, line.gone_name = clock.now(), [], {}, ""
    line.save(update_fields=["undone_at", "rows", "moved", "gone_name"])
    gone: Customer = Customer.objects.get(pk=line.gone_id)
    record("customer.split", target=kept, new={"from": gone.name, "from_id": str(gone.pk)})
    announce(CustomersSplit(kept.pk, gone.pk))
    announce(CustomerChanged(kept.pk))
    return gone


def _give_back(line: Merge, kept: Customer) -> None:
    by_label = {(reference.label, reference.field): reference for reference in _references()}
    for label, fields in line.moved.items():
        for field, ids in fields.items():
            if reference := by_label.get((label, field)):
                reference.rows(kept.pk).filter(pk__in=ids).update(**{field: line.gone_id})


def forget(merge_id: UUID) -> None:
    """Who went is not kept longer than the way back is open."""
    Merge.objects.filter(pk=merge_id).update(rows=[], moved={}, before={}, after={}, gone_name="")


def who_became(gone_id: UUID) -> UUID | None:
    """The customer that an old address leads on to."""
    newest = Merge.objects.filter(gone_id=gone_id, undone_at=None).order_by("-at").values_list("kept_id", flat=True)
    found: UUID | None = newest.first()
    return found
