"""Deleting a project: at once closed, thirty days to change one's mind, then everything is gone.

What stays is its name, so that nobody inherits its links, and the sealed audit log without names and values.
"""

from datetime import timedelta

from django.db import connection, transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from flectar.core import clock, storage
from flectar.core.events import announce
from flectar.core.tenancy import project_scope
from flectar.platform.audit import sealing
from flectar.platform.audit.log import record
from flectar.platform.audit.models import Entry
from flectar.platform.projects.facts import AddressesChanged
from flectar.platform.projects.models import Domain, PastAddress, Project

GRACE = timedelta(days=30)


class Leaving(Exception):
    """It is being deleted already. Fit to show."""

    def __init__(self) -> None:
        super().__init__(_("This project is being deleted already."))


@transaction.atomic
def ask(project: Project) -> None:
    """Close the site now, and everything in thirty days. Inside the project's scope."""
    current = Project.objects.select_for_update().get(pk=project.pk)
    if current.leaves_at:
        raise Leaving
    current.leaves_at = project.leaves_at = clock.now() + GRACE
    current.save(update_fields=["leaves_at"])
    record(
        "project.deletion_asked",
        target=current,
        new={"leaves_at": current.leaves_at},
        organization_id=current.organization_id,
    )
    announce(AddressesChanged(current.pk))


@transaction.atomic
def restore(project: Project) -> bool:
    """As if nothing had been; whether there was anything to take back. Inside the project's scope."""
    current = Project.objects.select_for_update().get(pk=project.pk)
    if not current.leaves_at:
        return False
    current.leaves_at = project.leaves_at = None
    current.save(update_fields=["leaves_at"])
    record("project.deletion_taken_back", target=current, organization_id=current.organization_id)
    announce(AddressesChanged(current.pk))
    return True


def erase(project: Project) -> None:
    """All of it, once its time has come; the database refuses before. Outside any scope: files go after the commit."""
    with transaction.atomic():
        current = Project.objects.select_for_update().filter(pk=project.pk, leaves_at__lte=clock.now()).first()
        if current is None:
            return
        organization_id, said = current.organization_id, {"name": current.name, "slug": current.slug}
        with project_scope(current.pk):
            _erase_rows(current)
        record("project.deleted", old=said, organization_id=organization_id)
    erase_files(project)


def _erase_rows(project: Project) -> None:
    sealing.forget(Entry.objects.all())
    with connection.cursor() as cursor:
        cursor.execute("SELECT projects_erase(%s)", [project.pk])
        cursor.execute(
            "DELETE FROM procrastinate_jobs WHERE args->>'project_id' = %s AND status = 'todo'", [str(project.pk)]
        )
    PastAddress.objects.create(slug=project.slug)
    proven = Q(state=Domain.State.PROVEN)
    project.domains.exclude(proven).exclude(state=Domain.State.RELEASED).delete()
    project.domains.filter(proven).update(state=Domain.State.RELEASED, released_at=clock.now())
    project.delete()


def erase_files(project: Project) -> None:
    """Whatever is kept in the folders that begin with its id."""
    for files in (storage.public_files(), storage.private_files()):
        storage.delete_folder(files, str(project.pk))
