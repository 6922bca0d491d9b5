from django.utils.translation import gettext_lazy as _

PERMISSIONS = {
    "keys.manage": _("Make and revoke API keys"),
}
