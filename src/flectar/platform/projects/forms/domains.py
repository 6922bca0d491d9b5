"""A domain as somebody types it."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from flectar.platform.projects.domain_names import domain_from


class DomainForm(forms.Form):
    name = forms.CharField(
        label=_("Domain"),
        max_length=300,
        help_text=_("One that you own, as in “casa-rosa.example” or “www.casa-rosa.example”."),
        widget=forms.TextInput(
            attrs={"autocapitalize": "none", "autocomplete": "off", "spellcheck": "false", "inputmode": "url"}
        ),
    )

    def clean_name(self) -> str:
        typed: Any = self.cleaned_data["name"]
        return domain_from(typed)
