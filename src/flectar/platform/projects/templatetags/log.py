"""`{% load log %}`: entries of the audit log in words."""

from zoneinfo import ZoneInfo

from django import template

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
    return reading.actor(entry)
