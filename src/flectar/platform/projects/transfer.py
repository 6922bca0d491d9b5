"""Handing a project over to another organization: offered by mail, taken up by somebody who owns that organization.

Whatever is wrong with a link, the answer is the same. With the hand-over the old organization has no access any more.
"""

import hashlib
from uuid import UUID

from allauth.account.models import EmailAddress
from django.db import transaction
from django.utils.translation import gettext as _

from flectar.core import clock
from flectar.core.events import announce
from flectar.core.ids import new_token
from flectar.core.tenancy import project_scope
from flectar.platform.accounts.models import User
from flectar.platform.audit.log import record
from flectar.platform.organizations.models import Membership, Organization, Role
from flectar.platform.projects.facts import ProjectTransferred
from flectar.platform.projects.models import Project, Transfer


class NotOffered(Exception):
    """The link opens nothing for this person."""


class OffersToItself(Exception):
    """Fit to show."""

    def __init__(self) -> None:
        super().__init__(_("This is your own address. Write the one of whoever takes the project over."))


@transaction.atomic
def offer(project: Project, email: str, *, by: User) -> tuple[Transfer, str]:
    """The offer and the secret of its link, which is kept nowhere; an earlier offer is dead. Inside the scope."""
    email = email.strip().lower()
    if email == by.email.lower():
        raise OffersToItself
    Project.objects.select_for_update(no_key=True).get(pk=project.pk)
    Transfer.objects.waiting().filter(holder=project).update(withdrawn_at=clock.now())
    token = new_token()
    made = Transfer.objects.create(holder=project, email=email, digest=_digest(token), offered_by=by)
    record("project.offered", target=project, new={"email": email}, organization_id=project.organization_id)
    return made, token


@transaction.atomic
def withdraw(project: Project) -> bool:
    """The link is dead from now on. Inside the scope."""
    count = Transfer.objects.waiting().filter(holder=project).update(withdrawn_at=clock.now())
    if count:
        record("project.offer_withdrawn", target=project, organization_id=project.organization_id)
    return bool(count)


def find(token: str, *, user: User) -> Transfer:
    """The offer behind a link, while it is good and for this person. Raises NotOffered."""
    waiting = Transfer.objects.waiting().select_related("holder__organization", "offered_by")
    found = waiting.filter(digest=_digest(token)).first()
    if found is None or found.is_expired or found.holder.leaves_at:
        raise NotOffered
    # An address counts once its owner has confirmed it.
    if not EmailAddress.objects.filter(user=user, email__iexact=found.email, verified=True).exists():
        raise NotOffered
    return found


def organizations_of(user: User, *, but: UUID) -> list[Organization]:
    """Where the person could take a project: the organizations that they own."""
    owned = Membership.objects.filter(user=user, role=Role.OWNER).exclude(organization=but)
    return [each.organization for each in owned.select_related("organization").order_by("organization__name", "id")]


@transaction.atomic
def accept(token: str, organization: Organization, *, user: User) -> Project:
    """From this commit on the project is the other organization's. Raises NotOffered."""
    holder_id = find(token, user=user).holder_id
    project = Project.objects.select_for_update().get(pk=holder_id)
    transfer = find(token, user=user)  # again, behind the lock: two windows may be open
    if organization not in organizations_of(user, but=project.organization_id):
        raise NotOffered
    before = project.organization
    transfer.accepted_at = clock.now()
    transfer.save(update_fields=["accepted_at"])
    project.organization = organization
    project.save(update_fields=["organization"])
    said = {"from": before.name, "to": organization.name}
    with project_scope(project.pk):
        announce(ProjectTransferred(project.pk))
    for each in (before, organization):
        record("project.transferred", target=project, new=said, organization_id=each.pk)
    return project


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
