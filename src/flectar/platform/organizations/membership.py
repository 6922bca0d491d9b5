"""Who belongs to an organization, and as what. An organization always keeps an owner.

Each change locks the organization first, so that two owners who step down at once do so one after the other.
"""

from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from flectar.platform.accounts.models import User
from flectar.platform.audit.log import record
from flectar.platform.organizations.models import Membership, Organization, Role


class LastOwner(Exception):
    """Nobody would own the organization any more. Fit to show."""

    def __init__(self, organization: Organization) -> None:
        self.organization = organization
        super().__init__(
            _("%(organization)s needs an owner. Make someone else an owner first.") % {"organization": organization}
        )


class OwnersOnly(Exception):
    """Only an owner makes owners, changes them or removes them. Fit to show."""

    def __init__(self) -> None:
        super().__init__(_("Only an owner can do this."))


def found(name: str, *, by: User) -> Organization:
    """A new organization with its first owner."""
    organization = Organization.objects.create(name=name)
    Membership.objects.create(organization=organization, user=by, role=Role.OWNER)
    record("organization.created", target=organization, new={"name": name}, organization_id=organization.pk)
    return organization


@transaction.atomic
def rename(organization: Organization, name: str) -> None:
    locked = Organization.objects.select_for_update(no_key=True).get(pk=organization.pk)
    if locked.name == name:
        return
    before, locked.name = locked.name, name
    locked.save(update_fields=["name"])
    record(
        "organization.renamed",
        target=locked,
        old={"name": before},
        new={"name": name},
        organization_id=organization.pk,
    )


@transaction.atomic
def change_role(membership: Membership, role: str, *, by: User) -> None:
    current = _locked(membership)
    if current.role == role:
        return
    _check(current, role, by)
    before, current.role = current.role, role
    current.save(update_fields=["role"])
    record(
        "member.role_changed",
        target=current.user,
        old={"role": before},
        new={"role": role},
        organization_id=current.organization_id,
    )


@transaction.atomic
def remove(membership: Membership, *, by: User) -> None:
    """End a membership; everyone may end their own."""
    current = _locked(membership)
    _check(current, None, by)
    current.delete()
    record("member.removed", target=current.user, old={"role": current.role}, organization_id=current.organization_id)


@transaction.atomic
def put_back(organization: Organization, user_id: UUID, role: str, *, by: User) -> None:
    """Undo a removal. Nothing happens if the person is a member again already."""
    Organization.objects.select_for_update(no_key=True).get(pk=organization.pk)
    if role == Role.OWNER and not _owns(by, organization.pk):
        raise OwnersOnly
    membership, is_new = Membership.objects.get_or_create(
        organization=organization, user_id=user_id, defaults={"role": role}
    )
    if is_new:
        record("member.put_back", target=membership.user, new={"role": role}, organization_id=organization.pk)


def _locked(membership: Membership) -> Membership:
    """The membership as it is now, with the organization locked before it."""
    Organization.objects.select_for_update(no_key=True).get(pk=membership.organization_id)
    return Membership.objects.select_related("organization", "user").get(pk=membership.pk)


def _check(current: Membership, role: str | None, by: User) -> None:
    """`role` is the one to come, None for none."""
    is_own_departure = role is None and current.user_id == by.pk
    if Role.OWNER in (current.role, role) and not is_own_departure and not _owns(by, current.organization_id):
        raise OwnersOnly
    others = Membership.objects.filter(organization=current.organization_id, role=Role.OWNER).exclude(pk=current.pk)
    if current.role == Role.OWNER and role != Role.OWNER and not others.exists():
        raise LastOwner(current.organization)


def _owns(user: User, organization_id: UUID) -> bool:
    return Membership.objects.filter(organization=organization_id, user=user, role=Role.OWNER).exists()
