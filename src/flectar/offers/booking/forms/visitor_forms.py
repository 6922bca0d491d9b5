"""HTML in from a visitor: who is coming, and the answers to what a service asks."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from flectar.core.storage import BadUpload
from flectar.offers.booking import answers
from flectar.offers.booking.forms.repeat_forms import RepeatForm
from flectar.offers.booking.models import Requirement


class QuestionsForm(forms.Form):
    """The questions of a service as fields: `answer_<id>`. What each is called and must be stands in its row."""

    def __init__(
        self, data: Any = None, files: Any = None, *, questions: Sequence[Requirement] = (), **options: Any
    ) -> None:
        super().__init__(data, files, **options)
        self.questions = questions
        for one in questions:
            self.fields[_field_of(one)] = _question(one)

    @property
    def question_fields(self) -> list[forms.BoundField]:
        return [self[_field_of(one)] for one in self.questions]

    @property
    def answers(self) -> dict[UUID, Any]:
        """For `answers.keep`."""
        return {one.pk: self.cleaned_data.get(_field_of(one)) for one in self.questions}

    def add_notice(self, field: str, sentence: str) -> None:
        """An error beside a field, also on a form that was not sent to be checked."""
        self.errors[field] = self.error_class([sentence])

    def clean(self) -> dict[str, Any]:
        typed: dict[str, Any] = super().clean() or {}
        for one in self.questions:
            upload = typed.get(_field_of(one)) if one.kind == Requirement.Kind.FILE else None
            if upload:
                try:
                    answers.must_be_readable(upload)
                except BadUpload as wrong:
                    self.add_error(_field_of(one), str(wrong))
        return typed


class DetailsForm(QuestionsForm, RepeatForm):
    """Who is coming. A name, and an email or a phone: one is enough."""

    name = forms.CharField(
        label=gettext_lazy("Name"), max_length=200, widget=forms.TextInput(attrs={"autocomplete": "name"})
    )
    email = forms.EmailField(
        label=gettext_lazy("Email"),
        required=False,
        help_text=gettext_lazy("For the confirmation. A phone number works too."),
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
        error_messages={"invalid": gettext_lazy("Type the whole address, as in marta@ferrer.es")},
    )
    phone = forms.CharField(
        label=gettext_lazy("Phone"),
        required=False,
        max_length=40,
        widget=forms.TextInput(attrs={"autocomplete": "tel", "type": "tel"}),
    )
    note = forms.CharField(
        label=gettext_lazy("Anything we should know?"),
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    code = forms.CharField(
        label=gettext_lazy("Code"),
        required=False,
        max_length=200,
        help_text=gettext_lazy("Several with commas between them."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters"}),
    )
    agrees = forms.BooleanField(
        label=gettext_lazy("You may write to me afterwards: how it was, and your news"),
        required=False,
        help_text=gettext_lazy("Each of these mails says how to stop them."),
    )
    remember = forms.BooleanField(label=gettext_lazy("Remember me on this device"), required=False)
    key = forms.CharField(max_length=64, widget=forms.HiddenInput)
    website = forms.CharField(required=False, max_length=200)  # people leave it empty; programs fill everything

    def __init__(
        self, data: Any = None, files: Any = None, *, most_dates: int = 1, asks_to_write: bool = False, **options: Any
    ) -> None:
        super().__init__(data, files, **options)
        self.offer_repeats(most_dates)
        if not asks_to_write:
            del self.fields["agrees"]

    def clean(self) -> dict[str, Any]:
        typed: dict[str, Any] = super().clean() or {}
        if typed.get("website"):
            raise ValidationError(_("Leave the field “Website” empty, so that we know that you are a person."))
        if not self.errors and not typed.get("email") and not typed.get("phone"):
            self.add_error("email", _("Type an email or a phone number, so that we can reach you."))
        return typed


def codes_in(text: str) -> list[str]:
    return [code.strip() for code in text.split(",") if code.strip()][:5]


def _field_of(requirement: Requirement) -> str:
    return f"answer_{requirement.pk}"


def _question(one: Requirement) -> forms.Field:
    options: dict[str, Any] = {"label": one.label, "required": one.is_required, "help_text": one.help}
    match one.kind:
        case Requirement.Kind.CHOICE:
            options["choices"] = [(text, text) for text in one.choices]
            missing = _("Choose one of the answers.")
            widget = forms.RadioSelect
            return forms.ChoiceField(**options, widget=widget, error_messages={"required": missing})
        case Requirement.Kind.CONSENT | Requirement.Kind.AGE:
            if one.kind == Requirement.Kind.AGE and one.least_age:
                said = _("I am %(age)s years old or older.") % {"age": one.least_age}
                options["label"] = f"{one.label}: {said}"
            missing = _("Tick this to go on, or call us.")
            return forms.BooleanField(**options, error_messages={"required": missing})
        case Requirement.Kind.FILE:
            options["help_text"] = one.help or _("A PDF or a picture, 10 MB at most. Only we can open it.")
            chooser = forms.FileInput(attrs={"accept": answers.FILE_TYPES})
            return forms.FileField(**options, max_length=200, widget=chooser)
        case Requirement.Kind.ID:
            options["help_text"] = one.help or _("The number of your identity document. We keep it sealed.")
            line = forms.TextInput(attrs={"autocomplete": "off"})
            return forms.CharField(**options, max_length=60, widget=line)
        case _:
            return forms.CharField(**options, max_length=2000, widget=forms.Textarea(attrs={"rows": 3}))
