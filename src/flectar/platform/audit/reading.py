"""Reading the log, newest first. Pages go on from the last entry seen, so that a long log stays as quick as a short
one and new entries do not shift the page."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.apps import apps
from django.core.exceptions import FieldDoesNotExist
from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from flectar.platform.audit.models import Entry
from flectar.platform.audit.security import ACCOUNT, actions_about
from flectar.ui import formats

PAGE = 50


class BadCursor(ValueError):
    """The place to go on from is not one that we gave out."""


@dataclass(frozen=True, slots=True)
class Filters:
    """What to look for; None and "" mean anything. `until` is left out of the result, `since` is in it."""

    actor_id: UUID | None = None
    actor_kind: str = ""
    action: str = ""
    actions: tuple[str, ...] | None = None
    since: datetime | None = None
    until: datetime | None = None
    ids: tuple[UUID, ...] | None = None


@dataclass(frozen=True, slots=True)
class Page:
    entries: list[Entry]
    older: str  # the cursor of the next page, empty at the end


def of_project(project_id: UUID, filters: Filters, *, after: str = "", size: int = PAGE) -> Page:
    return _page(Entry.objects.filter(project_id=project_id), filters, after, size)


def of_organization(organization_id: UUID, filters: Filters, *, after: str = "", size: int = PAGE) -> Page:
    """What was done to the organization itself, outside its projects."""
    entries = Entry.objects.filter(project_id=None, organization_id=organization_id)
    return _page(entries, filters, after, size)


def of_account(user_id: UUID, *, after: str = "", size: int = PAGE) -> Page:
    """What touched the safety of one account, whoever did it."""
    entries = Entry.objects.filter(project_id=None, target_id=user_id)
    return _page(entries, Filters(actions=actions_about(ACCOUNT)), after, size)


def all_of_project(project_id: UUID, filters: Filters, *, most: int) -> list[Entry]:
    """For an export: newest first, without pages."""
    return list(_filtered(Entry.objects.filter(project_id=project_id), filters).order_by("-at", "-id")[:most])


def all_of_organization(organization_id: UUID, filters: Filters, *, most: int) -> list[Entry]:
    """As `of_organization`, for an export."""
    entries = Entry.objects.filter(project_id=None, organization_id=organization_id)
    return list(_filtered(entries, filters).order_by("-at", "-id")[:most])


def _page(entries: models.QuerySet[Entry], filters: Filters, after: str, size: int) -> Page:
    entries = _filtered(entries, filters)
    if after:
        at, last_id = _read(after)
        # The first condition is implied by the second; it is the one that the index can begin at.
        entries = entries.filter(at__lte=at).filter(models.Q(at__lt=at) | models.Q(at=at, id__lt=last_id))
    found = list(entries.order_by("-at", "-id")[: size + 1])
    shown = found[:size]
    return Page(shown, _cursor(shown[-1]) if len(found) > size else "")


def _filtered(entries: models.QuerySet[Entry], filters: Filters) -> models.QuerySet[Entry]:
    wanted = {
        "actor_id": filters.actor_id,
        "actor_kind": filters.actor_kind or None,
        "action": filters.action or None,
        "action__in": filters.actions,
        "at__gte": filters.since,
        "at__lt": filters.until,
        "id__in": filters.ids,
    }
    return entries.filter(**{name: value for name, value in wanted.items() if value is not None})


def _cursor(entry: Entry) -> str:
    return f"{entry.at.isoformat()}~{entry.pk}"


def _read(cursor: str) -> tuple[datetime, UUID]:
    at, _tilde, entry_id = cursor.partition("~")
    try:
        instant = datetime.fromisoformat(at)
        if instant.tzinfo is None:
            raise BadCursor(cursor)
        return instant, UUID(entry_id)
    except ValueError as error:
        raise BadCursor(cursor) from error


# Words for what the log keeps as keys


_deeds: Mapping[str, str | Promise] = {}
_words_of_keys: Mapping[str, str | Promise] = {}


def connect(deeds: Mapping[str, str | Promise]) -> None:
    """Called once, with the table of config/deeds.py: each action in words."""
    global _deeds
    _deeds = deeds


def connect_words(words: Mapping[str, str | Promise]) -> None:
    """Called once: what stands in the log as a key of a table above us, in words (each permission)."""
    global _words_of_keys
    _words_of_keys = words


def deeds() -> Mapping[str, str | Promise]:
    return _deeds


def deed(action: str) -> str:
    return str(_deeds.get(action, action))


def actor(entry: Entry) -> str:
    """The name that the entry keeps, or what kind of actor it was."""
    kinds = {
        "visitor": _("A customer"),
        "key": _("An API key"),
        "import": _("An import"),
        "system": _("The system"),
    }
    return entry.actor_name or kinds.get(entry.actor_kind, entry.actor_kind)


@dataclass(frozen=True, slots=True)
class Change:
    """One value before and after, in words; empty where there was or is none."""

    label: str
    old: str
    new: str


def changes_of(entry: Entry, where: formats.HasZone | ZoneInfo) -> list[Change]:
    """In the order in which they were written; ids are for machines and left out."""
    names = [*entry.old, *(name for name in entry.new if name not in entry.old)]
    return [
        Change(
            _label(entry.target_type, name),
            _value(entry.target_type, name, entry.old.get(name), where),
            _value(entry.target_type, name, entry.new.get(name), where),
        )
        for name in names
        if not _is_id(entry.old.get(name)) and not _is_id(entry.new.get(name))
    ]


def _is_id(value: Any) -> bool:
    if isinstance(value, list) and value:
        return all(_is_id(each) for each in value)
    try:
        return isinstance(value, str) and len(value) == len(str(UUID(int=0))) and bool(UUID(value))
    except ValueError:
        return False


def _instant(value: Any) -> datetime | None:
    """What was a point in time before it became JSON."""
    if not isinstance(value, str) or "T" not in value:
        return None
    try:
        found = datetime.fromisoformat(value)
    except ValueError:
        return None
    return found if found.tzinfo else None


def _field(target_type: str, name: str) -> Any:
    try:
        return apps.get_model(target_type)._meta.get_field(name)
    except (LookupError, ValueError, FieldDoesNotExist):
        return None


def _label(target_type: str, name: str) -> str:
    label = getattr(_field(target_type, name), "verbose_name", None) or name.replace("_", " ")
    text = str(_WORDS[name]() if name in _WORDS else label)
    return text[:1].upper() + text[1:]


# Values that are no field of the target.
_WORDS = {
    "week": lambda: _("Week"),
    "days": lambda: _("Days"),
    "hours": lambda: _("Hours"),
    "note": lambda: _("Note"),
    "role": lambda: _("Role"),
    "permissions": lambda: _("May"),
    "scopes": lambda: _("May"),
    "permission": lambda: _("Needs the right"),
    "page": lambda: _("Page"),
    "networks": lambda: _("Only from"),
    "prefix": lambda: _("Key"),
    "expires_at": lambda: _("Runs out"),
    "projects": lambda: _("Works in"),
    "where": lambda: _("Found at"),
    "reason": lambda: _("Reason"),
    "ticket": lambda: _("Ticket"),
    "may_write": lambda: _("May change things"),
    "support_until": lambda: _("Until"),
    "second_step_from": lambda: _("From"),
    "starts_at": lambda: _("Starts"),
    "ends_at": lambda: _("Ends"),
}


def _value(target_type: str, name: str, value: Any, where: formats.HasZone | ZoneInfo) -> str:
    if value is None or value in ("", [], {}):
        return ""
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    if isinstance(value, list):
        return ", ".join(_value("", "", item, where) for item in value)
    if isinstance(value, dict):
        return "; ".join(f"{key} {_value('', '', item, where)}".strip() for key, item in value.items())
    if isinstance(value, str) and value in _words_of_keys:
        return str(_words_of_keys[value])
    if instant := _instant(value):
        return formats.when(instant, where)
    choices = dict(getattr(_field(target_type, name), "flatchoices", None) or ())
    return str(choices.get(value, value))
