"""When a business is open: windows of the week in its local time, and dates with hours of their own.

A window may run past midnight, Sunday's into Monday too. Two windows never share a minute; ends may touch.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from flectar.core.events import announce
from flectar.platform.audit.log import record
from flectar.platform.projects.facts import ProfileChanged
from flectar.platform.projects.models import MINUTES_A_DAY, OpeningHours, Project, SpecialDay

_WEEK = 7 * MINUTES_A_DAY
LONGEST_CLOSURE = 92  # days added at once


@dataclass(frozen=True, slots=True, order=True)
class Window:
    """Open from `start_min` (minutes after midnight of `weekday`, 0 Monday) for `len_min`."""

    weekday: int
    start_min: int
    len_min: int

    @classmethod
    def between(cls, weekday: int, opens: int, closes: int) -> "Window":
        """Closing at or before opening means the next day."""
        return cls(weekday, opens, closes - opens if closes > opens else closes - opens + MINUTES_A_DAY)

    @property
    def closes(self) -> int:
        return (self.start_min + self.len_min) % MINUTES_A_DAY

    def overlaps(self, other: "Window") -> bool:
        """In a week that begins anew after Sunday."""
        mine, theirs = self._minute_of_week, other._minute_of_week
        return (theirs - mine) % _WEEK < self.len_min or (mine - theirs) % _WEEK < other.len_min

    @property
    def _minute_of_week(self) -> int:
        return self.weekday * MINUTES_A_DAY + self.start_min

    def __str__(self) -> str:
        return f"{clock(self.start_min)}–{clock(self.closes)}"


class Overlap(Exception):
    """Two windows share time. A form says so earlier and beside the row."""

    def __init__(self, one: Window, other: Window) -> None:
        self.windows = one, other
        super().__init__(_("%(one)s and %(other)s overlap.") % {"one": one, "other": other})


class DayTaken(Exception):
    """A date has hours of its own already. Fit to show."""

    def __init__(self, days: Collection[date]) -> None:
        self.days = sorted(days)
        super().__init__(_("Some of these days have hours of their own already. Remove those first."))


def clock(minutes: int) -> str:
    return f"{minutes // 60:02}:{minutes % 60:02}"


def first_overlap(windows: Sequence[Window]) -> tuple[Window, Window] | None:
    pairs = ((one, other) for index, one in enumerate(windows) for other in windows[index + 1 :])
    return next((pair for pair in pairs if pair[0].overlaps(pair[1])), None)


def week() -> list[Window]:
    """The present week of the served project, in order."""
    rows = OpeningHours.objects.order_by("weekday", "start_min").values_list("weekday", "start_min", "len_min")
    return [Window(*row) for row in rows]


@transaction.atomic
def set_week(project: Project, windows: Iterable[Window]) -> bool:
    """Replace the week; whether that changed anything."""
    wanted = sorted(windows)
    if overlap := first_overlap(wanted):
        raise Overlap(*overlap)
    _lock(project)
    before = week()
    if before == wanted:
        return False
    write_week(wanted)
    record("hours.changed", target=project, old={"week": said(before)}, new={"week": said(wanted)})
    announce(ProfileChanged(project.pk))
    return True


def write_week(windows: Iterable[Window]) -> None:
    """The rows alone, as whoever only tries a week needs them (touching.py): nobody is told."""
    OpeningHours.objects.all().delete()
    OpeningHours.objects.bulk_create(
        OpeningHours(weekday=window.weekday, start_min=window.start_min, len_min=window.len_min) for window in windows
    )


@transaction.atomic
def add_special_days(
    project: Project, first: date, last: date, *, windows: Iterable[Window], note: str = ""
) -> list[SpecialDay]:
    """The same hours for each date from first to last; no windows: closed."""
    wanted = sorted(windows)
    if overlap := first_overlap(wanted):
        raise Overlap(*overlap)
    _lock(project)
    made = write_special_days(first, last, windows=wanted, note=note)
    said = {"days": [each.day.isoformat() for each in made], "hours": [str(window) for window in wanted], "note": note}
    record("special_day.added", target=project, new=said)
    announce(ProfileChanged(project.pk))
    return made


def write_special_days(first: date, last: date, *, windows: Iterable[Window], note: str = "") -> list[SpecialDay]:
    """The rows alone, as `write_week`. Raises DayTaken."""
    days = [first + timedelta(days=number) for number in range((last - first).days + 1)]
    if taken := set(SpecialDay.objects.filter(day__in=days).values_list("day", flat=True)):
        raise DayTaken(taken)
    plain = [[window.start_min, window.len_min] for window in windows]
    return SpecialDay.objects.bulk_create(SpecialDay(day=day, windows=plain, note=note) for day in days)


@transaction.atomic
def remove_special_day(project: Project, special_day_id: UUID) -> SpecialDay | None:
    """The row that is gone now, None if it was gone before."""
    _lock(project)
    found = SpecialDay.objects.filter(pk=special_day_id).first()
    if found is None:
        return None
    SpecialDay.objects.filter(pk=special_day_id).delete()
    record("special_day.removed", target=project, old=_daysaid(found))
    announce(ProfileChanged(project.pk))
    return found


def windows_of(special_day: SpecialDay) -> list[Window]:
    return [Window(special_day.day.weekday(), start, length) for start, length in special_day.windows]


def _lock(project: Project) -> None:
    """One change of the hours at a time."""
    Project.objects.select_for_update(no_key=True).get(pk=project.pk)


def said(windows: Iterable[Window]) -> dict[str, list[str]]:
    said: dict[str, list[str]] = {}
    for window in windows:
        said.setdefault(DAYS[window.weekday], []).append(str(window))
    return said


DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def _daysaid(day: SpecialDay) -> dict[str, Any]:
    return {"days": [day.day.isoformat()], "hours": [str(window) for window in windows_of(day)], "note": day.note}
