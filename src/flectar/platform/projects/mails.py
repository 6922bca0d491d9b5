"""The mails of a project to those who run it, with facts to look at them by. The platform's own: written outside any
project's scope."""

from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from flectar.core import clock
from flectar.core.origins import platform_origin
from flectar.platform.accounts.models import User
from flectar.platform.organizations.models import Role
from flectar.platform.outbox import send_mail
from flectar.platform.outbox.catalogue import MailEvent
from flectar.platform.projects.links import dashboard_url
from flectar.platform.projects.models import Domain, Export, Project, Suspension, Transfer


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


def tell_of_suspension(suspension: Suspension, event: str) -> None:
    """`event`: project.suspended, project.reopened or project.appeal_refused."""
    project = suspension.holder
    for person in run_by(project):
        with override(person.locale):
            reason = str(suspension.get_reason_display())
        send_mail(
            event=event,
            to=(person.name, person.email),
            locale=person.locale,
            context={
                "project_name": project.name,
                "reason": reason,
                "notice": suspension.notice,
                "answer": suspension.answer,
                "address": dashboard_url(project, "settings:suspension"),
            },
        )


def _suspended() -> Mapping[str, Any]:
    return {
        "project_name": "Brizna",
        "reason": str(Suspension.Reason.LEGAL.label),
        "notice": "https://brizna.example/…",
        "answer": "",
        "address": f"{platform_origin()}/brizna/settings/suspension",
    }


def tell_of_deletion(project: Project) -> None:
    for person in run_by(project):
        send_mail(
            event="project.leaving",
            to=(person.name, person.email),
            locale=person.locale,
            context={
                "project_name": project.name,
                "until": project.leaves_at,
                "address": dashboard_url(project, "settings:project"),
            },
            dedupe_key=f"leaving {project.pk} {project.leaves_at} {person.pk}",
        )


def _leaving() -> Mapping[str, Any]:
    return {
        "project_name": "Brizna",
        "until": clock.now() + timedelta(days=30),
        "address": f"{platform_origin()}/brizna/settings/project",
    }


def tell_of_offer(transfer: Transfer, token: str, *, locale: str) -> None:
    """To whoever may take the project over; the language is a guess, the one of who offers."""
    by = transfer.offered_by
    send_mail(
        event="project.offered",
        to=("", transfer.email),
        locale=locale,
        context={
            "project_name": transfer.holder.name,
            "by": by.name if by else "",
            "until": transfer.expires_at,
            "address": platform_origin() + reverse("transfers:offer", kwargs={"token": token}),
        },
        reply_to=by.email if by else "",
    )


def _offered() -> Mapping[str, Any]:
    return {
        "project_name": "Brizna",
        "by": "Noa Ferrer",
        "until": clock.now() + Transfer.GOOD_FOR,
        "address": f"{platform_origin()}/transfers/8Kq2Zr4vT9",
    }


def tell_of_export(export: Export, person: User) -> None:
    """The link asks to sign in: who reads the mail need not be who may have the data."""
    send_mail(
        event="project.export_ready",
        to=(person.name, person.email),
        locale=person.locale,
        context={
            "project_name": export.project.name,
            "until": clock.now() + Export.KEPT,
            "address": dashboard_url(export.project, "settings:project"),
        },
        dedupe_key=f"export {export.pk}",
    )


def _export_ready() -> Mapping[str, Any]:
    return {
        "project_name": "Brizna",
        "until": clock.now() + Export.KEPT,
        "address": f"{platform_origin()}/brizna/settings/project",
    }


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


MAILS = [
    MailEvent("project.domain_lost", _("A domain stopped working"), _domain_lost, of_platform=True),
    MailEvent("project.leaving", _("A project is being deleted"), _leaving, of_platform=True),
    MailEvent("project.offered", _("A project is offered to you"), _offered, of_platform=True),
    MailEvent("project.export_ready", _("The copy of a project is ready"), _export_ready, of_platform=True),
    MailEvent("project.suspended", _("A site was closed by the platform"), _suspended, of_platform=True),
    MailEvent("project.reopened", _("A site is open again"), _suspended, of_platform=True),
    MailEvent("project.appeal_refused", _("An appeal was refused"), _suspended, of_platform=True),
]
