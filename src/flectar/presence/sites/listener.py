"""How a worker hears of a new edition: one thread, one direct connection, LISTEN and a sweep.

A notice is only a hint that saves seconds; the truth is the sweep, which compares the editions held with those in the
database every few seconds and at each reconnection. The connection is direct because LISTEN does not pass a pooler of
transactions. While the database is away, what is held stays.
"""

import logging
import time
from threading import Event, Thread
from uuid import UUID

import psycopg

from flectar.presence.sites.memory import Memory, UnknownHosts

log = logging.getLogger(__name__)

CHANNEL = "presence_sites_edition"

SWEEP = "SELECT project_id, version FROM presence_sites_editions(%s)"

# Seconds between tries to reconnect, the last one for ever.
PATIENCE = (0.1, 0.2, 0.5, 1, 2, 5)


class Listener(Thread):
    def __init__(self, url: str, memory: Memory, unknown: UnknownHosts, *, sweep_seconds: float = 5) -> None:
        super().__init__(name="sites-listener", daemon=True)
        self.url = url
        self.memory = memory
        self.unknown = unknown
        self.sweep_seconds = sweep_seconds
        self.is_listening = Event()
        self._stopped = Event()

    def stop(self) -> None:
        """Ends the thread within one sweep."""
        self._stopped.set()

    def run(self) -> None:
        failures = 0
        while not self._stopped.is_set():
            try:
                self._listen()
            except psycopg.Error as error:
                if self.is_listening.is_set():
                    failures = 0
                self.is_listening.clear()
                pause = PATIENCE[min(failures, len(PATIENCE) - 1)]
                failures += 1
                log.warning("no news of published sites, trying again in %s s: %s", pause, error)
                self._stopped.wait(pause)

    def _listen(self) -> None:
        with psycopg.connect(
            self.url, autocommit=True, connect_timeout=5, application_name="flectar sites", tcp_user_timeout=10_000
        ) as connection:
            connection.execute(f"LISTEN {CHANNEL}")
            # First listen, then look: what is published in between is both seen and heard.
            self.sweep(connection)
            self.is_listening.set()
            while not self._stopped.is_set():
                next_sweep = time.monotonic() + self.sweep_seconds
                while (left := next_sweep - time.monotonic()) > 0 and not self._stopped.is_set():
                    for notice in connection.notifies(timeout=left, stop_after=1):
                        self.hear(notice.payload)
                self.sweep(connection)

    def hear(self, payload: str) -> None:
        """`project_id version`; anything else on the channel is not ours."""
        try:
            project, version = payload.split()
            self.memory.hear(UUID(project), int(version))
        except ValueError:
            log.warning("a notice that is no edition: %r", payload[:80])
            return
        # A first edition may answer to a name that led nowhere a moment ago.
        self.unknown.clear()

    def sweep(self, connection: psycopg.Connection) -> None:
        held = self.memory.loaded()
        if not held:
            return
        published: dict[UUID, int] = dict(connection.execute(SWEEP, [list(held)]).fetchall())
        for project_id, version in held.items():
            if project_id in published:
                self.memory.hear(project_id, published[project_id])
            elif version:
                self.memory.forget(project_id)
