from django.utils.translation import gettext_lazy as _

PERMISSIONS = {
    "customers.read": _("See customers"),
    "customers.write": _("Add and change customers, write notes, import"),
    "customers.export": _("Export customers"),
    "customers.delete": _("Archive customers, and make one of two"),
    "customers.manage": _("Restrict customers, and erase them for good"),
}
