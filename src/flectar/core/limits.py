"""Rate limits shared by every process: GCRA in one upsert on an unlogged table.

A crash of the database empties the table, which only forgives. Keys are keyed hashes: no address is stored.
"""

from dataclasses import dataclass
from datetime import datetime

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
        cursor.execute(
            """INSERT INTO core_refusal AS r (key, name, hits, first_at, last_at)
               VALUES (%(key)s, %(name)s, 1, clock_timestamp(), clock_timestamp())
               ON CONFLICT (key) DO UPDATE SET hits = r.hits + 1, last_at = excluded.last_at""",
            {"key": hashed, "name": key.partition(" ")[0]},
        )
    return Verdict(allowed=False, retry_after=max(0.0, float(row[0])) if row else pace)


def forget_old() -> int:
    """Delete counters that no longer hold anybody back."""
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM core_refusal WHERE last_at < clock_timestamp() - interval '1 day'")
        cursor.execute("DELETE FROM core_rate_limit WHERE free_at < extract(epoch FROM clock_timestamp())")
        return int(cursor.rowcount)


@dataclass(frozen=True, slots=True)
class Refusals:
    """Hits of one key that were turned away in the last day. The key is a pseudonym: nobody can read it back."""

    key: str
    name: str
    hits: int
    first_at: datetime
    last_at: datetime


def most_refused(most: int = 50) -> list[Refusals]:
    """The keys that were turned away most often."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT left(key, 12), name, hits, first_at, last_at FROM core_refusal"
            " WHERE last_at > clock_timestamp() - interval '1 day' ORDER BY hits DESC, key LIMIT %s",
            [most],
        )
        return [Refusals(*row) for row in cursor.fetchall()]
