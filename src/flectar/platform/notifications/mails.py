"""The general letter, and the one of the morning, with facts to look at them by."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from flectar.platform.outbox.catalogue import MailEvent


def _notice() -> Mapping[str, Any]:
    return {"title": _("Dani Peris joined the team"), "detail": "", "link": "https://flectar.example/brizna/"}


def _digest() -> Mapping[str, Any]:
    rows = [(_("Marta Ferrer booked Curl cut"), "16:30"), (_("Dani Peris joined the team"), "")]
    return {"rows": rows, "count": len(rows), "link": "https://flectar.example/brizna/notifications/"}


MAILS = (
    MailEvent("notifications.notice", gettext_lazy("To the team: something happened"), _notice),
    MailEvent("notifications.digest", gettext_lazy("To the team: the morning email"), _digest),
)
