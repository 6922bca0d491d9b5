"""The page that asks for a code by mail before a change to how one signs in."""

from typing import Any

from allauth.account.views import BaseReauthenticateView
from django.contrib.auth.mixins import LoginRequiredMixin
from django.http import HttpResponse
from django.shortcuts import redirect

from flectar.platform.accounts import again
from flectar.platform.accounts.forms import AgainByCodeForm


class ByCode(LoginRequiredMixin, BaseReauthenticateView):  # type: ignore[misc]  # allauth ships no types
    form_class = AgainByCodeForm
    template_name = "accounts/again_by_code.html"

    def post(self, request: Any, *args: Any, **kwargs: Any) -> HttpResponse:
        if "send" in request.POST:
            again.send(request, request.user)
            return redirect(request.get_full_path())
        answer: HttpResponse = super().post(request, *args, **kwargs)
        return answer

    def get_form_kwargs(self) -> dict[str, Any]:
        kwargs: dict[str, Any] = super().get_form_kwargs()
        return {**kwargs, "request": self.request}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)
        return {**context, "is_waiting": again.is_waiting(self.request), "email": self.request.user.email}
