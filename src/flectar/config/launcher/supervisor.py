"""Keeps one installation running: database, worker and web as its children, and nothing of them left at its end.

A child that dies is started again; one that dies twice in ten seconds ends everything, with its last words. The
database stops last. On Linux the kernel ends every child should the supervisor itself be killed.
"""

import os
import select
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType

from flectar.config.launcher.claims import FolderClaim, PortClaim
from flectar.config.launcher.cluster import Cluster, ClusterError, keep_small, tail
from flectar.config.launcher.lifeline import before_exec

QUICKLY = 10.0  # seconds between two deaths of one child
GRACE = 30.0  # seconds a child has to finish what it does
ANSWER_WITHIN = 90.0  # seconds until the first page


class Failed(Exception):
    """The installation cannot go on. The sentence is fit to print."""


@dataclass
class Child:
    """One of our processes. `command` is what follows the Python of this environment."""

    name: str
    command: list[str]
    log: Path
    environment: Mapping[str, str]
    is_patient: bool = False  # starts when the first page is there, so that it does not slow it down
    process: subprocess.Popen[bytes] | None = None
    died_at: list[float] = field(default_factory=list)

    def start(self) -> None:
        keep_small(self.log)
        with os.fdopen(os.open(self.log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600), "ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, *self.command],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env={**os.environ, **self.environment},
                start_new_session=True,  # Ctrl-C reaches the supervisor alone, which stops the others in order
                preexec_fn=before_exec(signal.SIGKILL),  # noqa: PLW1509  # two system calls, nothing that takes a lock
            )

    def status(self) -> int | None:
        """What it ended with; None while it runs, or before it was started."""
        return None if self.process is None else self.process.poll()

    def ask_to_stop(self) -> None:
        if self.process is not None and self.process.poll() is None:
            self.process.terminate()

    def wait(self, until: float) -> None:
        if self.process is None:
            return
        try:
            self.process.wait(max(0.0, until - time.monotonic()))
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.process = None


class Supervisor:
    """`cluster` is None when the database is someone else's."""

    def __init__(self, folder: FolderClaim, port: PortClaim, cluster: Cluster | None, children: list[Child]) -> None:
        self.folder, self.port, self.cluster, self.children = folder, port, cluster, children
        self._stop_asked = 0
        self._wake_read, self._wake_write = os.pipe()
        os.set_blocking(self._wake_read, False)
        os.set_blocking(self._wake_write, False)
        self._cluster_died_at: list[float] = []

    def listen_to_signals(self) -> None:
        signal.set_wakeup_fd(self._wake_write, warn_on_full_buffer=False)
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._on_stop)
        signal.signal(signal.SIGCHLD, lambda number, frame: None)  # only wakes the loop

    def start(self) -> None:
        for child in self.children:
            if not child.is_patient:
                child.start()

    def start_the_patient(self) -> None:
        for child in self.children:
            if child.is_patient:
                child.start()

    def wait_until_it_answers(self) -> None:
        """Returns when the first page is there; children that die meanwhile are started again."""
        deadline = time.monotonic() + ANSWER_WITHIN
        while not answers(self.port.host, self.port.port):
            if self._stop_asked:
                return
            if time.monotonic() > deadline:
                raise Failed(f"the web server did not answer within {ANSWER_WITHIN:.0f} seconds\n{self._last_words()}")
            self._revive()
            self._sleep(0.05)

    def watch(self) -> None:
        """Returns when someone asks us to stop."""
        while not self._stop_asked:
            self._revive()
            self._sleep(5.0)

    def stop(self) -> None:
        """Worker first (it takes no new jobs), then web, the database last. A second signal kills at once."""
        until = time.monotonic() + GRACE
        for child in self.children:
            child.ask_to_stop()
            while child.process is not None and child.process.poll() is None and time.monotonic() < until:
                if self._stop_asked > 1:
                    until = 0.0
                self._sleep(0.2)
            child.wait(until)
        if self.cluster is not None:
            self.cluster.stop()

    def is_stopping(self) -> bool:
        return self._stop_asked > 0

    def _revive(self) -> None:
        cluster = self.cluster
        if cluster is not None and (cluster.process is None or cluster.process.poll() is not None):
            say("the database ended; starting it again")
            self._cluster_died_at.append(time.monotonic())
            if died_twice_quickly(self._cluster_died_at):
                raise Failed(f"the database ended twice within {QUICKLY:.0f} seconds:\n{tail(cluster.log)}")
            cluster.stop()
            try:
                cluster.start()
            except ClusterError as error:
                raise Failed(str(error)) from error
        for child in self.children:
            status = child.status()
            if status is None or self._stop_asked:
                continue
            # While the database was away a child had no chance: that death says nothing about it.
            if not self._database_was_away():
                child.died_at.append(time.monotonic())
            if died_twice_quickly(child.died_at):
                raise Failed(
                    f"{child.name} ended twice within {QUICKLY:.0f} seconds; its last words:\n{tail(child.log)}"
                )
            say(f"{child.name} ended with status {status}; starting it again")
            child.start()

    def _database_was_away(self) -> bool:
        return bool(self._cluster_died_at) and time.monotonic() - self._cluster_died_at[-1] < QUICKLY / 2

    def _last_words(self) -> str:
        return "\n".join(f"{child.name}:\n{tail(child.log)}" for child in self.children if child.log.exists())

    def _sleep(self, seconds: float) -> None:
        """Ends early when a signal comes."""
        ready, _, _ = select.select([self._wake_read], [], [], seconds)
        if ready:
            os.read(self._wake_read, 4096)

    def _on_stop(self, number: int, frame: FrameType | None) -> None:
        self._stop_asked += 1


def died_twice_quickly(died_at: list[float]) -> bool:
    return len(died_at) > 1 and died_at[-1] - died_at[-2] < QUICKLY


def answers(host: str, port: int) -> bool:
    """Whether the web server is up, its database included.

    By hand, because the standard HTTP client brings TLS with it: 10 MB that this process would keep for its whole life.
    """
    address = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104  # compared, not bound
    try:
        with socket.create_connection((address, port), timeout=5) as connection:
            connection.sendall(b"GET /readyz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
            return connection.makefile("rb").readline().split(b" ")[1:2] == [b"200"]
    except OSError:
        return False


def say(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()
