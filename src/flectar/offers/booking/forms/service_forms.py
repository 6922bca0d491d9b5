"""HTML in: a service, and the rows that it is made of: further needs, limits, questions. All is saved, or nothing.

Rows come and go without script: a button sends the form, and it comes back unsaved with a row more or less.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django import forms
from django.core.exceptions import ValidationError
from django.forms.utils import ErrorList
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from flectar.core.money import exponent
from flectar.offers.booking.forms.price_forms import CountField, read_amount
from flectar.offers.booking.models import Limit, Requirement, Resource, Service
from flectar.offers.booking.services import catalogue, composition
from flectar.offers.booking.services.composition import Cap, Composition, Need, Parts, Question
from flectar.platform.projects.models import MINUTES_A_DAY, Project
from flectar.ui import formats
from flectar.ui.choices import offer

if TYPE_CHECKING:
    _ServiceModelForm = forms.ModelForm[Service]
else:  # Django's own class takes no type at run time
    _ServiceModelForm = forms.ModelForm

MOST_ROWS = 20


def said_length(minutes: int) -> str:
    days, rest = divmod(minutes, MINUTES_A_DAY)
    if days and not rest:
        return ngettext("%(count)s day", "%(count)s days", days) % {"count": days}
    return formats.length(minutes) if minutes else _("None")


class SpanField(forms.TypedChoiceField):
    """A length of time from a short list; a value that was set otherwise stays in the list. `unit` minutes each."""

    def __init__(self, *spans: int, unit: int = 1, **options: Any) -> None:
        self.spans, self.unit = spans, unit
        super().__init__(coerce=int, **options)

    def offer(self, present: int | None) -> None:
        wanted = sorted({*self.spans, *([present] if present is not None else [])})
        self.choices = [(value, said_length(value * self.unit)) for value in wanted]


class PartsField(forms.CharField):
    """Minutes from the start as people write them, “0–45, 75–105”; its value is `composition.Parts`."""

    _STRETCH = re.compile(r"(\d{1,4})\s*(?:-|–|—|\.\.)\s*(\d{1,4})")

    def __init__(self, **options: Any) -> None:
        super().__init__(
            required=False,
            max_length=120,
            widget=forms.TextInput(attrs={"autocomplete": "off", "placeholder": "0–45, 75–105"}),
            **options,
        )

    def to_python(self, value: Any) -> Any:
        text = super().to_python(value) or ""
        parts: list[tuple[int, int]] = []
        for piece in filter(None, (piece.strip() for piece in re.split(r"[,;]", text))):
            found = self._STRETCH.fullmatch(piece)
            if found is None:
                raise ValidationError(_("Type minutes from the start, as in 0–45, 75–105"))
            begin, end = int(found[1]), int(found[2])
            if begin % 5 or end % 5:
                raise ValidationError(_("Use steps of five minutes, as in 45 or 50."))
            if end <= begin or (parts and begin < sum(parts[-1])):
                raise ValidationError(_("Each stretch begins after the one before, and ends after it begins."))
            parts.append((begin, end - begin))
        return tuple(parts)

    @staticmethod
    def written(parts: Parts) -> str:
        return ", ".join(f"{offset}–{offset + length}" for offset, length in parts)


class ServiceForm(_ServiceModelForm):
    """What every kind of service has. `made_of` brings who does it, the first need."""

    price = forms.CharField(
        label=gettext_lazy("Price"), max_length=20, widget=forms.TextInput(attrs={"inputmode": "decimal"})
    )
    people = forms.MultipleChoiceField(
        label=gettext_lazy("Who does it"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("Customers choose among them, or take anyone."),
    )
    parts = PartsField(
        label=gettext_lazy("Busy only during"),
        help_text=gettext_lazy(
            "Minutes from the start. While colour develops, whoever does it is free for somebody else. "
            "Left empty: from start to end."
        ),
    )
    buffer_before = SpanField(0, 5, 10, 15, 20, 30, 45, 60, label=gettext_lazy("Free time before"))
    buffer_after = SpanField(0, 5, 10, 15, 20, 30, 45, 60, label=gettext_lazy("Free time after"))
    step_min = SpanField(5, 10, 15, 20, 30, 45, 60, 90, 120, label=gettext_lazy("Starts every"))
    notice_min = SpanField(
        0, 30, 60, 120, 240, 720, 1440, 2880, 10080,
        label=gettext_lazy("Notice"),
        help_text=gettext_lazy("How long before the start a customer must book."),
    )  # fmt: skip
    change_notice_min = SpanField(
        0, 60, 120, 240, 720, 1440, 2880, 10080,
        label=gettext_lazy("Moving and cancelling ends"),
        help_text=gettext_lazy("How long before the start customers may still do it themselves."),
    )  # fmt: skip
    remind_min = SpanField(
        0, 120, 720, 1440, 2880, 4320,
        label=gettext_lazy("Reminder"),
        help_text=gettext_lazy("How long before the start customers are reminded by email."),
        required=False,
        empty_value=1440,
    )  # fmt: skip
    request_hours = SpanField(
        2, 4, 12, 24, 48, 72, 168,
        unit=60,
        label=gettext_lazy("A request ends without an answer after"),
        required=False,
        empty_value=48,
    )  # fmt: skip

    class Meta:
        model = Service
        fields = [
            *("mode", "name", "group", "description", "duration_min"),
            *("buffer_before", "buffer_after", "buffer_inside_hours"),
            *("step_min", "align", "notice_min", "horizon_days", "change_notice_min", "remind_min", "most_dates"),
            *("min_party", "max_party", "capacity", "has_waiting_list"),
            *("approval", "is_reserved_by_requests", "request_hours"),
            *("is_active", "slug"),
        ]
        widgets = {"description": forms.Textarea(attrs={"rows": 3})}
        help_texts = {
            "slug": gettext_lazy("The end of its address on your page. Left empty, it is made of the name."),
            "group": gettext_lazy("Services with the same group stand together, as in “Colour”."),
            "most_dates": gettext_lazy(
                "So many dates a customer may book in one go: the same time every week, every two weeks or every "
                "month. 1: one date at a time."
            ),
            "approval": gettext_lazy("A request that you have not accepted yet is no booking."),
            "capacity": gettext_lazy("Of a class; each date may say otherwise."),
            "has_waiting_list": gettext_lazy("When nothing is free, people leave their name and are offered what is."),
        }

    def __init__(
        self,
        data: Any = None,
        *,
        project: Project,
        instance: Service | None = None,
        made_of: Composition | None = None,
        initial: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(data, instance=instance)
        self.project = project
        for name, field in self.fields.items():
            if isinstance(field, SpanField):
                field.offer(getattr(self.instance, name))
        for name in {"slug", "most_dates"} & set(self.fields):
            self.fields[name].required = False
        if "mode" in self.fields:
            kinds = [choice for choice in Service.Mode.choices if choice[0] != Service.Mode.STAY]
            offer(self, "mode", kinds)
        everybody = list(Resource.objects.in_order())
        offer(self, "people", [(str(one.pk), one.name) for one in everybody])
        if instance is None:
            self.initial["people"] = [str(pk) for pk in doers(everybody)]
            self.initial["price"] = ""
        else:
            self.initial["price"] = f"{instance.price(project.currency).amount:.{exponent(project.currency)}f}"
        if made_of is not None and made_of.needs:
            self.initial["people"] = [str(pk) for pk in made_of.needs[0].members]
            self.initial["parts"] = PartsField.written(made_of.needs[0].parts)
        elif instance is not None:
            self.initial["people"] = []
        self.initial.update(initial or {})

    def clean_price(self) -> int:
        return read_amount(self.cleaned_data["price"], self.project)

    def clean_duration_min(self) -> int:
        minutes: int = self.cleaned_data["duration_min"]
        if minutes % 5:
            raise ValidationError(_("Use steps of five minutes, as in 45 or 50."))
        return minutes

    def clean_most_dates(self) -> int:
        return int(self.cleaned_data["most_dates"] or self.instance.most_dates)

    def clean_mode(self) -> str:
        mode: str = self.cleaned_data["mode"]
        was = self.initial.get("mode")
        is_class = Service.Mode.SESSION in (mode, was)
        if not self.instance._state.adding and mode != was and is_class and self.instance.sessions.exists():
            raise ValidationError(_("Dates of this class are planned. Make a new service instead."))
        return mode

    def clean_slug(self) -> str:
        slug: str = self.cleaned_data["slug"]
        if not slug:
            return catalogue.free_slug(self.cleaned_data.get("name", ""), besides=self.instance.pk)
        if Service.objects.exclude(pk=self.instance.pk).filter(slug=slug).exists():
            raise ValidationError(_("Another service has this address. Change a letter."))
        return slug

    def clean(self) -> dict[str, Any]:
        typed: dict[str, Any] = super().clean() or {}
        fewest, most = typed.get("min_party"), typed.get("max_party")
        if fewest and most and most < fewest:
            self.add_error("max_party", _("Type a number that is not below the first one."))
        if "parts" in typed and (wrong := too_long(typed["parts"], typed.get("duration_min"))):
            self.add_error("parts", wrong)
        return typed


def doers(everybody: Sequence[Resource]) -> list[UUID]:
    """Who does a new service unless the owner says otherwise: the people, or where there are none, everything."""
    active = [one for one in everybody if one.is_active]
    people = [one.pk for one in active if one.kind == Resource.Kind.STAFF]
    return people or [one.pk for one in active]


def too_long(parts: Parts, minutes: int | None) -> str:
    if parts and minutes and sum(parts[-1]) > minutes:
        return _("The service ends after %(minutes)s minutes.") % {"minutes": minutes}
    return ""


# --- Rows -------------------------------------------------------------------------------------------------------------


class Row(forms.Form):
    """One of several small forms. A row in which nothing was typed is none."""

    title: Any = ""

    @property
    def key(self) -> str:
        return str(self.prefix).rpartition("-")[2]


class NeedRow(Row):
    """Something else that is needed: a room, a device."""

    members = forms.MultipleChoiceField(
        label=gettext_lazy("Any of these"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": gettext_lazy("Tick at least one, or take this need away.")},
    )
    qty = CountField(label=gettext_lazy("How many of them"), most=500, required=True, initial=1)
    is_per_person = forms.BooleanField(label=gettext_lazy("For each person"), required=False)
    parts = PartsField(label=gettext_lazy("Only during"), help_text=gettext_lazy("Minutes from the start."))

    def __init__(self, *args: Any, choices: Sequence[tuple[str, str]], **options: Any) -> None:
        super().__init__(*args, **options)
        offer(self, "members", choices)

    @property
    def value(self) -> Need:
        typed = self.cleaned_data
        members = tuple(UUID(pk) for pk in typed["members"])
        return Need(members, typed["qty"], typed["is_per_person"], typed["parts"])

    @staticmethod
    def shown(need: Need) -> dict[str, Any]:
        return {
            "members": [str(pk) for pk in need.members],
            "qty": need.qty,
            "is_per_person": need.is_per_person,
            "parts": PartsField.written(need.parts),
        }


class LimitRow(Row):
    most = CountField(label=gettext_lazy("At most"), most=100_000, required=True)
    per = forms.ChoiceField(label=gettext_lazy("For each"), choices=Limit.Per, initial=Limit.Per.DAY)
    counts_people = forms.BooleanField(label=gettext_lazy("Count people, not bookings"), required=False)

    @property
    def value(self) -> Cap:
        return Cap(self.cleaned_data["per"], self.cleaned_data["most"], self.cleaned_data["counts_people"])

    @staticmethod
    def shown(cap: Cap) -> dict[str, Any]:
        return {"most": cap.most, "per": cap.per, "counts_people": cap.counts_people}


class QuestionRow(Row):
    label = forms.CharField(label=gettext_lazy("Question"), max_length=300)
    kind = forms.ChoiceField(label=gettext_lazy("Answer"), choices=Requirement.Kind, initial=Requirement.Kind.TEXT)
    when = forms.ChoiceField(label=gettext_lazy("When"), choices=Requirement.When, initial=Requirement.When.BEFORE)
    choices = forms.CharField(
        label=gettext_lazy("Choices"),
        required=False,
        max_length=2000,
        help_text=gettext_lazy("One in each line."),
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    least_age = CountField(label=gettext_lazy("Least age"), most=120)
    help = forms.CharField(label=gettext_lazy("Explanation"), required=False, max_length=300)
    is_required = forms.BooleanField(label=gettext_lazy("Must be answered"), required=False)
    is_sensitive = forms.BooleanField(
        label=gettext_lazy("Sensitive (health, beliefs)"),
        required=False,
        help_text=gettext_lazy("Kept sealed, and deleted thirty days after the booking is over."),
    )
    pk = forms.UUIDField(required=False, widget=forms.HiddenInput)

    def clean(self) -> dict[str, Any]:
        typed: dict[str, Any] = super().clean() or {}
        kind = typed.get("kind")
        lines = [" ".join(line.split())[:200] for line in typed.get("choices", "").splitlines()]
        typed["choices"] = list(dict.fromkeys(filter(None, lines)))
        if kind == Requirement.Kind.CHOICE and len(typed["choices"]) < 2:
            self.add_error("choices", _("Type two choices or more, one in each line."))
        if kind == Requirement.Kind.AGE and not typed.get("least_age"):
            self.add_error("least_age", _("Type how old somebody must be."))
        return typed

    @property
    def value(self) -> Question:
        typed = self.cleaned_data
        kind = typed["kind"]
        return Question(
            typed["label"].strip(),
            kind,
            typed["when"],
            typed["help"].strip(),
            tuple(typed["choices"]) if kind == Requirement.Kind.CHOICE else (),
            typed["least_age"] if kind == Requirement.Kind.AGE else None,
            typed["is_required"],
            typed["is_sensitive"] or kind == Requirement.Kind.ID,
            typed["pk"],
        )

    @staticmethod
    def shown(one: Question) -> dict[str, Any]:
        return {
            "label": one.label,
            "kind": one.kind,
            "when": one.when,
            "choices": "\n".join(one.choices),
            "least_age": one.least_age,
            "help": one.help,
            "is_required": one.is_required,
            "is_sensitive": one.is_sensitive,
            "pk": one.pk,
        }


class Rows:
    """As many rows as were sent: each names its key in a hidden box, so that one can come or go between others."""

    def __init__(self, name: str, row: Any, data: QueryDict | None, values: Sequence[Any], **options: Any) -> None:
        self.name, self._row, self._data, self._options = name, row, data, options
        if data is None:
            self.forms = [
                row(prefix=f"{name}-{number}", initial=row.shown(value), **options)
                for number, value in enumerate(values)
            ]
        else:
            keys = [key for key in data.getlist(f"{name}-row") if key.isdecimal() and len(key) < 6]
            self.forms = [self._bound(key) for key in list(dict.fromkeys(keys))[:MOST_ROWS]]

    def _bound(self, key: str) -> Any:
        prefix = f"{self.name}-{key}"
        return self._row(self._data, prefix=prefix, empty_permitted=True, use_required_attribute=False, **self._options)

    def add(self) -> None:
        if len(self.forms) < MOST_ROWS:
            key = max((int(one.key) for one in self.forms), default=-1) + 1
            self.forms.append(self._row(prefix=f"{self.name}-{key}", **self._options))

    def drop(self, key: str) -> None:
        self.forms = [one for one in self.forms if one.key != key]

    @property
    def is_valid(self) -> bool:
        return not [one for one in self.forms if not one.is_valid()]  # each, so that each shows its errors

    @property
    def values(self) -> list[Any]:
        return [one.value for one in self.forms if one.has_changed()]


class Editor:
    """A service as its owner edits it: the form and the rows below it."""

    def __init__(
        self,
        form: type[ServiceForm],
        data: QueryDict | None,
        *,
        project: Project,
        instance: Service | None = None,
        made_of: Composition | None = None,
        initial: Mapping[str, Any] | None = None,
    ) -> None:
        self.made_before = made_of or (composition.of(instance) if instance is not None else Composition())
        self.form = form(data, project=project, instance=instance, made_of=self.made_before, initial=initial)
        things = [(str(one.pk), one.name) for one in Resource.objects.in_order()]
        self.needs = Rows("needs", NeedRow, data, self.made_before.needs[1:], choices=things)
        self.limits = Rows("limits", LimitRow, data, self.made_before.caps)
        self.questions = Rows("questions", QuestionRow, data, self.made_before.questions)
        self.touched = ""  # whose rows have just come or gone

    @property
    def rows(self) -> dict[str, Rows]:
        return {rows.name: rows for rows in (self.needs, self.limits, self.questions)}

    @property
    def each(self) -> list[forms.BaseForm]:
        return [self.form, *(one for rows in self.rows.values() for one in rows.forms)]

    def __iter__(self) -> Iterator[forms.BoundField]:
        """Every field, for the list of what is wrong."""
        return (field for form in self.each for field in form)

    def non_field_errors(self) -> ErrorList:
        return self.form.non_field_errors()

    def is_valid(self) -> bool:
        rows = [one.is_valid for one in self.rows.values()]
        if not (self.form.is_valid() and all(rows)):
            return False
        minutes = None if self.form.instance.mode == Service.Mode.STAY else self.form.cleaned_data["duration_min"]
        for row in self.needs.forms:
            if wrong := too_long(row.cleaned_data.get("parts", ()), minutes):
                row.add_error("parts", wrong)
        return self.needs.is_valid

    @property
    def made_of(self) -> Composition:
        """What was typed, once it is valid."""
        typed = self.form.cleaned_data
        first = Need(tuple(UUID(pk) for pk in typed["people"]), parts=typed.get("parts", ()))
        if self.made_before.needs:  # how many of them is not asked here
            before = self.made_before.needs[0]
            first = Need(first.members, before.qty, before.is_per_person, first.parts)
        return Composition([first, *self.needs.values], self.limits.values, self.questions.values)

    def change(self, wanted: str) -> None:
        """add-limits, drop-needs-2: the form comes back with what was typed, unsaved and unjudged."""
        deed, _dash, rest = wanted.partition("-")
        name, _dash, key = rest.partition("-")
        if (rows := self.rows.get(name)) is not None:
            self.touched = name
            if deed == "add":
                rows.add()
            elif deed == "drop":
                rows.drop(key)
        for form in self.each:
            form.errors.clear()

    def is_open(self, *names: str) -> bool:
        """Whether a folded part must show: something in it is wrong, or has just been changed."""
        if self.touched in names or any(self.form.errors.get(name) for name in names):
            return True
        return any(form.errors for name in names if name in self.rows for form in self.rows[name].forms)
