"""A new project: its address, its owner's organization, its empty profile."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db import transaction

from flectar.core.events import announce
from flectar.core.tenancy import project_scope
from flectar.platform.accounts.models import User
from flectar.platform.audit.log import record
from flectar.platform.organizations import membership
from flectar.platform.organizations.models import Organization
from flectar.platform.projects.facts import ProjectCreated
from flectar.platform.projects.hours import Window
from flectar.platform.projects.models import BusinessProfile, OpeningHours, Project
from flectar.platform.projects.places import follow
from flectar.platform.projects.starters import STARTERS
from flectar.platform.projects.taken import claim


@dataclass(frozen=True, slots=True)
class NewProject:
    name: str
    slug: str
    kind: str
    zone: str
    currency: str
    locale: str
    country: str
    organization: Organization | None  # None: found one
    organization_name: str = ""
    is_filled: bool = False  # with what its trade begins with: starters.py


@transaction.atomic
def create(plan: NewProject, *, by: User) -> Project:
    """Raises AddressTaken."""
    claim(plan.slug)
    organization = plan.organization or membership.found(plan.organization_name or plan.name, by=by)
    starter = STARTERS.get(plan.kind) if plan.is_filled else None
    project = Project.objects.create(
        organization=organization,
        slug=plan.slug,
        name=plan.name,
        locale=plan.locale,
        locales=[plan.locale],
        zone=plan.zone,
        currency=plan.currency,
        **({"modules": list(starter.modules)} if starter else {}),
    )
    with project_scope(project.pk):
        BusinessProfile.objects.create(kind=plan.kind, country=plan.country)
        record(
            "project.created",
            target=project,
            new={"name": plan.name, "slug": plan.slug, "kind": plan.kind},
            organization_id=organization.pk,
        )
        follow(project)
        if starter is not None:
            _open(starter.week)
        announce(ProjectCreated(project.pk, starter=plan.kind if starter else ""))
    return project


def _open(week: Iterable[Window]) -> None:
    OpeningHours.objects.bulk_create(
        OpeningHours(weekday=window.weekday, start_min=window.start_min, len_min=window.len_min) for window in week
    )
