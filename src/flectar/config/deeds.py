"""Every action of the audit log in words, past tense, as a sentence without its subject. A test compares it with the
actions that the code records."""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

DEEDS: Mapping[str, str | Promise] = {
    "organization.created": _("Created the organization"),
    "organization.renamed": _("Renamed the organization"),
    "member.role_changed": _("Changed a role"),
    "member.removed": _("Removed a member"),
    "member.put_back": _("Put a member back"),
    "project.created": _("Created the project"),
    "project.changed": _("Changed name, language or place"),
    "project.moved": _("Changed the address"),
    "profile.changed": _("Changed the details"),
    "hours.changed": _("Changed the opening hours"),
    "special_day.added": _("Added special days"),
    "special_day.removed": _("Removed a special day"),
    "modules.switched": _("Switched modules"),
}
