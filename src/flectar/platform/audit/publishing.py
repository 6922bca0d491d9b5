"""The chain's newest digest, handed out of the database's reach: a line a day in a file, and in the log stream.

The file is for the operator to copy away; `flectar audit verify` holds the chain against it.
"""

import os
from pathlib import Path

from django.conf import settings

from flectar.core import logs
from flectar.platform.audit import sealing

log = logs.get_logger(__name__)


def file() -> Path:
    return Path(settings.DATA_FOLDER) / "audit-seals.txt"


def publish() -> None:
    """Add the head, unless it stands there already. Block number, digest, time (UTC), count of the block."""
    head = sealing.head()
    if head is None or head.number in read(file()):
        return
    digest = bytes(head.digest).hex()
    target = file()
    target.parent.mkdir(parents=True, exist_ok=True)
    with target.open("a", encoding="ascii") as lines:
        lines.write(f"{head.number} {digest} {head.sealed_at.isoformat()} {head.count}\n")
        lines.flush()
        os.fsync(lines.fileno())
    log.info("audit sealed", block=head.number, digest=digest)


def read(lines: Path) -> dict[int, str]:
    """What was handed out: digests in hex, by block number. The first line of a number stands; none without a file."""
    found: dict[int, str] = {}
    if lines.is_file():
        for line in lines.read_text(encoding="ascii").splitlines():
            number, digest, *_ = line.split()
            found.setdefault(int(number), digest)
    return found
