"""The mail of the API, with facts to look at it by."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from flectar.platform.outbox.catalogue import MailEvent


def _leaked() -> Mapping[str, Any]:
    return {
        "organization": "Brizna Peluquería SL",
        "name": "Website",
        "prefix": "fb_live_3kTzQ81mPw0a",
        "where": "https://code.example/brizna/site/config.js",
        "address": "https://flectar.example/organizations/0199/security",
    }


MAILS = [MailEvent("keys.leaked", _("An API key was found in public"), _leaked, of_platform=True)]
