"""Changing when people work: weeks, closures, busy time of other calendars. Takes the same lock as a booking does."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import F, QuerySet

from flectar.core import clock
from flectar.core.events import announce
from flectar.offers.booking.calendars import calendar_file
from flectar.offers.booking.calendars.calendar_file import Busy, Reading
from flectar.offers.booking.facts import ServicesChanged
from flectar.offers.booking.hours import Window
from flectar.offers.booking.models import (
    Booking,
    BookingQuerySet,
    CalendarSource,
    Closure,
    ExternalBusy,
    Resource,
    Schedule,
    ScheduleOverride,
    ScheduleWindow,
)
from flectar.offers.booking.scheduling import touched
from flectar.offers.booking.scheduling.claiming import lock_calendars
from flectar.platform.audit.log import record
from flectar.platform.projects.models import Project

IMPORTED_AHEAD = timedelta(days=366)


def week_of(person: Resource) -> dict[int, list[Window]]:
    """A person's own week; empty when they follow the business."""
    week: dict[int, list[Window]] = {}
    if person.schedule_id:
        for window in ScheduleWindow.objects.filter(schedule=person.schedule_id):
            week.setdefault(window.weekday, []).append((window.start_min, window.len_min))
    return week


@transaction.atomic
def set_week(person: Resource, week: Mapping[int, Sequence[Window]] | None) -> None:
    """A week of one's own; None: the hours of the business."""
    _touch([person])
    before = week_of(person) if person.schedule_id else None
    if week is None:
        schedule, person.schedule = person.schedule, None
        person.save(update_fields=["schedule"])
        if schedule is not None:
            schedule.delete()
    else:
        if person.schedule is None:
            person.schedule = Schedule.objects.create(project_id=person.project_id, name=person.name)
            person.save(update_fields=["schedule"])
        person.schedule.windows.all().delete()
        ScheduleWindow.objects.bulk_create(
            ScheduleWindow(
                project_id=person.project_id, schedule=person.schedule, weekday=day, start_min=start, len_min=length
            )
            for day, windows in week.items()
            for start, length in windows
        )
    record("staff.hours_changed", target=person, old={"week": _plain(before)}, new={"week": _plain(week)})
    announce(ServicesChanged(person.project.pk))


@transaction.atomic
def set_days(person: Resource, first: date, last: date, windows: Sequence[Window]) -> None:
    """Hours of their own on each of these dates, whatever the week says; without windows, off all day."""
    _touch([person])
    days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    person.overrides.filter(day__in=days).delete()
    ScheduleOverride.objects.bulk_create(
        ScheduleOverride(project_id=person.project_id, resource=person, day=day, windows=[list(one) for one in windows])
        for day in days
    )
    said = [days[0].isoformat(), days[-1].isoformat()]
    record("staff.days_set", target=person, new={"days": said, "hours": [list(one) for one in windows]})
    announce(ServicesChanged(person.project.pk))


@transaction.atomic
def forget_day(person: Resource, day: date) -> bool:
    """The week holds again on that date. Whether there was anything to forget."""
    _touch([person])
    deleted, _rows = person.overrides.filter(day=day).delete()
    if deleted:
        record("staff.day_forgotten", target=person, old={"days": [day.isoformat()]})
        announce(ServicesChanged(person.project.pk))
    return bool(deleted)


def _plain(week: Mapping[int, Sequence[Window]] | None) -> Any:
    return None if week is None else {str(day): [list(window) for window in windows] for day, windows in week.items()}


@transaction.atomic
def close(closure: Closure) -> BookingQuerySet:
    """Block the time. Nothing is cancelled: the answer is the bookings that lie in it, for a person to decide."""
    _touch([closure.resource] if closure.resource else list(Resource.objects.all()))
    closure.save(force_insert=True)
    record(
        "closure.added",
        target=closure,
        new={
            "starts_at": closure.starts_at,
            "ends_at": closure.ends_at,
            "who": str(closure.resource or closure.service or ""),
        },
    )
    announce(ServicesChanged(closure.project.pk))
    return touched.bookings_in(closure)


@transaction.atomic
def reopen(closure: Closure) -> None:
    _touch([closure.resource] if closure.resource else list(Resource.objects.all()))
    record("closure.removed", target=closure, old={"starts_at": closure.starts_at, "ends_at": closure.ends_at})
    project_id = closure.project.pk
    closure.delete()
    announce(ServicesChanged(project_id))


