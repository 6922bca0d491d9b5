"""Fields that more than one form of a project uses."""

from typing import Any

import phonenumbers
from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from flectar.platform.projects.addresses import LONGEST, validate_slug


class AddressField(forms.CharField):
    """The project's address. Capitals are taken as small letters."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            **{
                "label": _("Address"),
                "max_length": LONGEST,
                "validators": [validate_slug],
                "widget": forms.TextInput(
                    attrs={"autocapitalize": "none", "autocomplete": "off", "spellcheck": "false", "dir": "ltr"}
                ),
                **kwargs,
            }
        )

    def to_python(self, value: Any) -> Any:
        return (super().to_python(value) or "").lower()


class LongText(forms.CharField):
    """Several lines. A browser sends CR LF; one sort of line break is kept."""

    widget = forms.Textarea

    def to_python(self, value: Any) -> Any:
        return (super().to_python(value) or "").replace("\r\n", "\n").replace("\r", "\n")


class DegreesField(forms.DecimalField):
    """A latitude or longitude, with a point or a comma, as it comes out of a map."""

    widget = forms.TextInput(attrs={"inputmode": "decimal"})

    def to_python(self, value: Any) -> Any:
        return super().to_python(str(value or "").replace("−", "-").replace(",", ".").replace("°", ""))


def phone_as_e164(text: str, country: str) -> str:
    """+34960000141, of whatever way it was written; numbers without a prefix are the country's."""
    if not text.strip():
        return ""
    try:
        number = phonenumbers.parse(text, country)
    except phonenumbers.NumberParseException as error:
        raise ValidationError(_("Write a phone number, as in +34 960 000 141.")) from error
    if not phonenumbers.is_valid_number(number):
        raise ValidationError(_("This number can't be dialled. Check its digits and the prefix, as in +34 …"))
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def phone_as_said(e164: str) -> str:
    """+34 960 00 01 41"""
    try:
        number = phonenumbers.parse(e164)
    except phonenumbers.NumberParseException:
        return e164
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.INTERNATIONAL)
