"""The mail when an endpoint was switched off, with facts to look at it by."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from flectar.platform.outbox import send_mail
from flectar.platform.outbox.catalogue import MailEvent
from flectar.platform.projects.links import dashboard_url
from flectar.platform.projects.mails import run_by
from flectar.platform.projects.models import Project
from flectar.platform.webhooks.models import Endpoint


def tell_of_silence(project: Project, endpoint: Endpoint) -> None:
    """To owners and admins, each in their language. Outside any scope."""
    for person in run_by(project):
        send_mail(
            event="webhooks.switched_off",
            to=(person.name, person.email),
            locale=person.locale,
            context={
                "project_name": project.name,
                "url": endpoint.url,
                "address": dashboard_url(project, "webhooks:endpoint", endpoint_id=endpoint.pk),
            },
        )


def _switched_off() -> Mapping[str, Any]:
    return {
        "project_name": "Brizna",
        "url": "https://example.com/hooks",
        "address": "https://flectar.example/brizna/settings/webhooks/",
    }


MAILS = [MailEvent("webhooks.switched_off", _("A webhook was switched off"), _switched_off, of_platform=True)]
