"""Who changed what of a service, and putting back what it was."""

from uuid import UUID

from django.core.exceptions import BadRequest
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from flectar.offers.booking.models import Service, ServiceVersion
from flectar.offers.booking.services import versions
from flectar.platform.audit import reading
from flectar.platform.audit.models import Entry
from flectar.platform.projects.access import ProjectRequest, dashboard
from flectar.platform.projects.history import CannotPutBack
from flectar.ui.toasts import toast

SHOWN = 25


@dashboard("services.write", module="booking")
@require_safe
def index(request: ProjectRequest, service_id: UUID) -> HttpResponse:
    return _shown(request, get_object_or_404(Service.objects.all(), pk=service_id))


@dashboard("services.write", module="booking")
@require_POST
def restoration(request: ProjectRequest, service_id: UUID, entry_id: UUID) -> HttpResponse:
    """What it was before this entry of the log."""
    version = get_object_or_404(ServiceVersion.objects.select_related("service"), service=service_id, entry_id=entry_id)
    try:
        entry = versions.put_back(request.project, version)
    except CannotPutBack as refused:
        return _shown(request, version.service, reason=str(refused), status=409)
    undo = _restoration(request, service_id, entry.pk)
    toast(request, _("The older values are back"), undo=undo)
    return redirect("booking:service_history", project=request.project.slug, service_id=service_id)


def _restoration(request: ProjectRequest, service_id: UUID, entry_id: UUID) -> str:
    return reverse("booking:service_restoration", args=[request.project.slug, service_id, entry_id])


def _shown(request: ProjectRequest, service: Service, *, reason: str = "", status: int = 200) -> HttpResponse:
    kept = set(ServiceVersion.objects.filter(service=service).values_list("entry_id", flat=True))
    named = Entry.objects.filter(project_id=request.project.pk, target_id=service.pk).values_list("pk", flat=True)
    filters = reading.Filters(ids=tuple(kept | set(named)))
    try:
        page = reading.of_project(request.project.pk, filters, after=request.GET.get("after", ""), size=SHOWN)
    except reading.BadCursor as error:
        raise BadRequest from error
    for entry in page.entries:
        if entry.pk in kept:
            entry.put_back_url = _restoration(request, service.pk, entry.pk)  # type: ignore[attr-defined]  # for the template alone
    context = {"service": service, "page": page, "reason": reason}
    return render(request, "booking/service_history.html", context, status=status)
