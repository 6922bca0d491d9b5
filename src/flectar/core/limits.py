"""Rate limits shared by every process: GCRA in one upsert on an unlogged table.

A crash of the database empties the table, which only forgives. Keys are keyed hashes: no address is stored.
"""

from dataclasses import dataclass

from django.db import connection

from flectar.core.crypto import blind_index


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether this hit may pass and, if not, in how many seconds the next one may."""

    allowed: bool
    retry_after: float = 0.0
    remaining: int = 0  # hits that may pass right now


def hit(key: str, *, limit: int, per_seconds: float, burst: int | None = None) -> Verdict:
    """Count one hit. `limit` hits in `per_seconds` pass, evenly refilled; `burst` (default: limit) at once.

    The row stays locked until the caller's transaction ends: call it before opening a project's scope.
    """
    pace = per_seconds / limit
    room = pace * (burst or limit)
    hashed = blind_index(key, "rate limit")
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO core_rate_limit AS l (key, free_at)
            VALUES (%(key)s, extract(epoch FROM clock_timestamp()) + %(pace)s)
            ON CONFLICT (key) DO UPDATE
               SET free_at = greatest(l.free_at, extract(epoch FROM clock_timestamp())) + %(pace)s
             WHERE greatest(l.free_at, extract(epoch FROM clock_timestamp())) + %(pace)s
                   - extract(epoch FROM clock_timestamp()) <= %(room)s
            RETURNING free_at - extract(epoch FROM clock_timestamp())
            """,
            {"key": hashed, "pace": pace, "room": room},
        )
        if counted := cursor.fetchone():
            return Verdict(allowed=True, remaining=max(0, int((room - float(counted[0])) / pace)))
        cursor.execute(
            "SELECT free_at + %s - %s - extract(epoch FROM clock_timestamp()) FROM core_rate_limit WHERE key = %s",
            [pace, room, hashed],
        )
        row = cursor.fetchone()
    return Verdict(allowed=False, retry_after=max(0.0, float(row[0])) if row else pace)


def forget_old() -> int:
    """Delete counters that no longer hold anybody back."""
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM core_rate_limit WHERE free_at < extract(epoch FROM clock_timestamp())")
        return int(cursor.rowcount)
