"""Whom to invite, as what, and in which language."""

from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from flectar.platform.organizations.models import Role
from flectar.platform.organizations.roles import SAID


class InvitationForm(forms.Form):
    email = forms.EmailField(
        label=_("Email"), max_length=254, widget=forms.EmailInput(attrs={"autocomplete": "off", "autofocus": True})
    )
    role = forms.ChoiceField(label=_("Role"), widget=forms.RadioSelect(attrs={"class": "check"}))
    locale = forms.ChoiceField(label=_("Language of the mail"), choices=settings.LANGUAGES)

    def __init__(self, *args: Any, may_make_owners: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        role = self.fields["role"]
        assert isinstance(role, forms.ChoiceField)  # noqa: S101 - declared above
        role.choices = [
            (each.value, f"{each.label}: {SAID[each]}") for each in Role if each != Role.OWNER or may_make_owners
        ]
