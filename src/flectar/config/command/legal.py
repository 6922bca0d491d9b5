"""Write the documents that are compiled from the code (privacy, cookies, processors) into their files, and the digest
of every document. For developers: what it writes is committed.

A version that is in force is never touched: what differs becomes a new one, with the day given by --effective.
--rewrite puts it into the newest version instead, for texts that no installation has shown yet.
"""

import argparse

from flectar.config.command.edge import django_as


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--effective", default="", help="day from which a new version holds, as in 2027-01-31")
    parser.add_argument("--summary", action="append", default=[], help="what changes: first in English, then Spanish")
    parser.add_argument("--immaterial", action="store_true", help="nobody needs to be written to")
    parser.add_argument("--rewrite", action="store_true", help="into the newest version, which nobody has seen yet")


def run(options: argparse.Namespace) -> int:
    django_as("app")
    from flectar.platform.legal import revising

    for line in revising.revise(
        effective=options.effective,
        summaries=options.summary,
        is_material=not options.immaterial,
        rewrites=options.rewrite,
    ):
        print(line)
    return 0
