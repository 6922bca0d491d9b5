"""What the lower floors have to tell: mails that did not arrive, people who came, and whatever touches safety."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from flectar.core.tenancy import current_project_id, project_scope
from flectar.platform.audit.facts import SafetyTouched
from flectar.platform.audit.reading import deeds
from flectar.platform.notifications.kinds import Kind, Said
from flectar.platform.notifications.telling import tell
from flectar.platform.organizations.facts import OwnershipOffered
from flectar.platform.organizations.roles import seat_in
from flectar.platform.outbox.facts import MessageLost
from flectar.platform.outbox.models import Message
from flectar.platform.projects.facts import DomainLost
from flectar.platform.projects.models import Project


def _say_lost(facts: Mapping[str, Any], project: Project) -> Said:
    return Said(_("An email to %(name)s did not arrive") % {"name": facts["name"]}, facts["subject"])


def _say_joined(facts: Mapping[str, Any], project: Project) -> Said:
    return Said(_("%(name)s joined the team") % {"name": facts["name"]})


def _say_safety(facts: Mapping[str, Any], project: Project) -> Said:
    deed = str(deeds().get(facts["action"], facts["action"]))
    return Said(f"{deed}: {facts['target']}" if facts["target"] else deed, facts["by"])


def _safety_in_short(facts: Mapping[str, Any]) -> str:
    return str(deeds().get(facts["action"], facts["action"]))


def _say_offered(facts: Mapping[str, Any], project: Project) -> Said:
    return Said(_("%(giver)s offers you %(organization)s") % facts, _("Accept or decline within a week."))


def _say_domain_lost(facts: Mapping[str, Any], project: Project) -> Said:
    return Said(_("%(domain)s no longer shows your site") % facts, _("Its record is gone. Set it again."))


def _where_safety(facts: Mapping[str, Any]) -> tuple[str, dict[str, str]]:
    """Lines from before lead to the project's log."""
    here = facts.get("organization")
    return ("organizations:security", {"organization_id": here}) if here else ("settings:log", {})


KINDS = (
    Kind(
        "mail.lost",
        gettext_lazy("An email that did not arrive"),
        "mail-warning",
        "messages.read",
        _say_lost,
        lambda facts: ("messages:message", {"message_id": facts["message"]}),
        by_email=(),
    ),
    Kind(
        "member.joined",
        gettext_lazy("A new member of the team"),
        "user-plus",
        "members.read",
        _say_joined,
        lambda facts: ("settings:team", {}),
    ),
    Kind(
        "safety",
        gettext_lazy("Something that touches safety: roles, members, keys"),
        "shield-alert",
        "audit.read",
        _say_safety,
        _where_safety,
        in_short=_safety_in_short,
    ),
    Kind(
        "ownership.offered",
        gettext_lazy("An organization that is offered to you"),
        "handshake",
        "home.read",
        _say_offered,
        lambda facts: (
            "organizations:handover",
            {"organization_id": facts["organization_id"], "handover_id": facts["handover_id"]},
        ),
        in_short=lambda facts: _("you are offered the organization"),
        is_mailed_anyway=True,
    ),
    Kind(
        "domain.lost",
        gettext_lazy("A domain that stopped working"),
        "globe",
        "project.manage",
        _say_domain_lost,
        lambda facts: ("settings:domains", {}),
        in_short=lambda facts: _("%(domain)s no longer shows your site") % facts,
        is_mailed_anyway=True,
    ),
)


def mail_lost(fact: MessageLost) -> None:
    """Reaction. The platform's own mails belong to no project's team."""
    if fact.project_id is None or fact.project_id != current_project_id():
        return
    message = Message.objects.defer("text", "html", "attachments").get(pk=fact.message_id)
    if message.event.startswith("notifications."):
        return  # or each lost notice would make the next one
    facts = {"name": message.to_name or message.to_address, "subject": message.subject, "message": str(message.pk)}
    tell(Project.objects.get(pk=fact.project_id), "mail.lost", facts)


# Everyday or without consequence: the log has them, nobody need be told.
QUIET = (
    "access.refused",
    "operator.looked",
    "support.looked",
    "support.left",
    "organization.created",
    "organization.renamed",
    "member.invited",
    "member.invitation_withdrawn",
    "project.deleted",  # thirty days after everybody was told
)


def safety_touched(fact: SafetyTouched) -> None:
    """Reaction. An organization's deed is told once: in the project where it was done, else in its first one."""
    if fact.action in QUIET:
        return
    project = Project.objects.filter(organization=fact.organization_id).order_by("created_at", "id")
    found = (project.filter(pk=fact.project_id) if fact.project_id else project).first()
    if found is None:
        return
    if fact.action == "member.joined":
        kind, facts = "member.joined", {"name": fact.target}
    else:
        kind, facts = "safety", {"action": fact.action, "target": fact.target, "by": fact.by}
        facts["organization"] = str(fact.organization_id)
    with project_scope(found.pk):
        tell(found, kind, facts)


def ownership_offered(fact: OwnershipOffered) -> None:
    """Reaction. Whom it is offered to finds it in the first project that they may enter."""
    seat = seat_in(fact.taker_id, fact.organization_id)
    projects = Project.objects.filter(organization=fact.organization_id).order_by("created_at", "id")
    found = next((project for project in projects if seat and seat.reaches(project.pk)), None)
    if found is None:
        return
    facts = {
        "organization_id": str(fact.organization_id),
        "handover_id": str(fact.handover_id),
        "organization": fact.organization,
        "giver": fact.giver,
    }
    with project_scope(found.pk):
        tell(found, "ownership.offered", facts, only=[fact.taker_id])


def domain_lost(fact: DomainLost) -> None:
    """Reaction, in the project's scope."""
    tell(Project.objects.get(pk=fact.project_id), "domain.lost", {"domain": fact.name})
