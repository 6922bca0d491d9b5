"""HTML in, about money: coupons, packages and vouchers, terms, how a service is paid."""

from datetime import date, datetime, timedelta
from itertools import pairwise
from typing import Any
from uuid import UUID

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from flectar.core import clock
from flectar.core.money import BadAmount, Money, exponent
from flectar.offers.booking.models import Coupon, Entitlement, Policy, Service
from flectar.offers.booking.prices import codebook
from flectar.people.customers import directory
from flectar.people.customers.models import Customer
from flectar.platform.projects.models import Project
from flectar.ui.choices import offer

MOST = 10**11
TIERS = 3
MOST_HOURS = 24 * 60


def read_amount(text: str, project: Project, *, least: int = 0) -> int:
    """Minor units of what was typed."""
    try:
        money = Money.parse(text, project.currency)
    except BadAmount as wrong:
        raise ValidationError(_("Type an amount, as in 38 or 12.50")) from wrong
    if not least <= money.minor <= MOST:
        raise ValidationError(_("Type an amount above zero.") if least else _("Type an amount that is not negative."))
    return money.minor


def written_amount(minor: int, project: Project) -> str:
    """As it is typed; empty for nothing."""
    return f"{Money(minor, project.currency).amount:.{exponent(project.currency)}f}" if minor else ""


class DayField(forms.DateField):
    def __init__(self, **options: Any) -> None:
        super().__init__(
            required=False,
            widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
            error_messages={"invalid": gettext_lazy("Choose a day.")},
            **options,
        )


class AmountField(forms.CharField):
    def __init__(self, **options: Any) -> None:
        super().__init__(max_length=20, widget=forms.TextInput(attrs={"inputmode": "decimal"}), **options)


class CountField(forms.IntegerField):
    def __init__(self, *, most: int = 1_000_000, least: int = 1, required: bool = False, **options: Any) -> None:
        super().__init__(
            required=required,
            min_value=least,
            max_value=most,
            error_messages={
                "invalid": gettext_lazy("Type a whole number."),
                "min_value": gettext_lazy("Type %(limit_value)s or more."),
                "max_value": gettext_lazy("Type %(limit_value)s or less."),
            },
            **options,
        )


def _services(field: Any) -> None:
    field.choices = [(str(one.pk), one.name) for one in Service.objects.in_order()]


