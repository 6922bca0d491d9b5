"""What is typed into the dashboard about customers, checked beside the field."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from django import forms
from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from flectar.core.text import BadText, clean, fold
from flectar.people.customers import addresses, contacts, custom, tags
from flectar.people.customers.columns import LABELS, of_field
from flectar.people.customers.contacts import BadContact, e164, plain_email
from flectar.people.customers.directory import Details
from flectar.people.customers.models import Customer, CustomerAddress, CustomerEmail, CustomField
from flectar.people.customers.reaching import Contact, Way
from flectar.people.customers.tabular import MAX_BYTES
from flectar.platform.projects.choices import countries

MAX_CONTACTS = 20


class OnePerLine(forms.CharField):
    """Several values in one box, a line each; `plain` gives each its stored form or raises BadContact."""

    widget = forms.Textarea(attrs={"rows": 2, "spellcheck": "false"})

    def __init__(self, *, plain: Callable[[str], str], **kwargs: Any) -> None:
        super().__init__(max_length=4000, **kwargs)
        self.plain = plain

    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        found: dict[str, None] = {}
        problems = []
        for line in text.replace(";", "\n").splitlines():
            if not line.strip():
                continue
            try:
                found[self.plain(line)] = None
            except BadContact as bad:
                problems.append(str(bad))
        if len(found) > MAX_CONTACTS:
            problems.append(_("%(limit)s are enough.") % {"limit": MAX_CONTACTS})
        if problems:
            raise forms.ValidationError(problems)
        return list(found)


class CustomerForm(forms.Form):
    name = forms.CharField(label=gettext_lazy("Name"), max_length=200, required=False)
    kind = forms.ChoiceField(label=gettext_lazy("Kind"), choices=Customer.Kind.choices, widget=forms.RadioSelect)
    locale = forms.ChoiceField(label=gettext_lazy("Language"), required=False)

    def __init__(self, *args: Any, region: str, asked: Sequence[CustomField] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.asked = {f"own_{field.pk.hex}": field for field in asked}
        language = self.fields["locale"]
        assert isinstance(language, forms.ChoiceField)  # noqa: S101 - declared so above, for the type checker
        language.choices = [("", _("Not known")), *settings.LANGUAGES]
        self.fields["emails"] = OnePerLine(
            plain=plain_email,
            label=_("Emails"),
            required=False,
            help_text=_("One a line, the most used first."),
        )
        self.fields["phones"] = OnePerLine(
            plain=lambda raw: e164(raw, region),
            label=_("Phones"),
            required=False,
            help_text=_("One a line. With prefix if it is from abroad, as in +44 20 7946 0018."),
        )
        self.order_fields(["name", "kind", "emails", "phones", "locale"])
        for name, field in self.asked.items():
            self.fields[name] = _control(field)

    def clean(self) -> dict[str, Any]:
        values: dict[str, Any] = super().clean() or {}
        is_somebody = values.get("name") or values.get("emails") or values.get("phones")
        if not is_somebody and not self.errors:
            self.add_error("name", _("Type a name, an email or a phone."))
        self.answers: dict[CustomField, custom.Value] = {}
        for name, field in self.asked.items():
            try:
                self.answers[field] = custom.read(field, values.get(name) or "")
            except custom.BadValue as bad:
                self.add_error(name, str(bad))
        return values

    @property
    def own(self) -> list[forms.BoundField]:
        """The owner's own fields."""
        return [self[name] for name in self.asked]

    def details(self) -> Details:
        values = self.cleaned_data
        name = values["name"] or next(iter([*values["emails"], *values["phones"]]))
        return Details(
            name=name,
            kind=values["kind"],
            locale=values["locale"],
            emails=values["emails"],
            phones=values["phones"],
        )

    @staticmethod
    def initial_of(
        details: Details, region: str, answers: Iterable[tuple[CustomField, custom.Value]] = ()
    ) -> dict[str, Any]:
        return {
            **{f"own_{field.pk.hex}": custom.typed(value) for field, value in answers},
            "name": details.name,
            "kind": details.kind,
            "locale": details.locale,
            "emails": "\n".join(details.emails),
            "phones": "\n".join(contacts.spoken(phone, region) for phone in details.phones),
        }


