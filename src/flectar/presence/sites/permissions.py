from django.utils.translation import gettext_lazy as _

PERMISSIONS = {
    "site.read": _("See the website's settings"),
    "site.write": _("Change the website"),
}
