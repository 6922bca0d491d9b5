"""What a person who closes their account leaves behind in organizations and projects."""

from collections.abc import Iterator

from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext as _

from flectar.core.tenancy import project_scope
from flectar.platform.accounts.facts import AccountErased
from flectar.platform.accounts.models import User
from flectar.platform.audit import sealing
from flectar.platform.audit.models import Entry
from flectar.platform.organizations.models import Membership, Organization, Role
from flectar.platform.projects.models import Project


def obstacles(user: User) -> Iterator[str]:
    """An organization with somebody or something in it keeps an owner. Locked, so that the last two owners do not go at
    once."""
    owned = Organization.objects.filter(memberships__user=user, memberships__role=Role.OWNER).order_by("pk")
    for organization in list(owned.select_for_update(of=("self",), no_key=True)):
        others = Membership.objects.filter(organization=organization).exclude(user=user)
        has_another_owner = others.filter(role=Role.OWNER).exists()
        is_empty = not others.exists() and not Project.objects.filter(organization=organization).exists()
        if not has_another_owner and not is_empty:
            yield _("You are the only owner of %(organization)s. Make someone else an owner first.") % {
                "organization": organization
            }


def forget(fact: AccountErased) -> None:
    """The name goes out of the logs of the projects the person worked in; organizations that nobody is left in end."""
    organizations = Membership.objects.filter(user=fact.user_id).values("organization")
    for project_id in list(Project.objects.filter(organization__in=organizations).values_list("pk", flat=True)):
        with project_scope(project_id):
            about = Q(actor_id=fact.user_id) | Q(target_id=fact.user_id)
            sealing.forget(Entry.objects.filter(about, project_id=project_id))
    others = Membership.objects.filter(organization=OuterRef("pk")).exclude(user=fact.user_id)
    Organization.objects.filter(~Exists(others), pk__in=organizations, projects__isnull=True).delete()
