"""`{% load ui %}`: the components, and the formats of dates and sums. README.md shows each once."""

import unicodedata
from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from babel import dates
from django import template
from django.core.paginator import Page
from django.forms import BaseForm, BoundField, widgets
from django.http import HttpRequest
from django.template.base import Node, Parser, Token
from django.template.context import RequestContext
from django.template.loader import render_to_string
from django.template.loader_tags import BLOCK_CONTEXT_KEY
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext

from flectar.core.money import Money, format_money
from flectar.core.text import fold
from flectar.ui import assets, cells, formats
from flectar.ui.icons import drawn
from flectar.ui.index import Column, Group, Index
from flectar.ui.rows import drawn_rows

register = template.Library()


# Icons and small marks


@register.simple_tag
def icon(name: str, size: str = "") -> SafeString:
    """A lucide icon, hidden from the ear. `{% icon "check" "s" %}` is the small one beside text."""
    return drawn(name, size)


@register.simple_tag
def asset(name: str) -> str:
    return assets.url(name)


@register.filter
def initials(name: str) -> str:
    """Paula Ibáñez → PI. Letters only, two at most; a nameless one is "?"."""
    words = [word for word in name.split() if unicodedata.category(word[0]).startswith("L")]
    chosen = words[:1] + words[1:][-1:]
    return "".join(word[0] for word in chosen).upper() or "?"


@register.inclusion_tag("ui/parts/avatar.html")
def avatar(name: str, size: str = "", picture: str = "") -> dict[str, str]:
    """The picture, or the initials of who has none."""
    return {"name": name, "size": size, "picture": picture}


@register.simple_tag
def status(text: str, tone: str = "", icon: str = "") -> SafeString:
    """Icon and word. `tone`: "" is as it should be, wait needs someone, bad failed, ok is settled, now is happening."""
    return cells.status(text, tone, icon)


# Forms


@register.simple_tag
def field(bound: BoundField, label: str = "", hint: str = "", before: str = "", after: str = "") -> SafeString:
    """Label, hint, control and error of one form field. `before` and `after` are units inside the box (€, min)."""
    return _field(bound, "ui/parts/field.html", label=label, hint=hint, before=before, after=after)


@register.simple_tag
def public_field(bound: BoundField, label: str = "", hint: str = "") -> SafeString:
    """The same on a public page, in the site's own theme."""
    return _field(bound, "ui/parts/public_field.html", label=label, hint=hint)


def _field(bound: BoundField, page: str, *, label: str, hint: str, before: str = "", after: str = "") -> SafeString:
    widget = bound.field.widget
    is_group = isinstance(widget, widgets.RadioSelect | widgets.CheckboxSelectMultiple)
    is_check = isinstance(widget, widgets.CheckboxInput)
    helped = hint or bound.help_text
    described = [f"{bound.id_for_label or bound.auto_id}_{part}" for part in _described(bound, bool(helped))]
    attrs: dict[str, str | bool] = {"aria-describedby": " ".join(described)} if described and not is_group else {}
    if "public" not in page:
        classes = " ".join(filter(None, [widget.attrs.get("class", ""), "check" if is_check or is_group else "in"]))
        if is_group:
            widget.attrs["class"] = classes  # each option takes them from its group
        else:
            attrs["class"] = classes
    context = {
        "field": bound,
        "control": "" if is_group else bound.as_widget(attrs=attrs),
        "label": label or bound.label,
        "hint": helped,
        "id": bound.id_for_label or bound.auto_id,
        "describedby": " ".join(described),
        "is_group": is_group,
        "is_check": is_check,
        "is_optional": not bound.field.required and not is_check,
        "before": before,
        "after": after,
    }
    return render_to_string(page, context)


def _described(bound: BoundField, is_helped: bool) -> list[str]:
    return (["helptext"] if is_helped else []) + (["error"] if bound.errors else [])


@register.inclusion_tag("ui/parts/errors.html")
def errors(form: BaseForm) -> dict[str, Any]:
    """What is wrong with a form, as links to the fields. Nothing when all is well."""
    wrong = [(bound.id_for_label or bound.auto_id, bound.label, text) for bound in form for text in bound.errors]
    return {"wrong": wrong, "general": form.non_field_errors(), "count": len(wrong) + len(form.non_field_errors())}


# Lists


@register.inclusion_tag("ui/parts/pagination.html", takes_context=True)
def pagination(context: RequestContext, page: Page[Any]) -> dict[str, Any]:
    """1–20 of 38, Previous, Next; the rest of the query stays."""
    return {
        "page": page,
        "previous": _query(context.request, page=page.previous_page_number()) if page.has_previous() else "",
        "next": _query(context.request, page=page.next_page_number()) if page.has_next() else "",
    }


@register.simple_tag(takes_context=True)
def query(context: RequestContext, **changes: object) -> str:
    """The present query string with some values changed; None takes one away. The page number starts again."""
    return _query(context.request, **{"page": None, **changes})


def _query(request: HttpRequest | None, **changes: object) -> str:
    values = {} if request is None else {key: request.GET.getlist(key) for key in request.GET}
    for key, value in changes.items():
        values.pop(key, None)
        if value not in (None, ""):
            values[key] = [str(value)]
    return f"?{urlencode(values, doseq=True)}"


@register.simple_tag
def sorted_by(index: Index, sort: str) -> str:
    """For the ear: how this column is sorted."""
    return {sort: "ascending", f"-{sort}": "descending"}.get(index.look.sort, "none")


