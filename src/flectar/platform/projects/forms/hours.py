"""The week as rows of two times, and a date with hours of its own.

The week's form is our own: its rows are many, come and go, and an error stands beside its row.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from babel import dates
from django import forms
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from flectar.platform.projects.hours import LONGEST_CLOSURE, Window, clock
from flectar.ui import formats

MOST_ROWS = 8  # a day
_TIME = re.compile(r"(\d{1,2})(?:[:.h](\d{2}))?")


@dataclass(slots=True)
class Row:
    """Two times of a day as they were typed."""

    opens: str = ""
    closes: str = ""
    error: str = ""

    @property
    def is_empty(self) -> bool:
        return not self.opens and not self.closes


@dataclass(slots=True)
class Day:
    number: int  # 0 Monday
    name: str
    rows: list[Row] = field(default_factory=list)


class WeekForm:
    """Bound to `data` (a POST) or showing `windows`."""

    def __init__(self, windows: Sequence[Window] = (), data: QueryDict | None = None) -> None:
        names = dates.get_day_names("wide", context="stand-alone", locale=formats.locale())
        self.days = [Day(number, str(names[number]).capitalize()) for number in range(7)]
        self.windows: list[Window] = []
        self.is_bound = data is not None
        for day in self.days:
            if data is None:
                day.rows = [Row(clock(w.start_min), clock(w.closes)) for w in windows if w.weekday == day.number]
            else:
                typed = zip(data.getlist(f"opens-{day.number}"), data.getlist(f"closes-{day.number}"), strict=False)
                day.rows = [Row(opens.strip(), closes.strip()) for opens, closes in typed][: MOST_ROWS + 1]

    # Changes that are shown and not yet saved, for who has no script

    def change(self, wanted: str, data: QueryDict) -> None:
        """`add-2`, `drop-2-0` (day and row) or `copy`; anything else changes nothing."""
        if match := re.fullmatch(r"add-([0-6])", wanted):
            self.days[int(match[1])].rows.append(Row())
        elif match := re.fullmatch(r"drop-([0-6])-(\d{1,2})", wanted):
            rows = self.days[int(match[1])].rows
            del rows[int(match[2]) : int(match[2]) + 1]
        elif wanted == "copy" and (source := data.get("copy-from", "")) in set("0123456"):
            for number in data.getlist("copy-to"):
                if number in set("0123456") and number != source:
                    copied = [Row(row.opens, row.closes) for row in self.days[int(source)].rows]
                    self.days[int(number)].rows = copied

    # Reading

    def is_valid(self) -> bool:
        self.windows = []
        seen: list[tuple[Window, Day]] = []
        for day in self.days:
            day.rows = [row for row in day.rows if not row.is_empty]
            for index, row in enumerate(day.rows):
                window, row.error = read(row.opens, row.closes, day.number)
                if index >= MOST_ROWS:
                    row.error = _("A day takes %(most)s times at most.") % {"most": MOST_ROWS}
                if window is None or row.error:
                    continue
                clash = next(((w, other) for w, other in seen if w.overlaps(window)), None)
                if clash:
                    row.error = _("Overlaps %(day)s %(window)s.") % {"day": clash[1].name, "window": clash[0]}
                    continue
                seen.append((window, day))
        self.windows = sorted(window for window, _day in seen)
        return not self.errors

    @property
    def errors(self) -> list[tuple[str, str]]:
        """(id of the field, sentence), for the list above the form."""
        return [
            (f"opens-{day.number}-{index}", f"{day.name}: {row.error}")
            for day in self.days
            for index, row in enumerate(day.rows)
            if row.error
        ]


def read(opens: str, closes: str, weekday: int) -> tuple[Window | None, str]:
    """The window that two times mean, or what is wrong with them."""
    start, end = minutes(opens), minutes(closes)
    if not opens or not closes:
        return None, _("Write both times, or remove the row.")
    if start is None or end is None or start == 24 * 60:
        return None, _("Write times as in 9:00 and 17:30.")
    if start == end % (24 * 60) and start != 0:
        return None, _("It opens and closes at the same time. All day long is 0:00 to 0:00.")
    return Window.between(weekday, start, end % (24 * 60)), ""


def minutes(text: str) -> int | None:
    """Minutes after midnight of 9, 9:30, 09.30, 9h30 or 24:00."""
    match = _TIME.fullmatch(text.strip())
    if not match:
        return None
    hour, minute = int(match[1]), int(match[2] or 0)
    if (hour, minute) == (24, 0):
        return 24 * 60
    return hour * 60 + minute if hour < 24 and minute < 60 else None


_TIME_INPUT = forms.TimeInput(attrs={"type": "time"})


class SpecialDayForm(forms.Form):
    first = forms.DateField(
        label=gettext_lazy("Date"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    last = forms.DateField(
        label=gettext_lazy("Until"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=gettext_lazy("For several days with the same hours."),
    )
    opens = forms.CharField(
        label=gettext_lazy("Opens"),
        required=False,
        max_length=5,
        widget=_TIME_INPUT,
        help_text=gettext_lazy("Empty: closed all day."),
    )
    closes = forms.CharField(label=gettext_lazy("Closes"), required=False, max_length=5, widget=_TIME_INPUT)
    opens_again = forms.CharField(label=gettext_lazy("Opens again"), required=False, max_length=5, widget=_TIME_INPUT)
    closes_again = forms.CharField(label=gettext_lazy("Closes again"), required=False, max_length=5, widget=_TIME_INPUT)
    note = forms.CharField(
        label=gettext_lazy("Note"), required=False, max_length=120, help_text=gettext_lazy("Shown on your page.")
    )

    def clean(self) -> dict[str, Any]:
        values: dict[str, Any] = super().clean() or {}
        first, last = values.get("first"), values.get("last") or values.get("first")
        if first and last and last < first:
            self.add_error("last", _("This is before the first day."))
        elif first and last and (last - first).days >= LONGEST_CLOSURE:
            self.add_error("last", _("Add %(most)s days at most at once.") % {"most": LONGEST_CLOSURE})
        values["last"] = last
        values["windows"] = self._windows(values, first.weekday() if first else 0)
        return values

    def _windows(self, values: dict[str, Any], weekday: int) -> list[Window]:
        found: list[Window] = []
        for opens, closes in (("opens", "closes"), ("opens_again", "closes_again")):
            start, end = values.get(opens, ""), values.get(closes, "")
            if not start and not end:
                continue
            window, problem = read(start, end, weekday)
            if window is None:
                self.add_error(closes if start and not end else opens, problem)
            elif found and found[0].overlaps(window):
                self.add_error(opens, _("Overlaps %(window)s.") % {"window": found[0]})
            else:
                found.append(window)
        return found
