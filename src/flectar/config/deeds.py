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
    "account.changed": _("Changed their account"),
    "account.session_ended": _("Signed a device out"),
    "keys.created": _("Created an API key"),
    "keys.revoked": _("Revoked an API key"),
    "message.sent_again": _("Sent a message again"),
    "customer.created": _("Added a customer"),
    "customer.changed": _("Changed a customer"),
    "customer.completed": _("Completed a customer's details"),
    "customer.noted": _("Wrote a note on a customer"),
    "customer.archived": _("Archived a customer"),
    "customer.restored": _("Restored a customer"),
    "customers.exported": _("Exported customers"),
    "customers.imported": _("Imported customers"),
    "customers.import_undone": _("Undid an import of customers"),
    "booking.confirmed": _("Booked"),
    "booking.moved": _("Moved a booking"),
    "booking.cancelled": _("Cancelled a booking"),
    "booking.restored": _("Restored a booking"),
    "service.created": _("Added a service"),
    "service.changed": _("Changed a service"),
    "service.removed": _("Removed a service"),
    "staff.added": _("Added a person or room"),
    "staff.changed": _("Changed a person or room"),
    "staff.hours_changed": _("Changed working hours"),
    "staff.removed": _("Removed a person or room"),
    "closure.added": _("Blocked time"),
    "closure.removed": _("Freed blocked time"),
    "calendar.imported": _("Imported a calendar"),
    "calendar.removed": _("Removed an imported calendar"),
    "site.changed": _("Changed the website"),
}
