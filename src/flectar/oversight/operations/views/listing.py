"""What the console's lists share: newest first, page by page, times in UTC."""

from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from flectar.ui import cells, formats

UTC = ZoneInfo("UTC")
PAGE = 50


def page(rows: QuerySet[Any], key: str, after: str) -> tuple[list[Any], str]:
    """The newest after this one, and where the next page begins; `key` is the field that says when."""
    place = _place(rows, key, after)
    if place:
        value, pk = place
        rows = rows.filter(Q(**{f"{key}__lte": value}), Q(**{f"{key}__lt": value}) | Q(id__lt=pk))
    found = list(rows.order_by(f"-{key}", "-id")[: PAGE + 1])
    return found[:PAGE], str(found[PAGE - 1].pk) if len(found) > PAGE else ""


def _place(rows: QuerySet[Any], key: str, after: str) -> tuple[Any, UUID] | None:
    try:
        pk = UUID(after)
    except ValueError:
        return None
    value = rows.model._base_manager.filter(pk=pk).values_list(key, flat=True).first()
    return None if value is None else (value, pk)


def when(instant: Any) -> SafeString:
    return cells.at(instant, formats.ago(instant))


def console() -> tuple[str, str]:
    """The crumb of every list."""
    return reverse("operations:index"), _("Operation")
