"""Writing to the operator: reports of abuse, questions about data."""

import re
from datetime import timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from flectar.core import crypto
from flectar.platform.legal.models import Letter

_STAMP = "letter"
_LINK = re.compile(r"https?://|www\.", re.IGNORECASE)
Topic = Letter.Topic


class LetterForm(forms.Form):
    """No captcha: a field that people do not see, and a stamp that says when the page was made."""

    text = forms.CharField(
        label=gettext_lazy("What is it about?"), max_length=5000, widget=forms.Textarea(attrs={"rows": 6})
    )
    name = forms.CharField(
        label=gettext_lazy("Your name"),
        max_length=120,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    email = forms.EmailField(
        label=gettext_lazy("Your email"),
        help_text=gettext_lazy("We answer there and use it for nothing else."),
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )
    website = forms.CharField(required=False, widget=forms.TextInput(attrs={"tabindex": "-1", "autocomplete": "off"}))
    stamp = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["stamp"].initial = crypto.sign(_STAMP, "1")

    @property
    def is_by_machine(self) -> bool:
        """It filled what nobody sees."""
        return bool(self.cleaned_data.get("website"))

    def clean(self) -> dict[str, Any]:
        values: dict[str, Any] = super().clean() or {}
        try:
            crypto.unsign(_STAMP, values.get("stamp", ""), within=timedelta(hours=12))
        except (crypto.BadSignature, crypto.Expired):
            self.data = {**self.data.dict(), "stamp": crypto.sign(_STAMP, "1")}  # type: ignore[attr-defined]  # a QueryDict
            raise forms.ValidationError(
                _("This page was open for very long. Your text is still here; send it again.")
            ) from None
        if len(_LINK.findall(values.get("text", ""))) > 10:
            self.add_error("text", _("There are many links in here. Keep the most telling ones."))
        return values


class AbuseForm(LetterForm):
    """What is wrong, and on which page."""

    page = forms.CharField(
        label=gettext_lazy("Address of the page"),
        max_length=500,
        help_text=gettext_lazy("As it stands in the address bar."),
    )
    topic = forms.ChoiceField(
        label=gettext_lazy("What is wrong?"),
        choices=[
            (topic.value, topic.label)
            for topic in (Topic.FRAUD, Topic.ILLEGAL, Topic.RIGHTS, Topic.PRIVATE, Topic.MALWARE, Topic.OTHER)
        ],
        widget=forms.RadioSelect,
    )
    field_order = ("page", "topic", "text", "name", "email")


class PrivacyForm(LetterForm):
    """A question about data, and what it hangs on: it goes to whoever answers for that."""

    REFERENCES = (
        ("", gettext_lazy("Nothing in particular")),
        ("account", gettext_lazy("My account here")),
        ("project", gettext_lazy("A business: its name or address")),
        ("booking", gettext_lazy("A booking: its code")),
        ("message", gettext_lazy("A message that I got")),
        ("invoice", gettext_lazy("An invoice: its number")),
        ("page", gettext_lazy("A public page: its address")),
    )
    topic = forms.ChoiceField(
        label=gettext_lazy("What do you want?"),
        choices=[
            (topic.value, topic.label)
            for topic in (Topic.ACCESS, Topic.ERASE, Topic.CORRECT, Topic.OBJECT, Topic.QUESTION)
        ],
        widget=forms.RadioSelect,
    )
    reference_kind = forms.ChoiceField(label=gettext_lazy("It is about"), choices=REFERENCES, required=False)
    reference = forms.CharField(
        label=gettext_lazy("Which one"),
        max_length=500,
        required=False,
        help_text=gettext_lazy("The code, number or address, if you have it at hand."),
    )
    field_order = ("topic", "reference_kind", "reference", "text", "name", "email")
