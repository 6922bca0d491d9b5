"""What bookings put on the project's public page: services with prices, people, the next free time, the button."""

from datetime import datetime, timedelta
from itertools import groupby

from flectar.core import clock
from flectar.offers.booking import queries
from flectar.offers.booking.models import Resource
from flectar.platform.projects.links import site_path
from flectar.platform.projects.models import Project
from flectar.presence.sites.blocks import Contribution, FreeTime, Person, Service, ServiceGroup

SHORTEST = timedelta(minutes=1)


def contribution(project: Project) -> Contribution:
    if not project.has("booking"):
        return Contribution()
    services = queries.in_groups()
    if not services:
        return Contribution()
    groups = [
        ServiceGroup(
            name=name,
            services=[
                Service(
                    name=one.name,
                    text=one.description,
                    minutes=None if one.mode == one.Mode.STAY else one.duration_min,
                    price=one.price(project.currency),
                    url=site_path("booking:book_time", service=one.slug),
                )
                for one in members
            ],
        )
        for name, members in groupby(services, key=lambda one: one.group)
    ]
    first = queries.next_free_of(project, services)
    return Contribution(
        groups=groups,
        people=[
            Person(name=person.name) for person in Resource.objects.active().in_order().filter(kind=Resource.Kind.STAFF)
        ],
        action_url=site_path("booking:book"),
        next_free=FreeTime(starts_at=first[1], url=site_path("booking:book")) if first else None,
        # A free time passes by itself when its notice begins; a full calendar opens with the next day.
        valid_until=max(first[1] - first[0].notice, clock.now() + SHORTEST) if first else _tomorrow(project),
    )


def _tomorrow(project: Project) -> datetime:
    return clock.day_bounds(project.today, project.tz)[1]
