"""Count anew what each customer's bookings amount to: visits, no-shows, worth, last visit. They are kept right by
themselves; this is for an installation whose rows were changed from outside.

flectar figures              every project
flectar figures --project salon
"""

import argparse

from flectar.config.command.edge import Refusal, django_as, running_database


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("--project", default="", metavar="ADDRESS", help="only this one")


def run(options: argparse.Namespace) -> int:
    with running_database():
        django_as("app")
        from flectar.offers.booking.deeds import figures
        from flectar.platform.projects.models import Project

        projects = Project.objects.order_by("slug")
        if options.project and not (projects := projects.filter(slug=options.project)):
            raise Refusal(f"there is no project “{options.project}”")
        for pk, slug in projects.values_list("pk", "slug"):
            print(f"{slug}: {figures.rebuild(pk)} customers")
    return 0