@register.simple_tag(takes_context=True)
def sort_link(context: RequestContext, index: Index, column: Column) -> SafeString:
    """The head of a column that puts the list in its order, and backwards at the second time."""
    sort = column.sort
    backwards = f"-{sort}" if f"-{sort}" in index.sorts else sort
    url = _query(context.request, sort=backwards if index.look.sort == sort else sort, after=None, peek=None)
    arrow = {sort: drawn("arrow-up", "s"), f"-{sort}": drawn("arrow-down", "s")}.get(index.look.sort, "")
    return format_html('<a class="sorted" href="{}">{}{}</a>', url, column.label, arrow)


@register.simple_tag(takes_context=True)
def index_rows(context: RequestContext, index: Index, group: Group) -> SafeString:
    return drawn_rows(index, group, _query(context.request, page=None, peek=None))


# Pages


class Reuse(Node):
    """A block's text a second time: the page's title is its heading too."""

    def __init__(self, name: str) -> None:
        self.name = name

    def render(self, context: template.Context) -> SafeString:
        blocks = context.render_context.get(BLOCK_CONTEXT_KEY)
        block = blocks.get_block(self.name) if blocks else None
        return SafeString(block.render(context).strip()) if block else SafeString("")


@register.tag
def reuse(parser: Parser, token: Token) -> Reuse:
    return Reuse(token.split_contents()[1])


@register.simple_block_tag
def section(content: str, title: str, hint: str = "", first: bool = False) -> SafeString:
    """A title at the left, a hairline above, the thing itself at the right."""
    return render_to_string("ui/parts/section.html", {"content": content, "title": title, "hint": hint, "first": first})


@register.simple_block_tag(name="fold")
def folded(
    content: str, title: str, *, summary: str, hint: str = "", is_open: bool = False, id: str = ""
) -> SafeString:
    """A section of which only few need more than its summary: closed, it says in a line how it stands."""
    context = {"content": content, "title": title, "summary": summary, "hint": hint, "is_open": is_open, "id": id}
    return render_to_string("ui/parts/fold.html", context)


@register.simple_block_tag
def dialog(content: str, id: str, title: str, text: str = "") -> SafeString:
    """A modal question. Open it with a button `command="show-modal" commandfor="<id>"`."""
    return render_to_string("ui/parts/dialog.html", {"content": content, "id": id, "title": title, "text": text})


@register.filter
def undo_url(tags: str) -> str:
    """The address that takes a message's deed back (see ui/toasts.py)."""
    return next((tag.removeprefix("undo=") for tag in (tags or "").split() if tag.startswith("undo=")), "")


@register.filter
def listed(things: Iterable[Any]) -> list[Any]:
    """Read once what forgets itself when it is read, such as the messages."""
    return list(things)


# Formats


@register.filter
def money(value: Money | None) -> str:
    return "" if value is None else format_money(value, str(formats.locale()))


@register.filter
def phone(number: str | None) -> str:
    return formats.phone(number) if number else ""


@register.filter
def when(instant: datetime | None, where: formats.HasZone | ZoneInfo) -> str:
    return formats.when(instant, where) if instant else ""


@register.filter
def until(instant: datetime | None, where: formats.HasZone | ZoneInfo) -> str:
    return formats.until(instant, where) if instant else ""


@register.filter
def clock(instant: datetime | None, where: formats.HasZone | ZoneInfo) -> str:
    return formats.clock(instant, where) if instant else ""


@register.filter
def day(value: date | datetime | None, where: formats.HasZone | ZoneInfo | None = None) -> str:
    return formats.day(_date(value, where)) if value else ""


@register.filter
def short_day(value: date | datetime | None, where: formats.HasZone | ZoneInfo | None = None) -> str:
    return formats.short_day(_date(value, where)) if value else ""


def _date(value: date | datetime, where: formats.HasZone | ZoneInfo | None) -> date:
    if not isinstance(value, datetime):
        return value
    if where is None:
        raise template.TemplateSyntaxError("an instant has no day without a zone: {{ at|day:project }}")
    return formats.in_zone(value, where).date()


@register.filter
def ago(instant: datetime | None) -> str:
    return formats.ago(instant) if instant else ""


@register.filter
def duration(minutes: int | timedelta | None) -> str:
    return "" if minutes is None else formats.length(minutes)


@register.filter
def joined(words: list[str]) -> str:
    """Ana, Luis and Marta"""
    if len(words) < 2:
        return "".join(words)
    return gettext("%(all_but_last)s and %(last)s") % {"all_but_last": ", ".join(words[:-1]), "last": words[-1]}


@register.filter
def get(mapping: Mapping[str, Any], key: str) -> Any:
    return mapping.get(key)


@register.filter
def is_in(part: str, whole: object) -> bool:
    """Whether the folded part stands in the folded whole; nothing stands in everything."""
    return fold(part) in fold(str(whole))


@register.filter
def city(zone: str) -> str:
    """Europe/Madrid → Madrid, in the reader's language."""
    return str(dates.get_timezone_location(zone, locale=formats.locale(), return_city=True)) or zone


# Places in the calendar: five-minute steps as classes (built by frontend/build.mjs)

STEP = 5


@register.filter
def at_class(instant: datetime | None, first: datetime) -> str:
    """Where a thing begins, seen from the first instant shown."""
    if instant is None:
        return ""
    steps = int((instant - first).total_seconds() // 60) // STEP
    return f"at-{min(max(steps, 0), 288) + 1}"


@register.filter
def for_class(minutes: int | timedelta | None) -> str:
    """How long it lasts, at least one step."""
    if minutes is None:
        return ""
    whole = int(minutes.total_seconds() // 60) if isinstance(minutes, timedelta) else minutes
    return f"for-{min(max(whole // STEP, 1), 288)}"
