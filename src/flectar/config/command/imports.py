"""Bring in what you have elsewhere: customers from a CSV file, busy times from a calendar file (.ics).

With --dry-run nothing is written. Either way a report says what was skipped, and why.
"""

import argparse
import sys
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any

from flectar.config.command.edge import Refusal, django_as, running_database

# What can be imported, and the function that does it: (project, path, dry_run, progress, options) -> report lines.
SOURCES = {
    "customers": "flectar.people.customers.importing:import_file",
    "calendar": "flectar.offers.booking.imports.importing:import_file",
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    kinds = parser.add_subparsers(metavar="KIND", required=True, dest="kind")
    for kind in SOURCES:
        sub = kinds.add_parser(kind)
        sub.add_argument("file", type=Path)
        sub.add_argument("--project", required=True, help="the project's short name, as in its addresses")
        sub.add_argument("--dry-run", action="store_true", help="only report")
        if kind == "calendar":
            sub.add_argument("--staff", help="whose busy time it is; without it the whole business is closed then")


def run(options: argparse.Namespace) -> int:
    path: Path = options.file.absolute()
    if not path.is_file():
        raise Refusal(f"{path} is not a file")
    with running_database():
        django_as("app")
        from flectar.offers.booking.calendars.calendar_file import NotACalendar
        from flectar.offers.booking.imports.importing import NobodyOfThatName
        from flectar.people.customers.tabular import UnreadableFile
        from flectar.platform.projects.models import Project

        project = Project.objects.filter(slug=options.project).first()
        if project is None:
            raise Refusal(f"there is no project {options.project!r}")
        place, _, name = SOURCES[options.kind].partition(":")
        function: Callable[..., Any] = getattr(import_module(place), name)
        more = {"staff": options.staff} if options.kind == "calendar" else {}
        try:
            for line in function(project, path, dry_run=options.dry_run, progress=show_progress, **more):
                print(line)
        except (UnreadableFile, NotACalendar, NobodyOfThatName) as refused:
            raise Refusal(str(refused)) from None
    return 0


def show_progress(done: int, total: int) -> None:
    """A bar on a terminal; elsewhere (logs, pipes) nothing."""
    if not sys.stderr.isatty() or not total:
        return
    filled = 30 * done // total
    end = "\n" if done >= total else ""
    sys.stderr.write(f"\r[{'#' * filled}{'.' * (30 - filled)}] {done} of {total}{end}")
    sys.stderr.flush()
