"""A whole installation of its own in a temporary folder, on loopback: started, measured, stopped."""

import os
import socket
import subprocess
import sys
import time
from pathlib import Path

TICKS = os.sysconf("SC_CLK_TCK")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Stack:
    """`flectar up` as a child: cluster, one web worker, job runner."""

    def __init__(self, folder: Path) -> None:
        self.port = free_port()
        os.environ |= {
            "FLECTAR_DATA": str(folder),
            "FLECTAR_PORT": str(self.port),
            "FLECTAR_WEB_WORKERS": "1",
            "FLECTAR_POOL_SIZE": "8",
            "DJANGO_SETTINGS_MODULE": "flectar.config.settings",
        }
        self.log = (folder.parent / "up.log").open("wb")
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> float:
        """Seconds to the first answer."""
        begun = time.perf_counter()
        self.process = subprocess.Popen(
            [sys.executable, "-m", "flectar.config.command", "up"], stdout=self.log, stderr=subprocess.STDOUT
        )
        while time.perf_counter() - begun < 120:
            try:
                with socket.create_connection(("127.0.0.1", self.port), 0.2) as connection:
                    connection.sendall(b"GET /readyz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
                    if b" 200 " in connection.recv(64):
                        return time.perf_counter() - begun
            except OSError:
                pass
            if self.process.poll() is not None:
                break
            time.sleep(0.02)
        raise SystemExit(f"The installation did not start; {self.log.name} says why.")

    def stop(self) -> None:
        if self.process is not None:
            self.process.terminate()
            self.process.wait(30)

    @property
    def pid(self) -> int:
        assert self.process is not None
        return self.process.pid


def tree(pid: int) -> list[int]:
    """The process and all below it."""
    children: dict[int, list[int]] = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        children.setdefault(int(fields[1]), []).append(int(stat.parent.name))
    found, left = [], [pid]
    while left:
        one = left.pop()
        found.append(one)
        left += children.get(one, [])
    return found


def cpu_seconds(pid: int) -> float:
    """Of the whole tree but the job runner's, whose work is nobody's answer: in user and kernel, finer than ticks."""
    total = 0.0
    for one in tree(pid):
        try:
            if b"\0worker\0" in Path(f"/proc/{one}/cmdline").read_bytes():
                continue
            for task in Path(f"/proc/{one}/task").iterdir():
                total += int((task / "schedstat").read_text().split()[0]) / 1e9
        except OSError:
            continue
    return total


def pss_mib(pid: int) -> float:
    total = 0
    for one in tree(pid):
        try:
            lines = Path(f"/proc/{one}/smaps_rollup").read_text().splitlines()
        except OSError:
            continue
        total += sum(int(line.split()[1]) for line in lines if line.startswith("Pss:"))
    return total / 1024


def serving(pid: int) -> int:
    """The web server among the installation's processes."""
    return next(one for one in tree(pid) if b"\0serve\0" in Path(f"/proc/{one}/cmdline").read_bytes())


def settled_pss_mib(pid: int) -> float:
    """Once nothing grows any more: after the first answer the job runner may still be loading."""
    before, now = 0.0, pss_mib(pid)
    for _ in range(60):
        if now - before < 1:
            break
        time.sleep(2)
        before, now = now, pss_mib(pid)
    return now