class CouponForm(forms.Form):
    """`values` is what the table keeps."""

    code = forms.CharField(
        label=gettext_lazy("Code"),
        max_length=40,
        required=False,
        help_text=gettext_lazy("What customers type; case and spaces do not matter. Left empty, we make one."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters"}),
    )
    name = forms.CharField(
        label=gettext_lazy("What it is for"),
        max_length=120,
        required=False,
        help_text=gettext_lazy("Only your team reads this."),
    )
    takes = forms.ChoiceField(
        label=gettext_lazy("Takes off"),
        choices=[("percent", gettext_lazy("A part of the price, in percent")), ("amount", gettext_lazy("An amount"))],
        widget=forms.RadioSelect,
        initial="percent",
    )
    value = AmountField(label=gettext_lazy("How much"))
    first_day = DayField(label=gettext_lazy("Valid from"))
    last_day = DayField(label=gettext_lazy("Valid until"), help_text=gettext_lazy("That day included."))
    max_uses = CountField(label=gettext_lazy("How often in all"))
    max_per_customer = CountField(label=gettext_lazy("How often for each customer"), most=10_000)
    least = AmountField(label=gettext_lazy("From a price of"), required=False)
    services = forms.MultipleChoiceField(
        label=gettext_lazy("Only for these services"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("None ticked: for all of them."),
    )
    stacks = forms.BooleanField(
        label=gettext_lazy("Together with other codes"),
        required=False,
        help_text=gettext_lazy("Both codes must allow it."),
    )

    def __init__(self, data: Any = None, *, project: Project, coupon: Coupon | None = None) -> None:
        super().__init__(data, initial=_shown(coupon, project) if coupon else None)
        self.project, self.coupon = project, coupon
        _services(self.fields["services"])

    def clean_code(self) -> str:
        code = " ".join(self.cleaned_data["code"].split())
        if code and codebook.is_code_taken(code, but=self.coupon.pk if self.coupon else None):
            raise ValidationError(str(codebook.CodeTaken(code)))
        return code

    def clean_least(self) -> int:
        text = self.cleaned_data["least"]
        return read_amount(text, self.project) if text else 0

    def clean(self) -> dict[str, Any]:
        typed: dict[str, Any] = super().clean() or {}
        if "value" in typed:
            try:
                typed["value"] = self._value(typed.get("takes", ""), typed["value"])
            except ValidationError as wrong:
                self.add_error("value", wrong)
        first, last = typed.get("first_day"), typed.get("last_day")
        if first and last and last < first:
            self.add_error("last_day", _("Choose a day that is not before the first one."))
        return typed

    def _value(self, takes: str, text: str) -> int:
        if takes == "amount":
            return read_amount(text, self.project, least=1)
        plain = text.strip().removesuffix("%").strip()
        if not (plain.isascii() and plain.isdigit() and 1 <= int(plain[:4]) <= 100):
            raise ValidationError(_("Type a whole number from 1 to 100."))
        return int(plain)

    @property
    def values(self) -> dict[str, Any]:
        typed = self.cleaned_data
        is_percent = typed["takes"] == "percent"
        return {
            "code": typed["code"] or (self.coupon.code if self.coupon else ""),
            "name": typed["name"].strip(),
            "percent": typed["value"] if is_percent else None,
            "amount_minor": None if is_percent else typed["value"],
            "starts_at": _begin(typed["first_day"], self.project),
            "ends_at": _end(typed["last_day"], self.project),
            "max_uses": typed["max_uses"],
            "max_per_customer": typed["max_per_customer"],
            "least_minor": typed["least"],
            "services": sorted(typed["services"]),
            "stacks": typed["stacks"],
        }


def _shown(coupon: Coupon, project: Project) -> dict[str, Any]:
    is_percent = coupon.percent is not None
    return {
        "code": coupon.code,
        "name": coupon.name,
        "takes": "percent" if is_percent else "amount",
        "value": str(coupon.percent) if is_percent else written_amount(coupon.amount_minor or 0, project),
        "first_day": clock.local(coupon.starts_at, project.tz).date() if coupon.starts_at else None,
        "last_day": _last_day(coupon.ends_at, project),
        "max_uses": coupon.max_uses,
        "max_per_customer": coupon.max_per_customer,
        "least": written_amount(coupon.least_minor, project),
        "services": coupon.services,
        "stacks": coupon.stacks,
    }


def _begin(day: date | None, project: Project) -> datetime | None:
    return clock.day_bounds(day, project.tz)[0] if day else None


def _end(day: date | None, project: Project) -> datetime | None:
    """The first moment after that day."""
    return clock.day_bounds(day, project.tz)[1] if day else None


def _last_day(ends_at: datetime | None, project: Project) -> date | None:
    """The day whose end that is."""
    return clock.local(ends_at - timedelta(seconds=1), project.tz).date() if ends_at else None


class PrepaidForm(forms.Form):
    """A package for somebody, or a voucher for whoever has its code."""

    kind = forms.ChoiceField(
        label=gettext_lazy("What"),
        choices=[
            (Entitlement.Kind.PACKAGE, gettext_lazy("A package: so many times of a service")),
            (Entitlement.Kind.VOUCHER, gettext_lazy("A gift voucher: an amount")),
        ],
        widget=forms.RadioSelect,
        initial=Entitlement.Kind.PACKAGE,
    )
    name = forms.CharField(
        label=gettext_lazy("Name"),
        max_length=120,
        help_text=gettext_lazy("The customer reads it beside the price, as in “Ten classes”."),
    )
    email = forms.EmailField(
        label=gettext_lazy("Whose it is"),
        required=False,
        help_text=gettext_lazy("The customer's email. A package belongs to one customer; a voucher may be anybody's."),
        error_messages={"invalid": gettext_lazy("Type the whole address, as in marta@ferrer.es")},
    )
    units = CountField(label=gettext_lazy("How many times"), most=10_000)
    amount = AmountField(label=gettext_lazy("Amount"), required=False)
    service = forms.ChoiceField(label=gettext_lazy("For which service"), required=False)
    last_day = DayField(label=gettext_lazy("Valid until"), help_text=gettext_lazy("That day included."))
    code = forms.CharField(
        label=gettext_lazy("Code"),
        max_length=40,
        required=False,
        help_text=gettext_lazy("Left empty, we make one that nobody can guess."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters"}),
    )

    def __init__(self, data: Any = None, *, project: Project, customer: Customer | None = None) -> None:
        super().__init__(data, initial={"email": customer.email} if customer else None)
        self.project = project
        self.customer: Customer | None = None
        choices = [("", _("Any")), *((str(one.pk), one.name) for one in Service.objects.in_order())]
        offer(self, "service", choices)

    def clean_code(self) -> str:
        code = " ".join(self.cleaned_data["code"].split())
        if code and codebook.is_code_taken(code):
            raise ValidationError(str(codebook.CodeTaken(code)))
        return code

    def clean_email(self) -> str:
        email: str = self.cleaned_data["email"].lower()
        if email:
            self.customer = directory.known("", [email], [])
            if self.customer is None:
                raise ValidationError(_("No customer has this address. Add them first, or look at its letters."))
        return email

    def clean(self) -> dict[str, Any]:
        typed: dict[str, Any] = super().clean() or {}
        if typed.get("kind") == Entitlement.Kind.PACKAGE:
            if "email" in typed and not typed["email"]:
                self.add_error("email", _("Say whose package it is."))
            if "units" in typed and not typed["units"]:
                self.add_error("units", _("Say how many times."))
        elif "amount" in typed:
            try:
                typed["amount"] = read_amount(typed["amount"] or "0", self.project, least=1)
            except ValidationError as wrong:
                self.add_error("amount", wrong)
        return typed

    @property
    def values(self) -> dict[str, Any]:
        typed = self.cleaned_data
        is_package = typed["kind"] == Entitlement.Kind.PACKAGE
        return {
            "kind": typed["kind"],
            "name": typed["name"].strip(),
            "code": typed["code"],
            "customer": self.customer,
            "service_id": UUID(typed["service"]) if typed["service"] and is_package else None,
            "units": typed["units"] if is_package else 0,
            "amount_minor": 0 if is_package else typed["amount"],
            "valid_until": _end(typed["last_day"], self.project),
        }


class PolicyForm(forms.Form):
    """Terms: up to three tiers. "Until 48 hours before: 0 %" reads as free until then."""

    name = forms.CharField(
        label=gettext_lazy("Name"), max_length=80, help_text=gettext_lazy("As your team calls them, as in “Two days”.")
    )
    no_show_percent = CountField(
        label=gettext_lazy("Who does not come pays"), least=0, most=100, required=True, initial=0
    )
    most_moves = CountField(
        label=gettext_lazy("How often a customer may move it"),
        least=0,
        most=100,
        help_text=gettext_lazy("Left empty: as often as they like."),
    )

    def __init__(self, data: Any = None, *, policy: Policy | None = None) -> None:
        super().__init__(data, initial=_policy_shown(policy) if policy else {"no_show_percent": 0})
        self.policy = policy
        for number in range(1, TIERS + 1):
            self.fields[f"hours_{number}"] = CountField(
                label=_("Line %(number)s: until so long before") % {"number": number}, least=0, most=MOST_HOURS
            )
            self.fields[f"percent_{number}"] = CountField(
                label=_("Line %(number)s: kept of the price") % {"number": number}, least=0, most=100
            )

    def rows(self) -> list[tuple[Any, Any]]:
        """For the page: the pairs of boxes."""
        return [(self[f"hours_{number}"], self[f"percent_{number}"]) for number in range(1, TIERS + 1)]

    def clean_name(self) -> str:
        name = " ".join(self.cleaned_data["name"].split())
        others = Policy.objects.exclude(pk=self.policy.pk) if self.policy else Policy.objects.all()
        if others.filter(name=name).exists():
            raise ValidationError(_("There are terms of this name already. Take another one."))
        return name

    def clean(self) -> dict[str, Any]:
        typed: dict[str, Any] = super().clean() or {}
        tiers: list[dict[str, int]] = []
        for number in range(1, TIERS + 1):
            hours, percent = typed.get(f"hours_{number}"), typed.get(f"percent_{number}")
            if (hours is None) != (percent is None):
                missing = f"hours_{number}" if hours is None else f"percent_{number}"
                if missing not in self.errors:
                    self.add_error(missing, _("Type both numbers, or leave both empty."))
            elif hours is not None and percent is not None:
                if any(tier["hours"] == hours for tier in tiers):
                    self.add_error(f"hours_{number}", _("This number of hours stands here twice."))
                tiers.append({"hours": hours, "percent": percent})
        tiers.sort(key=lambda tier: -tier["hours"])
        if any(later["percent"] < earlier["percent"] for earlier, later in pairwise(tiers)):
            self.add_error(None, _("Closer to the start, the part that is kept cannot be smaller."))
        typed["tiers"] = tiers
        return typed

    @property
    def values(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in ("name", "tiers", "no_show_percent", "most_moves")}


def _policy_shown(policy: Policy) -> dict[str, Any]:
    shown: dict[str, Any] = {
        "name": policy.name,
        "no_show_percent": policy.no_show_percent,
        "most_moves": policy.most_moves,
    }
    for number, tier in enumerate(sorted(policy.tiers, key=lambda tier: -tier["hours"])[:TIERS], 1):
        shown |= {f"hours_{number}": tier["hours"], f"percent_{number}": tier["percent"]}
    return shown


class PaymentForm(forms.Form):
    """How a service is paid, and by which terms it is cancelled."""

    is_priced_per_person = forms.BooleanField(label=gettext_lazy("The price is for each person"), required=False)
    pay = forms.ChoiceField(
        label=gettext_lazy("What customers pay when they book"),
        choices=[
            (Service.Pay.NONE, gettext_lazy("Nothing: they pay at the business")),
            (Service.Pay.DEPOSIT, gettext_lazy("A deposit")),
            (Service.Pay.FULL, gettext_lazy("The whole price")),
        ],
        widget=forms.RadioSelect,
    )
    deposit_percent = CountField(label=gettext_lazy("Deposit in percent"), least=0, most=100)
    deposit = AmountField(
        label=gettext_lazy("or an amount"),
        required=False,
        help_text=gettext_lazy("For each person, where the price is. Never more than the price."),
    )
    hold_min = CountField(
        label=gettext_lazy("Time to pay"),
        least=5,
        most=120,
        required=True,
        help_text=gettext_lazy("So long the time is kept for whoever is paying; then others may have it."),
    )
    policy = forms.ChoiceField(
        label=gettext_lazy("Cancellation terms"),
        required=False,
        help_text=gettext_lazy("Without any, cancelling costs nothing."),
    )
    tax_category = forms.ChoiceField(
        label=gettext_lazy("Tax"),
        required=False,
        choices=[
            ("", gettext_lazy("Not said")),
            ("standard", gettext_lazy("Standard rate")),
            ("reduced", gettext_lazy("Reduced rate")),
            ("exempt", gettext_lazy("Exempt")),
        ],
        help_text=gettext_lazy("A hint for your invoices."),
    )

    def __init__(self, data: Any = None, *, project: Project, service: Service) -> None:
        super().__init__(
            data,
            initial={
                "is_priced_per_person": service.is_priced_per_person,
                "pay": service.pay,
                "deposit_percent": service.deposit_percent or None,
                "deposit": written_amount(service.deposit_minor, project),
                "hold_min": service.hold_min,
                "policy": str(service.policy_id or ""),
                "tax_category": service.tax_category,
            },
        )
        self.project = project
        kept = [("", _("None")), *((str(one.pk), one.name) for one in Policy.objects.order_by("name"))]
        offer(self, "policy", kept)

    def clean_deposit(self) -> int:
        text = self.cleaned_data["deposit"]
        return read_amount(text, self.project) if text else 0

    def clean(self) -> dict[str, Any]:
        typed: dict[str, Any] = super().clean() or {}
        if typed.get("pay") == Service.Pay.DEPOSIT and "deposit" in typed and "deposit_percent" in typed:
            if not typed["deposit"] and not typed["deposit_percent"]:
                self.add_error("deposit_percent", _("Say how much the deposit is."))
            elif typed["deposit"] and typed["deposit_percent"]:
                self.add_error("deposit", _("Either a part in percent or an amount: leave one of them empty."))
        return typed

    @property
    def values(self) -> dict[str, Any]:
        typed = self.cleaned_data
        return {
            "is_priced_per_person": typed["is_priced_per_person"],
            "pay": typed["pay"],
            "deposit_percent": typed["deposit_percent"] or 0,
            "deposit_minor": typed["deposit"],
            "hold_min": typed["hold_min"],
            "policy_id": UUID(typed["policy"]) if typed["policy"] else None,
            "tax_category": typed["tax_category"],
        }
