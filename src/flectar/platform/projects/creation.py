"""A new project: its address, its owner's organization, its empty profile."""

from dataclasses import dataclass

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from flectar.core.events import announce
from flectar.core.tenancy import project_scope
from flectar.platform.accounts.models import User
from flectar.platform.audit.log import record
from flectar.platform.organizations import membership
from flectar.platform.organizations.models import Organization
from flectar.platform.projects.addresses import slug_from
from flectar.platform.projects.facts import ProjectCreated
from flectar.platform.projects.models import BusinessProfile, Project


class AddressTaken(Exception):
    """Another project has this address. Fit to show."""

    def __init__(self, slug: str) -> None:
        self.slug = slug
        super().__init__(_("“%(slug)s” is taken. Choose another address.") % {"slug": slug})


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


@transaction.atomic
def create(plan: NewProject, *, by: User) -> Project:
    organization = plan.organization or membership.found(plan.organization_name or plan.name, by=by)
    try:
        with transaction.atomic():
            project = Project.objects.create(
                organization=organization,
                slug=plan.slug,
                name=plan.name,
                locale=plan.locale,
                locales=[plan.locale],
                zone=plan.zone,
                currency=plan.currency,
            )
    except IntegrityError as error:
        raise AddressTaken(plan.slug) from error
    with project_scope(project.pk):
        BusinessProfile.objects.create(kind=plan.kind, country=plan.country)
        record(
            "project.created",
            target=project,
            new={"name": plan.name, "slug": plan.slug, "kind": plan.kind},
            organization_id=organization.pk,
        )
        announce(ProjectCreated(project.pk))
    return project


def free_slug(name: str) -> str:
    """An address that the name suggests and nobody has yet; empty if the name suggests none."""
    wanted = slug_from(name)
    if not wanted:
        return ""
    taken = set(Project.objects.filter(slug__startswith=wanted).values_list("slug", flat=True))
    numbers = (f"{wanted}-{number}" for number in range(2, len(taken) + 3))
    return next(slug for slug in (wanted, *numbers) if slug not in taken)
