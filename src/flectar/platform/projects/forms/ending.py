"""Deleting a project, handing it over, appealing against its suspension."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from flectar.core.text import fold
from flectar.platform.accounts.models import User
from flectar.platform.organizations import membership
from flectar.platform.organizations.models import Organization
from flectar.platform.projects.forms.fields import LongText
from flectar.platform.projects.models import Project


class DeletionForm(forms.Form):
    """The name is typed by hand: nobody deletes a business by a slip."""

    name = forms.CharField(
        label=_("Name of the project"), max_length=120, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )

    def __init__(self, data: Any, *, project: Project) -> None:
        super().__init__(data)
        self._project = project
        self.fields["name"].help_text = _("To be sure, write “%(name)s”.") % {"name": project.name}

    def clean_name(self) -> str:
        typed = str(self.cleaned_data["name"])
        if fold(typed.strip()) != fold(self._project.name.strip()):
            raise ValidationError(_("This isn't the name of the project."))
        return typed


class AppealForm(forms.Form):
    appeal = LongText(
        label=_("Your appeal"),
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text=_("What happened, what you have changed, why the site should be open. A person reads it."),
    )


class TransferForm(forms.Form):
    email = forms.EmailField(
        label=_("Email of the new owner"),
        max_length=254,
        help_text=_("They need an account with this address, and take the project into an organization that they own."),
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
    )


NEW = "new"


class TakeOverForm(forms.Form):
    chosen = forms.ChoiceField(label=_("Into which organization"), widget=forms.RadioSelect(attrs={"class": "check"}))
    name = forms.CharField(
        label=_("Name of the organization"), max_length=120, required=False, help_text=_("For a new one.")
    )

    def __init__(self, data: Any, *, organizations: list[Organization]) -> None:
        super().__init__(data, initial={"chosen": str(organizations[0].pk) if organizations else NEW})
        self._organizations = {str(each.pk): each for each in organizations}
        field = self.fields["chosen"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101 - declared so above, for the type checker
        field.choices = [*((pk, each.name) for pk, each in self._organizations.items()), (NEW, _("A new organization"))]

    def clean(self) -> dict[str, Any]:
        values: dict[str, Any] = super().clean() or {}
        if values.get("chosen") == NEW and not values.get("name"):
            self.add_error("name", _("Write its name."))
        return values

    def organization(self, *, by: User) -> Organization:
        """The chosen one; a new one is founded now."""
        chosen = self.cleaned_data["chosen"]
        return membership.found(self.cleaned_data["name"], by=by) if chosen == NEW else self._organizations[chosen]
