"""The phone of an account: the number, its code, and taking it away."""

from typing import Any

from allauth.account.decorators import reauthentication_required
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from flectar.platform.accounts import phones
from flectar.platform.accounts.forms import PhoneCodeForm, PhoneForm


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@reauthentication_required(allow_get=True)  # type: ignore[untyped-decorator]  # allauth ships no types
def phone(request: Any) -> HttpResponse:
    form = PhoneForm(request.POST or None)
    if not form.is_valid():
        return _page(request, form, PhoneCodeForm(), status=422 if form.is_bound else 200)
    number = form.cleaned_data["phone"]
    if not phones.can_be_proven():
        phones.put(request.user, number, is_proven=False)
        messages.success(request, _("Saved."))
        return redirect("account_phone")
    try:
        phones.send_code(request, number)
    except phones.TooMany:
        form.add_error("phone", _("That were many text messages. Try again in an hour."))
        return _page(request, form, PhoneCodeForm(), status=429)
    return redirect("account_phone")


@login_required
@require_POST
def code(request: Any) -> HttpResponse:
    form = PhoneCodeForm(request.POST)
    if form.is_valid() and phones.take(request, form.cleaned_data["code"]):
        messages.success(request, _("The number is yours."))
        return redirect("account_phone")
    form.is_valid()
    if not form.has_error("code"):
        form.add_error("code", _("That code isn’t right, or has run out."))
    return _page(request, PhoneForm(), form, status=422)


@login_required
@require_POST
def removal(request: Any) -> HttpResponse:
    phones.put(request.user, "", is_proven=False)
    messages.success(request, _("The number is gone."))
    return redirect("account_phone")


def _page(request: Any, form: PhoneForm, code_form: PhoneCodeForm, *, status: int) -> HttpResponse:
    context = {
        "form": form,
        "code_form": code_form,
        "waiting": phones.waiting(request),
        "can_be_proven": phones.can_be_proven(),
    }
    return render(request, "accounts/phone.html", context, status=status)
