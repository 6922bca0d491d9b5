"""The keys of a project's organization, and the reference page of the API."""

import json
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from flectar.core.origins import platform_origin
from flectar.platform.projects.access import ProjectRequest, dashboard, public
from flectar.platform.webapi import keys, reference
from flectar.platform.webapi.forms import KeyForm
from flectar.platform.webapi.models import ApiKey
from flectar.platform.webapi.schema import document
from flectar.platform.webapi.scopes import scopes
from flectar.ui.toasts import toast


@dashboard("keys.manage")
@require_safe
def index(request: ProjectRequest) -> HttpResponse:
    found = ApiKey.objects.reaching(request.project).select_related("created_by").order_by("-created_at")[:200]
    return render(request, "webapi/keys.html", {"keys": [_row(key) for key in found]})


def _row(key: ApiKey) -> dict[str, Any]:
    labels = scopes()
    return {"key": key, "scopes": [str(labels.get(scope, scope)) for scope in key.scopes]}


@dashboard("keys.manage")
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: ProjectRequest) -> HttpResponse:
    """The key's text is in the answer to the POST and nowhere else."""
    is_posted = request.method == "POST"
    form = KeyForm(request.POST if is_posted else None, project=request.project)
    if is_posted and form.is_valid():
        values = form.cleaned_data
        key, text = keys.make(
            request.project.organization,
            name=values["name"],
            scopes=values["scopes"],
            project_ids=[request.project.pk] if values["reach"] == "project" else [],
            expires_at=form.expires_at(),
            created_by=request.user.pk,
        )
        address = f"{platform_origin()}/api/v1/projects/{request.project.slug}"
        shown = {"key": key, "text": text, "example": f'curl -H "Authorization: Bearer {text}" {address}'}
        response = render(request, "webapi/key_made.html", shown, status=201)
        response["Cache-Control"] = "no-store"
        return response
    return render(request, "webapi/key_form.html", {"form": form}, status=422 if is_posted else 200)


@dashboard("keys.manage")
@require_POST
def revocation(request: ProjectRequest, key_id: UUID) -> HttpResponse:
    key = get_object_or_404(ApiKey.objects.reaching(request.project), pk=key_id)
    keys.revoke(key)
    toast(request, _("%(name)s no longer works") % {"name": key.name})
    return redirect(reverse("keys:index", kwargs={"project": request.project.slug}))


@public
@require_safe
def openapi(request: Any) -> HttpResponse:
    response = HttpResponse(json.dumps(document()), content_type="application/json; charset=utf-8")
    response["Cache-Control"] = "public, max-age=300"
    return response


@public
@require_safe
def reference_page(request: Any) -> HttpResponse:
    return render(request, "webapi/reference.html", reference.page(document()))
