"""A new key."""

from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from flectar.core import clock
from flectar.platform.webapi.scopes import scopes

DAYS = {"30": 30, "90": 90, "365": 365, "": None}


class KeyForm(forms.Form):
    name = forms.CharField(
        label=gettext_lazy("Name"),
        max_length=80,
        help_text=gettext_lazy("Which program uses it, as in “Website” or “Accounting”."),
    )
    reach = forms.ChoiceField(label=gettext_lazy("Works for"), widget=forms.RadioSelect, initial="project")
    scopes = forms.MultipleChoiceField(
        label=gettext_lazy("May"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": gettext_lazy("Tick what the key may do.")},
    )
    expires = forms.ChoiceField(label=gettext_lazy("Runs out"), required=False, initial="365")

    def __init__(self, *args: Any, project: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._choices("scopes", [(name, label) for name, label in scopes().items()])
        self._choices(
            "reach",
            [
                ("project", _("This project: %(name)s") % {"name": project.name}),
                ("organization", _("Every project of %(name)s") % {"name": project.organization.name}),
            ],
        )
        self._choices(
            "expires",
            [("30", _("In 30 days")), ("90", _("In 90 days")), ("365", _("In a year")), ("", _("Never"))],
        )

    def _choices(self, name: str, choices: list[tuple[str, Any]]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101 - declared above
        field.choices = choices

    def expires_at(self) -> datetime | None:
        days = DAYS[self.cleaned_data["expires"]]
        return None if days is None else clock.now() + timedelta(days=days)
