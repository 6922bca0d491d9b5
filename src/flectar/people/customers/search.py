"""Finding customers by part of a name, an email or a phone.

LIKE is not leakproof, so under row-level security it cannot use an index. The function `customers_search` belongs to a
role of its own, filters by the served project itself and returns ids only; the rows are read through the policies.
"""

import re
from uuid import UUID

from django.db import connection

from flectar.core.text import fold

MAX_QUERY = 100


def search(text: str, *, archived: bool = False, after: tuple[str, UUID] | None = None, limit: int = 50) -> list[UUID]:
    """Ids in the order of names. Every word must stand in the name, or the text in an email, or its digits in a phone.

    One or two letters are looked for at the beginning of the name only.
    """
    return _found(text, [archived], after, limit)


def search_everybody(text: str, *, limit: int) -> list[UUID]:
    """At most `limit` of those who are current, then as many of the archived ones: asked at once."""
    return _found(text, [False, True], None, limit)


def _found(text: str, archived: list[bool], after: tuple[str, UUID] | None, limit: int) -> list[UUID]:
    plain = fold(text[:MAX_QUERY])
    words = [_escaped(word) for word in plain.split()]
    if not words:
        return []
    # A national number is written with a zero in front that its international form does not have.
    digits = re.sub(r"\D", "", plain).lstrip("0") if re.fullmatch(r"[\d\s+().\-/]+", plain) else ""
    after_key, after_id = after or ("", None)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT found.id FROM unnest(%s::boolean[]) WITH ORDINALITY AS asked(archived, place), "
            "customers_search(%s, %s::text[], %s, %s, asked.archived, %s, %s, %s) WITH ORDINALITY AS found(id, place) "
            "ORDER BY asked.place, found.place",
            [
                archived,
                plain,
                sorted(words, key=len, reverse=True),
                _escaped(plain) if len(plain) > 2 and " " not in plain else "",
                digits if len(digits) > 2 else "",
                after_key,
                after_id,
                limit,
            ],
        )
        return [row[0] for row in cursor.fetchall()]


def _escaped(text: str) -> str:
    """LIKE without wildcards."""
    return re.sub(r"([\\%_])", r"\\\1", text)
