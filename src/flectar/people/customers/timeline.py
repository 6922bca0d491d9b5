"""What happened with a customer, newest first. Other modules add to it through `register`, called by config."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q
from django.template.defaultfilters import filesizeformat
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from flectar.people.customers.consents import QUESTIONS
from flectar.people.customers.models import Customer, Via
from flectar.platform.audit.models import Entry as AuditEntry

NEWEST = 100


@dataclass(frozen=True, slots=True)
class TimelineEntry:
    at: datetime
    icon: str  # a lucide name
    title: str
    detail: str = ""
    quote: str = ""
    url: str = ""
    by: str = ""
    kind: str = "note"  # one of KINDS
    permission: str = "customers.read"
    is_ahead: bool = False  # it is still to come


# The tabs of a customer's page, in their order.
KINDS: dict[str, str | Promise] = {
    "booking": gettext_lazy("Bookings"),
    "invoice": gettext_lazy("Invoices"),
    "message": gettext_lazy("Messages"),
    "file": gettext_lazy("Files"),
    "note": gettext_lazy("Notes"),
    "edit": gettext_lazy("Changes"),
}

type Source = Callable[[Customer, Any], Iterable[TimelineEntry]]  # of the customer, for this reader

_sources: list[Source] = []


def register(*sources: Source) -> None:
    """Called once at the start with the functions that config/modules.py lists."""
    _sources.extend(source for source in sources if source not in _sources)


def timeline(customer: Customer, *, reader: Any, may: Callable[[str], bool]) -> list[TimelineEntry]:
    """`may` says whether the reader has a permission: entries that need more are left out."""
    found = (entry for source in (_own_entries, *_sources) for entry in source(customer, reader))
    entries = [entry for entry in found if may(entry.permission)]
    return sorted(entries, key=lambda entry: entry.at, reverse=True)[:NEWEST]


def _own_entries(customer: Customer, _reader: Any) -> Iterable[TimelineEntry]:
    yield _beginning(customer)
    address = {"project": customer.project.slug, "customer_id": customer.pk}
    for note in customer.notes.filter(removed_at=None).select_related("author")[:NEWEST]:
        yield TimelineEntry(
            at=note.created_at,
            icon="notebook-pen",
            title=_("Note"),
            quote=note.body,
            by=note.author.name if note.author else "",
            detail=_("changed") if note.changed_at else "",
            url=reverse("customers:note", kwargs={**address, "note_id": note.pk}),
        )
    for file in customer.files.filter(removed_at=None).select_related("author").order_by("-created_at")[:NEWEST]:
        yield TimelineEntry(
            at=file.created_at,
            icon="paperclip",
            title=file.name,
            detail=filesizeformat(file.size),
            by=file.author.name if file.author else "",
            url=reverse("customers:file", kwargs={**address, "file_id": file.pk}),
            kind="file",
        )
    # Those of whoever became this customer are theirs too.
    ids = [customer.pk, *customer.merges.filter(undone_at=None).values_list("gone_id", flat=True)]
    edits = AuditEntry.objects.filter(Q(action__in=_EDITS), project_id=customer.project_id, target_id__in=ids).order_by(
        "-at"
    )
    for edit in edits[:NEWEST]:
        icon, title = _EDITS[edit.action]
        yield TimelineEntry(
            at=edit.at,
            icon=icon,
            title=str(title),
            detail=_what_changed(edit),
            by=edit.actor_name,
            kind="edit",
        )


def _beginning(customer: Customer) -> TimelineEntry:
    detail = customer.collected_from if customer.collected_via == Via.IMPORT else ""
    return TimelineEntry(
        at=customer.created_at,
        icon="user-plus",
        title=_("Added: %(way)s") % {"way": Via(customer.collected_via).label},
        detail=detail,
        kind="edit",
    )


_EDITS: dict[str, tuple[str, str | Promise]] = {
    "customer.changed": ("pencil", gettext_lazy("Changed")),
    "customer.completed": ("pencil", gettext_lazy("Completed with new details")),
    "customer.pictured": ("image", gettext_lazy("A picture")),
    "customer.picture_removed": ("image", gettext_lazy("The picture was taken away")),
    "customer.completion_undone": ("undo-2", gettext_lazy("What an import had added was taken back")),
    "customer.tagged": ("tag", gettext_lazy("Tagged")),
    "customer.untagged": ("tag", gettext_lazy("A tag was taken off")),
    "customer.consented": ("check", gettext_lazy("Agreed")),
    "customer.declined": ("x", gettext_lazy("Said no")),
    "customer.merged": ("merge", gettext_lazy("Made one with another")),
    "customer.split": ("split", gettext_lazy("Two people again")),
    "customer.restricted": ("lock", gettext_lazy("Restricted")),
    "customer.restriction_lifted": ("lock-open", gettext_lazy("Restriction lifted")),
    "customer.pardoned": ("eraser", gettext_lazy("Begins anew: no-shows no longer count")),
    "customer.pardon_taken_back": ("eraser", gettext_lazy("No-shows count again")),
    "customer.archived": ("archive", gettext_lazy("Archived")),
    "customer.restored": ("archive-restore", gettext_lazy("Back from the archive")),
}

_FIELDS: dict[str, str | Promise] = {
    "name": gettext_lazy("name"),
    "kind": gettext_lazy("kind"),
    "locale": gettext_lazy("language"),
    "emails": gettext_lazy("emails"),
    "phones": gettext_lazy("phones"),
    "addresses": gettext_lazy("addresses"),
    "tags": gettext_lazy("tags"),
    "because": gettext_lazy("because"),
    "with": gettext_lazy("with"),
    "from": gettext_lazy("with"),
}


def _what_changed(edit: AuditEntry) -> str:
    if question := QUESTIONS.get(edit.new.get("question", "")):
        return str(question.label)
    if edit.action == "customer.untagged":
        return _said(edit.old.get("tags"))
    parts = []
    # The owner's own fields stand by their names.
    own = edit.new.get("fields") or {}
    changed = {**edit.new, **own}
    older = {**edit.old, **(edit.old.get("fields") or {})}
    for key, value in changed.items():
        if key not in _FIELDS and key not in own:
            continue
        before, after = _said(older.get(key)), _said(value)
        values = {"field": _FIELDS.get(key, key), "before": before, "after": after}
        if before and after:
            parts.append(_("%(field)s: %(before)s → %(after)s") % values)
        elif after:
            parts.append(_("%(field)s: %(after)s") % values)
        else:
            parts.append(_("%(field)s: %(before)s taken away") % values)
    return "; ".join(parts)


def _said(value: object) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value or "")
