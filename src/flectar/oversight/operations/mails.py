"""The mails that an operator's deeds send, with facts to look at them by."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from flectar.platform.outbox.catalogue import MailEvent


def _closed() -> Mapping[str, Any]:
    return {"reason": gettext("The address was used to send messages that nobody asked for.")}


def _opened() -> Mapping[str, Any]:
    return {}


def _new_password() -> Mapping[str, Any]:
    return {"address": "https://flectar.example/account/password/reset/"}


MAILS = [
    MailEvent("operations.account_closed", _("Your account was closed"), _closed, of_platform=True),
    MailEvent("operations.account_opened", _("Your account is open again"), _opened, of_platform=True),
    MailEvent("operations.new_password", _("Your password has to be set anew"), _new_password, of_platform=True),
]
