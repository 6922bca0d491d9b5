"""Roles that an organization makes for itself. Nobody gives more than they hold, and what is reserved to owners and
admins stays theirs."""

from collections.abc import Collection

from django.db import transaction
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from flectar.platform.accounts.models import User
from flectar.platform.audit.log import changes, record
from flectar.platform.organizations.models import CustomRole, Organization
from flectar.platform.organizations.roles import grantable, seat_in

MOST = 30
# Every member begins here, so every role carries them.
ALWAYS = ("home.read", "project.read")


class NameTaken(Exception):
    """Fit to show."""

    def __init__(self, name: str) -> None:
        super().__init__(_("There is a role “%(name)s” already.") % {"name": name})


class TooMuch(Exception):
    """More than the maker holds, or than an own role may carry. Fit to show."""

    def __init__(self) -> None:
        super().__init__(_("You can only give what you may do yourself."))


class TooManyRoles(Exception):
    """Fit to show."""

    def __init__(self) -> None:
        super().__init__(_("%(count)s roles are the most. Change or remove one first.") % {"count": MOST})


class InUse(Exception):
    """Somebody has the role, or is invited to it. Fit to show."""

    def __init__(self, role: CustomRole, people: int) -> None:
        self.role = role
        super().__init__(
            ngettext(
                "One person has the role “%(role)s” or is invited to it. Give them another first.",
                "%(count)s people have the role “%(role)s” or are invited to it. Give them another first.",
                people,
            )
            % {"count": people, "role": role.name}
        )


def offered() -> dict[str, str | Promise]:
    """What can be chosen for an own role, in words."""
    return {name: said for name, said in grantable().items() if name not in ALWAYS}


@transaction.atomic
def make(organization: Organization, name: str, permissions: Collection[str], *, by: User) -> CustomRole:
    locked = _lock(organization)
    _check(locked, name, permissions, by)
    if locked.custom_roles.count() >= MOST:
        raise TooManyRoles
    role = CustomRole.objects.create(organization=locked, name=name, permissions=_all(permissions))
    record("role.created", target=role, new=_said(role), organization_id=locked.pk)
    return role


@transaction.atomic
def change(role: CustomRole, name: str, permissions: Collection[str], *, by: User) -> None:
    """Holds for everybody who has the role, from their next click."""
    locked = _lock(role.organization)
    current = locked.custom_roles.get(pk=role.pk)
    _check(locked, name, permissions, by, own=current)
    before = _said(current)
    current.name, current.permissions = name, _all(permissions)
    old, new = changes(before, _said(current))
    if new:
        current.save(update_fields=["name", "permissions"])
        record("role.changed", target=current, old=old, new=new, organization_id=locked.pk)


@transaction.atomic
def remove(role: CustomRole) -> None:
    locked = _lock(role.organization)
    current = locked.custom_roles.get(pk=role.pk)
    people = current.memberships.count() + current.invitations.filter(accepted_at=None, withdrawn_at=None).count()
    if people:
        raise InUse(current, people)
    record("role.removed", target=current, old=_said(current), organization_id=locked.pk)
    current.delete()


def _lock(organization: Organization) -> Organization:
    return Organization.objects.select_for_update(no_key=True).get(pk=organization.pk)


def _check(
    organization: Organization, name: str, permissions: Collection[str], by: User, own: CustomRole | None = None
) -> None:
    seat = seat_in(by.pk, organization.pk)
    held = set(own.permissions) if own else set()
    wanted = set(permissions) - held
    if seat is None or not all(seat.allows(each) and each in grantable() for each in wanted):
        raise TooMuch
    others = organization.custom_roles.exclude(pk=own.pk) if own else organization.custom_roles
    if others.filter(name__iexact=name).exists():
        raise NameTaken(name)


def _all(permissions: Collection[str]) -> list[str]:
    return sorted({*permissions, *ALWAYS})


def _said(role: CustomRole) -> dict[str, object]:
    return {"name": role.name, "permissions": list(role.permissions)}
