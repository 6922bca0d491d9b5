"""Emails and phone numbers in their one stored form; a value that cannot be one is refused with a sentence to show."""

import unicodedata

import phonenumbers
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext as _

MAX_EMAIL = 254
MAX_PHONE = 40


class BadContact(ValueError):
    """Not an email or a phone number. The sentence is fit to show beside the field."""


def plain_email(raw: str) -> str:
    """Lower case throughout: providers ignore case, and people type "Ana@" and "ana@" for the same box."""
    email = unicodedata.normalize("NFC", raw.strip()).removeprefix("mailto:").strip("<>").lower()
    try:
        if len(email) > MAX_EMAIL:
            raise ValidationError("")
        validate_email(email)
    except ValidationError:
        raise BadContact(_("“%(email)s” is not an email address.") % {"email": shortened(raw)}) from None
    return email


def e164(raw: str, region: str) -> str:
    """`region` is the country a number without prefix belongs to, e.g. "ES"."""
    text = "".join(char for char in raw.strip() if unicodedata.category(char) != "Cf").removeprefix("tel:")
    try:
        if len(text) > MAX_PHONE:
            raise phonenumbers.NumberParseException(phonenumbers.NumberParseException.TOO_LONG, "")
        number = phonenumbers.parse(text, region.upper() or None)
    except phonenumbers.NumberParseException:
        raise BadContact(_("“%(phone)s” is not a phone number.") % {"phone": shortened(raw)}) from None
    if number.extension:
        raise BadContact(
            _("“%(phone)s” has an extension. Save the number without it and write the extension in a note.")
            % {"phone": shortened(raw)}
        )
    if not phonenumbers.is_valid_number(number):
        raise BadContact(
            _("“%(phone)s” is not a number that can be called. Check the digits, and the prefix if it is abroad.")
            % {"phone": shortened(raw)}
        )
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def spoken(number: str, region: str) -> str:
    """As people of `region` write it: national at home, with the prefix from abroad."""
    try:
        parsed = phonenumbers.parse(number, None)
    except phonenumbers.NumberParseException:
        return number
    at_home = phonenumbers.region_code_for_number(parsed) == region.upper()
    style = phonenumbers.PhoneNumberFormat.NATIONAL if at_home else phonenumbers.PhoneNumberFormat.INTERNATIONAL
    return phonenumbers.format_number(parsed, style)


def shortened(raw: str, length: int = 60) -> str:
    """Fit to quote in a sentence: on one line, printable, not endless."""
    text = " ".join("".join(char if char.isprintable() else " " for char in raw).split())
    return text if len(text) <= length else text[: length - 1] + "…"


def international(number: str) -> str:
    """+34 600 00 01 42"""
    return phonenumbers.format_number(phonenumbers.parse(number, None), phonenumbers.PhoneNumberFormat.INTERNATIONAL)
