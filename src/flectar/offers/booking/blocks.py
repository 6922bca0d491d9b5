"""What bookings put on the project's public page: services with prices, people, the next free time, the button."""

from datetime import datetime, timedelta
from itertools import groupby

from flectar.core import clock
from flectar.offers.booking.deeds import queries
from flectar.offers.booking.models import Resource
from flectar.offers.booking.models import Service as Bookable
from flectar.offers.booking.public import times
from flectar.platform.projects.links import site_path
from flectar.platform.projects.models import Project
from flectar.presence.sites.blocks import Contribution, FreeTime, Person, Service, ServiceGroup

SHORTEST = timedelta(minutes=1)
TIMES_SHOWN = 3


def contribution(project: Project) -> Contribution:
    if not project.has("booking"):
        return Contribution()
    services = queries.in_groups()
    if not services:
        return Contribution()
    starts = {one.pk: queries.next_starts(project, one, days=TIMES_SHOWN) for one in services}
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
                    free=[_free_time(project, one, start) for start in starts[one.pk]],
                )
                for one in members
            ],
        )
        for name, members in groupby(services, key=lambda one: one.group)
    ]
    first = min((found[0] for found in starts.values() if found), default=None)
    # A free time passes by itself when its notice begins; a full calendar opens with the next day.
    ends = [starts[one.pk][0] - one.notice if starts[one.pk] else _tomorrow(project) for one in services]
    return Contribution(
        groups=groups,
        people=[
            Person(name=person.name, url=f"{site_path('booking:book')}?with={person.pk}")
            for person in Resource.objects.active().in_order().filter(kind=Resource.Kind.STAFF)
        ],
        action_url=site_path("booking:book"),
        next_free=FreeTime(starts_at=first, url=site_path("booking:book")) if first else None,
        valid_until=max(min(ends), clock.now() + SHORTEST),
    )


def _free_time(project: Project, service: Bookable, start: datetime) -> FreeTime:
    """A link to the last step, where the time is looked at once more: by then it may be gone."""
    if service.mode == service.Mode.STAY:
        day = start.astimezone(project.tz).date()
        path = site_path("booking:book_time", service=service.slug)
        return FreeTime(starts_at=start, url=f"{path}?arrive={day:%Y-%m-%d}", is_day=True)
    path = site_path("booking:book_details", service=service.slug)
    return FreeTime(starts_at=start, url=f"{path}?at={times.written(start)}")


def _tomorrow(project: Project) -> datetime:
    return clock.day_bounds(project.today, project.tz)[1]
