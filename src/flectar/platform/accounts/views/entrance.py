"""The sign-in page, which says plainly when it has to wait."""

from typing import Any

from allauth.account.views import LoginView
from django.http import HttpResponse

_WAIT_SECONDS = 300


class SignIn(LoginView):  # type: ignore[misc]  # allauth ships no types
    """Too many tries are 429 with the time to wait; a wrong password is the page again."""

    def form_invalid(self, form: Any) -> HttpResponse:
        response: HttpResponse = super().form_invalid(form)
        if form.has_error("__all__", "too_many_login_attempts"):
            response.status_code = 429
            response["Retry-After"] = str(_WAIT_SECONDS)
        return response
