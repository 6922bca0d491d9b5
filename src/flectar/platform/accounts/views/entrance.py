"""The sign-in page, which says plainly when it has to wait, and the link beside the code."""

from typing import Any

from allauth.account.utils import get_login_redirect_url, get_next_redirect_url
from allauth.account.views import LoginView
from django.contrib.auth.decorators import login_not_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from flectar.platform.accounts import by_link as links

_WAIT_SECONDS = 300


class SignIn(LoginView):  # type: ignore[misc]  # allauth ships no types
    """Too many tries are 429 with the time to wait; a wrong password is the page again."""

    def form_invalid(self, form: Any) -> HttpResponse:
        response: HttpResponse = super().form_invalid(form)
        if form.has_error("__all__", "too_many_login_attempts"):
            response.status_code = 429
            response["Retry-After"] = str(_WAIT_SECONDS)
        return response


@never_cache
@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def by_link(request: Any, token: str) -> HttpResponse:
    """Opening it shows a button, and only the button signs in: programs in mailboxes open every link."""
    if request.user.is_authenticated:
        return redirect(get_login_redirect_url(request))
    process = links.waiting(request)
    if process is None or not links.opens(process, token):
        return render(request, "accounts/link_elsewhere.html", {"is_waiting": process is not None}, status=404)
    if request.method == "POST":
        answer: HttpResponse = process.finish(get_next_redirect_url(request))
        return answer
    return render(request, "accounts/link.html", {"email": process.state["email"]})
