"""Where a service takes place: the locations at which all it needs is to be found, and the business as it is there.

A resource without a location works at any of them. A business with one location never asks.
"""

from collections.abc import Sequence
from copy import copy
from uuid import UUID

from django.db.models import Q

from flectar.offers.booking.models import Booking, Resource
from flectar.offers.booking.scheduling.diaries import Candidates
from flectar.platform.projects.models import BusinessProfile, Location, Project


def of(chosen: Candidates) -> list[Location]:
    """The locations at which these candidates can do their service, the first one first; none where nothing is bound
    to a place."""
    if not chosen.named:
        return []
    known = Location.objects.filter(Q(pk__in=chosen.named) | Q(is_first=True)).order_by(
        "-is_first", "position", "name", "id"
    )
    return [place for place in known if chosen.at(place.pk).exist]


def apart(asked: Candidates) -> list[Location]:
    """The locations among which person and room must not be mixed, when nobody has said where; mostly none."""
    return of(asked) if len(asked.needed) > 1 and len(asked.named) > 1 else []


def find(places: Sequence[Location], wanted: str) -> Location | None:
    """The one that an address names; nonsense is as if it were not there."""
    try:
        return next((one for one in places if one.pk == UUID(wanted)), None)
    except ValueError:
        return None


def only(places: Sequence[Location], person: Resource | None) -> Location | None:
    """Where it must be: there is no other place, or the person who is wished for works there."""
    if len(places) == 1:
        return places[0]
    return next((one for one in places if person is not None and one.pk == person.location_id), None)


def place_of(resource: Resource, asked: Location | None = None) -> Location | None:
    """Where this one works; for whoever works anywhere, where the customer asked for it."""
    return resource.location if resource.location_id else asked


def here(project: Project, place: Location | None) -> Project:
    """The business on the clock of this location, for reading and showing times. Never to be saved."""
    if place is None or place.zone == project.zone:
        return project
    there = copy(project)
    there.zone = place.zone
    return there


def there(booking: Booking) -> Project:
    """`here` for where a booking takes place."""
    return here(booking.project, booking.location)


def address(place: Location | None, profile: BusinessProfile | None) -> BusinessProfile | Location | None:
    """Street, map and phone of where one has to go: the location's, else those of the business. The profile is that
    of the first location, too."""
    return place if place is not None and not place.is_first else profile
