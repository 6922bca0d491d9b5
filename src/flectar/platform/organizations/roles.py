"""What a role may do. A permission is `module.verb`; a role is a list of patterns over them; nothing else grants."""

from functools import cache
from uuid import UUID

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from flectar.platform.organizations.models import Membership, Role

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
    Role.ACCOUNTANT: ("project.read", "home.read", "bookings.read", "bookings.export", "customers.read", "*.export"),
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
}
# Only owners and admins may do these, whatever the patterns of the other roles say.
RESERVED = ("organization.", "members.", "keys.", "audit.", "project.manage", "project.delete")


@cache
def role_allows(role: str, permission: str) -> bool:
    """Whether this role carries this permission. Unknown roles and permissions carry nothing."""
    module, _, verb = permission.partition(".")
    if not module or verb not in VERBS:
        return False
    if role not in (Role.OWNER, Role.ADMIN) and permission.startswith(RESERVED):
        return False
    return any(
        (pattern_module in ("*", module)) and (pattern_verb in ("*", verb))
        for pattern_module, _, pattern_verb in (pattern.partition(".") for pattern in GRANTS.get(role, ()))
    )


def role_in(user_id: UUID | None, organization_id: UUID) -> str | None:
    """The person's role in the organization, None for strangers."""
    if user_id is None:
        return None
    return (
        Membership.objects.filter(user_id=user_id, organization_id=organization_id)
        .values_list("role", flat=True)
        .first()
    )
