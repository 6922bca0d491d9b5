from django.utils.translation import gettext_lazy as _

PERMISSIONS = {
    "payments.read": _("See payments, refunds and fees"),
}
