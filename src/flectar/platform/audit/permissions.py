from django.utils.translation import gettext_lazy as _

PERMISSIONS = {
    "audit.read": _("Read the audit log"),
    "audit.export": _("Export the audit log"),
}
