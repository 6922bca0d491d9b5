"""Deleting a project, appealing against its suspension."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from flectar.core.text import fold
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
