"""The person's picture."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from flectar.platform.accounts import pictures
from flectar.platform.accounts.forms import PictureForm, ProfileForm


@login_required
@require_POST
def picture(request: Any) -> HttpResponse:
    form = PictureForm(request.POST, request.FILES)
    if not form.is_valid():
        context = {"form": ProfileForm(instance=request.user), "picture_form": form}
        return render(request, "accounts/profile.html", context, status=422)
    pictures.put(request.user, *form.cleaned_data["picture"])
    messages.success(request, _("Saved."))
    return redirect("account_profile")


@login_required
@require_POST
def removal(request: Any) -> HttpResponse:
    pictures.remove(request.user)
    messages.success(request, _("Your initials stand there again."))
    return redirect("account_profile")
