"""The business profile, the place and languages, the address, the modules, a member's role."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from flectar.platform.organizations.models import Organization
from flectar.platform.projects import choices, modules
from flectar.platform.projects.forms.fields import AddressField, DegreesField, LongText, phone_as_e164, phone_as_said
from flectar.platform.projects.models import BusinessProfile, Project
from flectar.platform.projects.taken import AddressTaken, refuse_taken

PHONES = ("phone", "second_phone")


class BusinessForm(forms.ModelForm):  # type: ignore[type-arg]  # no subscript at run time
    name = forms.CharField(label=_("Name"), max_length=120)
    description = LongText(label=_("About"), max_length=2000, required=False, widget=forms.Textarea(attrs={"rows": 5}))
    country = forms.ChoiceField(label=_("Country"), choices=choices.countries)

    class Meta:
        model = BusinessProfile
        fields = (
            *("kind", "tagline", "description", "street", "postal_code", "city", "region", "country"),
            *("latitude", "longitude", "phone", "second_phone", "email", "legal_name", "tax_id", "privacy_contact"),
        )
        help_texts = {
            "tagline": _("One line under the name on your page."),
            "phone": _("As people dial it. Shown on your page."),
            "email": _("Where customers write to. Shown on your page."),
            "latitude": _("Both numbers as a map shows them, as in 39.466700 and −0.375000."),
            "legal_name": _("As on an invoice."),
            "privacy_contact": _("Who answers when somebody asks about their data."),
        }
        field_classes = {"latitude": DegreesField, "longitude": DegreesField}
        widgets = {
            **{phone: forms.TextInput(attrs={"type": "tel", "autocomplete": "tel"}) for phone in PHONES},
            "street": forms.TextInput(attrs={"autocomplete": "street-address"}),
            "postal_code": forms.TextInput(attrs={"autocomplete": "postal-code"}),
        }

    def __init__(self, data: Any, *, project: Project, instance: BusinessProfile) -> None:
        said = {phone: phone_as_said(getattr(instance, phone)) for phone in PHONES}
        super().__init__(data, instance=instance, initial={"name": project.name, **said})
        for phone in PHONES:
            # Room for spaces and brackets; what is kept is E.164.
            self.fields[phone] = forms.CharField(
                label=self.fields[phone].label,
                help_text=self.fields[phone].help_text,
                widget=self.fields[phone].widget,
                max_length=40,
                required=False,
            )

    def clean(self) -> dict[str, Any]:
        values: dict[str, Any] = super().clean() or {}
        for phone in PHONES:
            if phone in values:
                try:
                    values[phone] = phone_as_e164(values[phone], values.get("country", "ES"))
                except ValidationError as error:
                    self.add_error(phone, error)
        for one, other in (("latitude", "longitude"), ("longitude", "latitude")):
            if one in values and other in values and values[one] is None and values[other] is not None:
                self.add_error(one, _("A place on the map needs both numbers."))
        return values

    def profile(self) -> Mapping[str, Any]:
        return {name: self.cleaned_data[name] for name in self.Meta.fields}


class PlaceForm(forms.ModelForm):  # type: ignore[type-arg]  # no subscript at run time
    locales = forms.MultipleChoiceField(
        label=_("Languages of your page"),
        choices=settings.LANGUAGES,
        widget=forms.CheckboxSelectMultiple(attrs={"class": "check"}),
        required=False,
    )
    zone = forms.ChoiceField(
        label=_("Time zone"),
        choices=choices.zones,
        help_text=_("Opening hours are read in it. Bookings already made keep their moment."),
    )
    currency = forms.ChoiceField(
        label=_("Currency"),
        choices=choices.currencies,
        help_text=_("Prices keep their numbers: 30 stays 30, in the new money."),
    )

    class Meta:
        model = Project
        fields = ("locale", "locales", "zone", "first_weekday", "currency")
        labels = {"locale": _("First language")}
        help_texts = {"locale": _("Your page opens in it, and mail to customers is written in it.")}

    def clean(self) -> dict[str, Any]:
        values: dict[str, Any] = super().clean() or {}
        chosen = {values.get("locale"), *values.get("locales", [])}
        values["locales"] = [code for code, _name in settings.LANGUAGES if code in chosen]
        return values


class AddressForm(forms.Form):
    slug = AddressField()

    def __init__(self, data: Any, *, project: Project) -> None:
        super().__init__(data, initial={"slug": project.slug})
        self._project = project

    def clean_slug(self) -> str:
        slug = str(self.cleaned_data["slug"])
        try:
            refuse_taken(slug, by=self._project.pk)
        except AddressTaken as error:
            raise ValidationError(str(error)) from error
        return slug


class ModulesForm(forms.Form):
    """A box for each switch."""

    def __init__(self, data: Any, *, project: Project) -> None:
        super().__init__(data)
        for switch in modules.switches():
            self.fields[switch.key] = forms.BooleanField(
                label=str(switch.label), help_text=str(switch.text), required=False, initial=project.has(switch.key)
            )

    def on(self) -> set[str]:
        return {key for key, is_on in self.cleaned_data.items() if is_on}


class OrganizationForm(forms.ModelForm):  # type: ignore[type-arg]  # no subscript at run time
    class Meta:
        model = Organization
        fields = ("name",)
