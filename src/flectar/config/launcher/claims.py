"""One installation per data folder, one per port: claimed before anything starts, released by the kernel at our end."""

import contextlib
import errno
import fcntl
import json
import os
import socket
import sys
import time
from pathlib import Path

# A server killed a moment ago still holds its port until the kernel has cleaned up after it.
PORT_PATIENCE = 2.0


class Refused(Exception):
    """Something else has what we need. The sentence says what, and is fit to print."""


class FolderClaim:
    """The data folder, by a lock on a file that also says who holds it."""

    def __init__(self, data: Path) -> None:
        self.path = data / "supervisor.lock"
        self._file: int | None = None

    def take(self) -> None:
        self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        file = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(file)
            raise Refused(
                f"Flectar already runs on {self.path.parent}; end it with `flectar stop`, or set FLECTAR_DATA to "
                f"another folder for a second installation"
            ) from None
        self._file = file
        self.tell()

    def tell(self, **more: object) -> None:
        """Write down who we are, for `flectar stop` and for the one who waits for a detached start."""
        if self._file is None:
            raise RuntimeError("only the holder of the claim tells")
        content = json.dumps({"pid": os.getpid(), "started": started(os.getpid()), **more}).encode()
        os.ftruncate(self._file, 0)
        os.pwrite(self._file, content, 0)

    def release(self) -> None:
        if self._file is not None:
            os.ftruncate(self._file, 0)
            os.close(self._file)
            self._file = None

    def holder(self) -> dict[str, object] | None:
        """Who holds the claim now: None when nobody does. Never a stale answer: the lock itself is asked."""
        try:
            file = os.open(self.path, os.O_RDWR | os.O_CLOEXEC)
        except FileNotFoundError:
            return None
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            with contextlib.suppress(ValueError):
                found: dict[str, object] = json.loads(os.pread(file, 4096, 0))
                if found.get("started") == started(int(str(found["pid"]))):
                    return found
            return {}  # it has just begun, and has not yet written its name
        else:
            return None
        finally:
            os.close(file)


def started(pid: int) -> str:
    """Tells a process from a later one with the same id. Empty where the system does not say."""
    try:
        return Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()[19]
    except (OSError, IndexError):
        return ""


class PortClaim:
    """The port, among installations and against other programs.

    The web server binds with SO_REUSEPORT, so a second one would start without a word and get every other request.
    """

    def __init__(self, host: str, port: int) -> None:
        self.host, self.port = host, port
        self._name: socket.socket | None = None

    def take(self) -> None:
        if sys.platform == "linux":
            # An abstract name lives in the same network namespace as the port, and dies with us.
            name = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
            try:
                name.bind(f"\0flectar-port-{self.port}")
            except OSError as error:
                name.close()
                if error.errno != errno.EADDRINUSE:
                    raise
                raise self._refusal("another Flectar installation") from None
            self._name = name
        deadline = time.monotonic() + PORT_PATIENCE
        while not is_free(self.host, self.port):
            if time.monotonic() > deadline:
                self.release()
                raise self._refusal("another program")
            time.sleep(0.1)

    def release(self) -> None:
        if self._name is not None:
            self._name.close()
            self._name = None

    def _refusal(self, by: str) -> Refused:
        return Refused(f"port {self.port} is in use by {by}; choose another, e.g. FLECTAR_PORT={self.port + 1}")


def is_free(host: str, port: int) -> bool:
    """Asked without SO_REUSEPORT, so that a server which has it set counts too."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # connections just closed do not count
        try:
            probe.bind((host, port))
            probe.listen(1)
        except OSError as error:
            if error.errno == errno.EADDRINUSE:
                return False
            raise Refused(f"cannot listen on {host}:{port}: {error.strerror}") from error
    return True
