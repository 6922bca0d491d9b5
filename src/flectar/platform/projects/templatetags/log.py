"""`{% load log %}`: entries of the audit log in words."""

from typing import Any
from zoneinfo import ZoneInfo

from django import template
from django.utils.translation import gettext as _

from flectar.platform.audit import reading
from flectar.platform.audit.models import Entry
from flectar.ui import formats

register = template.Library()


@register.filter
def deed(action: str) -> str:
    return reading.deed(action)


@register.simple_tag
def changes(entry: Entry, where: formats.HasZone | ZoneInfo) -> list[reading.Change]:
    return reading.changes_of(entry, where)


@register.simple_tag
def actor(entry: Entry) -> str:
    """The name that the entry keeps, or what kind of actor it was."""
    kinds: dict[str, Any] = {
        "visitor": _("A customer"),
        "key": _("An API key"),
        "import": _("An import"),
        "system": _("The system"),
    }
    return entry.actor_name or str(kinds.get(entry.actor_kind, entry.actor_kind))
