"""HTML in: what a service costs with whom, and what can be added to it."""

from collections.abc import Iterator
from typing import Any
from uuid import UUID

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from flectar.offers.booking.forms.price_forms import AmountField, CountField, read_amount, written_amount
from flectar.offers.booking.models import Resource, Service, ServiceExtra
from flectar.platform.projects.models import MINUTES_A_DAY, Project
from flectar.ui.choices import offer


class RatesForm(forms.Form):
    """A box for each person or thing; left empty, the price of the service holds."""

    def __init__(self, data: Any = None, *, project: Project, service: Service) -> None:
        super().__init__(data)
        self.project = project
        self.needs = list(service.needs.select_related("resource").order_by("group_no", "resource__name_folded"))
        for need in self.needs:
            name = f"rate_{need.resource_id}"
            self.fields[name] = AmountField(label=need.resource.name, required=False)
            self.initial[name] = "" if need.price_minor is None else written_amount(need.price_minor, project) or "0"

    def boxes(self) -> Iterator[Any]:
        return (self[name] for name in self.fields)

    def clean(self) -> dict[str, Any]:
        typed: dict[str, Any] = super().clean() or {}
        for name in self.fields:
            try:
                typed[name] = read_amount(typed[name], self.project) if typed.get(name) else None
            except ValidationError as wrong:
                self.add_error(name, wrong)
        return typed

    @property
    def rates(self) -> dict[UUID, int | None]:
        return {need.resource_id: self.cleaned_data[f"rate_{need.resource_id}"] for need in self.needs}


class ExtraForm(forms.Form):
    name = forms.CharField(label=gettext_lazy("Name"), max_length=120)
    price = AmountField(
        label=gettext_lazy("Price"), required=False, help_text=gettext_lazy("Left empty, it costs nothing.")
    )
    is_per_person = forms.BooleanField(label=gettext_lazy("For each person"), required=False)
    is_per_night = forms.BooleanField(label=gettext_lazy("For each night"), required=False)
    add_min = CountField(
        label=gettext_lazy("Takes longer by"),
        least=0,
        most=MINUTES_A_DAY // 2,
        help_text=gettext_lazy("The booking becomes longer by that, and only times that are long enough are offered."),
    )
    max_qty = CountField(label=gettext_lazy("At most"), most=100, required=True, initial=1)
    stock = forms.ChoiceField(
        label=gettext_lazy("Uses"),
        required=False,
        help_text=gettext_lazy("A thing of which there are so many: it can be added while one is free."),
    )
    position = CountField(label=gettext_lazy("Order"), least=0, most=1000)
    is_active = forms.BooleanField(label=gettext_lazy("Offered"), required=False, initial=True)

    def __init__(self, data: Any = None, *, project: Project, extra: ServiceExtra | None = None) -> None:
        super().__init__(data, initial=_shown(extra, project) if extra else {"max_qty": 1, "is_active": True})
        self.project = project
        things = Resource.objects.exclude(kind=Resource.Kind.STAFF).order_by("name_folded")
        choices = [("", _("Nothing")), *((str(one.pk), one.name) for one in things)]
        offer(self, "stock", choices)

    def clean_price(self) -> int:
        text = self.cleaned_data["price"]
        return read_amount(text, self.project) if text else 0

    def clean_add_min(self) -> int:
        minutes: int = self.cleaned_data["add_min"] or 0
        if minutes % 5:
            raise ValidationError(_("Use steps of five minutes, as in 45 or 50."))
        return minutes

    @property
    def values(self) -> dict[str, Any]:
        typed = self.cleaned_data
        return {
            "name": typed["name"].strip(),
            "price_minor": typed["price"],
            "is_per_person": typed["is_per_person"],
            "is_per_night": typed["is_per_night"],
            "add_min": typed["add_min"],
            "max_qty": typed["max_qty"],
            "stock_id": UUID(typed["stock"]) if typed["stock"] else None,
            "position": typed["position"] or 0,
            "is_active": typed["is_active"],
        }


def _shown(extra: ServiceExtra, project: Project) -> dict[str, Any]:
    return {
        "name": extra.name,
        "price": written_amount(extra.price_minor, project),
        "is_per_person": extra.is_per_person,
        "is_per_night": extra.is_per_night,
        "add_min": extra.add_min or None,
        "max_qty": extra.max_qty,
        "stock": str(extra.stock_id or ""),
        "position": extra.position or None,
        "is_active": extra.is_active,
    }
