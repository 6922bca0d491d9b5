"""The mails of an organization, with facts to look at them by."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.utils.translation import gettext_lazy as _

from flectar.core import clock
from flectar.platform.organizations.models import Role
from flectar.platform.outbox.catalogue import MailEvent


def _invited() -> Mapping[str, Any]:
    return {
        "organization": "Brizna Peluquería SL",
        "by": "Noa Ferrer",
        "role": Role.STAFF.value,
        "address": "https://flectar.example/invitations/8Kq2Zr4vT9",
        "until": clock.now() + timedelta(days=7),
    }


MAILS = [MailEvent("organization.invited", _("Invitation to a team"), _invited, of_platform=True)]
