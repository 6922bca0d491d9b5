"""Whole installations, started as a person would, and everything needed to break them."""

import fcntl
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from flectar.config import installation as settled
from flectar.config.launcher.claims import FolderClaim
from flectar.config.launcher.supervisor import answers

SOURCE = settled.ROOT / "src"
PATIENCE = 180.0  # costs nothing where all is well, and spares a machine that is busy with something else
AS_ANOTHER_USER = ["unshare", "--user", "--map-user=1000", "--map-group=1000", "--"]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def wait_until(holds: Callable[[], object], what: str) -> None:
    """Looks often and gives up loudly: a fault test waits for a fact, never for a time."""
    deadline = time.monotonic() + PATIENCE
    while not holds():
        assert time.monotonic() < deadline, f"in vain: {what}"
        time.sleep(0.02)


class NotThere(Exception):
    """No process of that kind lives just now."""


class Installation:
    """One installation in its own data folder, on its own port, started by `flectar up`."""

    def __init__(self, data: Path, port: int, prefix: list[str] | None = None) -> None:
        self.data, self.port, self.prefix = data, port, prefix or []
        self.process: subprocess.Popen[str] | None = None
        self.place: dict[str, Any] = {}  # how to reach its business, where a test made one
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("FLECTAR_", "DATABASE_URL"))}
        self.environment = {
            **kept,
            "FLECTAR_DATA": str(data),
            "FLECTAR_PORT": str(port),
            "PYTHONPATH": str(SOURCE),
            "DJANGO_SETTINGS_MODULE": "flectar.config.settings",
        }

    def flectar(self, *words: str, stdin: str | None = None) -> subprocess.CompletedProcess[str]:
        """The command, to its end. What it said is in the result."""
        command = [*self.prefix, sys.executable, "-m", "flectar.config.command", *words]
        return subprocess.run(
            command,
            env=self.environment,
            input=stdin,
            capture_output=True,
            text=True,
            check=False,
            cwd="/",
            timeout=240,
        )

    def begin(self, *words: str) -> None:
        """`flectar up` in the foreground, not yet answering."""
        command = [*self.prefix, sys.executable, "-m", "flectar.config.command", "up", *words]
        self.process = subprocess.Popen(
            command, env=self.environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, cwd="/"
        )

    def up(self, *words: str) -> None:
        self.begin(*words)
        wait_until(lambda: self.is_up() or self.has_ended(), "the first page, and everything beside it")
        if self.has_ended():
            pytest.fail(f"flectar up ended: {self.last_words()}")

    def is_up(self) -> bool:
        """Whether the supervisor says so: web answers, and the worker has been started."""
        return bool((FolderClaim(self.data).holder() or {}).get("answers"))

    def answers(self) -> bool:
        return answers("127.0.0.1", self.port)

    def has_ended(self) -> bool:
        assert self.process is not None
        return self.process.poll() is not None

    def last_words(self) -> str:
        assert self.process is not None
        return self.process.communicate(timeout=PATIENCE)[0]

    def signal(self, number: signal.Signals) -> int:
        """The status it ended with."""
        assert self.process is not None
        self.process.send_signal(number)
        return self.process.wait(PATIENCE)

    def pids(self) -> dict[int, str]:
        """Every living process of this installation, by what it was started with. Zombies are not living."""
        found = {}
        for folder in Path("/proc").iterdir():
            if not folder.name.isdecimal():
                continue
            try:
                words = (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode("utf-8", "replace")
                around = (folder / "environ").read_bytes().split(b"\0")
            except OSError:
                continue
            ours = f"FLECTAR_DATA={self.data}".encode() in around or f"{self.data}/" in words
            if words and ours and int(folder.name) != os.getpid():
                found[int(folder.name)] = words.strip()
        return found

    def pid_of(self, kind: str) -> int:
        """ "supervisor", "worker", "web" (Granian's main process), "web worker" or "postgres"."""
        if kind == "supervisor":
            assert self.process is not None
            return self.process.pid
        pids = self.pids()
        if kind == "postgres":
            found = [pid for pid, words in pids.items() if "bin/postgres -D" in words]
        else:
            word = "worker" if kind == "worker" else "serve"
            alike = {pid for pid, words in pids.items() if words.endswith(f"flectar.config.command {word}")}
            children = [pid for pid in alike if parent_of(pid) in alike]
            found = {"worker": sorted(alike), "web worker": children, "web": sorted(alike - set(children))}[kind]
        if not found:
            raise NotThere(kind)
        return found[0]

    def has(self, *kinds: str) -> bool:
        try:
            return all(self.pid_of(kind) for kind in kinds)
        except NotThere:
            return False

    def end(self) -> None:
        if self.process is not None and self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(PATIENCE)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        if self.process is not None and self.process.stdout is not None:
            self.process.stdout.close()


def parent_of(pid: int) -> int:
    try:
        return int(Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[1])
    except OSError:
        return 0


@pytest.fixture(scope="session")
def prepared(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Path:
    """A data folder after its first start and a clean stop, to copy from: the first start is the slow one, so the
    workers of one run share it."""
    if sys.platform != "linux":
        pytest.skip("the fault tests read /proc")
    folder = tmp_path_factory.getbasetemp()
    folder = folder if worker_id == "master" else folder.parent
    with (folder / "prepared.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        data, is_made = folder / "prepared", folder / "prepared.made"
        if not is_made.exists():
            made = Installation(data, free_port())
            made.up()
            assert made.signal(signal.SIGTERM) == 0
            made.end()
            is_made.touch()
    return data


@contextmanager
def copies(prepared: Path, folder: Path) -> Iterator[Callable[[str], Installation]]:
    """More installations, by name: prepared, stopped, each with a data folder and a port of its own."""
    made: list[Installation] = []

    def one(name: str) -> Installation:
        data = folder / name
        shutil.copytree(prepared, data, symlinks=True)
        installation = Installation(data, free_port())
        made.append(installation)
        return installation

    try:
        yield one
    finally:
        for installation in made:
            installation.end()
            wait_until(lambda one=installation: not one.pids(), "the end of every process")


@pytest.fixture
def install(prepared: Path, tmp_path: Path) -> Iterator[Callable[[str], Installation]]:
    with copies(prepared, tmp_path) as one:
        yield one


@pytest.fixture
def running(install: Callable[[str], Installation]) -> Installation:
    """One that answers."""
    installation = install("one")
    installation.up()
    return installation
