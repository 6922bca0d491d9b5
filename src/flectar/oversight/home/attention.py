"""What somebody must act on, the most pressing first. Each line says what is wrong and leads to the cure."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from flectar.core import clock
from flectar.oversight.home.bookings import services_without_people
from flectar.platform.outbox.models import Message
from flectar.platform.projects.access import can
from flectar.platform.projects.models import Project

LOOK_BACK_DAYS = 14


@dataclass(frozen=True, slots=True)
class Notice:
    icon: str
    tone: str  # w: waits for you; b: went wrong
    title: str
    detail: str
    url: str
    action: str


def notices(user: Any, project: Project) -> list[Notice]:
    return [*_mail(user, project), *_services(user, project)]


def _mail(user: Any, project: Project) -> Iterator[Notice]:
    if not can(user, "bookings.read", project):
        return
    since = clock.day_bounds(project.today, project.tz)[0] - timedelta(days=LOOK_BACK_DAYS)
    lost = list(Message.objects.needing_a_look().filter(created_at__gte=since).order_by("-created_at")[:20])
    if lost:
        yield Notice(
            icon="mail-warning",
            tone="b",
            title=ngettext("%(count)s email did not arrive", "%(count)s emails did not arrive", len(lost))
            % {"count": len(lost)},
            detail=_("The last one was for %(address)s.") % {"address": lost[0].to_address},
            url=reverse("messages:list", kwargs={"project": project.slug}),
            action=_("See emails"),
        )


def _services(user: Any, project: Project) -> Iterator[Notice]:
    if not (project.has("booking") and can(user, "services.write", project)):
        return
    for service in services_without_people(project):
        yield Notice(
            icon="user-x",
            tone="w",
            title=_("Nobody does “%(service)s”") % {"service": service.name},
            detail=_("Customers cannot book it until someone takes it on."),
            url=reverse("booking:service", kwargs={"project": project.slug, "service_id": service.pk}),
            action=_("Choose people"),
        )
