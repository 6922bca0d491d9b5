"""The audit log's seal: `audit verify` proves that every sealed entry is as it was written; `audit seal` seals now;
`audit publish` hands the newest digest out to audit-seals.txt in the data folder, as happens each night.

Keep a copy of that file where this machine cannot write, and hold the log against it: `audit verify --published COPY`.
"""

import argparse
from pathlib import Path

from flectar.config.command.edge import Refusal, django_as, running_database


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("deed", choices=["verify", "seal", "publish"])
    parser.add_argument("--published", type=Path, metavar="FILE", help="digests as they were handed out earlier")


def run(options: argparse.Namespace) -> int:
    if options.published and not options.published.is_file():
        raise Refusal(f"there is no file {options.published}")
    with running_database():
        # As owner: the entries of all projects are looked at, and no project's scope shows another's.
        django_as("owner")
        if options.deed == "verify":
            return _verify(options.published)
        from flectar.platform.audit import publishing, sealing

        print(f"{sealing.seal()} entries sealed.")
        if options.deed == "publish":
            publishing.publish()
            print(f"The newest digest is in {publishing.file()}.")
        return 0


def _verify(copy: Path | None) -> int:
    from flectar.platform.audit import publishing, sealing

    proof, faults = sealing.Proof(), 0
    published = publishing.read(copy or publishing.file())
    for fault in sealing.verify(published, proof):
        faults += 1
        print(f"FAULT  {fault.text}")
    print(
        f"{proof.entries} entries in {proof.blocks} blocks, {proof.forgotten} forgotten, {proof.waiting} not sealed "
        f"yet, {len(published)} published digests."
    )
    print("The log is not as it was sealed." if faults else f"As it was sealed. Newest digest: {proof.newest.hex()}")
    return 1 if faults else 0
