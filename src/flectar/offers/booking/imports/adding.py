"""Services that only a former system had: added hidden, so that its bookings have a place, and nobody can book them."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from uuid import UUID

from flectar.core.text import fold
from flectar.offers.booking.imports.former import Wanted
from flectar.offers.booking.models import Resource, Service
from flectar.offers.booking.services import catalogue
from flectar.offers.booking.services.composition import Composition, Need
from flectar.platform.projects.models import Project

NEW = "new"  # chosen instead of a service's id; once it is there, its id stands behind it
_SHORTEST, _LONGEST, _USUAL = 5, 24 * 60, 60
_LONGEST_NAME = 120


def service_id(chosen: str) -> str:
    return chosen.removeprefix(f"{NEW}:")


def added(
    project: Project,
    wanted: Sequence[Wanted],
    names: Mapping[str, str],
    find_person: Callable[[str], Resource | None],
) -> dict[str, str]:
    """Adds each service that is to be new; the names, with its id."""
    filled = dict(names)
    for key in [key for key, chosen in names.items() if chosen == NEW]:
        if rows := [one for one in wanted if f"service:{fold(one.service)}" == key]:
            filled[key] = _added(project, rows, find_person)
    return filled


def _added(project: Project, rows: Sequence[Wanted], find_person: Callable[[str], Resource | None]) -> str:
    """As long and as dear as the first row that says so; whoever did it there does it here, or else anybody."""
    name = " ".join(rows[0].service.split())[:_LONGEST_NAME]
    if same := Service.objects.filter(name_folded=fold(name)[:240]).first():
        return str(same.pk)  # somebody was quicker
    minutes = next((one.minutes for one in rows if one.minutes), _USUAL)
    service = Service(
        name=name,
        slug=catalogue.free_slug(name),
        is_active=False,
        duration_min=min(max(minutes, _SHORTEST), _LONGEST),
        price_minor=next((one.price_minor for one in rows if one.price_minor is not None), 0),
    )
    did = {person.pk: person for row in rows if row.person and (person := find_person(row.person))}
    doing = list(did) or list(Resource.objects.active().in_order().values_list("pk", flat=True))
    needs = [Need(tuple(doing))] if doing else []
    return f"{NEW}:{catalogue.save_service(project, service, Composition(needs=needs), before=None).pk}"


def take_back(names: Mapping[str, str]) -> None:
    """Those that were added, unless somebody has worked on them since or something is booked there."""
    ids = [UUID(service_id(chosen)) for chosen in names.values() if chosen.startswith(f"{NEW}:")]
    for service in Service.objects.filter(pk__in=ids, is_active=False, version=1):
        with suppress(catalogue.StillBooked):
            catalogue.remove_service(service)
