"""What runs after the request: bringing in a file, forgetting it."""

from datetime import timedelta
from uuid import UUID

from flectar.core import clock
from flectar.core.jobs import job
from flectar.core.tenancy import project_scope
from flectar.people.customers import completions, custom, directory, erasing, importing, merging, papers
from flectar.people.customers.models import Completion, CustomerImport
from flectar.people.customers.tabular import UnreadableFile
from flectar.platform.audit.log import Actor, acting_as
from flectar.platform.projects.models import Project

KEEP_FILE = timedelta(days=2)
KEEP_LEFTOVERS = timedelta(days=30)


def _gave_up(of_project: str, import_id: str) -> None:
    """Whoever looks at the import reads that it stopped, and can try again as long as the file is kept."""
    with project_scope(UUID(of_project)):
        importing.falter(UUID(import_id))
    forget_file.defer_at(clock.now() + KEEP_FILE, project_id=UUID(of_project), import_id=import_id)


# Not `project_id`: that would open one transaction around the whole import, and hold its locks to the end.
@job("customers.bring_in", retries=5, gave_up=_gave_up)
def bring_in(of_project: str, import_id: str) -> None:
    project_id, pk = UUID(of_project), UUID(import_id)
    with project_scope(project_id):
        if not Project.objects.get(pk=project_id).has("customers"):
            importing.falter(pk)
            return
    try:
        with acting_as(_author(project_id, pk)):
            importing.bring_in(project_id, pk)
    except UnreadableFile as unreadable:
        with project_scope(project_id):
            importing.stop(CustomerImport.objects.get(pk=pk), str(unreadable))
    forget_leftovers.defer_at(clock.now() + KEEP_LEFTOVERS, project_id=project_id, import_id=pk)


def _author(project_id: UUID, import_id: UUID) -> Actor:
    """The deed is of whoever approved the import."""
    with project_scope(project_id):
        upload = (
            CustomerImport.objects.select_related("author", "project").filter(pk=import_id).defer("content").first()
        )
        if upload is None or upload.author is None:
            return Actor(kind="import")
        organization_id = upload.project.organization_id
        return Actor(kind="person", id=upload.author.pk, name=upload.author.name, organization_id=organization_id)


@job("customers.take_back", retries=5)
def take_back(of_project: str, import_id: str) -> None:
    """What an undone import had added to people who were known already."""
    project_id, pk = UUID(of_project), UUID(import_id)
    with acting_as(_author(project_id, pk)):
        completions.take_back(project_id, pk)


@job("customers.forget_file")
def forget_file(project_id: UUID, import_id: str) -> None:
    """An upload that nobody went on with, or that stopped and was not tried again."""
    CustomerImport.objects.filter(pk=import_id, state=CustomerImport.State.UPLOADED).delete()
    CustomerImport.objects.filter(pk=import_id, state=CustomerImport.State.FAILED).update(content=None)


@job("customers.forget_leftovers")
def forget_leftovers(project_id: UUID, import_id: str) -> None:
    CustomerImport.objects.filter(pk=import_id).update(remarks=[], headers=[])
    Completion.objects.filter(brought_by=UUID(import_id)).delete()


@job("customers.erase_again", retries=5)
def erase_again(project_id: UUID) -> None:
    """Deferred by `flectar restore`: who was erased since the backup is erased again."""
    erasing.erase_again(Project.objects.get(pk=project_id))


@job("customers.forget_merge")
def forget_merge(project_id: UUID, merge_id: str) -> None:
    merging.forget(UUID(merge_id))


@job("customers.forget_note")
def forget_note(project_id: UUID, note_id: str) -> None:
    directory.forget_note(UUID(note_id))


@job("customers.forget_customer_file")
def forget_customer_file(project_id: UUID, file_id: str) -> None:
    papers.forget(UUID(file_id))


@job("customers.forget_field")
def forget_field(project_id: UUID, field_id: str) -> None:
    custom.forget(UUID(field_id))
