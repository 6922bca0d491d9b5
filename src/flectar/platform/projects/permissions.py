from django.utils.translation import gettext_lazy as _

PERMISSIONS = {
    "project.read": _("See the business profile"),
    "project.write": _("Change the business profile and hours"),
    "project.manage": _("Switch modules and change addresses"),
    "project.delete": _("Delete the project, or hand it over"),
    "home.read": _("See the home page"),
}
