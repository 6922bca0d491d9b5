"""HTML in: limits of the whole business, or of one person or place, row by row."""

from collections.abc import Iterator, Sequence
from typing import Any

from django import forms
from django.forms.utils import ErrorList
from django.http import QueryDict
from django.utils.translation import gettext_lazy

from flectar.offers.booking.forms.price_forms import CountField
from flectar.offers.booking.forms.service_forms import Row, Rows
from flectar.offers.booking.models import Limit
from flectar.offers.booking.services.caps import Cap

Per = Limit.Per
BOOKINGS, PEOPLE, MINUTES = "bookings", "people", "minutes"


class CapRow(Row):
    most = CountField(label=gettext_lazy("At most"), most=100_000, required=True)
    counts = forms.ChoiceField(
        label=gettext_lazy("Of what"),
        choices=[(BOOKINGS, gettext_lazy("Bookings")), (PEOPLE, gettext_lazy("People"))],
        initial=BOOKINGS,
    )
    per = forms.ChoiceField(label=gettext_lazy("For each"), choices=Per, initial=Per.DAY)

    @property
    def value(self) -> Cap:
        typed = self.cleaned_data
        return Cap(typed["per"], typed["most"], typed["counts"] == PEOPLE, typed["counts"] == MINUTES)

    @staticmethod
    def shown(cap: Cap) -> dict[str, Any]:
        counts = PEOPLE if cap.counts_people else MINUTES if cap.counts_minutes else BOOKINGS
        return {"most": cap.most, "counts": counts, "per": cap.per}


class OwnCapRow(CapRow):
    """Of a person or a place, of whom it does not matter which customer comes."""

    counts = forms.ChoiceField(
        label=gettext_lazy("Of what"),
        choices=[
            (BOOKINGS, gettext_lazy("Bookings")),
            (MINUTES, gettext_lazy("Minutes")),
            (PEOPLE, gettext_lazy("People")),
        ],
        initial=BOOKINGS,
    )
    per = forms.ChoiceField(
        label=gettext_lazy("For each"),
        choices=[(one.value, one.label) for one in (Per.DAY, Per.WEEK, Per.QUARTER)],
        initial=Per.DAY,
    )


class LimitsForm:
    """The rows as one form."""

    def __init__(self, row: type[CapRow], data: QueryDict | None, caps: Sequence[Cap]) -> None:
        self.rows = Rows("limits", row, data, caps)

    def __iter__(self) -> Iterator[forms.BoundField]:
        return (field for form in self.rows.forms for field in form)

    def non_field_errors(self) -> ErrorList:
        return ErrorList()

    @property
    def caps(self) -> list[Cap]:
        """What was typed, once it is valid."""
        return self.rows.values

    def change(self, wanted: str) -> None:
        """add-limits, drop-limits-2: it comes back with what was typed, unsaved and unjudged."""
        if wanted == "add-limits":
            self.rows.add()
        else:
            self.rows.drop(wanted.rpartition("-")[2])
        for form in self.rows.forms:
            form.errors.clear()
