"""An endpoint."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from flectar.platform.projects.models import Project
from flectar.platform.webhooks.addresses import validate_url
from flectar.platform.webhooks.catalogue import events


class EndpointForm(forms.Form):
    url = forms.CharField(
        label=gettext_lazy("Address"),
        max_length=500,
        validators=[validate_url],
        help_text=gettext_lazy("Your program gets a POST there whenever something happens."),
        widget=forms.URLInput(attrs={"placeholder": "https://example.com/hooks"}),
    )
    description = forms.CharField(label=gettext_lazy("What it is for"), max_length=120, required=False)
    events = forms.MultipleChoiceField(
        label=gettext_lazy("Events"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": gettext_lazy("Tick at least one.")},
    )

    def __init__(self, *args: Any, project: Project, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["events"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101 - declared so above, for the type checker
        field.choices = [
            (each.name, f"{each.label} ({each.name})")
            for each in events()
            if not each.module or project.has(each.module)
        ]
