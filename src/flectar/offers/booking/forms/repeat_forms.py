"""How often something is repeated, and what becomes of the dates that are not free: for visitors and for the team."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from flectar.offers.booking.deeds import series
from flectar.offers.booking.deeds.series import Every
from flectar.offers.booking.public import times
from flectar.platform.projects.models import Project
from flectar.ui.choices import offer

FIELD_OF_A_DATE = "date_"
LEFT_OUT = "out"


@dataclass(frozen=True, slots=True)
class Repeat:
    """What was typed. `skip` and `instead` say it of single dates, as `series.book` wants it."""

    every: Every
    count: int
    skip: frozenset[date] = frozenset()
    instead: Mapping[date, datetime] = field(default_factory=dict)

    def rule(self, first: datetime, project: Project) -> str:
        return series.rule(self.every, self.count, first, project.tz)


class RepeatForm(forms.Form):
    """Fields for a form of bookings. `offer` says how many dates there may be at most; below two there are none."""

    every = forms.ChoiceField(
        label=gettext_lazy("Repeat it"),
        required=False,
        choices=[
            ("", gettext_lazy("Only once")),
            (Every.WEEK.value, gettext_lazy("Every week")),
            (Every.FORTNIGHT.value, gettext_lazy("Every two weeks")),
            (Every.MONTH.value, gettext_lazy("Every month, on the same weekday")),
        ],
    )
    dates = forms.TypedChoiceField(label=gettext_lazy("How many dates"), required=False, coerce=int, empty_value=None)

    def offer_repeats(self, most: int) -> None:
        if most < 2:
            del self.fields["every"], self.fields["dates"]
            return
        offer(self, "dates", [(number, str(number)) for number in range(2, most + 1)])
        self.fields["dates"].initial = min(4, most)

    @property
    def repeats(self) -> Repeat | None:
        """Read from what was typed, also before the rest of the form is checked; None: once."""
        if "every" not in self.fields:
            return None
        typed: Any = self.data if self.is_bound else self.initial
        every, count = str(typed.get("every", "")), str(typed.get("dates", ""))
        if every not in set(Every) or count not in {str(value) for value, _label in self.fields["dates"].choices}:  # type: ignore[attr-defined]  # declared so above
            return None
        skip, instead = _said(typed)
        return Repeat(Every(every), int(count), frozenset(skip), instead)

    def clean(self) -> dict[str, Any]:
        typed: dict[str, Any] = super().clean() or {}
        if typed.get("every") and "dates" not in self.errors and not typed.get("dates"):
            self.add_error("dates", _("Say how many dates."))
        return typed


def _said(typed: Mapping[str, Any]) -> tuple[set[date], dict[date, datetime]]:
    skip: set[date] = set()
    instead: dict[date, datetime] = {}
    for name in typed:
        if not name.startswith(FIELD_OF_A_DATE):
            continue
        day, said = times.read_day({"day": name.removeprefix(FIELD_OF_A_DATE)}, "day"), str(typed[name])
        if day is None:
            continue
        if said == LEFT_OUT:
            skip.add(day)
        elif at := times.read_instant(said):
            instead[day] = at
    return skip, instead
