"""What somebody must act on, the most pressing first. Each line says what is wrong and leads to the cure."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from flectar.oversight.home.asked import MOST_ASKING, Asked
from flectar.platform.projects.access import can, is_closed_to_visitors
from flectar.platform.projects.models import Project


@dataclass(frozen=True, slots=True)
class Notice:
    icon: str
    tone: str  # w: waits for you; b: went wrong
    title: str
    detail: str
    url: str
    action: str


def notices(user: Any, project: Project, asked: Asked) -> list[Notice]:
    return [
        *_requests(user, project, asked),
        *_agreement(user, project),
        *_mail(user, project, asked),
        *_services(user, project, asked),
    ]


def _requests(user: Any, project: Project, asked: Asked) -> Iterator[Notice]:
    """First of all: somebody waits, and their time is kept meanwhile."""
    if not (asked.asking and project.has("booking") and can(user, "bookings.write", project)):
        return
    count = len(asked.asking)
    title = ngettext("%(name)s asks for a booking", "%(count)s requests to answer", count)
    if count > MOST_ASKING:
        title = _("More than %(most)s requests to answer")
    yield Notice(
        icon="hourglass",
        tone="w",
        title=title % {"name": asked.asking[0], "count": count, "most": MOST_ASKING},
        detail=_("The time is kept until you answer.")
        if count == 1
        else _("%(name)s has waited the longest.") % {"name": asked.asking[0]},
        url=reverse("booking:requests", kwargs={"project": project.slug}),
        action=_("Answer"),
    )


def _agreement(user: Any, project: Project) -> Iterator[Notice]:
    if can(user, "project.manage", project) and is_closed_to_visitors(project):
        yield Notice(
            icon="signature",
            tone="w",
            title=_("Visitors can’t book yet"),
            detail=_("An owner accepts the data agreement first: it says how your customers’ data is handled for you."),
            url=reverse("organizations:agreement", kwargs={"organization_id": project.organization_id}),
            action=_("Read and accept"),
        )


def _mail(user: Any, project: Project, asked: Asked) -> Iterator[Notice]:
    if asked.lost and can(user, "bookings.read", project):
        count = len(asked.lost)
        yield Notice(
            icon="mail-warning",
            tone="b",
            title=ngettext("%(count)s email did not arrive", "%(count)s emails did not arrive", count)
            % {"count": count},
            detail=_("The last one was for %(address)s.") % {"address": asked.lost[0]},
            url=reverse("messages:list", kwargs={"project": project.slug}),
            action=_("See emails"),
        )


def _services(user: Any, project: Project, asked: Asked) -> Iterator[Notice]:
    if not (project.has("booking") and can(user, "services.write", project)):
        return
    for pk, name in asked.lonely:
        yield Notice(
            icon="user-x",
            tone="w",
            title=_("Nobody does “%(service)s”") % {"service": name},
            detail=_("Customers cannot book it until someone takes it on."),
            url=reverse("booking:service", kwargs={"project": project.slug, "service_id": pk}),
            action=_("Choose people"),
        )
