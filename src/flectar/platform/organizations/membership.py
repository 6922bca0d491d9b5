"""Who belongs to an organization, as what, and in which projects. An organization always keeps an owner.

Each change locks the organization first, so that two owners who step down at once do so one after the other.
"""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.db import models, transaction
from django.utils.translation import gettext as _

from flectar.platform.accounts.models import User
from flectar.platform.audit.log import record
from flectar.platform.organizations.models import RUNS_ALL, CustomRole, Membership, Organization, Role

# What counts as a second step at sign-in. A passkey asks for finger, face or PIN, so it counts alone.
SECOND_STEPS = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)


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


class ForeignRole(Exception):
    """The own role belongs to another organization, or is gone. Fit to show."""

    def __init__(self) -> None:
        super().__init__(_("This role is gone. Choose another."))


@dataclass(frozen=True, slots=True)
class Given:
    """What a member is given: a role, and the projects in which it holds (None: all, also those to come).

    Owners and admins hold theirs in all, whatever is said. `where` names the projects, for the log.
    """

    role: str
    custom_role: CustomRole | None = None
    project_ids: tuple[UUID, ...] | None = None
    where: str = ""
    is_own_only: bool = False

    def values(self) -> dict[str, Any]:
        """The fields of a membership or an invitation."""
        return {
            "role": self.role,
            "custom_role": self.custom_role if self.role == Role.CUSTOM else None,
            "project_ids": None if self.role in RUNS_ALL or self.project_ids is None else sorted(self.project_ids),
            "is_own_only": self.is_own_only and self.role not in RUNS_ALL,
        }

    def said(self) -> dict[str, Any]:
        """For the log."""
        own = {"name": self.custom_role.name} if self.custom_role and self.role == Role.CUSTOM else {}
        where = {"projects": self.where} if self.where else {}
        return {"role": self.role, **own, **where, **({"calendar": "own"} if self.is_own_only else {})}


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


def change_role(membership: Membership, role: str, *, by: User) -> None:
    """Another built-in role, in the same projects and the same calendars."""
    ids = None if membership.project_ids is None else tuple(membership.project_ids)
    change_seat(membership, Given(role, project_ids=ids, is_own_only=membership.is_own_only), by=by)


@transaction.atomic
def change_seat(membership: Membership, given: Given, *, by: User) -> None:
    """Another role, or other projects. `where` of what was before is not known here, only that it was another."""
    current = _locked(membership)
    after = given.values()
    before = {name: getattr(current, name) for name in after}
    if before["project_ids"] is not None:
        before["project_ids"] = sorted(before["project_ids"])
    if before == after:
        return
    check_role(current.organization, given)
    _check(current, given.role, by)
    was = Given(current.role, current.custom_role, is_own_only=current.is_own_only)
    for name, value in after.items():
        setattr(current, name, value)
    current.save(update_fields=list(after))
    record(
        "member.role_changed",
        target=current.user,
        old=was.said(),
        new=given.said(),
        organization_id=current.organization_id,
    )


def check_role(organization: Organization, given: Given) -> None:
    """Raises ForeignRole."""
    own = given.custom_role
    if given.role != Role.CUSTOM:
        return
    # Locked: it cannot be removed until we are done.
    if own is None or not organization.custom_roles.select_for_update(no_key=True).filter(pk=own.pk).exists():
        raise ForeignRole


@transaction.atomic
def remove(membership: Membership, *, by: User) -> None:
    """End a membership; everyone may end their own."""
    current = _locked(membership)
    _check(current, None, by)
    current.delete()
    record("member.removed", target=current.user, old={"role": current.role}, organization_id=current.organization_id)


@transaction.atomic
def put_back(organization: Organization, user_id: UUID, given: Given | str, *, by: User) -> None:
    """Undo a removal. Nothing happens if the person is a member again already."""
    given = Given(given) if isinstance(given, str) else given
    Organization.objects.select_for_update(no_key=True).get(pk=organization.pk)
    if given.role == Role.OWNER and not _owns(by, organization.pk):
        raise OwnersOnly
    check_role(organization, given)
    membership, is_new = Membership.objects.get_or_create(
        organization=organization, user_id=user_id, defaults=given.values()
    )
    if is_new:
        record("member.put_back", target=membership.user, new=given.said(), organization_id=organization.pk)


def members_of(organization: Organization) -> models.QuerySet[Membership]:
    """With `has_second_step` and `last_seen_at` (of any of the person's devices) beside each."""
    second = Authenticator.objects.filter(user=models.OuterRef("user"), type__in=SECOND_STEPS)
    seen = UserSession.objects.filter(user=models.OuterRef("user")).order_by("-last_seen_at").values("last_seen_at")
    return organization.memberships.select_related("user", "custom_role").annotate(
        has_second_step=models.Exists(second), last_seen_at=models.Subquery(seen[:1])
    )


def _locked(membership: Membership) -> Membership:
    """The membership as it is now, with the organization locked before it."""
    Organization.objects.select_for_update(no_key=True).get(pk=membership.organization_id)
    return Membership.objects.select_related("organization", "user", "custom_role").get(pk=membership.pk)


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
