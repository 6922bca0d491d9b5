"""What a role may do. A permission is `module.verb`; a role is a list of patterns over them; nothing else grants.

An organization's own roles name their permissions one by one, out of those in `grantable()`. A person's `Seat` joins
both: the role, and the projects in which it holds.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from uuid import UUID

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from flectar.platform.organizations.models import BUILT_IN, RUNS_ALL, CustomRole, Membership, Role

VERBS = ("read", "write", "publish", "export", "delete", "manage")

# `*` stands for any module or any verb. Order does not matter: a permission is granted if one pattern fits.
GRANTS: dict[str, tuple[str, ...]] = {
    Role.OWNER: ("*.*",),
    Role.ADMIN: ("*.*",),
    Role.MANAGER: (
        *("*.read", "*.write", "*.publish", "*.export", "bookings.*", "customers.*", "services.*", "staff.*", "site.*"),
        "messages.*",
    ),
    Role.EDITOR: ("project.read", "home.read", "site.*", "services.read", "services.write", "messages.read"),
    Role.STAFF: (
        *("project.read", "home.read", "bookings.read", "bookings.write", "customers.read", "customers.write"),
        *("services.read", "staff.read"),
    ),
    Role.ACCOUNTANT: (
        *(
            "project.read",
            "home.read",
            "bookings.read",
            "bookings.export",
            "customers.read",
            "payments.read",
            "*.export",
        ),
    ),
    Role.VIEWER: ("project.read", "home.read", "bookings.read", "services.read", "staff.read", "site.read"),
}
# What a role is for, in a sentence: shown where roles are given.
SAID: dict[str, str | Promise] = {
    Role.OWNER: _("Everything, and the organization itself"),
    Role.ADMIN: _("Everything, except making and removing owners"),
    Role.MANAGER: _("Runs the business: bookings, customers, services, hours and the website"),
    Role.EDITOR: _("Writes the website and the services"),
    Role.STAFF: _("Sees and changes bookings and customers"),
    Role.ACCOUNTANT: _("Sees bookings and customers, and exports them"),
    Role.VIEWER: _("Sees bookings, services and the website, and changes nothing"),
    Role.CUSTOM: _("What your organization has put together"),
}
# Only owners and admins may do these, whatever the patterns of the other roles say, and no own role carries them.
RESERVED = ("organization.", "members.", "keys.", "webhooks.manage", "audit.", "project.manage", "project.delete")

_permissions: Mapping[str, str | Promise] = {}


def connect(permissions: Mapping[str, str | Promise]) -> None:
    """Called once, with the table of config/modules.py: every permission in words."""
    global _permissions
    _permissions = permissions


def permissions() -> Mapping[str, str | Promise]:
    return _permissions


def grantable() -> Mapping[str, str | Promise]:
    """What an own role may carry, in words."""
    return {name: said for name, said in _permissions.items() if not name.startswith(RESERVED)}


@cache
def role_allows(role: str, permission: str) -> bool:
    """Whether this built-in role carries this permission. Unknown roles and permissions carry nothing."""
    module, _, verb = permission.partition(".")
    if not module or verb not in VERBS:
        return False
    if role not in RUNS_ALL and permission.startswith(RESERVED):
        return False
    return any(
        (pattern_module in ("*", module)) and (pattern_verb in ("*", verb))
        for pattern_module, _, pattern_verb in (pattern.partition(".") for pattern in GRANTS.get(role, ()))
    )


@dataclass(frozen=True, slots=True)
class Seat:
    """A person's place in an organization."""

    role: str
    own: frozenset[str] = frozenset()  # the permissions, if the role is the organization's own
    project_ids: frozenset[UUID] | None = None  # None: every project
    is_own_only: bool = False  # of bookings: what stands in their own calendar

    def allows(self, permission: str) -> bool:
        if self.role == Role.CUSTOM:
            return permission in self.own and permission in grantable()
        return role_allows(self.role, permission)

    def reaches(self, project_id: UUID) -> bool:
        return self.project_ids is None or project_id in self.project_ids


def seat_in(user_id: UUID | None, organization_id: UUID) -> Seat | None:
    """The person's seat in the organization, None for strangers."""
    if user_id is None:
        return None
    found = (
        Membership.objects.filter(user_id=user_id, organization_id=organization_id)
        .values_list("role", "custom_role__permissions", "project_ids", "is_own_only")
        .first()
    )
    if found is None:
        return None
    role, own, project_ids, is_own_only = found
    reach = None if project_ids is None else frozenset(project_ids)
    return Seat(role, frozenset(own or ()), reach, is_own_only and role not in RUNS_ALL)


def role_in(user_id: UUID | None, organization_id: UUID) -> str | None:
    """The person's role in the organization, None for strangers."""
    seat = seat_in(user_id, organization_id)
    return None if seat is None else seat.role


# In words


@dataclass(frozen=True, slots=True)
class Area:
    """Permissions that belong together for whoever gives them: a column of the roles' table."""

    label: str | Promise
    modules: tuple[str, ...]

    def permissions(self) -> list[str]:
        return [name for name in _permissions if name.partition(".")[0] in self.modules]


_areas: tuple[Area, ...] = ()


def connect_areas(areas: tuple[Area, ...]) -> None:
    """Called once, with the table of config/modules.py."""
    global _areas
    _areas = areas


def areas() -> tuple[Area, ...]:
    """Those of the table, and one for the rest, if any."""
    known = {module for area in _areas for module in area.modules}
    rest = dict.fromkeys(module for name in _permissions if (module := name.partition(".")[0]) not in known)
    return (*_areas, Area(_("Other"), tuple(rest))) if rest else _areas


@dataclass(frozen=True, slots=True)
class Row:
    """A role in the table of roles."""

    label: str
    text: str | Promise
    role: str
    people: int
    cells: list[str]
    custom: CustomRole | None = None


def table(memberships: Iterable[Membership], custom: Iterable[CustomRole]) -> list[Row]:
    """Each role, how many people have it, and what it may do in each area, in a few words."""
    held = [(each.role, each.custom_role_id) for each in memberships]
    rows = [_row(str(role.label), SAID[role], Seat(role), held.count((role.value, None))) for role in BUILT_IN]
    for each in custom:
        seat = Seat(Role.CUSTOM, frozenset(each.permissions))
        rows.append(_row(each.name, "", seat, held.count((Role.CUSTOM.value, each.pk)), each))
    return rows


def _row(label: str, text: str | Promise, seat: Seat, people: int, custom: CustomRole | None = None) -> Row:
    cells = [said(area, {name for name in area.permissions() if seat.allows(name)}) for area in areas()]
    return Row(label, text, seat.role, people, cells, custom)


def said(area: Area, held: set[str]) -> str:
    """All, no, or what can be done: “See, change”."""
    if not held:
        return str(_("No"))
    if held == set(area.permissions()):
        return str(_("All"))
    verbs = [str(word) for verb, word in _VERBS.items() if any(name.endswith(f".{verb}") for name in held)]
    text = ", ".join(verbs)
    return text[:1].upper() + text[1:]


_VERBS: dict[str, str | Promise] = {
    "read": _("see"),
    "write": _("change"),
    "publish": _("publish"),
    "export": _("export"),
    "delete": _("remove"),
    "manage": _("manage"),
}
