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
from flectar.platform.outbox.facts import MessageLost
from flectar.platform.outbox.models import Message
from flectar.platform.projects.models import Project


def _say_lost(facts: Mapping[str, Any], project: Project) -> Said:
    return Said(_("An email to %(name)s did not arrive") % {"name": facts["name"]}, facts["subject"])


def _say_joined(facts: Mapping[str, Any], project: Project) -> Said:
    return Said(_("%(name)s joined the team") % {"name": facts["name"]})


def _say_safety(facts: Mapping[str, Any], project: Project) -> Said:
    deed = str(deeds().get(facts["action"], facts["action"]))
    return Said(f"{deed}: {facts['target']}" if facts["target"] else deed, facts["by"])


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
        lambda facts: ("settings:log", {}),
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
)


def safety_touched(fact: SafetyTouched) -> None:
    """Reaction. An organization's deed is told once: in the project where it was done, else in its first one."""
    if fact.action in QUIET:
        return
    here = current_project_id()
    project = Project.objects.filter(organization=fact.organization_id).order_by("created_at", "id")
    found = (project.filter(pk=here) if here else project).first()
    if found is None:
        return
    if fact.action == "member.joined":
        kind, facts = "member.joined", {"name": fact.target}
    else:
        kind, facts = "safety", {"action": fact.action, "target": fact.target, "by": fact.by}
    if here:
        tell(found, kind, facts)
        return
    with project_scope(found.pk):
        tell(found, kind, facts)
