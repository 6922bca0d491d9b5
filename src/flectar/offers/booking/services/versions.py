"""What a service was before each of its changes, and putting that back.

A version is the service whole: its values, needs, rates, limits, questions, extras and seasons. Putting one back is a
change like any other, with a version of its own, so it can be undone. Bookings keep what was sold to them.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any
from uuid import UUID

from django.db import models, transaction
from django.db.models import F, RestrictedError
from django.utils.translation import gettext as _

from flectar.core.events import announce
from flectar.core.text import fold
from flectar.offers.booking.facts import ServicesChanged
from flectar.offers.booking.models import (
    Policy,
    Requirement,
    Resource,
    Season,
    Service,
    ServiceExtra,
    ServiceNeed,
    ServiceVersion,
)
from flectar.offers.booking.services import composition
from flectar.offers.booking.services.composition import Cap, Composition, Need, Question
from flectar.platform.audit.log import changes, record
from flectar.platform.audit.models import Entry
from flectar.platform.projects.history import CannotPutBack
from flectar.platform.projects.models import Project

_NOT_VALUES = ("id", "project_id", "version", "name_folded", "position")
_NOT_OF_ROWS = ("project_id", "service_id")


@contextmanager
def kept(service_id: UUID) -> Iterator[Callable[[Entry], None]]:
    """Around a change: what is called with the change's entry of the log keeps what the service was before it."""
    before = state_of(service_id)

    def keep(entry: Entry) -> None:
        ServiceVersion.objects.create(service_id=service_id, entry_id=entry.pk, state=before)

    yield keep


def state_of(service_id: UUID) -> dict[str, Any]:
    """As it stands in the database."""
    service: Service = Service.objects.get(pk=service_id)
    return {
        "values": _row(service, _NOT_VALUES),
        **composition.of(service).told,
        "rates": {str(one.resource_id): one.price_minor for one in service.needs.exclude(price_minor=None)},
        "extras": [_row(one, _NOT_OF_ROWS) for one in service.extras.order_by("position", "id")],
        "seasons": [_row(one, _NOT_OF_ROWS) for one in service.seasons.order_by("first", "id")],
    }


def _row(row: models.Model, without: tuple[str, ...]) -> dict[str, Any]:
    names = (field.attname for field in row._meta.concrete_fields)
    return {name: getattr(row, name) for name in names if name not in without}


@transaction.atomic
def put_back(project: Project, version: ServiceVersion) -> Entry:
    """Make the service what it was then, all of it. Raises CannotPutBack, with a sentence."""
    service: Service = Service.objects.select_for_update(no_key=True, of=("self",)).get(pk=version.service_id)
    state = version.state
    _must_fit(service, state)
    with kept(service.pk) as keep:
        before = state_of(service.pk)
        _set(service, state["values"])
        service.name_folded = fold(service.name)[:240]
        service.version = F("version") + 1
        service.save()
        service.refresh_from_db()
        # A question that is asked no more, because it was answered, is asked again.
        asked = [one["pk"] for one in state["questions"] if one["pk"]]
        Requirement.objects.filter(service=service, pk__in=asked).update(is_active=True)
        composition.put(service, _made_of(state))
        _put_rates(service, state["rates"])
        _put_extras(service, state["extras"])
        service.seasons.all().delete()
        for one in state["seasons"]:
            _add(Season, service, one)
        old, new = changes(_told(before), _told(state_of(service.pk)))
        entry = record("service.put_back", target=service, old=old, new=new)
        keep(entry)
    announce(ServicesChanged(project.pk))
    return entry


def _must_fit(service: Service, state: Mapping[str, Any]) -> None:
    """What was right then may not be right now."""
    values = state["values"]
    members = {pk for need in state["needs"] for pk in need["members"]}
    if Resource.objects.filter(pk__in=members).count() < len(members):
        raise CannotPutBack(_("Somebody or something that did it then has been taken away, so it can't be put back."))
    if values["policy_id"] and not Policy.objects.filter(pk=values["policy_id"]).exists():
        raise CannotPutBack(_("The cancellation terms that it had have been taken away, so it can't be put back."))
    for extra in state["extras"]:
        if extra["stock_id"] and not Resource.objects.filter(pk=extra["stock_id"]).exists():
            told = _("What the extra “%(name)s” used up has been taken away, so it can't be put back.")
            raise CannotPutBack(told % {"name": extra["name"]})
    if Service.objects.filter(slug=values["slug"]).exclude(pk=service.pk).exists():
        raise CannotPutBack(_("Another service has its address of then. Change that one first."))
    is_class = Service.Mode.SESSION in (service.mode, values["mode"])
    if service.mode != values["mode"] and is_class and service.sessions.exists():
        raise CannotPutBack(_("Dates of this class are planned. Make a new service instead."))


def _made_of(state: Mapping[str, Any]) -> Composition:
    return Composition(
        [
            Need(
                tuple(UUID(pk) for pk in need["members"]),
                need["qty"],
                need["is_per_person"],
                tuple((int(offset), int(length)) for offset, length in need["parts"]),
            )
            for need in state["needs"]
        ],
        [Cap(**cap) for cap in state["limits"]],
        [
            Question(**{**one, "choices": tuple(one["choices"]), "pk": UUID(one["pk"]) if one["pk"] else None})
            for one in state["questions"]
        ],
    )


def _put_rates(service: Service, rates: Mapping[str, int]) -> None:
    needs = list(service.needs.all())
    for need in needs:
        need.price_minor = rates.get(str(need.resource_id))
    ServiceNeed.objects.bulk_update(needs, ["price_minor"])


def _put_extras(service: Service, extras: list[dict[str, Any]]) -> None:
    """One that came later goes; where it has been sold it is only offered no more."""
    present = {str(one.pk): one for one in service.extras.all()}
    for pk in present.keys() - {one["id"] for one in extras}:
        try:
            with transaction.atomic():
                present[pk].delete()
        except RestrictedError:
            ServiceExtra.objects.filter(pk=pk).update(is_active=False)
    for one in extras:
        if (extra := present.get(one["id"])) is None:
            _add(ServiceExtra, service, one)
        else:
            _set(extra, one)
            extra.save()


def _add(model: Any, service: Service, values: Mapping[str, Any]) -> None:
    row = model(project_id=service.project_id, service=service)
    _set(row, values)
    row.save(force_insert=True)


def _set(row: models.Model, values: Mapping[str, Any]) -> None:
    """From what JSON keeps; a field that came later keeps its value."""
    for field in row._meta.concrete_fields:
        if field.attname in values:
            setattr(row, field.attname, field.to_python(values[field.attname]))


def _told(state: Mapping[str, Any]) -> dict[str, Any]:
    """For the log, as a change of the service is told."""
    return {**state["values"], **{name: part for name, part in state.items() if name != "values"}}
