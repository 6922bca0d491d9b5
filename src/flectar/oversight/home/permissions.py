from django.utils.translation import gettext_lazy as _

PERMISSIONS = {"home.read": _("See the first page")}
