"""Write database and files into one file, while everything runs. Keep the keys (installation.json) elsewhere."""

import argparse
from pathlib import Path

from flectar.config import installation
from flectar.config.command import archive
from flectar.config.command.edge import Refusal, files_folder, running_database


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", type=Path, help="where to write it, e.g. flectar-2026-11-23.tar")


def run(options: argparse.Namespace) -> int:
    target: Path = options.file.absolute()
    if target.exists():
        raise Refusal(f"{target} exists already; a backup never replaces another")
    if not target.parent.is_dir():
        raise Refusal(f"the folder {target.parent} does not exist")
    with running_database():
        owner = installation.owner_database_url()
        if not owner:
            raise Refusal("FLECTAR_OWNER_DATABASE_URL is not set; a backup is made as the owner of the tables")
        description = archive.write(target, owner, files_folder(), installation.keys())
    rows = sum(description["rows"].values())
    print(f"{target}: {rows} rows of {len(description['rows'])} tables, {target.stat().st_size / 1e6:.1f} MB")
    print("The keys are not in it: keep a copy of installation.json (or of FLECTAR_KEYS) in another safe place.")
    return 0
