"""HTML in: what the team may type, checked with sentences that tell the cure. Visitors: visitor_forms.py;
services: service_forms.py."""

from collections.abc import Mapping
from datetime import datetime, time, timedelta
from itertools import pairwise
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from flectar.core import clock
from flectar.core.ids import new_token
from flectar.core.text import fold
from flectar.offers.booking.deeds.series import MOST_DATES
from flectar.offers.booking.forms.repeat_forms import RepeatForm
from flectar.offers.booking.models import Attendee, Booking, Claim, Closure, Resource, Service
from flectar.offers.booking.public import times
from flectar.people.customers.models import Customer
from flectar.platform.projects.models import MINUTES_A_DAY, Location, Project
from flectar.ui import formats
from flectar.ui.choices import offer

if TYPE_CHECKING:
    _ResourceModelForm = forms.ModelForm[Resource]
else:  # Django's own class takes no type at run time
    _ResourceModelForm = forms.ModelForm

# --- The team: bookings -----------------------------------------------------------------------------------------------


class _TimeFields(forms.Form):
    """A day and a time on the wall of the business, and who does it."""

    day = forms.DateField(label=gettext_lazy("Day"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
    time = forms.TimeField(
        label=gettext_lazy("Time"),
        widget=forms.TimeInput(attrs={"type": "time", "step": 300}, format="%H:%M"),
        error_messages={"invalid": gettext_lazy("Type hours and minutes, as in 16:30")},
    )
    resource = forms.ChoiceField(label=gettext_lazy("With"), required=False)
    notify = forms.BooleanField(label=gettext_lazy("Tell the customer by email"), required=False, initial=True)

    project: Project
    people: Mapping[UUID, Resource]
    may_be_anyone: bool

    def offer(self, people: Mapping[UUID, Resource], *, may_be_anyone: bool = True) -> None:
        """Without `may_be_anyone` nobody else is meant where nobody is chosen: the first of them."""
        self.people, self.may_be_anyone = people, may_be_anyone
        anyone = [("", _("Anyone who is free"))] if may_be_anyone or not people else []
        choices = [*anyone, *((str(pk), person.name) for pk, person in people.items())]
        offer(self, "resource", choices)

    @property
    def instant(self) -> datetime:
        local = datetime.combine(self.cleaned_data["day"], self.cleaned_data["time"])
        return clock.to_instant(local.replace(second=0, microsecond=0), self.project.tz)

    @property
    def person(self) -> Resource | None:
        chosen = self.cleaned_data["resource"]
        return self.people[UUID(chosen)] if chosen else None

    def clean_resource(self) -> str:
        chosen: str = self.cleaned_data["resource"]
        if chosen or self.may_be_anyone:
            return chosen
        if not self.people:
            raise ValidationError(_("No calendar belongs to your account. Ask whoever runs the team to give you one."))
        return str(next(iter(self.people)))

    def clean_day(self) -> Any:
        day = self.cleaned_data["day"]
        if not 2000 <= day.year <= 2200:
            raise ValidationError(_("Type a year between 2000 and 2200."))
        return day


REACHES = [
    ("one", gettext_lazy("Only this one")),
    ("following", gettext_lazy("This and those after it")),
    ("all", gettext_lazy("All that are to come")),
]
"""Of a series."""


def _with_length(service: Service) -> str:
    """Curl cut, 45 min: when it ends can be counted."""
    if service.mode == Service.Mode.STAY:
        return service.name
    return f"{service.name}, {formats.length(service.duration_min)}"


def _with_tapped(data: Any, project: Project) -> tuple[Any, datetime | None]:
    """A tap on a free time sends `at` beside day and time, and means it instead of them."""
    at = times.read_instant(data.get("at", "")) if data is not None else None
    if at is None:
        return data, None
    local = at.astimezone(project.tz)
    data = data.copy()
    data["day"], data["time"] = f"{local:%Y-%m-%d}", f"{local:%H:%M}"
    return data, at


class NewTimeForm(_TimeFields):
    """Another time for a booking; a tap on a free time sends `at` instead of day and time. Of nights only the day of
    arrival counts."""

    minutes = forms.IntegerField(
        label=gettext_lazy("Length in minutes"),
        required=False,
        min_value=5,
        max_value=MINUTES_A_DAY,
        step_size=5,
        help_text=gettext_lazy("What it costs stays as it was sold."),
    )
    reach = forms.ChoiceField(
        label=gettext_lazy("Which ones"),
        required=False,
        choices=REACHES,
        initial="one",
        widget=forms.RadioSelect,
        help_text=gettext_lazy("The others go by as many days, to the same time. All of them are moved, or none."),
    )

    field_order = ["day", "time", "minutes", "resource", "reach", "notify"]

    def __init__(
        self,
        data: Any = None,
        *,
        project: Project,
        people: Mapping[UUID, Resource],
        booking: Booking,
        may_be_anyone: bool = True,
    ) -> None:
        data, self.tapped = _with_tapped(data, project)
        local = booking.starts_at.astimezone(project.tz)
        initial = {
            "day": local.date(),
            "time": f"{local:%H:%M}",
            "minutes": booking.minutes,
            "resource": str(booking.resource_id),
        }
        super().__init__(data, initial=initial)
        self.project, self.booking = project, booking
        self.offer(people, may_be_anyone=may_be_anyone)
        self.fields["resource"].error_messages["invalid_choice"] = _("Whoever was chosen does not do this service.")
        if booking.nights is not None:
            self.fields["day"].label = _("Arrival")
            del self.fields["time"]
        if booking.nights is not None or booking.session_id or booking.status == Booking.Status.REQUESTED:
            del self.fields["minutes"]
        if booking.series_id is None or booking.status == Booking.Status.REQUESTED:
            del self.fields["reach"]

    @property
    def instant(self) -> datetime:
        """What was tapped is an instant: it stays right in the hour that comes twice."""
        if self.tapped is None and "time" not in self.fields:
            return clock.to_instant(datetime.combine(self.cleaned_data["day"], time.min), self.project.tz)
        return self.tapped or super().instant

    @property
    def length(self) -> int | None:
        """Another length than now, in minutes."""
        minutes: int | None = self.cleaned_data.get("minutes")
        return None if minutes == self.booking.minutes else minutes


class NewBookingForm(_TimeFields, RepeatForm):
    service: Any = forms.ModelChoiceField(label=gettext_lazy("Service"), queryset=None)
    name = forms.CharField(label=gettext_lazy("Name"), max_length=200, required=False)
    email = forms.EmailField(
        label=gettext_lazy("Email"),
        required=False,
        error_messages={"invalid": gettext_lazy("Type the whole address, as in marta@ferrer.es")},
    )
    phone = forms.CharField(
        label=gettext_lazy("Phone"), required=False, max_length=40, widget=forms.TextInput(attrs={"type": "tel"})
    )
    note = forms.CharField(
        label=gettext_lazy("Note"), required=False, max_length=1000, widget=forms.Textarea(attrs={"rows": 3})
    )
    key = forms.CharField(max_length=64, widget=forms.HiddenInput, initial=new_token)
    nights = forms.IntegerField(
        label=gettext_lazy("Nights"),
        required=False,
        min_value=1,
        max_value=365,
        help_text=gettext_lazy("Of a stay. It begins at check-in, so the time may stay empty."),
    )
    party = forms.IntegerField(label=gettext_lazy("People"), required=False, min_value=1, max_value=1000)

    field_order = ["service", "resource", "day", "time", "every", "dates"]

    def __init__(
        self,
        data: Any = None,
        *,
        project: Project,
        customer: Customer | None,
        initial: dict[str, Any],
        only: Q | None = None,
    ) -> None:
        data, self.tapped = _with_tapped(data, project)
        super().__init__(data, initial=initial)
        self.project, self.customer = project, customer
        self.fields["service"].queryset = Service.objects.active().in_order()  # type: ignore[attr-defined]  # a model choice
        self.fields["service"].label_from_instance = _with_length  # type: ignore[attr-defined]  # a model choice
        people = Resource.objects.active().filter(only or Q()).in_order()
        self.offer({person.pk: person for person in people}, may_be_anyone=not only)
        self.offer_repeats(MOST_DATES)
        if Service.objects.active().filter(mode=Service.Mode.STAY).exists():
            self.fields["time"].required = False
        else:
            del self.fields["nights"], self.fields["party"]

    @property
    def instant(self) -> datetime:
        """Of a stay only the day counts."""
        if self.cleaned_data["time"] is None:
            return clock.to_instant(datetime.combine(self.cleaned_data["day"], time.min), self.project.tz)
        return self.tapped or super().instant

    def clean(self) -> dict[str, Any]:
        typed: dict[str, Any] = super().clean() or {}
        service = typed.get("service")
        if service and service.mode == Service.Mode.STAY:
            if typed.get("every"):
                self.add_error("every", _("Stays are booked one by one."))
            if "nights" not in self.errors and not typed.get("nights"):
                self.add_error("nights", _("Type how many nights."))
        elif service and "time" not in self.errors:
            typed["nights"] = None
            if typed.get("time") is None:
                self.add_error("time", _("Type hours and minutes, as in 16:30"))
        if self.customer is None and not self.errors and not typed.get("name"):
            self.add_error("name", _("Type the name of the customer, or choose somebody from the list."))
        return typed


class WhyForm(_TimeFields):
    """Which time, for what; and as if it were when, for whom."""

    service: Any = forms.ModelChoiceField(label=gettext_lazy("Service"), queryset=None)
    party = forms.IntegerField(label=gettext_lazy("People"), min_value=1, max_value=500, required=False)
    by_team = forms.BooleanField(
        label=gettext_lazy("As your team books: without notice, horizon and limits"), required=False
    )
    customer = forms.CharField(
        label=gettext_lazy("As if this customer asked"),
        required=False,
        max_length=100,
        help_text=gettext_lazy("Name, email or phone; for limits that count each customer."),
    )
    as_day = forms.DateField(
        label=gettext_lazy("As if it were"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=gettext_lazy("Empty: now."),
    )
    as_time = forms.TimeField(
        label=gettext_lazy("at"), required=False, widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M")
    )

    field_order = ["service", "resource", "day", "time", "party"]

    def __init__(self, data: Any = None, *, project: Project, initial: dict[str, Any]) -> None:
        super().__init__(data, initial=initial)
        del self.fields["notify"]
        self.project = project
        services = Service.objects.active().exclude(mode=Service.Mode.STAY).in_order()
        self.fields["service"].queryset = services  # type: ignore[attr-defined]  # a model choice
        self.offer({one.pk: one for one in Resource.objects.active().in_order()})

    def clean_as_day(self) -> Any:
        day = self.cleaned_data["as_day"]
        if day and not 2000 <= day.year <= 2200:
            raise ValidationError(_("Type a year between 2000 and 2200."))
        return day

    @property
    def as_of(self) -> datetime | None:
        """The moment from which it is looked at; None is now."""
        day, at = self.cleaned_data["as_day"], self.cleaned_data["as_time"]
        if day is None and at is None:
            return None
        local = datetime.combine(day or self.project.today, at or time.min)
        return clock.to_instant(local.replace(second=0, microsecond=0), self.project.tz)


class CancellationForm(forms.Form):
    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        required=False,
        max_length=300,
        help_text=gettext_lazy("Goes into the history and into the email to the customer."),
    )
    notify = forms.BooleanField(label=gettext_lazy("Tell the customer by email"), required=False, initial=True)


class CorrectionForm(forms.Form):
    """What a booking really was. The reason stays in its history."""

    to = forms.ChoiceField(label=gettext_lazy("What is right"), widget=forms.RadioSelect)
    reason = forms.CharField(label=gettext_lazy("Reason"), max_length=300, help_text=gettext_lazy("Only for the team."))

    def __init__(self, data: Any = None, *, booking: Booking) -> None:
        super().__init__(data)
        names = {
            Booking.Status.COMPLETED: _("They were there"),
            Booking.Status.NO_SHOW: _("They did not come"),
            Booking.Status.CONFIRMED: _("Nothing is marked yet"),
        }
        choices = [(to.value, name) for to, name in names.items() if to != booking.status]
        offer(self, "to", choices)
        self.initial["to"] = choices[0][0]


class PersonCorrectionForm(CorrectionForm):
    """Of one person among several."""

    def __init__(self, data: Any = None, *, booking: Booking, person: Attendee) -> None:
        super().__init__(data, booking=booking)
        names = {
            Booking.Attendance.ATTENDED: _("Was there"),
            Booking.Attendance.NO_SHOW: _("Did not come"),
            Booking.Attendance.EXCUSED: _("Excused"),
        }
        choices = [(to.value, name) for to, name in names.items() if to != person.attendance]
        offer(self, "to", choices)
        self.initial["to"] = choices[0][0]


class ReachForm(CancellationForm):
    """Of a series: only this one, those after it too, or all that are to come."""

    reach = forms.ChoiceField(
        label=gettext_lazy("Which ones"),
        choices=REACHES,
        initial="one",
        widget=forms.RadioSelect,
    )

    field_order = ["reach"]


# --- The team: people, hours, closures ----------------------------------------------------------------------


class _ResourceForm(_ResourceModelForm):
    """What people and places have in common: a name of their own, a location, services."""

    services = forms.MultipleChoiceField(
        label=gettext_lazy("Services"), required=False, widget=forms.CheckboxSelectMultiple
    )
    location = forms.ChoiceField(label=gettext_lazy("Location"), required=False)

    def __init__(self, data: Any = None, *, instance: Resource | None = None) -> None:
        super().__init__(data, instance=instance)
        locations = list(Location.objects.order_by("-is_first", "position", "name"))
        if len(locations) > 1:
            offer(self, "location", [("", _("Any")), *((str(one.pk), one.name) for one in locations)])
            self.initial["location"] = str(self.instance.location_id or "")
        else:
            del self.fields["location"]
        services = list(Service.objects.in_order())
        offer(self, "services", [(str(one.pk), one.name) for one in services])
        if instance is None:
            self.initial["services"] = [str(one.pk) for one in services]
        else:
            self.initial["services"] = [str(pk) for pk in instance.needed_by.values_list("service_id", flat=True)]

    def clean(self) -> dict[str, Any]:
        values: dict[str, Any] = super().clean() or {}
        if "location" in values:
            self.instance.location_id = UUID(values["location"]) if values["location"] else None
        return values

    def clean_name(self) -> str:
        name = " ".join(self.cleaned_data["name"].split())
        if Resource.objects.exclude(pk=self.instance.pk).filter(name_folded=fold(name)[:160]).exists():
            raise ValidationError(_("This name is taken already. Add a second name."))
        return name


class PersonForm(_ResourceForm):
    class Meta:
        model = Resource
        fields = ["name", "account", "rank", "is_active"]
        help_texts = {
            "account": gettext_lazy("A member of your team who signs in here."),
            "rank": gettext_lazy(
                "When a customer takes anyone, lower numbers are asked first; equal ones share the bookings fairly."
            ),
        }

    def __init__(self, data: Any = None, *, members: QuerySet[Any], instance: Resource | None = None) -> None:
        super().__init__(data, instance=instance)
        taken = Resource.objects.exclude(pk=self.instance.pk).exclude(account=None).values("account_id")
        self.fields["account"].queryset = members.exclude(pk__in=taken)  # type: ignore[attr-defined]  # a model choice


class PlaceForm(_ResourceForm):
    """A house, a room, a table, a thing; or several that are alike."""

    class Meta:
        model = Resource
        fields = ["name", "kind", "units", "allocation", "seats_min", "seats_max", "rank", "is_active"]
        widgets = {"kind": forms.RadioSelect, "allocation": forms.RadioSelect}
        help_texts = {
            "units": gettext_lazy("One, or several that are alike: three rooms with the same beds, six small tables."),
            "seats_max": gettext_lazy("In each one. Left empty, it does not matter."),
            "rank": gettext_lazy("Of several that are free, lower numbers are given first."),
        }

    KINDS = (
        (Resource.Kind.PROPERTY, gettext_lazy("House or flat, let by the night")),
        (Resource.Kind.UNIT, gettext_lazy("Bedroom, cabin or pitch, let by the night")),
        (Resource.Kind.ROOM, gettext_lazy("Room, used by the hour")),
        (Resource.Kind.TABLE, gettext_lazy("Table")),
        (Resource.Kind.EQUIPMENT, gettext_lazy("Equipment")),
    )

    def __init__(self, data: Any = None, *, instance: Resource | None = None) -> None:
        super().__init__(data, instance=instance)
        is_new = instance is None
        # What is let by the night may be taken for a year, and readers look back that far only for such places.
        is_long = self.instance.kind in Resource.LONG
        kinds = [one for one in self.KINDS if is_new or (one[0] in Resource.LONG) == is_long]
        offer(self, "kind", kinds)
        self.fields["units"].min_value = 1  # type: ignore[attr-defined]  # a number
        if is_new:
            self.initial["kind"] = Resource.Kind.PROPERTY
            self.initial["services"] = []

    def clean_units(self) -> int:
        units: int = self.cleaned_data["units"]
        if not 1 <= units <= 500:
            raise ValidationError(_("Type a number from 1 to 500."))
        ahead = Claim.objects.filter(resource=self.instance.pk, unit__gt=units, ends_at__gt=clock.now())
        if not self.instance._state.adding and (count := ahead.count()):
            raise ValidationError(
                ngettext(
                    "%(count)s booking still uses one of those. Move it or cancel it first.",
                    "%(count)s bookings still use those. Move them or cancel them first.",
                    count,
                )
                % {"count": count}
            )
        return units

    def clean(self) -> dict[str, Any]:
        values = super().clean()
        fewest, most = values.get("seats_min"), values.get("seats_max")
        if fewest is not None and fewest < 1:
            self.add_error("seats_min", _("Type 1 or more."))
        elif fewest is not None and most is not None and most < fewest:
            self.add_error("seats_max", _("Type a number that is not below the first one, or leave it empty."))
        return values


WINDOWS_A_DAY = 2


class HoursForm(forms.Form):
    """A week with two windows a day. An end at or before its start lies on the next day."""

    own = forms.ChoiceField(
        label=gettext_lazy("Hours"),
        choices=[("", gettext_lazy("The opening hours of the business")), ("yes", gettext_lazy("Hours of their own"))],
        required=False,
        widget=forms.RadioSelect,
    )

    def __init__(self, data: Any = None, *, week: Mapping[int, list[tuple[int, int]]], is_own: bool) -> None:
        super().__init__(data, initial={"own": "yes" if is_own else ""})
        for name, day, number, edge in self._boxes():
            window = dict(enumerate(week.get(day, ()))).get(number)
            minute = (
                None if window is None else window[0] if edge == "from" else (window[0] + window[1]) % MINUTES_A_DAY
            )
            self.fields[name] = forms.TimeField(
                required=False,
                label=_("%(day)s, %(edge)s")
                % {"day": WEEKDAYS[day], "edge": _("from") if edge == "from" else _("until")},
                initial=None if minute is None else f"{minute // 60:02}:{minute % 60:02}",
                widget=forms.TimeInput(attrs={"type": "time", "step": 300, "class": "in"}, format="%H:%M"),
                error_messages={"invalid": _("Type hours and minutes, as in 16:30")},
            )

    @staticmethod
    def _boxes() -> list[tuple[str, int, int, str]]:
        return [
            (f"d{day}_{number}_{edge}", day, number, edge)
            for day in range(7)
            for number in range(WINDOWS_A_DAY)
            for edge in ("from", "until")
        ]

    def days(self) -> list[tuple[str, list[tuple[Any, Any]]]]:
        """For the page: each weekday with its pairs of boxes."""
        return [
            (
                str(WEEKDAYS[day]),
                [(self[f"d{day}_{number}_from"], self[f"d{day}_{number}_until"]) for number in range(WINDOWS_A_DAY)],
            )
            for day in range(7)
        ]

    def clean(self) -> dict[str, Any]:
        typed: dict[str, Any] = super().clean() or {}
        if not typed.get("own"):
            return typed
        for day in range(7):
            windows = []
            for number in range(WINDOWS_A_DAY):
                start, end = typed.get(f"d{day}_{number}_from"), typed.get(f"d{day}_{number}_until")
                if (start is None) != (end is None):
                    missing = f"d{day}_{number}_{'from' if start is None else 'until'}"
                    self.add_error(missing, _("Type both times, or leave both empty."))
                elif start is not None and end is not None:
                    windows.append(_window(start, end))
            windows.sort()
            if any(first[0] + first[1] > second[0] for first, second in pairwise(windows)):
                self.add_error(f"d{day}_1_from", _("The two times of this day overlap."))
        return typed

    @property
    def week(self) -> dict[int, list[tuple[int, int]]] | None:
        """None: the hours of the business."""
        typed = self.cleaned_data
        if not typed.get("own"):
            return None
        return {
            day: sorted(
                _window(typed[f"d{day}_{number}_from"], typed[f"d{day}_{number}_until"])
                for number in range(WINDOWS_A_DAY)
                if typed.get(f"d{day}_{number}_from") is not None
            )
            for day in range(7)
        }


WEEKDAYS = [
    gettext_lazy("Monday"), gettext_lazy("Tuesday"), gettext_lazy("Wednesday"), gettext_lazy("Thursday"),
    gettext_lazy("Friday"), gettext_lazy("Saturday"), gettext_lazy("Sunday"),
]  # fmt: skip


def _window(start: time, end: time) -> tuple[int, int]:
    opens, closes = start.hour * 60 + start.minute, end.hour * 60 + end.minute
    return opens, (closes - opens) % MINUTES_A_DAY or MINUTES_A_DAY


LONGEST_AWAY = 92  # days set at once


class DaysForm(forms.Form):
    """Dates on which somebody works otherwise than their week says; without times, not at all."""

    first = forms.DateField(
        label=gettext_lazy("Date"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    last = forms.DateField(
        label=gettext_lazy("Until"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=gettext_lazy("For several days with the same hours."),
    )

    def __init__(self, data: Any = None) -> None:
        super().__init__(data)
        names = {"from_1": _("From"), "until_1": _("Until"), "from_2": _("Again from"), "until_2": _("Again until")}
        for name, label in names.items():
            self.fields[name] = forms.TimeField(
                required=False,
                label=label,
                widget=forms.TimeInput(attrs={"type": "time", "step": 300}, format="%H:%M"),
                help_text=_("Without times: off all day.") if name == "from_1" else "",
                error_messages={"invalid": _("Type hours and minutes, as in 16:30")},
            )

    def clean(self) -> dict[str, Any]:
        typed: dict[str, Any] = super().clean() or {}
        if self.errors:
            return typed
        first, last = typed["first"], typed["last"] or typed["first"]
        typed["last"] = last
        if not 2000 <= first.year <= 2200 or not 2000 <= last.year <= 2200:
            self.add_error("first", _("Type a year between 2000 and 2200."))
        elif last < first:
            self.add_error("last", _("The end must come after the beginning."))
        elif (last - first).days >= LONGEST_AWAY:
            self.add_error("last", _("Set %(most)s days at most at once.") % {"most": LONGEST_AWAY})
        windows = []
        for number in (1, 2):
            start, end = typed[f"from_{number}"], typed[f"until_{number}"]
            if (start is None) != (end is None):
                missing = f"{'from' if start is None else 'until'}_{number}"
                self.add_error(missing, _("Type both times, or leave both empty."))
            elif start is not None:
                windows.append(_window(start, end))
        windows.sort()
        if any(one[0] + one[1] > other[0] for one, other in pairwise(windows)):
            self.add_error("from_2", _("The two times of this day overlap."))
        typed["windows"] = windows
        return typed


class ClosureForm(forms.Form):
    who = forms.ChoiceField(label=gettext_lazy("Who"), required=False)
    first_day = forms.DateField(
        label=gettext_lazy("From"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    first_time = forms.TimeField(
        label=gettext_lazy("at"), required=False, widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M")
    )
    last_day = forms.DateField(
        label=gettext_lazy("Until"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    last_time = forms.TimeField(
        label=gettext_lazy("at"),
        required=False,
        help_text=gettext_lazy("Without times, whole days."),
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
    )
    reason = forms.CharField(label=gettext_lazy("Reason"), required=False, max_length=120)
    is_public = forms.BooleanField(
        label=gettext_lazy("Show the reason to customers"),
        required=False,
        help_text=gettext_lazy("On the day where they look for a time."),
    )

    def __init__(self, data: Any = None, *, project: Project, initial: dict[str, Any] | None = None) -> None:
        super().__init__(data, initial=initial)
        self.project = project
        self.people = {str(one.pk): one for one in Resource.objects.in_order()}
        self.services = {f"service:{one.pk}": one for one in Service.objects.in_order()}
        choices: list[Any] = [("", _("The whole business"))]
        choices.append((_("A person"), [(pk, one.name) for pk, one in self.people.items()]))
        choices.append((_("Only one service"), [(key, one.name) for key, one in self.services.items()]))
        offer(self, "who", choices)

    def clean(self) -> dict[str, Any]:
        typed: dict[str, Any] = super().clean() or {}
        if self.errors:
            return typed
        zone = self.project.tz
        for name in ("first_day", "last_day"):
            if not 2000 <= typed[name].year <= 2200:
                self.add_error(name, _("Type a year between 2000 and 2200."))
                return typed
        end_of_day = datetime.combine(typed["last_day"] + timedelta(days=1), time.min)
        last = datetime.combine(typed["last_day"], typed["last_time"]) if typed["last_time"] else end_of_day
        typed["starts_at"] = clock.to_instant(
            datetime.combine(typed["first_day"], typed["first_time"] or time.min), zone
        )
        typed["ends_at"] = clock.to_instant(last, zone)
        if typed["ends_at"] <= typed["starts_at"]:
            self.add_error("last_day", _("The end must come after the beginning."))
        return typed

    @property
    def closure(self) -> Closure:
        typed = self.cleaned_data
        return Closure(
            project=self.project,
            resource=self.people.get(typed["who"]),
            service=self.services.get(typed["who"]),
            starts_at=typed["starts_at"],
            ends_at=typed["ends_at"],
            reason=typed["reason"],
            is_public=typed["is_public"] and bool(typed["reason"]),
        )


class CalendarFileForm(forms.Form):
    person = forms.ChoiceField(label=gettext_lazy("Whose calendar"))
    file = forms.FileField(
        label=gettext_lazy("Calendar file (.ics)"),
        help_text=gettext_lazy("Google, Apple and Outlook export one. At most 10 MB."),
        widget=forms.FileInput(attrs={"accept": ".ics,text/calendar"}),
    )

    def __init__(self, data: Any = None, files: Any = None, *, initial: dict[str, Any] | None = None) -> None:
        super().__init__(data, files, initial=initial)
        self.people = {str(one.pk): one for one in Resource.objects.in_order()}
        offer(self, "person", [(pk, one.name) for pk, one in self.people.items()])
