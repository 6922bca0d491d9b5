"""The morning email: one for each person and project, only when there is something in it."""

from uuid import UUID

from django.contrib.auth import get_user_model
from django.utils.translation import override

from flectar.core.jobs import job
from flectar.core.origins import platform_origin
from flectar.platform.notifications import bell
from flectar.platform.notifications.kinds import kinds
from flectar.platform.notifications.models import Notification
from flectar.platform.outbox import send_mail
from flectar.platform.projects.access import can
from flectar.platform.projects.models import Project

MOST = 50


@job("notifications.digest")
def send_digest(project_id: UUID, user_id: UUID) -> None:
    """Everything that has waited for it, oldest first. Whoever has left meanwhile gets nothing."""
    user = get_user_model().objects.filter(pk=user_id, is_active=True).first()
    project = Project.objects.get(pk=project_id)
    waiting = Notification.objects.select_for_update().filter(user=user_id, in_digest=True, kind__in=kinds())
    found = list(waiting.order_by("at", "id"))
    Notification.objects.filter(pk__in=[one.pk for one in found]).update(in_digest=False)
    known = [one for one in found if user is not None and can(user, kinds()[one.kind].permission, project)]
    if user is None or not known:
        return
    locale = user.locale or project.locale
    with override(locale):
        lines = bell.lines(project, known[:MOST])
        rows = [(line.title, line.detail) for line in lines]
    send_mail(
        event="notifications.digest",
        to=(str(user), user.email),
        locale=locale,
        context={"rows": rows, "count": len(known), "link": f"{platform_origin()}/{project.slug}/notifications/"},
        project=project,
        dedupe_key=f"digest:{known[-1].pk}",
    )
