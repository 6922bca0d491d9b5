"""At most so many: of the whole business (Settings › Limits), of one person or place (beside their hours)."""

from collections.abc import Callable, Sequence
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from flectar.offers.booking.forms.limit_forms import CapRow, LimitsForm, OwnCapRow
from flectar.offers.booking.models import Resource
from flectar.offers.booking.services import caps
from flectar.offers.booking.services.caps import Cap
from flectar.platform.projects.access import ProjectRequest, dashboard
from flectar.ui.toasts import toast


@dashboard("services.write", module="booking")
@require_http_methods(["GET", "HEAD", "POST"])
def of_business(request: ProjectRequest) -> HttpResponse:
    path = reverse("booking:limits", args=[request.project.slug])
    return _edit(
        request,
        LimitsForm(CapRow, request.POST if request.method == "POST" else None, caps.of_business()),
        lambda typed: caps.save_of_business(request.project, typed),
        path,
        {"template": "booking/limits.html"},
    )


@dashboard("staff.write", module="booking")
@require_http_methods(["GET", "HEAD", "POST"])
def of_resource(request: ProjectRequest, resource_id: UUID) -> HttpResponse:
    one: Resource = get_object_or_404(Resource, pk=resource_id)
    path = reverse("booking:own_limits", args=[request.project.slug, one.pk])
    return _edit(
        request,
        LimitsForm(OwnCapRow, request.POST if request.method == "POST" else None, caps.of_resource(one)),
        lambda typed: caps.save_of_resource(one, typed),
        path,
        {"template": "booking/own_limits.html", "person": one},
    )


def _edit(
    request: ProjectRequest,
    form: LimitsForm,
    save: Callable[[Sequence[Cap]], None],
    path: str,
    context: dict[str, Any],
) -> HttpResponse:
    context |= {"form": form, "path": path, "is_unsaved": bool(request.POST.get("change"))}
    template, status = context.pop("template"), 200
    if wanted := request.POST.get("change"):
        form.change(wanted)
    elif request.method == "POST":
        if form.rows.is_valid:
            save(form.caps)
            toast(request, _("Saved"))
            return redirect(path)
        status = 422
    return render(request, template, context, status=status)