# --- Other calendars --------------------------------------------------------------------------------------------------


def read_calendar(project: Project, content: bytes, **options: Any) -> Reading:
    """What an import of this file would bring: from today on, a year ahead. Raises NotACalendar; writes nothing."""
    zone: ZoneInfo = project.tz
    first = clock.day_bounds(project.today, zone)[0]
    return calendar_file.read(content, zone=zone, first=first, until=first + IMPORTED_AHEAD, **options)


@transaction.atomic
def bring_in(person: Resource, name: str, reading: Reading) -> CalendarSource:
    """Replace what an earlier import of the same name brought, in one transaction: importing twice changes nothing."""
    _touch([person])
    source, _new = CalendarSource.objects.update_or_create(
        project=person.project,
        resource=person,
        kind=CalendarSource.Kind.FILE,
        name=name[:200],
        defaults={"synced_at": clock.now()},
    )
    source.busy.all().delete()
    ExternalBusy.objects.bulk_create(
        (
            ExternalBusy(
                project_id=person.project_id,
                resource=person,
                source=source,
                uid=busy.uid,
                starts_at=busy.starts_at,
                ends_at=busy.ends_at,
            )
            for busy in reading.busy
        ),
        batch_size=1000,
    )
    record(
        "calendar.imported",
        target=person,
        new={"name": source.name, "busy": len(reading.busy), "skipped": len(reading.skipped)},
    )
    announce(ServicesChanged(person.project.pk))
    return source


def follow(source: CalendarSource, busy: Sequence[Busy], *, unread: Collection[str], since: datetime) -> bool:
    """Make the busy time of a calendar what it says now; what lies before `since` goes too. Whether anything changed
    for whoever books. Call it with the calendar of its resource locked.

    Events that could not be read this time (`unread`, by UID) keep the time that they held.
    """
    wanted = {(one.uid, one.starts_at): one.ends_at for one in busy}
    rows = list(source.busy.values_list("pk", "uid", "starts_at", "ends_at"))
    gone, over = [], []
    for pk, uid, starts_at, ends_at in rows:
        if ends_at <= since:
            over.append(pk)
        elif wanted.get((uid, starts_at)) == ends_at:
            del wanted[uid, starts_at]
        elif uid not in unread:
            gone.append(pk)
        else:
            wanted.pop((uid, starts_at), None)
    ExternalBusy.objects.filter(pk__in=[*gone, *over]).delete()
    ExternalBusy.objects.bulk_create(
        (
            ExternalBusy(
                project_id=source.project_id,
                resource_id=source.resource_id,
                source=source,
                uid=uid,
                starts_at=starts_at,
                ends_at=ends_at,
            )
            for (uid, starts_at), ends_at in wanted.items()
        ),
        batch_size=1000,
    )
    if not gone and not wanted:
        return False
    Resource.objects.filter(pk=source.resource_id).update(rev=F("rev") + 1)
    announce(ServicesChanged(source.project.pk))
    return True


@transaction.atomic
def forget_calendar(source: CalendarSource) -> None:
    _touch([source.resource])
    record("calendar.removed", target=source.resource, old={"name": source.name})
    project_id = source.project.pk
    source.delete()
    announce(ServicesChanged(project_id))


def clashes(person: Resource, reading: Reading) -> list[tuple[Booking, datetime]]:
    """Bookings that lie in the busy time of a file: shown before it is imported, never cancelled by it."""
    if not reading.busy:
        return []
    held: QuerySet[Booking] = (
        Booking.objects.holding_time()
        .filter(resource=person)
        .overlapping(reading.busy[0].starts_at, max(busy.ends_at for busy in reading.busy))
        .listed_with_people()
        .order_by("starts_at", "id")
    )
    return [
        (booking, busy.starts_at)
        for booking in held
        if (
            busy := next(
                (one for one in reading.busy if one.starts_at < booking.ends_at and one.ends_at > booking.starts_at),
                None,
            )
        )
    ]


def _touch(people: Sequence[Resource]) -> None:
    """Lock the calendars and raise their counter: whoever books at this moment comes first or sees the change."""
    ids = [person.pk for person in people]
    lock_calendars(ids)
    Resource.objects.filter(pk__in=ids).update(rev=F("rev") + 1)
