"""`python -m tests.faults.place`: fills a stopped installation with one business that books, and prints how to reach it
as JSON.

In a process of its own, because the test's own Django belongs to the suite's database.
"""

import json
import os
import subprocess
import sys
from typing import TYPE_CHECKING, Any

from flectar.config import installation as settled
from flectar.config.command.edge import django_as, running_database

if TYPE_CHECKING:
    from .conftest import Installation

OWNER = "owner@place.example"
STAFF = 4


def make_place(installation: "Installation") -> dict[str, Any]:
    environment = {**installation.environment, "PYTHONPATH": f"{settled.ROOT}{os.pathsep}{settled.ROOT / 'src'}"}
    made = subprocess.run(
        [sys.executable, "-m", "tests.faults.place"], env=environment, capture_output=True, text=True, check=False
    )
    assert made.returncode == 0, made.stderr
    place: dict[str, Any] = json.loads(made.stdout)
    return place


def main() -> None:
    with running_database():
        django_as("app")
        print(json.dumps(_make()))


def _make() -> dict[str, object]:
    from django.db import transaction

    from flectar.core.tenancy import project_scope
    from flectar.platform.webapi import keys
    from tests import make as rows
    from tests.offers.booking import make

    with transaction.atomic():
        organization = rows.organization("Place SL", rows.user(OWNER, first_name="Olga", last_name="Prats"))
        project = rows.project("place", organization, name="Place", zone="UTC")
        rows.hours(project.pk, {day: [(0, 1440)] for day in range(7)})
        with project_scope(project.pk):
            people = [make.staff(f"Person {number}") for number in range(STAFF)]
            service = make.service(*people, duration_min=30, step_min=30, horizon_days=60)
        _key, text = keys.make(organization, name="clients", scopes=["bookings.write"])
        return {"key": text, "service": str(service.pk), "staff": [str(person.pk) for person in people]}


if __name__ == "__main__":
    main()
