"""Changing what is sold and who does it. Each change is audited and announced, because the public page shows it."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import F, Max, RestrictedError
from django.utils.text import slugify
from django.utils.translation import gettext as _

from flectar.core.events import announce
from flectar.core.text import fold
from flectar.offers.booking.errors import BookingError
from flectar.offers.booking.facts import ServicesChanged
from flectar.offers.booking.models import Resource, Season, Service, ServiceExtra, ServiceNeed
from flectar.offers.booking.services import composition, versions
from flectar.offers.booking.services.composition import Composition
from flectar.platform.audit.log import changes, record
from flectar.platform.projects.models import Project


class StillBooked(BookingError):
    """Something with bookings cannot vanish."""

    def __init__(self, name: str) -> None:
        super().__init__(_("%(name)s has bookings, so it stays. Switch it off instead.") % {"name": name})


@transaction.atomic
def save_service(project: Project, service: Service, made_of: Composition, *, before: dict[str, Any] | None) -> Service:
    """Keep a service as it now is, and what it is made of. `before` is what `values_of` said; None for a new one."""
    service.project = project
    service.name_folded = fold(service.name)[:240]
    if before is None:
        last = Service.objects.aggregate(last=Max("position"))["last"] or 0
        service.position = last and last + 1  # as long as nobody has chosen an order, names are the order
        service.save(force_insert=True)
        composition.put(service, made_of)
        record("service.created", target=service, new=values_of(service))
    else:
        with versions.kept(service.pk) as keep:
            service.version = F("version") + 1
            service.save()
            service.refresh_from_db()
            composition.put(service, made_of)
            old, new = changes(before, values_of(service))
            keep(record("service.changed", target=service, old=old, new=new))
    announce(ServicesChanged(project.pk))
    return service


def free_slug(name: str, *, besides: UUID | None = None) -> str:
    """The end of an address that no other service has, made of the name."""
    slug = slugify(fold(name))[:50] or "service"
    taken = set(Service.objects.exclude(pk=besides).filter(slug__startswith=slug).values_list("slug", flat=True))
    further = (f"{slug}-{n}" for n in range(2, len(taken) + 3))
    return slug if slug not in taken else next(one for one in further if one not in taken)


def values_of(service: Service) -> dict[str, Any]:
    """What the audit log compares."""
    kept = ("id", "project", "name_folded", "version")
    values = {
        field.name: getattr(service, field.attname) for field in service._meta.concrete_fields if field.name not in kept
    }
    return values | composition.of(service).told


_SEASON = (
    "name", "first", "last", "price_minor", "min_nights", "max_nights", "arrival_days", "departure_days", "fills_gaps",
)  # fmt: skip


@transaction.atomic
def save_season(season: Season, *, is_new: bool) -> None:
    with versions.kept(season.service_id) as keep:
        season.save(force_insert=is_new)
        new = {name: getattr(season, name) for name in _SEASON}
        keep(record("season.added" if is_new else "season.changed", target=season.service, new=new))
    announce(ServicesChanged(season.service.project_id))


@transaction.atomic
def remove_season(season: Season) -> None:
    with versions.kept(season.service_id) as keep:
        old = {name: getattr(season, name) for name in _SEASON}
        keep(record("season.removed", target=season.service, old=old))
        season.delete()
    announce(ServicesChanged(season.service.project_id))


@transaction.atomic
def switch_services(project: Project, services: Collection[UUID], *, is_active: bool) -> list[UUID]:
    """Put them on sale or take them off; those that it changed something for."""
    changed = list(Service.objects.filter(pk__in=services).exclude(is_active=is_active).select_for_update())
    for one in changed:
        with versions.kept(one.pk) as keep:
            Service.objects.filter(pk=one.pk).update(is_active=is_active, version=F("version") + 1)
            old, new = {"is_active": not is_active}, {"is_active": is_active}
            keep(record("service.changed", target=one, old=old, new=new))
    if changed:
        announce(ServicesChanged(project.pk))
    return [one.pk for one in changed]


@transaction.atomic
def sort_services(project: Project, order: Sequence[UUID]) -> bool:
    """Put them in this order, here and on the public page; those that are not named follow as they stood. False if
    that is how they stood."""
    before = list(Service.objects.in_order().select_for_update(no_key=True))
    wanted = {pk: place for place, pk in enumerate(order)}
    after = sorted(before, key=lambda one: wanted.get(one.pk, len(wanted)))
    if after == before:
        return False
    for position, one in enumerate(after, 1):
        one.position = position
    Service.objects.bulk_update(after, ["position"])
    names = {"order": [one.name for one in before]}, {"order": [one.name for one in after]}
    record("services.sorted", old=names[0], new=names[1])
    announce(ServicesChanged(project.pk))
    return True


@transaction.atomic
def remove_service(service: Service) -> None:
    """Take a service away for good. Raises StillBooked."""
    project_id, name = service.project.pk, str(service)
    try:
        with transaction.atomic():
            service.delete()
    except RestrictedError as error:
        raise StillBooked(name) from error
    record("service.removed", old={"name": name})
    announce(ServicesChanged(project_id))


_TOLD = ("name", "kind", "units", "allocation", "seats_min", "seats_max", "rank", "is_active")


@transaction.atomic
def save_person(project: Project, person: Resource, services: Sequence[UUID], *, is_new: bool) -> Resource:
    person.project = project
    person.rename(person.name)
    person.save(force_insert=is_new)
    wanted, present = set(services), set(person.needed_by.values_list("service_id", flat=True))
    person.needed_by.filter(service__in=present - wanted).delete()
    ServiceNeed.objects.bulk_create(
        ServiceNeed(project=project, service_id=pk, resource=person) for pk in sorted(wanted - present)
    )
    record(
        "staff.added" if is_new else "staff.changed",
        target=person,
        new={name: getattr(person, name) for name in _TOLD} | {"account": person.account_id},
    )
    announce(ServicesChanged(project.pk))
    return person


@transaction.atomic
def remove_person(person: Resource) -> None:
    """Take somebody away for good. Raises StillBooked."""
    project_id, name = person.project.pk, person.name
    try:
        with transaction.atomic():
            schedule = person.schedule
            person.delete()
            if schedule is not None:
                schedule.delete()
    except RestrictedError as error:
        raise StillBooked(name) from error
    record("staff.removed", old={"name": name})
    announce(ServicesChanged(project_id))


@transaction.atomic
def save_rates(project: Project, service: Service, rates: Mapping[UUID, int | None]) -> None:
    """What it costs with these people or things; None: what the service costs."""
    old, new = {}, {}
    with versions.kept(service.pk) as keep:
        for need in service.needs.select_related("resource").filter(resource__in=rates).select_for_update(of=("self",)):
            rate = rates[need.resource_id]
            if need.price_minor != rate:
                old[need.resource.name], new[need.resource.name] = need.price_minor, rate
                need.price_minor = rate
                need.save(update_fields=["price_minor"])
        if new:
            keep(record("service.changed", target=service, old={"rates": old}, new={"rates": new}))
            _announce_changed(project, service)


@transaction.atomic
def save_extra(project: Project, extra: ServiceExtra, values: Mapping[str, Any]) -> ServiceExtra:
    """What was sold with it before stays as it was sold."""
    is_new = extra._state.adding
    before = {} if is_new else {name: getattr(extra, name) for name in values}
    for name, value in values.items():
        setattr(extra, name, value)
    with versions.kept(extra.service_id) as keep:
        extra.save()
        old, new = changes(before, {name: getattr(extra, name) for name in values})
        if new:
            keep(record("extra.created" if is_new else "extra.changed", target=extra, old=old, new=new))
            _announce_changed(project, extra.service)
    return extra


@transaction.atomic
def remove_extra(project: Project, extra: ServiceExtra) -> None:
    """Raises StillBooked."""
    service, name = extra.service, extra.name
    with versions.kept(service.pk) as keep:
        try:
            with transaction.atomic():
                extra.delete()
        except RestrictedError as error:
            raise StillBooked(name) from error
        keep(record("extra.removed", old={"name": name}))
        _announce_changed(project, service)


def _announce_changed(project: Project, service: Service) -> None:
    Service.objects.filter(pk=service.pk).update(version=F("version") + 1)
    announce(ServicesChanged(project.pk))