def _control(field: CustomField) -> forms.Field:
    kind = CustomField.Kind(field.kind)
    values: dict[str, Any] = {"label": field.name, "required": False}
    if kind is CustomField.Kind.CHOICE:
        return forms.ChoiceField(choices=[("", "—"), *((choice, choice) for choice in field.choices)], **values)
    if kind is CustomField.Kind.YES_NO:
        return forms.ChoiceField(choices=[("", "—"), ("yes", _("Yes")), ("no", _("No"))], **values)
    kinds: dict[str, forms.Widget] = {
        CustomField.Kind.DATE: forms.TextInput(attrs={"type": "date"}),
        CustomField.Kind.NUMBER: forms.TextInput(attrs={"inputmode": "decimal"}),
    }
    return forms.CharField(max_length=500, widget=kinds.get(kind, forms.TextInput()), **values)


class ContactForm(forms.Form):
    """One email, phone or address; `value()` is its stored form."""

    def __init__(self, *args: Any, way: Way, region: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.way, self.region = way, region
        if way.key == "addresses":
            labels = {name: CustomerAddress._meta.get_field(name).verbose_name for name in addresses.PARTS}  # type: ignore[union-attr]  # stored fields have one
            for name, most in addresses.PARTS.items():
                filled_in = forms.TextInput(attrs={"autocomplete": "off"})
                self.fields[name] = forms.CharField(
                    label=str(labels[name]), max_length=most, required=False, widget=filled_in
                )
            self.fields["country"] = forms.ChoiceField(label=_("Country"), choices=countries, initial=region)
        elif way.key == "phones":
            self.fields["value"] = forms.CharField(
                label=_("Number"),
                max_length=contacts.MAX_PHONE,
                widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "off"}),
                error_messages={"required": _("Type a number.")},
            )
        else:
            self.fields["value"] = forms.CharField(
                label=_("Email"),
                max_length=contacts.MAX_EMAIL,
                widget=forms.TextInput(attrs={"type": "email", "autocomplete": "off"}),
                error_messages={"required": _("Type an email.")},
            )
        kinds = [("", "—"), *((str(kind), kind.label) for kind in way.kinds)]
        self.fields["kind"] = forms.ChoiceField(label=_("Kind"), choices=kinds, required=False)
        self.fields["is_first"] = forms.BooleanField(label=_("Use this one first"), required=False)

    def clean(self) -> dict[str, Any]:
        values: dict[str, Any] = super().clean() or {}
        if self.errors:
            return values
        try:
            if self.way.key == "addresses":
                values["value"] = addresses.plain(values, region=self.region)
            else:
                raw = values["value"]
                values["value"] = plain_email(raw) if self.way.key == "emails" else e164(raw, self.region)
        except BadContact as bad:
            self.add_error("street" if self.way.key == "addresses" else "value", str(bad))
        except BadText:
            self.add_error(None, _("The text holds characters that can't be stored."))
        return values

    @staticmethod
    def initial_of(row: Contact, region: str) -> dict[str, Any]:
        if isinstance(row, CustomerAddress):
            return {name: getattr(row, name) for name in (*addresses.PARTS, "country", "kind")}
        value = row.email if isinstance(row, CustomerEmail) else contacts.spoken(row.number, region)
        return {"value": value, "kind": row.kind}


class PictureForm(forms.Form):
    """A photo, a drawing: as bytes once they are clean."""

    picture = forms.FileField(
        label=gettext_lazy("Picture"),
        help_text=gettext_lazy("JPEG, PNG or WebP, up to 20 MB. Place and camera are taken out of it."),
        widget=forms.FileInput(attrs={"accept": "image/jpeg,image/png,image/webp"}),
        error_messages={
            "required": gettext_lazy("Choose a picture."),
            "empty": gettext_lazy("The file is empty."),
            "invalid": gettext_lazy("Choose a picture."),
        },
        max_length=255,
    )


class FieldForm(forms.Form):
    """A field of the owner's own."""

    name = forms.CharField(
        label=gettext_lazy("Name"),
        max_length=60,
        help_text=gettext_lazy("As it stands on a customer’s page: Birthday, Skin type."),
        error_messages={"required": gettext_lazy("Type a name.")},
    )
    kind = forms.ChoiceField(
        label=gettext_lazy("Kind"),
        choices=CustomField.Kind.choices,
        widget=forms.RadioSelect,
        help_text=gettext_lazy("It stays, once it is saved."),
    )
    choices = forms.CharField(
        label=gettext_lazy("Choices"),
        required=False,
        max_length=5000,
        help_text=gettext_lazy("For one of several: each on a line of its own."),
        widget=forms.Textarea(attrs={"rows": 4}),
    )

    def clean_name(self) -> str:
        name = " ".join(_storable(self.cleaned_data["name"]).split())
        if not fold(name):
            raise forms.ValidationError(_("Type a name."))
        return name

    def clean_choices(self) -> list[str]:
        lines = [" ".join(line.split())[:100] for line in _storable(self.cleaned_data["choices"]).splitlines()]
        return list({fold(line): line for line in lines if fold(line)}.values())


