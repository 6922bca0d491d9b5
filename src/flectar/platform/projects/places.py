"""The places of a business. The first is the profile's own address and the project's own week; the others stand by
themselves. Each change is recorded and announced: the public page shows them all."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from flectar.core.events import announce
from flectar.platform.audit.log import changes, record
from flectar.platform.projects.facts import ProfileChanged
from flectar.platform.projects.hours import Overlap, Window, first_overlap, said
from flectar.platform.projects.models import BusinessProfile, Location, Project

MOST = 30
# What the first one takes from the profile.
SHARED = (*("street", "postal_code", "city", "region", "country", "latitude", "longitude", "phone", "second_phone"),)


class TooManyPlaces(Exception):
    """Fit to show."""

    def __init__(self) -> None:
        super().__init__(_("A project takes %(count)s locations.") % {"count": MOST})


class FirstStays(Exception):
    """Fit to show."""

    def __init__(self) -> None:
        super().__init__(_("The first location is the business itself. Change it in Details and Hours."))


def all_of(project: Project) -> list[Location]:
    """The first one first; it is made when somebody asks for the first time."""
    first(project)
    return list(Location.objects.order_by("-is_first", "position", "name", "id"))


def others() -> list[Location]:
    """All but the first, for the public page."""
    return list(Location.objects.filter(is_first=False).order_by("position", "name", "id"))


def first(project: Project) -> Location:
    found = Location.objects.filter(is_first=True).first()
    return found or follow(project)


@transaction.atomic
def follow(project: Project) -> Location:
    """The row of the first location as the profile and the project now are."""
    profile = BusinessProfile.objects.filter(project=project).first() or BusinessProfile(project=project)
    values = {name: getattr(profile, name) for name in SHARED} | {"zone": project.zone}
    made: Location = Location.objects.update_or_create(
        is_first=True, project=project, defaults=values, create_defaults=values | {"name": project.name[:80]}
    )[0]
    return made


@transaction.atomic
def save(project: Project, location: Location, values: Mapping[str, Any]) -> bool:
    """Set fields of a place, new or known; whether that changed anything. Of the first only its name is its own."""
    _lock(project)
    is_new = location.project_id is None or not Location.objects.filter(pk=location.pk).exists()
    if is_new and Location.objects.count() >= MOST:
        raise TooManyPlaces
    if location.is_first and set(values) - {"name"}:
        raise FirstStays
    old, new = changes({} if is_new else {name: getattr(location, name) for name in values}, values)
    if not new:
        return False
    for name, value in new.items():
        setattr(location, name, value)
    location.project = project
    location.save(force_insert=is_new)
    record("location.added" if is_new else "location.changed", target=location, old=old, new=new)
    announce(ProfileChanged(project.pk))
    return True


@transaction.atomic
def set_week(project: Project, location: Location, windows: Iterable[Window]) -> bool:
    """Raises FirstStays: its hours are the business's own."""
    if location.is_first:
        raise FirstStays
    wanted = sorted(windows)
    if overlap := first_overlap(wanted):
        raise Overlap(*overlap)
    _lock(project)
    before = week_of(location)
    if before == wanted:
        return False
    write_week(location, wanted)
    location.refresh_from_db(fields=["week"])
    record("location.hours_changed", target=location, old={"week": said(before)}, new={"week": said(wanted)})
    announce(ProfileChanged(project.pk))
    return True


def write_week(location: Location, windows: Iterable[Window]) -> None:
    """The column alone, as whoever only tries a week needs it (touching.py): nobody is told."""
    plain = [[window.weekday, window.start_min, window.len_min] for window in windows]
    Location.objects.filter(pk=location.pk).update(week=plain)


@transaction.atomic
def remove(project: Project, location: Location) -> dict[str, Any]:
    """What it was, so that it can come back. Raises FirstStays."""
    if location.is_first:
        raise FirstStays
    _lock(project)
    kept = {name: getattr(location, name) for name in ("name", *SHARED, "zone", "week", "position")}
    record("location.removed", target=location, old=kept)
    location.delete()
    announce(ProfileChanged(project.pk))
    return kept


def week_of(location: Location) -> list[Window]:
    return sorted(Window(*row) for row in location.week)


def _lock(project: Project) -> None:
    Project.objects.select_for_update(no_key=True).get(pk=project.pk)
