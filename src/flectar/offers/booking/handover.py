"""What a new owner must not inherit: accounts of people who are not of the team any more. The people stay bookable."""

from flectar.offers.booking.models import Resource
from flectar.platform.organizations.models import Membership
from flectar.platform.projects.facts import ProjectTransferred
from flectar.platform.projects.models import Project


def unlink_strangers(fact: ProjectTransferred) -> None:
    """Mail about bookings goes to linked accounts. Inside the project's scope."""
    organization_id = Project.objects.values_list("organization_id", flat=True).get(pk=fact.project_id)
    members = Membership.objects.filter(organization=organization_id).values("user")
    Resource.objects.filter(account__isnull=False).exclude(account__in=members).update(account=None)
