"""A calendar file into busy time: read by a job and looked at, then brought in by another (dashboard); or at once
(command). Reading takes up to 20 seconds: rules that repeat are counted through."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from flectar.core import clock
from flectar.core.tenancy import project_scope
from flectar.core.text import fold
from flectar.offers.booking.calendars import calendar_file, rota
from flectar.offers.booking.calendars.calendar_file import Reading, Skipped
from flectar.offers.booking.models import CalendarImport, Resource
from flectar.platform.audit.log import Actor, acting_as
from flectar.platform.projects.models import Project

KEPT_REMARKS = 2000


def upload(project: Project, person: Resource, file_name: str, content: bytes, *, author: Any) -> CalendarImport:
    """Keep the file until it has been read. Raises NotACalendar and keeps nothing."""
    calendar_file.check(content)
    return CalendarImport.objects.create(
        project=project, resource=person, file_name=file_name[:200], content=content, author=author
    )


def look(project_id: UUID, import_id: UUID) -> None:
    """Note what the file would bring, outside any scope, so that the progress can be seen. Brings nothing in."""
    job = _taken_up(project_id, import_id, CalendarImport.State.READING)
    if job is None:
        return
    reading = _read(job)
    with project_scope(project_id):
        found = CalendarImport.objects.select_for_update().get(pk=import_id)
        if found.state != CalendarImport.State.READING:
            return
        clashes = [str(booking.pk) for booking, _busy_at in rota.clashes(job.resource, reading)]
        _note(found, reading, state=CalendarImport.State.UPLOADED, clashes=clashes)


def start(job: CalendarImport) -> bool:
    """Mark it as running. False if somebody has done so already: a second click starts nothing."""
    waiting = CalendarImport.objects.filter(pk=job.pk, state=CalendarImport.State.UPLOADED)
    return bool(waiting.update(state=CalendarImport.State.RUNNING))


def bring_in(project_id: UUID, import_id: UUID) -> None:
    """Run an import to its end, outside any scope, so that its progress can be seen. Running twice changes nothing."""
    job = _taken_up(project_id, import_id, CalendarImport.State.RUNNING)
    if job is None:
        return
    reading = _read(job)
    with project_scope(project_id):
        found = CalendarImport.objects.select_for_update().get(pk=import_id)
        if found.state != CalendarImport.State.RUNNING:
            return
        rota.bring_in(job.resource, job.file_name, reading)
        _note(found, reading, state=CalendarImport.State.DONE, content=None, clashes=[], finished_at=clock.now())


def _taken_up(project_id: UUID, import_id: UUID, state: str) -> CalendarImport | None:
    """In that state, or stopped before and now in that state again; None if there is nothing to do."""
    with project_scope(project_id):
        job = CalendarImport.objects.select_related("project", "resource").get(pk=import_id)
        if job.state not in (state, CalendarImport.State.FAILED) or job.content is None:
            return None
        job.state, job.finished_at = state, None
        job.save(update_fields=["state", "finished_at"])
    return job


def _read(job: CalendarImport) -> Reading:
    def progress(done: int, total: int) -> None:
        if done % 100 == 0:
            with project_scope(job.project.pk):
                CalendarImport.objects.filter(pk=job.pk).update(done=done, series=total)

    return rota.read_calendar(job.project, bytes(job.content or b""), on_progress=progress)


def _note(job: CalendarImport, reading: Reading, **values: Any) -> None:
    for name, value in {**_report(reading), "done": reading.series, **values}.items():
        setattr(job, name, value)
    job.save()


def falter(import_id: UUID) -> None:
    """It stopped for a reason that is not in the file: the file stays, so that it can be tried again."""
    under_way = (CalendarImport.State.READING, CalendarImport.State.RUNNING)
    CalendarImport.objects.filter(pk=import_id, state__in=under_way).update(
        state=CalendarImport.State.FAILED, finished_at=clock.now()
    )


def again(job: CalendarImport) -> bool:
    """Whether it may begin anew, with reading: what was wrong may have been in our way of reading."""
    stopped = CalendarImport.objects.filter(pk=job.pk, state=CalendarImport.State.FAILED, content__isnull=False)
    return bool(stopped.update(state=CalendarImport.State.READING, finished_at=None))


def stop(job: CalendarImport, problem: str) -> None:
    job.state, job.problem, job.content = CalendarImport.State.FAILED, problem, None
    job.finished_at = clock.now()
    job.save()


def _report(reading: Reading) -> dict[str, Any]:
    skipped = [[one.line, one.title, one.why] for one in reading.skipped[:KEPT_REMARKS]]
    return {
        "events": reading.events,
        "busy": len(reading.busy),
        "skipped": skipped,
        "series": reading.series,
    }


class NobodyOfThatName(ValueError):
    """The sentence names those that there are."""


def import_file(
    project: Project,
    path: Path,
    *,
    dry_run: bool,
    progress: Callable[[int, int], None] = lambda done, total: None,
    staff: str | None = None,
) -> Iterator[str]:
    """`flectar import calendar`: the report, line by line. Without `staff`: for everybody who takes bookings.

    Raises NotACalendar and NobodyOfThatName.
    """
    reading = rota.read_calendar(project, path.read_bytes(), on_progress=progress)
    with project_scope(project.pk), acting_as(Actor(kind="import", name="flectar import")):
        people = list(Resource.objects.active().in_order())
        if staff is not None:
            names = ", ".join(person.name for person in people)
            people = [person for person in people if fold(staff) in (person.name_folded, fold(person.first_name))]
            if not people:
                raise NobodyOfThatName(
                    _("Nobody is called %(name)s. There are: %(names)s") % {"name": staff, "names": names}
                )
        yield from report(reading)
        for person in people:
            for booking, busy_at in rota.clashes(person, reading):
                yield _("%(name)s: booking %(code)s lies in busy time from %(when)s; it stays.") % {
                    "name": person.name,
                    "code": booking.code,
                    "when": f"{busy_at.astimezone(project.tz):%Y-%m-%d %H:%M}",
                }
            if not dry_run:
                rota.bring_in(person, path.name, reading)
        yield (
            _("Nothing was written.")
            if dry_run
            else _("Brought in for %(names)s.") % {"names": ", ".join(person.name for person in people)}
        )


def report(reading: Reading) -> Iterator[str]:
    yield _(
        "%(events)s events: %(busy)s busy times, %(recurring)s series, %(all_day)s whole days, %(skipped)s skipped."
    ) % {
        "events": reading.events,
        "busy": len(reading.busy),
        "recurring": reading.recurring,
        "all_day": reading.all_day,
        "skipped": len(reading.skipped),
    }
    yield from (_line(skipped) for skipped in reading.skipped)


def _line(skipped: Skipped) -> str:
    title = f" {skipped.title}:" if skipped.title else ""
    return _("line %(line)s:%(title)s %(why)s") % {"line": skipped.line, "title": title, "why": skipped.why}
