"""Addresses that only the tests know, on the platform's host and on a site's."""

import json
from datetime import date
from typing import Any

import psycopg
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse, StreamingHttpResponse
from django.urls import path
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_safe

from flectar.config import errors, health
from flectar.core.tenancy import current_project_id
from flectar.platform.accounts.models import User
from flectar.platform.projects.access import limited, public, site_view, webhook
from flectar.platform.projects.models import SpecialDay

handler400, handler403 = errors.bad_request, errors.forbidden
handler404, handler500 = errors.not_found, errors.server_error


@csrf_exempt
@public
def echo(request: Any, **kwargs: Any) -> HttpResponse:
    """What arrived, and as whom it was served."""
    return JsonResponse(
        {
            "zone": request.zone,
            "path": request.path,
            "project": str(current_project_id() or ""),
            "client": request.client_address,
            "get": dict(request.GET.lists()),
            "post": dict(request.POST.lists()),
            "cookies": request.COOKIES,
            "signed_in": request.user.is_authenticated,
            "secure": request.is_secure(),
        }
    )


ENDINGS: dict[str, Exception] = {
    "crash": RuntimeError("after the write"),
    "away": psycopg.OperationalError("the database went away"),
    "missing": Http404(),
    "denied": PermissionDenied(),
}


@csrf_exempt
@public
def deed(request: HttpRequest, end: str, project: str = "") -> HttpResponse:
    """Writes a row, and then ends as the address says."""
    if project:
        SpecialDay.objects.create(day=date(2026, 12, 25))
    else:
        User.objects.create_user("half@written.example")
    if end == "doomed":  # as Django leaves it when the database goes away while a savepoint is rolled back
        transaction.set_rollback(True)
        return HttpResponse("kept", status=201)
    if end in ENDINGS:
        raise ENDINGS[end]
    return HttpResponse(end, status=int(end))


@public
def stream(request: HttpRequest, project: str) -> StreamingHttpResponse:
    return StreamingHttpResponse(f"{day.day}" for day in SpecialDay.objects.all())


@csrf_exempt
@limited("knock", limit=2, per_seconds=60)
@public
def knock(request: HttpRequest) -> HttpResponse:
    return HttpResponse("come in")


@limited("look", limit=1, per_seconds=60, methods=("GET",))
@public
def look(request: HttpRequest) -> HttpResponse:
    return HttpResponse("seen")


@webhook
def hook(request: HttpRequest) -> HttpResponse:
    return HttpResponse(json.dumps(len(request.body)))


@public
@require_safe
def remember(request: HttpRequest) -> HttpResponse:
    request.session["seen"] = True
    return HttpResponse("remembered")


@site_view
def site_page(request: Any) -> HttpResponse:
    return echo(request)


urlpatterns = [
    path("healthz", health.healthz),
    path("readyz", health.readyz),
    path("echo", echo),
    path("knock", knock),
    path("look", look),
    path("hook", hook),
    path("remember", remember),
    path("api/v1/echo", echo),
    path("api/v1/look", look),
    path("api/v1/remember", remember),
    path("api/v1/deed/<str:end>", deed),
    path("page", site_page),
    path("deed/<str:end>", deed),
    path("<slug:project>/echo", echo),
    path("<slug:project>/stream", stream),
    path("<slug:project>/deed/<str:end>", deed),
]
