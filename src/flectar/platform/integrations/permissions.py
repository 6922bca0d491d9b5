from django.utils.translation import gettext_lazy as _

PERMISSIONS = {
    "messages.read": _("See the messages that were sent"),
    "messages.write": _("Send a message again"),
}
