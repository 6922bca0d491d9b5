"""Forms of classes: planning and changing a date, cancelling it, waiting for a place."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from flectar.core import clock
from flectar.offers.booking.deeds.sessions import Plan
from flectar.offers.booking.models import Resource, Service, Session
from flectar.platform.projects.models import Location, Project
from flectar.ui.choices import offer

MOST_REPEATS = 60
RULES = {"": "", "daily": "FREQ=DAILY", "weekly": "FREQ=WEEKLY", "fortnight": "FREQ=WEEKLY;INTERVAL=2"}


def _day(label: Any, **more: Any) -> forms.DateField:
    return forms.DateField(label=label, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"), **more)


def _number(label: Any, low: int, high: int, **more: Any) -> forms.IntegerField:
    return forms.IntegerField(
        label=label,
        validators=[MinValueValidator(low), MaxValueValidator(high)],
        widget=forms.NumberInput(attrs={"min": low, "max": high, "inputmode": "numeric"}),
        **more,
    )


class SessionForm(forms.Form):
    """One date of a class, as it is planned or changed."""

    resource = forms.ChoiceField(label=gettext_lazy("Led by"), required=False)
    day = _day(gettext_lazy("Day"))
    time = forms.TimeField(
        label=gettext_lazy("Time"),
        widget=forms.TimeInput(attrs={"type": "time", "step": 300}, format="%H:%M"),
        error_messages={"invalid": gettext_lazy("Type hours and minutes, as in 16:30")},
    )
    minutes = _number(gettext_lazy("Length"), 5, 1440)
    capacity = _number(gettext_lazy("Places"), 1, 1000)
    least = _number(
        gettext_lazy("Takes place from"),
        0,
        1000,
        required=False,
        help_text=gettext_lazy("So many people must have booked a day before. 0: it takes place in any case."),
    )
    is_cancelled_if_few = forms.BooleanField(
        label=gettext_lazy("Cancel it by itself a day before if there are fewer"),
        required=False,
        help_text=gettext_lazy("Otherwise you are asked, and decide."),
    )
    waiting_max = _number(gettext_lazy("Waiting at most"), 0, 500, required=False)
    note = forms.CharField(label=gettext_lazy("Note for the team"), required=False, max_length=300)

    def __init__(
        self, data: Any = None, *, project: Project, service: Service | None, people: Mapping[UUID, Resource], **kw: Any
    ) -> None:
        super().__init__(data, **kw)
        self.project, self.service, self.people = project, service, people
        choices = [("", _("Whoever is free")), *((str(pk), one.name) for pk, one in people.items())]
        offer(self, "resource", choices)

    def clean_day(self) -> Any:
        day = self.cleaned_data["day"]
        if not 2000 <= day.year <= 2200:
            raise ValidationError(_("Type a year between 2000 and 2200."))
        return day

    @property
    def wanted(self) -> Plan:
        typed = self.cleaned_data
        local = datetime.combine(typed["day"], typed["time"].replace(second=0, microsecond=0))
        service: Any = typed.get("service") or self.service
        return Plan(
            service=service,
            starts_at=clock.to_instant(local, self.project.tz),
            minutes=typed["minutes"],
            capacity=typed["capacity"],
            resource=self.people.get(UUID(typed["resource"])) if typed["resource"] else None,
            least=typed["least"] or 0,
            is_cancelled_if_few=typed["is_cancelled_if_few"],
            waiting_max=typed["waiting_max"] or 0,
            note=typed["note"],
        )

    @classmethod
    def of(cls, session: Session, data: Any, people: Mapping[UUID, Resource]) -> "SessionForm":
        local = session.starts_at.astimezone(session.project.tz)
        initial = {
            "resource": str(session.resource_id),
            "day": local.date(),
            "time": f"{local:%H:%M}",
            "minutes": int((session.ends_at - session.starts_at).total_seconds()) // 60,
            "capacity": session.capacity,
            "least": session.least,
            "is_cancelled_if_few": session.is_cancelled_if_few,
            "waiting_max": session.waiting_max,
            "note": session.note,
        }
        return cls(data, project=session.project, service=session.service, people=people, initial=initial)


class PlanForm(SessionForm):
    """A new date, or many by a rule. Dates that cannot be had may be left out with `skip`."""

    service: Any = forms.ModelChoiceField(label=gettext_lazy("Class"), queryset=None, empty_label=None)
    repeat = forms.ChoiceField(
        label=gettext_lazy("Repeat"),
        required=False,
        choices=[
            ("", gettext_lazy("Only once")),
            ("weekly", gettext_lazy("Every week")),
            ("fortnight", gettext_lazy("Every two weeks")),
            ("daily", gettext_lazy("Every day")),
        ],
    )
    times = _number(gettext_lazy("How many dates"), 1, MOST_REPEATS, required=False, initial=8)

    field_order = ["service", "resource", "day", "time", "minutes", "repeat", "times", "capacity"]

    def __init__(self, *args: Any, **kw: Any) -> None:
        super().__init__(*args, **kw)
        self.fields["service"].queryset = (  # type: ignore[attr-defined]  # a model choice
            Service.objects.active().filter(mode=Service.Mode.SESSION).in_order()
        )

    @property
    def rule(self) -> str:
        frequency = RULES[self.cleaned_data["repeat"]]
        return f"{frequency};COUNT={self.cleaned_data['times'] or 1}" if frequency else ""

    @property
    def skip(self) -> list[date]:
        found = []
        sent: Any = self.data
        for text in sent.getlist("skip")[:MOST_REPEATS]:
            try:
                found.append(date.fromisoformat(text))
            except ValueError:
                continue
        return found


class SessionCancellationForm(forms.Form):
    how_far = forms.ChoiceField(
        label=gettext_lazy("Which dates"),
        choices=[
            ("one", gettext_lazy("Only this one")),
            ("following", gettext_lazy("This one and those after it")),
            ("all", gettext_lazy("All that are still to come")),
        ],
        widget=forms.RadioSelect,
        initial="one",
        required=False,
    )
    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        required=False,
        max_length=300,
        help_text=gettext_lazy("Everybody who booked reads it."),
    )


class WaitForm(forms.Form):
    """Who waits, for how many, and without a date of a class: between which days, and where if it may be one or
    another."""

    name = forms.CharField(
        label=gettext_lazy("Name"), max_length=200, widget=forms.TextInput(attrs={"autocomplete": "name"})
    )
    email = forms.EmailField(
        label=gettext_lazy("Email"),
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
        error_messages={"invalid": gettext_lazy("Type the whole address, as in marta@ferrer.es")},
        help_text=gettext_lazy("We write to you when there is a place."),
    )
    phone = forms.CharField(
        label=gettext_lazy("Phone"),
        required=False,
        max_length=40,
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "tel"}),
    )
    people = forms.TypedChoiceField(label=gettext_lazy("How many are you?"), coerce=int, required=False)
    location = forms.ChoiceField(
        label=gettext_lazy("Where"), error_messages={"required": gettext_lazy("Choose a location.")}
    )
    first_day = _day(gettext_lazy("From"))
    last_day = _day(gettext_lazy("Until"))
    website = forms.CharField(required=False, max_length=200)  # people leave it empty; programs fill everything

    def __init__(
        self, *args: Any, is_for_a_time: bool, today: date, sizes: range, places: Sequence[Location], **kw: Any
    ) -> None:
        super().__init__(*args, **kw)
        self.today = today
        if is_for_a_time and len(places) > 1:
            choices = [("", _("Choose a location")), *((str(one.pk), one.name) for one in places)]
            offer(self, "location", choices)
        else:
            del self.fields["location"]
        if sizes:
            offer(self, "people", [(size, str(size)) for size in sizes])
        else:
            self.fields["people"] = forms.IntegerField(
                required=False, widget=forms.HiddenInput, min_value=1, max_value=1000
            )
        if is_for_a_time:
            self.fields["first_day"].initial = today
            self.fields["last_day"].initial = today + timedelta(days=7)
        else:
            del self.fields["first_day"], self.fields["last_day"]

    def clean(self) -> dict[str, Any]:
        typed: dict[str, Any] = super().clean() or {}
        if typed.get("website"):
            raise ValidationError(_("Leave the field “Website” empty, so that we know that you are a person."))
        first, last = typed.get("first_day"), typed.get("last_day")
        if last and last < self.today:
            self.add_error("last_day", _("Choose a day that is still to come."))
        elif first and last and last < first:
            self.add_error("last_day", _("Choose a day after the first one."))
        elif last and last.year > 2200:
            self.add_error("last_day", _("Type a year between 2000 and 2200."))
        return typed
