"""Finding customers by part of a name, an email or a phone.

LIKE is not leakproof, so under row-level security it cannot use an index. The function `customers_search` belongs to a
role of its own, filters by the served project itself and returns ids only; the rows are read through the policies.
"""

import re
from typing import Any
from uuid import UUID

from django.db import connection

from flectar.core.text import fold

MAX_QUERY = 100


def search(text: str, *, archived: bool = False, after: tuple[str, UUID] | None = None, limit: int = 50) -> list[UUID]:
    """Ids: whose name begins with the text, in the order of names, then the others in that order.

    Every word must stand in the name, or the text in an email, or its digits in a phone. One or two letters are looked
    for at the beginning of the name only. `after` is the name's key and the id of the last one before.
    """
    asked = _asked(text)
    if not asked:
        return []
    after_key, after_id = after or ("", None)
    return _ids(_ONE, [*asked, archived, after_key, after_id, limit])


def search_everybody(text: str, *, limit: int) -> list[UUID]:
    """At most `limit` in all: those who are current, then the archived ones, looked for only while there is room."""
    asked = _asked(text)
    if not asked:
        return []
    arms = [*asked, False, "", None, limit, *asked, True, "", None, limit, limit]
    return _ids(f"{_ONE} UNION ALL {_ONE} LIMIT %s", arms)


_ONE = "SELECT id FROM customers_search(%s, %s::text[], %s, %s, %s, %s, %s, %s) AS found(id)"


def _asked(text: str) -> list[Any]:
    """What the function is told of the text; nothing where there is nothing to look for."""
    plain = fold(text[:MAX_QUERY])
    words = [_escaped(word) for word in plain.split()]
    if not words:
        return []
    # A national number is written with a zero in front that its international form does not have.
    digits = re.sub(r"\D", "", plain).lstrip("0") if re.fullmatch(r"[\d\s+().\-/]+", plain) else ""
    return [
        plain,
        sorted(words, key=len, reverse=True),
        _escaped(plain) if len(plain) > 2 and " " not in plain else "",
        digits if len(digits) > 2 else "",
    ]


def _ids(sql: str, values: list[Any]) -> list[UUID]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return [row[0] for row in cursor.fetchall()]


def _escaped(text: str) -> str:
    """LIKE without wildcards."""
    return re.sub(r"([\\%_])", r"\\\1", text)
