"""End what `flectar up` started on this data folder, and wait until nothing of it is left."""

import argparse
import contextlib
import os
import select
import signal
import time
from collections.abc import Callable

from flectar.config import installation
from flectar.config.command.edge import Refusal
from flectar.config.launcher.claims import FolderClaim

PATIENCE = 90.0


def run(options: argparse.Namespace) -> int:
    data = installation.data_folder()
    claim = FolderClaim(data)
    deadline = time.monotonic() + PATIENCE
    asked: object = None
    is_gone: Callable[[], bool] | None = None
    while (holder := claim.holder()) is not None:
        pid = holder.get("pid")
        if pid is not None and pid != asked:
            # The lock is held and the process began when its holder did: it is that one, not a later one of its id.
            with contextlib.suppress(ProcessLookupError):  # it ended by itself meanwhile
                is_gone = _watch(int(str(pid)))
                os.kill(int(str(pid)), signal.SIGTERM)
            asked = pid
        if time.monotonic() > deadline:
            raise Refusal(f"process {pid} still runs after {PATIENCE:.0f} seconds; see {data / 'log'}")
        time.sleep(0.05)
    # The lock is let go a moment before its holder ends.
    while is_gone is not None and not is_gone() and time.monotonic() < deadline:
        time.sleep(0.02)
    print(f"Nothing runs on {data}." if asked is None else "Stopped.")
    return 0


def _watch(pid: int) -> Callable[[], bool]:
    """Answers whether the process has ended. Where the system has no handle for a process, its id is asked."""
    if hasattr(os, "pidfd_open"):
        handle = os.pidfd_open(pid)
        return lambda: bool(select.select([handle], [], [], 0)[0])

    def is_gone() -> bool:
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            return True
        return False

    return is_gone
