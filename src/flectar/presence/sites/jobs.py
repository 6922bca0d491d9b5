"""Publishing now, publishing soon, and publishing again when time has overtaken what a page says."""

from datetime import timedelta
from uuid import UUID

from flectar.core import clock
from flectar.core.jobs import job
from flectar.platform.projects.models import Project
from flectar.presence.sites.publish import press, put_out

# Pages that change every minute are not worth twenty milliseconds each time.
CALM = timedelta(minutes=10)


def publish(project: Project, *, anew: bool = False) -> None:
    """In the transaction of the deed that changed something. `anew`: as a new edition in any case."""
    until, is_loose = put_out(project, anew=anew)
    if until:
        renew.defer_at(until, project_id=project.pk, _key=f"sites.renew {project.pk} {until:%Y%m%d%H%M%S}")
    if is_loose:
        press_later.defer_at(clock.now() + CALM, project_id=project.pk, _key=f"sites.press {project.pk}")


def publish_soon(project_id: UUID) -> None:
    """After this transaction; many changes in a row are one publish."""
    renew.defer(project_id=project_id, _key=f"sites.renew {project_id}")


@job("sites.renew")
def renew(project_id: UUID) -> None:
    """A day has passed, a free time is taken, the code is newer. Writes nothing if the page stays the same."""
    if project := Project.objects.filter(pk=project_id).first():
        publish(project)


@job("sites.press")
def press_later(project_id: UUID) -> None:
    """A tenth fewer bytes for every visitor from now on."""
    if project := Project.objects.filter(pk=project_id).first():
        press(project)
