"""Who changed what on one page of the settings, and putting older values back."""

from typing import Any
from uuid import UUID

from django.core.exceptions import BadRequest, PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from flectar.platform.audit import reading
from flectar.platform.audit.models import Entry
from flectar.platform.projects import history as past
from flectar.platform.projects.access import can, dashboard
from flectar.ui.toasts import toast


@dashboard("project.read")
def history(request: Any, page: str) -> HttpResponse:
    return _shown(request, _page(request, page))


@require_POST
@dashboard("project.read")
def restoration(request: Any, page: str, entry_id: UUID) -> HttpResponse:
    found = _page(request, page)
    entry = Entry.objects.filter(project_id=request.project.pk, pk=entry_id, action__in=found.deeds).first()
    if entry is None:
        raise Http404
    try:
        past.put_back(found, entry, request.project)
    except past.CannotPutBack as error:
        return _shown(request, found, reason=str(error), status=409)
    toast(request, _("The older values are back"))
    return redirect("settings:history", project=request.project.slug, page=page)


def _page(request: Any, key: str) -> past.Page:
    found = past.pages().get(key)
    if found is None:
        raise Http404
    if not can(request.user, found.permission, request.project):
        raise PermissionDenied
    return found


def _shown(request: Any, page: past.Page, *, reason: str = "", status: int = 200) -> HttpResponse:
    filters = reading.Filters(actions=tuple(page.deeds))
    try:
        shown = reading.of_project(request.project.pk, filters, after=request.GET.get("after", ""), size=25)
    except reading.BadCursor as error:
        raise BadRequest from error
    for entry in shown.entries:
        entry.can_be_put_back = past.can_put_back(page, entry)  # type: ignore[attr-defined]  # for the template alone
    context = {"about": page, "page": shown, "reason": reason}
    return render(request, "projects/history.html", context, status=status)
