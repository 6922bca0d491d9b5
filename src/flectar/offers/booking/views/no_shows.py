"""Settings › No-shows: the owner's rules; and letting one customer begin anew."""

from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from flectar.core.text import BadText, clean
from flectar.offers.booking.deeds import no_shows
from flectar.offers.booking.deeds.no_shows import Does
from flectar.offers.booking.forms.price_forms import CountField
from flectar.people.customers.models import Customer
from flectar.people.customers.views import heeding
from flectar.platform.projects.access import ProjectRequest, dashboard
from flectar.ui.toasts import toast


class RulesForm(forms.Form):
    """A pair of numbers for each consequence; without the first it is off."""

    def __init__(self, data: Any = None) -> None:
        super().__init__(data)
        held = no_shows.rules()
        for does in Does:
            rule = held.get(does)
            self.fields[f"{does}_times"] = CountField(
                label=_("After so many no-shows"),
                most=20,
                initial=rule.times if rule else None,
                help_text=_("Left empty: never."),
            )
            self.fields[f"{does}_months"] = CountField(label=_("Within"), most=36, initial=rule.months if rule else 6)

    def rows(self) -> list[dict[str, Any]]:
        hints = {
            Does.APPROVAL: _("Their booking reaches you as a request."),
            Does.PREPAYMENT: _("It is confirmed when it is paid. Without online payment nothing changes."),
            Does.NO_BOOKING: _("What they send from your page reaches you as a request; programs are refused."),
        }
        return [
            {
                "title": does.label,
                "hint": hints[does],
                "times": self[f"{does}_times"],
                "months": self[f"{does}_months"],
            }
            for does in Does
        ]

    def wanted(self) -> dict[str, tuple[int, int]]:
        values = self.cleaned_data
        return {
            str(does): (values[f"{does}_times"], values[f"{does}_months"] or 6)
            for does in Does
            if values[f"{does}_times"]
        }


class PardonForm(forms.Form):
    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        max_length=300,
        help_text=gettext_lazy("Such as: was in hospital. Your team reads it, they do not."),
        error_messages={"required": gettext_lazy("Say why, so that your team knows.")},
    )

    def clean_reason(self) -> str:
        try:
            return clean(self.cleaned_data["reason"])
        except BadText:
            raise forms.ValidationError(_("The text holds characters that can't be stored.")) from None


@dashboard("customers.manage", module="booking")
@require_http_methods(["GET", "HEAD", "POST"])
def rules(request: ProjectRequest) -> HttpResponse:
    form = RulesForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        no_shows.set_rules(form.wanted())
        toast(request, _("Saved"))
        return redirect("booking:no_shows", project=request.project.slug)
    return render(request, "booking/no_shows.html", {"form": form}, status=422 if form.is_bound else 200)


@dashboard("customers.manage", module="booking")
@require_http_methods(["GET", "HEAD", "POST"])
@heeding
def pardon(request: ProjectRequest, customer_id: UUID) -> HttpResponse:
    customer = get_object_or_404(Customer, pk=customer_id, erased_at=None)
    form = PardonForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        made = no_shows.pardon(customer, form.cleaned_data["reason"], author=request.user)
        undo = reverse("booking:pardon_end", args=[request.project.slug, customer.pk, made.pk])
        toast(request, _("%(name)s begins anew") % {"name": customer.name}, undo=undo)
        return _back(request, customer_id)
    context = {"form": form, "customer": customer}
    return render(request, "booking/pardon.html", context, status=422 if form.is_bound else 200)


@dashboard("customers.manage", module="booking")
@require_POST
@heeding
def pardon_end(request: ProjectRequest, customer_id: UUID, pardon_id: UUID) -> HttpResponse:
    customer = get_object_or_404(Customer, pk=customer_id)
    no_shows.take_back(customer, pardon_id)
    toast(request, _("Their no-shows count again"))
    return _back(request, customer_id)


def _back(request: ProjectRequest, customer_id: UUID) -> HttpResponse:
    return redirect("customers:customer", project=request.project.slug, customer_id=customer_id)
