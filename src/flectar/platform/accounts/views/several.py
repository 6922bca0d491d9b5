"""Several accounts in one browser: add one, switch, sign out of one or of all. Every deed is a POST."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from flectar.platform.accounts import parked
from flectar.platform.accounts.adapter import wear
from flectar.platform.accounts.forms import ADDRESS_KNOWN


@login_required
@require_POST
def addition(request: Any) -> HttpResponse:
    """To the sign-in page, with the present account parked."""
    try:
        parked.make_room(request)
    except parked.TooMany:
        messages.error(request, _("Five accounts fit into one browser. Sign out of one first."))
        return redirect("account_profile")
    return _with_cookie(request, redirect("account_login"))


@require_POST
def switch(request: Any, user_id: UUID) -> HttpResponse:
    """To another account of this browser, and to its first page."""
    try:
        user = parked.switch(request, user_id)
    except parked.Refused:
        return _with_cookie(request, render(request, "accounts/not_here.html", status=403))
    except parked.WasIdle as idle:
        return _sign_in_again(request, idle)
    response = redirect("/")
    wear(response, user)
    return _with_cookie(request, response)


def _sign_in_again(request: Any, idle: parked.WasIdle) -> HttpResponse:
    if request.user.is_authenticated:
        parked.make_room(request)
    request.session[ADDRESS_KNOWN] = idle.user.email
    messages.info(request, _("You have not been here with this account for a while. Sign in once more."))
    return _with_cookie(request, redirect("account_login"))


@require_POST
def ending(request: Any, user_id: UUID) -> HttpResponse:
    """Sign out of one that is parked."""
    try:
        parked.end(request, user_id)
    except parked.Refused:
        return _with_cookie(request, render(request, "accounts/not_here.html", status=403))
    messages.success(request, _("That account is signed out in this browser."))
    return _with_cookie(request, redirect("account_profile" if request.user.is_authenticated else "account_login"))


@require_POST
def ending_all(request: Any) -> HttpResponse:
    """Sign out of every account of this browser."""
    parked.end_all(request)
    logout(request)
    return _with_cookie(request, redirect("account_login"))


def _with_cookie(request: Any, response: HttpResponse) -> HttpResponse:
    parked.leave_cookie(request, response)
    return response
