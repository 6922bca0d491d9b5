"""One's own data: a copy of it, and the end of the account."""

from typing import Any

from allauth.account.decorators import reauthentication_required
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from flectar.core import storage
from flectar.platform.accounts import closing, copies, obstacles, packing


@login_required
@require_safe
def data(request: Any) -> HttpResponse:
    ready = packing.ready(request.user)
    context = {
        "ready": ready,
        "until": ready.made_at + packing.KEPT_FOR if ready and ready.made_at else None,
        "latest": copies.latest(request.user),
    }
    return render(request, "accounts/data.html", context)


@login_required
@require_POST
def asking(request: Any) -> HttpResponse:
    copies.ask(request.user)
    messages.success(request, _("Your copy is being made. A mail tells you when it is ready."))
    return redirect("account_data")


@login_required
@require_safe
@reauthentication_required  # type: ignore[untyped-decorator]  # allauth ships no types
def copy(request: Any) -> HttpResponse:
    """The file itself, by a link of a few minutes."""
    ready = packing.ready(request.user)
    if ready is None:
        raise Http404
    return redirect(storage.private_url(ready.path, "flectar-account.zip"))


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@reauthentication_required  # type: ignore[untyped-decorator]  # allauth ships no types
def close(request: Any) -> HttpResponse:
    """The last question, and the deed."""
    if request.method != "POST":
        return _question(request, obstacles.of(request.user))
    try:
        closed = closing.ask(request.user)
    except obstacles.CannotClose as refusal:
        return _question(request, refusal.sentences, status=409)
    logout(request)
    return render(request, "accounts/closing.html", {"closed": closed})


def _question(request: Any, sentences: list[str], status: int = 200) -> HttpResponse:
    context = {"obstacles": sentences, "days": closing.GRACE.days}
    return render(request, "accounts/close.html", context, status=status)
