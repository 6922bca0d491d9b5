"""HTML in: a service by the night, and its seasons."""

from collections.abc import Mapping
from datetime import time
from typing import TYPE_CHECKING, Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from flectar.offers.booking.forms.price_forms import read_amount, written_amount
from flectar.offers.booking.forms.service_forms import ServiceForm, SpanField
from flectar.offers.booking.forms.team import WEEKDAYS
from flectar.offers.booking.models import Resource, Season, Service
from flectar.offers.booking.services.composition import Composition
from flectar.platform.projects.models import Project
from flectar.ui.choices import offer

if TYPE_CHECKING:
    _SeasonModelForm = forms.ModelForm[Season]
else:  # Django's own class takes no type at run time
    _SeasonModelForm = forms.ModelForm

HOUR = 60


def clock_field(label: Any, help_text: Any = "") -> forms.TimeField:
    return forms.TimeField(
        label=label,
        help_text=help_text,
        widget=forms.TimeInput(attrs={"type": "time", "step": 900}, format="%H:%M"),
        error_messages={"invalid": gettext_lazy("Type hours and minutes, as in 16:30")},
    )


class StayForm(ServiceForm):
    """Sold by the night: dates instead of lengths and steps."""

    check_in = clock_field(gettext_lazy("Arrival from"))
    check_out = clock_field(gettext_lazy("Departure until"))
    buffer_before = SpanField(
        0, HOUR, 2 * HOUR, 3 * HOUR, 4 * HOUR, 6 * HOUR, 12 * HOUR,
        label=gettext_lazy("Preparation before arrival"),
    )  # fmt: skip
    buffer_after = SpanField(
        0, HOUR, 2 * HOUR, 3 * HOUR, 4 * HOUR, 6 * HOUR, 12 * HOUR,
        label=gettext_lazy("Cleaning after departure"),
        help_text=gettext_lazy("When both do not fit between departure and arrival, a night stays empty."),
    )  # fmt: skip

    class Meta:
        model = Service
        fields = [
            *("name", "group", "description", "buffer_before", "buffer_after", "min_nights", "max_nights"),
            *("min_party", "max_party", "is_priced_per_person", "notice_min", "horizon_days", "change_notice_min"),
            *("remind_min", "approval", "is_reserved_by_requests", "request_hours", "is_active", "slug"),
        ]
        widgets = {"description": forms.Textarea(attrs={"rows": 3})}
        help_texts = ServiceForm.Meta.help_texts

    def __init__(
        self,
        data: Any = None,
        *,
        project: Project,
        instance: Service | None = None,
        made_of: Composition | None = None,
        initial: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(data, project=project, instance=instance, made_of=made_of, initial=initial)
        del self.fields["step_min"], self.fields["parts"]
        self.fields["price"].label = _("Price of a night")
        self.fields["people"].label = _("Where")
        chosen = set(self.initial["people"])
        places = [one for one in Resource.objects.in_order() if one.kind in Resource.LONG or str(one.pk) in chosen]
        if instance is None:
            places = [one for one in places if one.kind in Resource.LONG]
            self.initial["people"] = [str(one.pk) for one in places if one.is_active]
            self.initial.update(max_party=2, notice_min=1440, horizon_days=365, change_notice_min=1440)
        offer(self, "people", [(str(one.pk), one.name) for one in places])
        if not places:
            self.fields["people"].help_text = _("Add the house or the rooms first, under People and places.")
        self.initial["check_in"] = _as_time(self.instance.check_in_min)
        self.initial["check_out"] = _as_time(self.instance.check_out_min)

    def clean(self) -> dict[str, Any]:
        typed: dict[str, Any] = super().clean() or {}
        fewest, most = typed.get("min_nights"), typed.get("max_nights")
        if fewest and most and most < fewest:
            self.add_error("max_nights", _("Type a number that is not below the first one."))
        for name in ("check_in", "check_out"):
            if typed.get(name) is not None:
                setattr(self.instance, f"{name}_min", typed[name].hour * 60 + typed[name].minute)
        self.instance.mode = Service.Mode.STAY
        return typed


def _as_time(minutes: int) -> time:
    return time(minutes // 60, minutes % 60)


class SeasonForm(_SeasonModelForm):
    """Dates with another price or other rules; what is left empty is as at any other time."""

    price = forms.CharField(
        label=gettext_lazy("Price of a night"),
        required=False,
        max_length=20,
        widget=forms.TextInput(attrs={"inputmode": "decimal"}),
    )
    first = forms.DateField(
        label=gettext_lazy("From"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    last = forms.DateField(
        label=gettext_lazy("Until"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=gettext_lazy("The last night that belongs to it."),
    )
    arrival_days = forms.TypedMultipleChoiceField(
        label=gettext_lazy("Arrival on"),
        required=False,
        coerce=int,
        choices=list(enumerate(WEEKDAYS)),
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("None ticked: on every day."),
    )
    departure_days = forms.TypedMultipleChoiceField(
        label=gettext_lazy("Departure on"),
        required=False,
        coerce=int,
        choices=list(enumerate(WEEKDAYS)),
        widget=forms.CheckboxSelectMultiple,
    )

    class Meta:
        model = Season
        fields = ["name", "first", "last", "min_nights", "max_nights", "arrival_days", "departure_days", "fills_gaps"]
        help_texts = {
            "fills_gaps": gettext_lazy("When fewer nights than that are left between two stays, they can be booked."),
        }

    def __init__(self, data: Any = None, *, project: Project, instance: Season) -> None:
        super().__init__(data, instance=instance)
        self.project = project
        price = instance.price_minor
        self.initial["price"] = "" if price is None else written_amount(price, project) or "0"

    def clean_price(self) -> int | None:
        typed = self.cleaned_data["price"].strip()
        return read_amount(typed, self.project) if typed else None

    def clean(self) -> dict[str, Any]:
        typed: dict[str, Any] = super().clean() or {}
        first, last = typed.get("first"), typed.get("last")
        if first and last:
            if not 2000 <= first.year <= 2200 or not 2000 <= last.year <= 2200:
                self.add_error("first", _("Type a year between 2000 and 2200."))
            elif last < first:
                self.add_error("last", _("The end must come after the beginning."))
        for name in ("min_nights", "max_nights"):
            if typed.get(name) is not None and not 1 <= typed[name] <= 365:
                self.add_error(name, _("Type a number from 1 to 365."))
        fewest, most = typed.get("min_nights"), typed.get("max_nights")
        if fewest and most and most < fewest:
            self.add_error("max_nights", _("Type a number that is not below the first one."))
        if not self.errors and self._says_nothing(typed):
            raise ValidationError(_("This season changes nothing. Give it a price, a length or days."))
        self.instance.price_minor = typed.get("price")
        return typed

    @staticmethod
    def _says_nothing(typed: dict[str, Any]) -> bool:
        kept = ("min_nights", "max_nights", "arrival_days", "departure_days", "fills_gaps")
        return typed.get("price") is None and not any(typed.get(name) for name in kept)
