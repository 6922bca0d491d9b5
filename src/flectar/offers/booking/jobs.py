"""What runs after the request: bringing in a calendar file, forgetting it."""

from datetime import timedelta
from uuid import UUID

from flectar.core import clock
from flectar.core.jobs import job
from flectar.core.tenancy import project_scope
from flectar.offers.booking import importing
from flectar.offers.booking.calendar_file import NotACalendar
from flectar.offers.booking.models import CalendarImport

KEEP_FILE = timedelta(days=2)
KEEP_REPORT = timedelta(days=30)


# Not `project_id`: that would open one transaction around the whole import, and nobody would see its progress.
@job("booking.bring_in_calendar", retries=5)
def bring_in(of_project: str, import_id: str) -> None:
    project_id, pk = UUID(of_project), UUID(import_id)
    try:
        importing.bring_in(project_id, pk)
    except NotACalendar as refused:
        with project_scope(project_id):
            importing.stop(CalendarImport.objects.get(pk=pk), str(refused))
    forget_report.defer_at(clock.now() + KEEP_REPORT, project_id=project_id, import_id=pk)


@job("booking.forget_calendar_file")
def forget_file(project_id: UUID, import_id: str) -> None:
    """An upload that nobody went on with."""
    CalendarImport.objects.filter(pk=import_id, state=CalendarImport.State.UPLOADED).delete()


@job("booking.forget_calendar_report")
def forget_report(project_id: UUID, import_id: str) -> None:
    CalendarImport.objects.filter(pk=import_id).delete()
