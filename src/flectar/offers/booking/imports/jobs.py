"""What runs after the request: reading a calendar file, bringing it in, forgetting it; following other calendars."""

from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

from flectar.core import clock
from flectar.core.jobs import job
from flectar.core.tenancy import project_scope
from flectar.offers.booking.calendars.calendar_file import NotACalendar
from flectar.offers.booking.imports import bringing, importing
from flectar.offers.booking.models import BookingImport, CalendarImport
from flectar.people.customers.tabular import UnreadableFile
from flectar.platform.audit.log import Actor, acting_as
from flectar.platform.projects.models import Project

KEEP_FILE = timedelta(days=2)
KEEP_REPORT = timedelta(days=30)


def _gave_up(of_project: str, import_id: str) -> None:
    """Whoever looks at the import reads that it stopped, and can try again as long as the file is kept."""
    with project_scope(UUID(of_project)):
        importing.falter(UUID(import_id))
    forget_file.defer_at(clock.now() + KEEP_FILE, project_id=UUID(of_project), import_id=import_id)


# Not `project_id`, here and below: that would open one transaction around all of it, and nobody would see its progress.
@job("booking.look_at_calendar", retries=5, gave_up=_gave_up)
def look(of_project: str, import_id: str) -> None:
    _run(importing.look, UUID(of_project), UUID(import_id))


@job("booking.bring_in_calendar", retries=5, gave_up=_gave_up)
def bring_in(of_project: str, import_id: str) -> None:
    _run(importing.bring_in, UUID(of_project), UUID(import_id))
    forget_report.defer_at(clock.now() + KEEP_REPORT, project_id=UUID(of_project), import_id=import_id)


def _run(deed: Callable[[UUID, UUID], None], project_id: UUID, import_id: UUID) -> None:
    with project_scope(project_id):
        if not Project.objects.get(pk=project_id).has("booking"):
            importing.falter(import_id)
            return
    try:
        deed(project_id, import_id)
    except NotACalendar as refused:
        with project_scope(project_id):
            importing.stop(CalendarImport.objects.get(pk=import_id), str(refused))


def _gave_former_up(of_project: str, import_id: str) -> None:
    with project_scope(UUID(of_project)):
        bringing.falter(UUID(import_id))
    forget_former.defer_at(clock.now() + KEEP_FILE, project_id=UUID(of_project), import_id=import_id)


@job("booking.bring_in_former", retries=5, gave_up=_gave_former_up)
def bring_in_former(of_project: str, import_id: str) -> None:
    project_id, pk = UUID(of_project), UUID(import_id)
    with project_scope(project_id):
        if not Project.objects.get(pk=project_id).has("booking"):
            bringing.falter(pk)
            return
    try:
        with acting_as(_author_of_former(project_id, pk)):
            bringing.bring_in(project_id, pk)
    except UnreadableFile as unreadable:
        with project_scope(project_id):
            bringing.stop(BookingImport.objects.get(pk=pk), str(unreadable))
    forget_former_report.defer_at(clock.now() + KEEP_REPORT, project_id=project_id, import_id=str(pk))


@job("booking.undo_former", retries=5, gave_up=_gave_former_up)
def undo_former(of_project: str, import_id: str) -> None:
    project_id, pk = UUID(of_project), UUID(import_id)
    with acting_as(_author_of_former(project_id, pk)):
        bringing.undo(project_id, pk)


def _author_of_former(project_id: UUID, import_id: UUID) -> Actor:
    """The deed is of whoever uploaded the file."""
    with project_scope(project_id):
        found = BookingImport.objects.select_related("author", "project").defer("content").filter(pk=import_id).first()
        if found is None or found.author is None:
            return Actor(kind="import")
        organization_id = found.project.organization_id
        return Actor(kind="person", id=found.author.pk, name=found.author.name, organization_id=organization_id)


@job("booking.forget_former")
def forget_former(project_id: UUID, import_id: str) -> None:
    """An upload that nobody went on with, or that stopped and was not tried again."""
    BookingImport.objects.filter(pk=import_id, state=BookingImport.State.UPLOADED).delete()
    BookingImport.objects.filter(pk=import_id, state=BookingImport.State.FAILED).update(content=None)


@job("booking.forget_former_report")
def forget_former_report(project_id: UUID, import_id: str) -> None:
    BookingImport.objects.filter(pk=import_id).update(remarks=[], headers=[], names={})


@job("booking.forget_calendar_file")
def forget_file(project_id: UUID, import_id: str) -> None:
    """An upload that nobody went on with, or that stopped and was not tried again."""
    nobody_went_on = (CalendarImport.State.READING, CalendarImport.State.UPLOADED)
    CalendarImport.objects.filter(pk=import_id, state__in=nobody_went_on).delete()
    CalendarImport.objects.filter(pk=import_id, state=CalendarImport.State.FAILED).update(content=None)


@job("booking.forget_calendar_report")
def forget_report(project_id: UUID, import_id: str) -> None:
    CalendarImport.objects.filter(pk=import_id).delete()