class NoteForm(forms.Form):
    body = forms.CharField(
        label=gettext_lazy("New note"),
        max_length=5000,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": gettext_lazy("Write the note first.")},
    )

    def clean_body(self) -> str:
        return _storable(self.cleaned_data["body"])


class TagForm(forms.Form):
    name = forms.CharField(
        label=gettext_lazy("New tag"),
        max_length=200,
        widget=forms.TextInput(attrs={"list": "tags-known", "autocomplete": "off"}),
        error_messages={"required": gettext_lazy("Type a tag.")},
    )

    def clean_name(self) -> str:
        try:
            return tags.plain(self.cleaned_data["name"])
        except tags.BadTag as bad:
            raise forms.ValidationError(str(bad)) from None


class FileForm(forms.Form):
    file = forms.FileField(
        label=gettext_lazy("File"),
        help_text=gettext_lazy("A photo, a PDF, an office document or text, up to 20 MB. Only your team sees it."),
        error_messages={
            "required": gettext_lazy("Choose a file."),
            "empty": gettext_lazy("The file is empty."),
            "invalid": gettext_lazy("Choose a file."),
        },
        max_length=255,
    )


class RestrictionForm(forms.Form):
    because = forms.CharField(
        label=gettext_lazy("Reason"),
        max_length=300,
        help_text=gettext_lazy("Such as: says that the address is wrong."),
        error_messages={"required": gettext_lazy("Say why, so that your team knows when it ends.")},
    )

    def clean_because(self) -> str:
        return _storable(self.cleaned_data["because"])


class ErasureForm(forms.Form):
    """The name, typed: what cannot be undone is not one click."""

    name = forms.CharField(
        label=gettext_lazy("Name"),
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={"required": gettext_lazy("Type the name.")},
    )

    def __init__(self, *args: Any, of: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.of = of

    def clean_name(self) -> str:
        typed: str = self.cleaned_data["name"]
        if fold(typed) != fold(self.of):
            raise forms.ValidationError(_("That is not the name above."))
        return typed


class UploadForm(forms.Form):
    file = forms.FileField(
        label=gettext_lazy("CSV or vCard file"),
        help_text=gettext_lazy("From a phone, Google Contacts, Outlook or a spreadsheet. Up to 10 MB."),
        widget=forms.FileInput(attrs={"accept": ".csv,.txt,.tsv,.vcf,text/csv,text/plain,text/vcard"}),
        error_messages={
            "required": gettext_lazy("Choose a file."),
            "empty": gettext_lazy("The file is empty."),
            "invalid": gettext_lazy("Choose a file."),
        },
        max_length=255,
    )

    def clean_file(self) -> "UploadedFile[Any]":
        file: UploadedFile[Any] = self.cleaned_data["file"]
        if (file.size or 0) > MAX_BYTES:
            raise forms.ValidationError(
                _("The file is larger than %(limit)s MB. Split it and import the parts.") % {"limit": MAX_BYTES >> 20}
            )
        return file


class ColumnsForm(forms.Form):
    """What each column of an upload says."""

    def __init__(
        self,
        *args: Any,
        headers: list[str],
        says: list[str],
        asked: Sequence[CustomField] = (),
        labels: Mapping[Any, Any] = LABELS,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.columns = [f"column_{number}" for number in range(len(headers))]
        choices: list[tuple[str, Any]] = [(str(meaning), label) for meaning, label in labels.items()]
        choices[-1:-1] = [(of_field(field), field.name) for field in asked]
        for number, (header, meaning) in enumerate(zip(headers, says, strict=True)):
            self.fields[f"column_{number}"] = forms.ChoiceField(
                label=header or _("Column %(number)s") % {"number": number + 1},
                choices=choices,
                initial=str(meaning),
                required=False,
            )

    def says(self) -> list[str]:
        return [self.cleaned_data[name] for name in self.columns]


def _storable(text: str) -> str:
    try:
        return clean(text)
    except BadText:
        raise forms.ValidationError(_("The text holds characters that can't be stored.")) from None
