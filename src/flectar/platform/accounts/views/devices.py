"""Where somebody is signed in, and which devices are spared the second step."""

from typing import Any
from uuid import UUID

from allauth.mfa.base.views import TrustView
from allauth.usersessions.models import UserSession
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from flectar.platform.accounts import devices
from flectar.platform.audit.log import record


@login_required
@require_http_methods(["GET", "POST"])
def sessions(request: Any) -> HttpResponse:
    """The list; POST signs out everywhere else."""
    if request.method == "POST":
        return _end_others(request)
    found = UserSession.objects.purge_and_list(request.user)
    here = request.session.session_key
    found.sort(key=lambda session: (session.session_key != here, -session.last_seen_at.timestamp()))
    context = {
        "sessions": found,
        "trusted": list(devices.trusted(request.user)),
        "here": devices.known(request, request.user),
    }
    return render(request, "usersessions/usersession_list.html", context)


def _end_others(request: Any) -> HttpResponse:
    others = list(UserSession.objects.filter(user=request.user).exclude(session_key=request.session.session_key))
    devices.forget_with(others)
    for session in others:
        session.end()
    record("account.sessions_ended", target=request.user)
    messages.success(request, _("You are signed out everywhere else."))
    return redirect("usersessions_list")


@login_required
@require_POST
def ending(request: Any, session_id: int) -> HttpResponse:
    """Sign one other device out."""
    session = get_object_or_404(UserSession, pk=session_id, user=request.user)
    devices.forget_with([session])
    session.end()
    record("account.session_ended", target=request.user)
    messages.success(request, _("That device is signed out."))
    return redirect("usersessions_list")


@login_required
@require_POST
def distrust(request: Any, device_id: UUID) -> HttpResponse:
    """Ask for the second step there again."""
    devices.distrust(get_object_or_404(request.user.devices, pk=device_id))
    record("account.device_distrusted", target=request.user)
    messages.success(request, _("The second step is asked for there again."))
    return redirect("usersessions_list")


class Trust(TrustView):  # type: ignore[misc]  # allauth ships no types
    """After the second step: shall it be asked for here again?"""

    def form_valid(self, form: Any) -> HttpResponse:
        stage = self.request._login_stage
        response: HttpResponse = stage.exit()
        if self.request.POST.get("action") == "trust":
            devices.trust(self.request, stage.login.user)
            record("account.device_trusted", target=stage.login.user)
        return response
