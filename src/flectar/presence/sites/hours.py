"""Opening hours in words: days that keep the same hours stand together, special days follow with their date.

"Tuesday to Friday 10:00–20:00", never "open now": a stored page does not know what time it is.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from babel import dates
from django.utils.text import capfirst
from django.utils.translation import gettext

from flectar.ui import formats

type Window = tuple[int, int]  # minutes after midnight, minutes long
type Week = Sequence[Sequence[Window]]  # Monday first

DAY = 24 * 60
DAYS_AHEAD = 45


@dataclass(frozen=True)
class Line:
    """One row of the table."""

    days: str
    windows: tuple[str, ...]  # none: closed
    note: str = ""


def week_of(rows: Iterable[tuple[int, int, int]]) -> Week:
    """From (weekday, start, length) in any order to seven lists in the order of the clock."""
    week: list[list[Window]] = [[] for _ in range(7)]
    for weekday, start, length in sorted(rows):
        week[weekday].append((start, length))
    return week


def weekly_lines(week: Week) -> list[Line]:
    """Open days first, in the order of the week; closed days last. No line at all for a week without any hours."""
    if not any(week):
        return []
    together: dict[tuple[Window, ...], list[int]] = {}
    for weekday, windows in enumerate(week):
        together.setdefault(tuple(windows), []).append(weekday)
    return [
        Line(_days(weekdays), tuple(span(start, length) for start, length in windows))
        for windows, weekdays in sorted(together.items(), key=lambda entry: (not entry[0], entry[1]))
    ]


def special_lines(days: Iterable[tuple[date, Sequence[Window], str]], today: date) -> list[Line]:
    """Days with hours of their own, from today to six weeks ahead."""
    last = today + timedelta(days=DAYS_AHEAD)
    return [
        Line(formats.short_day(day), tuple(span(start, length) for start, length in sorted(windows)), note)
        for day, windows, note in sorted(days)
        if today <= day <= last
    ]


def span(start: int, length: int) -> str:
    """10:00–20:00; past midnight the end is the next morning's: 20:00–2:00."""
    if start == 0 and length == DAY:
        return gettext("Day and night")
    end = start + length
    return f"{_clock(start)}–{_clock(end if end == DAY else end % DAY)}"


def _clock(minutes: int) -> str:
    return f"{minutes // 60}:{minutes % 60:02}"


def _days(weekdays: list[int]) -> str:
    """Runs of three and more become "Tuesday to Friday"; the week is round, so Sunday may stand before Monday."""
    names = dates.get_day_names("wide", "stand-alone", formats.locale())
    parts: list[str] = []
    for run in _runs(weekdays):
        if len(run) == 7:
            parts.append(gettext("Every day"))
        elif len(run) > 2:
            parts.append(gettext("%(first)s to %(last)s") % {"first": names[run[0]], "last": names[run[-1]]})
        else:
            parts += [names[weekday] for weekday in run]
    return str(capfirst(", ".join(parts)))


def _runs(weekdays: list[int]) -> list[list[int]]:
    """Neighbouring days, joined over the weekend when both ends are there."""
    runs: list[list[int]] = []
    for weekday in weekdays:
        if runs and runs[-1][-1] == weekday - 1:
            runs[-1].append(weekday)
        else:
            runs.append([weekday])
    if len(runs) > 1 and runs[0][0] == 0 and runs[-1][-1] == 6:
        runs = [*runs[1:-1], runs[-1] + runs[0]]
    return runs
