from django.utils.translation import gettext_lazy as _

PERMISSIONS = {
    "webhooks.read": _("See webhooks and what they delivered"),
    "webhooks.manage": _("Send what happens here to other programs"),
}
