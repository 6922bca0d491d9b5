"""One place: its name, address, phones, zone."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from flectar.platform.projects import choices
from flectar.platform.projects.forms.fields import DegreesField, phone_as_e164, phone_as_said
from flectar.platform.projects.models import Location

PHONES = ("phone", "second_phone")


class PlaceNameForm(forms.ModelForm):  # type: ignore[type-arg]  # no subscript at run time
    """Of the first place: the rest stands in Details and Hours."""

    class Meta:
        model = Location
        fields = ("name",)


class LocationForm(forms.ModelForm):  # type: ignore[type-arg]  # no subscript at run time
    country = forms.ChoiceField(label=_("Country"), choices=choices.countries)
    zone = forms.ChoiceField(label=_("Time zone"), choices=choices.zones, help_text=_("Its hours are read in it."))

    class Meta:
        model = Location
        fields = (
            *("name", "street", "postal_code", "city", "region", "country", "latitude", "longitude"),
            *("phone", "second_phone", "zone"),
        )
        help_texts = {
            "name": _("As people call it: “Ruzafa”, “Airport”."),
            "latitude": _("Both numbers as a map shows them, as in 39.466700 and −0.375000."),
            "phone": _("As people dial it. Shown on your page."),
        }
        field_classes = {"latitude": DegreesField, "longitude": DegreesField}

    def __init__(self, data: Any, *, instance: Location) -> None:
        said = {phone: phone_as_said(getattr(instance, phone)) for phone in PHONES}
        super().__init__(data, instance=instance, initial=said)
        for phone in PHONES:
            # Room for spaces and brackets; what is kept is E.164.
            self.fields[phone] = forms.CharField(
                label=self.fields[phone].label,
                help_text=self.fields[phone].help_text,
                widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "tel"}),
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
