"""What a new owner must not inherit, and what a closed account leaves behind: links to accounts, and addresses that
their makers read bookings at. The people stay bookable."""

from flectar.core.tenancy import project_scope
from flectar.offers.booking.models import Feed, Resource
from flectar.platform.accounts.facts import AccountErased
from flectar.platform.organizations.models import Membership
from flectar.platform.projects.facts import ProjectTransferred
from flectar.platform.projects.models import Project


def unlink_strangers(fact: ProjectTransferred) -> None:
    """Mail about bookings goes to linked accounts. Inside the project's scope."""
    organization_id = Project.objects.values_list("organization_id", flat=True).get(pk=fact.project_id)
    members = Membership.objects.filter(organization=organization_id).values("user")
    Resource.objects.filter(account__isnull=False).exclude(account__in=members).update(account=None)
    Feed.objects.exclude(account__in=members).delete()


def forget(fact: AccountErased) -> None:
    """Reaction. Before the person's memberships go."""
    organizations = Membership.objects.filter(user=fact.user_id).values("organization")
    for project_id in list(Project.objects.filter(organization__in=organizations).values_list("pk", flat=True)):
        with project_scope(project_id):
            Feed.objects.filter(account=fact.user_id).delete()
