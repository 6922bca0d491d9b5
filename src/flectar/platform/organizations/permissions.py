from django.utils.translation import gettext_lazy as _

PERMISSIONS = {
    "organization.read": _("See the organization"),
    "organization.manage": _("Change the organization"),
    "members.read": _("See the members"),
    "members.manage": _("Change roles and remove members"),
}
