"""What is typed about calendars that are followed, and about addresses at which ours are read."""

from typing import Any
from urllib.parse import urlsplit

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from flectar.core import http
from flectar.offers.booking.calendars.subscriptions import plain_address
from flectar.offers.booking.models import Feed


def check_address(url: str) -> None:
    """https and a host that may be public; and no address that is known to be a page. Else `ValidationError`."""
    try:
        parts = urlsplit(url)
        host = (parts.hostname or "").removesuffix(".").lower()
        port = parts.port
    except ValueError:
        host, port = "", None
    if not host or " " in url:
        raise ValidationError(_("This is not an address. It begins with https:// or webcal://"))
    if parts.scheme != "https" and not (settings.DEMO and parts.scheme == "http"):
        raise ValidationError(_("Use an address that begins with https:// or webcal://, so that nobody reads along."))
    if port not in (None, 80, 443):
        raise ValidationError(_("Use an address with the usual port of the web."))
    if not http.may_be_public(host):
        raise ValidationError(_("This address is not on the public internet."))
    if host.endswith("google.com") and "/ical/" not in parts.path:
        raise ValidationError(
            _("This opens Google’s page. Copy the “Secret address in iCal format” from the calendar’s settings.")
        )
    if host.startswith("outlook.") and parts.path.endswith(".html"):
        raise ValidationError(_("This opens Outlook’s page. Copy the link that ends in .ics."))


class FollowForm(forms.Form):
    url = forms.CharField(
        label=gettext_lazy("Address of the calendar"),
        max_length=2000,
        widget=forms.TextInput(
            attrs={
                "inputmode": "url",
                "autocomplete": "off",
                "spellcheck": "false",
                "placeholder": "https://…/basic.ics",
            }
        ),
        help_text=gettext_lazy("It is a secret: whoever has it can read that calendar. We keep it sealed."),
    )
    name = forms.CharField(
        label=gettext_lazy("Name"),
        max_length=80,
        required=False,
        help_text=gettext_lazy("Whose or what it is, as in “Private”. Empty: we find one."),
    )

    def clean_url(self) -> str:
        url = plain_address(self.cleaned_data["url"])
        check_address(url)
        return url

    def clean_name(self) -> str:
        return str(self.cleaned_data["name"]).strip()


class FollowedForm(FollowForm):
    """Of one that is followed already: its address is not shown again."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"].required = True
        self.fields["name"].help_text = ""
        self.fields["url"].required = False
        self.fields["url"].label = _("Another address")
        self.fields["url"].help_text = _(
            "Empty: the present one stays. The time it blocks stays until the new one is read."
        )

    def clean_url(self) -> str:
        return super().clean_url() if self.cleaned_data["url"] else ""


class FeedForm(forms.Form):
    name = forms.CharField(
        label=gettext_lazy("What it is for"), max_length=80, help_text=gettext_lazy("As in “My phone” or “Reception”.")
    )
    shows = forms.ChoiceField(
        label=gettext_lazy("What it shows"),
        choices=Feed.Shows.choices,
        widget=forms.RadioSelect,
        initial=Feed.Shows.SERVICE,
    )

    def __init__(self, *args: Any, may_show_all: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not may_show_all:
            field = self.fields["shows"]
            assert isinstance(field, forms.ChoiceField)  # noqa: S101 - declared so above, for the type checker
            field.choices = [choice for choice in Feed.Shows.choices if choice[0] != Feed.Shows.ALL]
