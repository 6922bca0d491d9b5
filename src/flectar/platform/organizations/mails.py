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


def _handed_over() -> Mapping[str, Any]:
    return {
        "organization": "Brizna Peluquería SL",
        "giver": "Noa Ferrer",
        "taker": "Marc Soler",
        "address": "https://flectar.example/organizations/0199/handover/0199",
        "until": clock.now() + timedelta(days=3),
    }


def _second_step() -> Mapping[str, Any]:
    return {
        "organization": "Brizna Peluquería SL",
        "since": clock.now() + timedelta(days=14),
        "address": "https://flectar.example/account/two-step/",
    }


def _visited() -> Mapping[str, Any]:
    return {
        "organization": "Brizna Peluquería SL",
        "operator": "Olga Ruiz",
        "member": "Marc Soler",
        "reason": "The calendar shows no free times",
        "ticket": "4711",
        "until": clock.now() + timedelta(minutes=30),
        "address": "https://flectar.example/organizations/0199/security",
    }


MAILS = [
    MailEvent("organization.invited", _("Invitation to a team"), _invited, of_platform=True),
    MailEvent("organization.handover_offered", _("An organization is offered"), _handed_over, of_platform=True),
    MailEvent("organization.handover_accepted", _("An organization has a new owner"), _handed_over, of_platform=True),
    MailEvent("organization.handover_undone", _("A handover was taken back"), _handed_over, of_platform=True),
    MailEvent("organization.support_visit", _("Support has come in"), _visited, of_platform=True),
    MailEvent("organization.second_step_asked", _("Two-step sign-in is asked for"), _second_step, of_platform=True),
]
