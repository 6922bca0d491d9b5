"""End what `flectar up` started on this data folder, and wait until nothing of it is left."""

import argparse
import os
import signal
import time

from flectar.config import installation
from flectar.config.command.edge import Refusal
from flectar.config.launcher.claims import FolderClaim

PATIENCE = 90.0


def run(options: argparse.Namespace) -> int:
    data = installation.data_folder()
    claim = FolderClaim(data)
    deadline = time.monotonic() + PATIENCE
    asked: object = None
    while (holder := claim.holder()) is not None:
        pid = holder.get("pid")
        if pid is not None and pid != asked:
            # The lock is held and the process began when its holder did: it is that one, not a later one of its id.
            os.kill(int(str(pid)), signal.SIGTERM)
            asked = pid
        if time.monotonic() > deadline:
            raise Refusal(f"process {pid} still runs after {PATIENCE:.0f} seconds; see {data / 'log'}")
        time.sleep(0.05)
    print(f"Nothing runs on {data}." if asked is None else "Stopped.")
    return 0
