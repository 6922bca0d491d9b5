"""At most so many bookings, people or minutes: of a service, of a person or a place, or of the whole business.

`scheduling/limits.py` counts against them.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy

from flectar.core.events import announce
from flectar.offers.booking.facts import ServicesChanged
from flectar.offers.booking.models import Limit, Resource
from flectar.platform.audit.log import record
from flectar.platform.projects.history import Page
from flectar.platform.projects.models import Project


@dataclass(frozen=True, slots=True)
class Cap:
    """At most so many for each of these. Minutes are counted of a person or a place only."""

    per: str
    most: int
    counts_people: bool = False
    counts_minutes: bool = False


def of_business() -> list[Cap]:
    return read(Limit.objects.filter(service=None, resource=None))


def of_resource(resource: Resource) -> list[Cap]:
    return read(resource.limits.all())


def read(rows: Any) -> list[Cap]:
    return [_cap(row) for row in rows.order_by("pk")]


def put(rows: Any, caps: Sequence[Cap], **owner: Any) -> None:
    """Make the rows say it. Rows that say the same stay: somebody may hold their lock."""
    left = list(dict.fromkeys(caps))
    for row in rows.order_by("pk"):
        if (cap := _cap(row)) in left:
            left.remove(cap)
        else:
            row.delete()
    Limit.objects.bulk_create(Limit(**owner, **asdict(cap)) for cap in left)


def _cap(row: Limit) -> Cap:
    return Cap(row.per, row.most, row.counts_people, row.counts_minutes)


@transaction.atomic
def save_of_business(project: Project, caps: Sequence[Cap]) -> None:
    before, rows = of_business(), Limit.objects.filter(service=None, resource=None)
    put(rows, caps, project=project)
    if of_business() != before:
        record("limits.changed", old=_told(before), new=_told(of_business()))
        announce(ServicesChanged(project.pk))


@transaction.atomic
def save_of_resource(resource: Resource, caps: Sequence[Cap]) -> None:
    before = of_resource(resource)
    put(resource.limits.all(), caps, project_id=resource.project_id, resource=resource)
    if of_resource(resource) != before:
        record("staff.changed", target=resource, old=_told(before), new=_told(of_resource(resource)))
        announce(ServicesChanged(resource.project.pk))


def _told(caps: Sequence[Cap]) -> dict[str, Any]:
    return {"limits": [asdict(cap) for cap in caps]}


def _put_back(project: Project, old: Mapping[str, Any]) -> None:
    save_of_business(project, [Cap(**cap) for cap in old["limits"]])


HISTORY = Page("limits", gettext_lazy("Limits"), "booking:limits", "services.write", {"limits.changed": _put_back})
