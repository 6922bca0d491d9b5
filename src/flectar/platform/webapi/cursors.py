"""Pages of a list. A cursor names the last row seen: pages neither repeat nor skip rows when others are added."""

import base64
import binascii
import json
from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _

from flectar.platform.webapi.problems import Problem

MAX_LIMIT = 100


def to_cursor(*place: object) -> str:
    """Opaque to the caller: the shape may change."""
    return base64.urlsafe_b64encode(json.dumps([str(part) for part in place]).encode()).decode().rstrip("=")


def from_cursor(cursor: str, length: int) -> list[str]:
    """The place that a cursor names. Raises Problem 400."""
    try:
        place = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except (ValueError, binascii.Error, RecursionError):
        place = None
    if (
        not isinstance(place, list)
        or len(place) != length
        or not all(isinstance(part, str) and "\x00" not in part and part.isprintable() for part in place)
    ):
        raise Problem(400, "bad_cursor", _("This cursor is not one of ours. Begin without it."))
    return place


def page(rows: Sequence[Any], limit: int, place: Any) -> tuple[list[Any], str | None]:
    """Given up to `limit` + 1 rows: the page, and the cursor of the next one. `place(row)` names a row's place."""
    shown = list(rows[:limit])
    return shown, to_cursor(*place(shown[-1])) if len(rows) > limit else None
