"""What the operator can switch while everything runs."""

from typing import Any

from django import forms
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from flectar.core.switches import SWITCHES
from flectar.platform.audit.log import changes, record
from flectar.platform.projects.access import operator
from flectar.ui.toasts import toast


class SwitchesForm(forms.Form):
    """A field for each switch, of its own type."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for switch in SWITCHES:
            field = forms.CharField(max_length=300) if switch.is_text else forms.BooleanField()
            field.required = False
            field.label, field.help_text = str(switch.label), str(switch.text)
            self.fields[switch.name] = field


@operator
@require_http_methods(["GET", "HEAD", "POST"])
def index(request: Any) -> HttpResponse:
    before = {switch.name: switch.value() for switch in SWITCHES}
    form = SwitchesForm(request.POST if request.method == "POST" else None, initial=before)
    if form.is_valid():
        old, new = changes(before, form.cleaned_data)
        for switch in SWITCHES:
            if switch.name in new:
                switch.set(new[switch.name])
        if new:
            record("switches.changed", old=old, new=new)
        toast(request, _("Saved"))
        return redirect("operations:switches")
    return render(request, "operations/switches.html", {"form": form}, status=422 if form.is_bound else 200)
