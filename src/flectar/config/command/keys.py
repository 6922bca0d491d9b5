"""The key ring: `keys new` prints one with a fresh active key in front; `keys rotate` seals everything anew with it.

Keep the older keys in the ring: backups need them, and the index by which people are found uses the oldest.
"""

import argparse
import base64
import os
import secrets

from flectar.config import installation
from flectar.config.command.edge import Refusal, django_as, running_database


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("deed", choices=["new", "rotate"])


def run(options: argparse.Namespace) -> int:
    return _new() if options.deed == "new" else _rotate()


def _new() -> int:
    """The embedded installation's own file is changed; elsewhere the operator sets what is printed."""
    ring = with_a_fresh_key(installation.keys())
    data = installation.data_folder()
    found = installation.load(data)
    if found is None or os.environ.get("FLECTAR_KEYS", "") or os.environ.get("FLECTAR_KEYS_FILE", ""):
        print(ring)
        return 0
    found["keys"] = ring
    installation.save(data, found)
    print(f"A fresh key stands first in {data / installation.FILE}. Restart, then run `flectar keys rotate`.")
    return 0


def with_a_fresh_key(ring: str) -> str:
    entries = [entry for entry in ring.split(",") if entry]
    number = max((int(entry.partition(":")[0]) for entry in entries), default=0) + 1
    return ",".join([f"{number}:{base64.b64encode(secrets.token_bytes(32)).decode()}", *entries])


def _rotate() -> int:
    if not installation.keys():
        raise Refusal("FLECTAR_KEYS is not set; make a ring with `flectar keys new`")
    with running_database():
        # As owner: sealed values are in every project, and no project's scope shows another's.
        django_as("owner")
        from flectar.core import crypto

        for name, count in crypto.rotate().items():
            print(f"{name}: {count} sealed anew")
    return 0
