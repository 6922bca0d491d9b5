"""A new key."""

import ipaddress
from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from flectar.core import clock
from flectar.platform.webapi.scopes import scopes

MOST_NETWORKS = 20
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
    networks = forms.CharField(
        label=gettext_lazy("Only from these addresses"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 3, "autocomplete": "off", "spellcheck": "false"}),
        help_text=gettext_lazy("One a line, as 203.0.113.7 or 203.0.113.0/24. Empty: from anywhere."),
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
        assert isinstance(field, forms.ChoiceField)  # noqa: S101 - declared so above, for the type checker
        field.choices = choices

    def clean_networks(self) -> list[str]:
        found = []
        for line in filter(None, (line.strip() for line in self.cleaned_data["networks"].splitlines())):
            try:
                found.append(str(ipaddress.ip_network(line, strict=False)))
            except ValueError:
                raise forms.ValidationError(_("“%(line)s” is no address.") % {"line": line[:60]}) from None
        if len(found) > MOST_NETWORKS:
            raise forms.ValidationError(_("At most %(count)s addresses.") % {"count": MOST_NETWORKS})
        return list(dict.fromkeys(found))

    def expires_at(self) -> datetime | None:
        days = DAYS[self.cleaned_data["expires"]]
        return None if days is None else clock.now() + timedelta(days=days)


class RollForm(forms.Form):
    """How long the old key works beside the new one."""

    overlap = forms.TypedChoiceField(
        label=gettext_lazy("The old key works on"),
        coerce=int,
        initial=24,
        choices=[
            (24, gettext_lazy("For a day")),
            (168, gettext_lazy("For a week")),
            (1, gettext_lazy("For an hour")),
            (0, gettext_lazy("No longer: it may have been seen by others")),
        ],
        widget=forms.RadioSelect,
    )
