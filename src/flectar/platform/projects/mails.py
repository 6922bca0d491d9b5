"""The mails of a project to those who run it, with facts to look at them by. The platform's own: written outside any
project's scope."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from flectar.core.origins import platform_origin
from flectar.platform.accounts.models import User
from flectar.platform.organizations.models import Role
from flectar.platform.outbox import send_mail
from flectar.platform.outbox.catalogue import MailEvent
from flectar.platform.projects.links import dashboard_url
from flectar.platform.projects.models import Domain, Project


def run_by(project: Project) -> Iterable[User]:
    """Owners and admins of its organization."""
    return User.objects.filter(
        memberships__organization=project.organization_id, memberships__role__in=(Role.OWNER, Role.ADMIN)
    ).order_by("id")


def tell_of_lost_domain(domain: Domain) -> None:
    project = domain.holder
    assert project is not None  # noqa: S101 - only a domain that a project holds is looked at
    for person in run_by(project):
        send_mail(
            event="project.domain_lost",
            to=(person.name, person.email),
            locale=person.locale,
            context={
                "domain": str(domain),
                "kind": "TXT",
                "name": domain.proof_name,
                "value": domain.proof,
                "host": project.platform_host,
                "address": dashboard_url(project, "settings:domains"),
                "project_name": project.name,
            },
        )


def _domain_lost() -> Mapping[str, Any]:
    return {
        "domain": "brizna.example",
        "kind": "TXT",
        "name": "_flectar.brizna.example",
        "value": "flectar=8Kq2Zr4vT9",
        "host": "brizna.flectar.example",
        "address": f"{platform_origin()}/brizna/settings/domains",
        "project_name": "Brizna",
    }


MAILS = [MailEvent("project.domain_lost", _("A domain stopped working"), _domain_lost, of_platform=True)]
