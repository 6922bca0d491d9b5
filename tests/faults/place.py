"""`python -m tests.faults.place`: fills a stopped installation with one business that books, and prints how to reach it
as JSON.

In a process of its own, because the test's own Django belongs to the suite's database.
"""

import json

from flectar.config.command.edge import django_as, running_database

OWNER = "owner@place.example"
STAFF = 4


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
