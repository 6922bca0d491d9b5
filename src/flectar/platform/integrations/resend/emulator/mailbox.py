"""What was accepted, on disk: one SQLite file, so that an accepted mail outlives a kill of the emulator."""

import base64
import hashlib
import json
import sqlite3
import threading
import time
import uuid
from collections.abc import Callable
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

from .rules import ApiError, Email

KEY_LIVES_SECONDS = 24 * 3600
SCHEMA = """
CREATE TABLE IF NOT EXISTS email (
    number INTEGER PRIMARY KEY, id TEXT UNIQUE, api_key TEXT, created_at TEXT, last_event TEXT, content TEXT
);
CREATE TABLE IF NOT EXISTS idempotency (
    api_key TEXT, key TEXT, fingerprint TEXT, answer TEXT, used_at REAL, PRIMARY KEY (api_key, key)
);
"""


class Mailbox:
    def __init__(self, path: str, clock: Callable[[], float] = time.time) -> None:
        self.clock = clock
        self._lock = threading.Lock()
        self._database = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
        self._database.row_factory = sqlite3.Row
        self._database.execute("PRAGMA journal_mode=WAL")
        self._database.executescript(SCHEMA)

    def close(self) -> None:
        with self._lock:
            self._database.close()

    def accept(self, emails: list[Email], *, api_key: str, key: str | None, raw: bytes) -> tuple[list[str], bool]:
        """The ids of the accepted mails, and whether they are new: the same key and body give the same ids again."""
        account = hashlib.sha256(api_key.encode()).hexdigest()
        fingerprint = hashlib.sha256(raw).hexdigest()
        with self._lock:
            if key is not None and (ids := self._answered_before(account, key, fingerprint)) is not None:
                return ids, False
            ids = [str(uuid.uuid4()) for _ in emails]
            moment = datetime.fromtimestamp(self.clock(), UTC).isoformat(timespec="milliseconds")
            self._database.execute("BEGIN IMMEDIATE")
            self._database.executemany(
                "INSERT INTO email (id, api_key, created_at, last_event, content) VALUES (?, ?, ?, 'queued', ?)",
                [(id_, account, moment, _dump(email)) for id_, email in zip(ids, emails, strict=True)],
            )
            if key is not None:
                self._database.execute(
                    "INSERT OR REPLACE INTO idempotency VALUES (?, ?, ?, ?, ?)",
                    (account, key, fingerprint, json.dumps(ids), self.clock()),
                )
            self._database.execute("COMMIT")
        return ids, True

    def _answered_before(self, account: str, key: str, fingerprint: str) -> list[str] | None:
        row = self._database.execute(
            "SELECT fingerprint, answer, used_at FROM idempotency WHERE api_key = ? AND key = ?", (account, key)
        ).fetchone()
        if row is None or row["used_at"] <= self.clock() - KEY_LIVES_SECONDS:
            return None
        if row["fingerprint"] != fingerprint:
            raise ApiError(
                409, "invalid_idempotent_request", "Same idempotency key used with a different request payload."
            )
        answer: list[str] = json.loads(row["answer"])
        return answer

    def note_event(self, email_id: str, event: str) -> None:
        with self._lock:
            self._database.execute("UPDATE email SET last_event = ? WHERE id = ?", (event, email_id))

    def listing(self, *, limit: int, after: str | None = None, before: str | None = None) -> dict[str, Any]:
        """Newest first. `after` and `before` are ids, as in the documented pages."""
        where, values = "1", []
        if after:
            where, values = "number < (SELECT number FROM email WHERE id = ?)", [after]
        elif before:
            where, values = "number > (SELECT number FROM email WHERE id = ?)", [before]
        with self._lock:
            rows = self._database.execute(
                f"SELECT * FROM email WHERE {where} ORDER BY number DESC LIMIT ?",  # noqa: S608 - `where` is one of ours
                [*values, limit + 1],
            ).fetchall()
        return {"object": "list", "has_more": len(rows) > limit, "data": [_summary(row) for row in rows[:limit]]}

    def whole(self, email_id: str) -> dict[str, Any]:
        row = self._row(email_id)
        content = json.loads(row["content"])
        tags = [{"name": name, "value": value} for name, value in content["tags"].items()]
        bodies = {"html": content["html"], "text": content["text"], "headers": content["headers"], "tags": tags}
        return {"object": "email"} | _summary(row) | bodies

    def attachments(self, email_id: str) -> list[dict[str, Any]]:
        """As sent, each with its `content` in base64."""
        attachments: list[dict[str, Any]] = json.loads(self._row(email_id)["content"])["attachments"]
        return attachments

    def _row(self, email_id: str) -> sqlite3.Row:
        with self._lock:
            row: sqlite3.Row | None = self._database.execute("SELECT * FROM email WHERE id = ?", (email_id,)).fetchone()
        if row is None:
            raise ApiError(404, "not_found", "Email not found")
        return row


def _summary(row: sqlite3.Row) -> dict[str, Any]:
    content = json.loads(row["content"])
    return {
        "id": row["id"],
        "from": content["sender"],
        "created_at": row["created_at"],
        "last_event": row["last_event"],
        **{name: content[name] for name in ("to", "cc", "bcc", "reply_to", "subject", "scheduled_at")},
    }


def _dump(email: Email) -> str:
    content = asdict(email)
    for attachment in content["attachments"]:
        attachment["content"] = base64.b64encode(attachment["content"]).decode()
    return json.dumps(content)
