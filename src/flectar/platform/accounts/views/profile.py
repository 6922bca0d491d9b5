"""The person's details."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from flectar.platform.accounts.adapter import wear
from flectar.platform.accounts.forms import PictureForm, ProfileForm
from flectar.platform.accounts.models import User
from flectar.platform.audit.log import changes, record


@login_required
@require_http_methods(["GET", "POST"])
def profile(request: HttpRequest) -> HttpResponse:
    assert isinstance(request.user, User)  # noqa: S101 - login_required, for the type checker
    form = ProfileForm(request.POST or None, instance=request.user)
    before = {name: getattr(request.user, name) for name in form.fields}
    if not form.is_valid():
        context = {"form": form, "picture_form": PictureForm()}
        return render(request, "accounts/profile.html", context, status=422 if form.is_bound else 200)
    user = form.save()
    old, new = changes(before, form.cleaned_data)
    record("account.changed", target=user, old=old, new=new)
    with translation.override(user.locale):
        messages.success(request, _("Saved."))
    response = redirect("account_profile")
    wear(response, user)
    return response
