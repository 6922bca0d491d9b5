"""Projects: where they are and whose they are, never what they hold."""

from typing import Any
from uuid import UUID

from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from flectar.oversight.operations.views import listing
from flectar.platform.audit.log import record
from flectar.platform.legal.models import Letter
from flectar.platform.projects.access import operator
from flectar.platform.projects.links import site_origin
from flectar.platform.projects.models import Project
from flectar.ui import cells
from flectar.ui import index as ui


@operator
@require_safe
def index(request: Any) -> HttpResponse:
    look = ui.Look.read(request.GET)
    found = Project.objects.select_related("organization")
    for word in look.text.split():
        found = found.filter(Q(name__icontains=word) | Q(slug__icontains=word))
    shown, following = listing.page(found, "created_at", look.after)
    return ui.show(
        request,
        ui.Index(
            key="operator-projects",
            title=_("Projects"),
            look=look,
            crumb=listing.console(),
            columns=[
                ui.Column(_("Name"), "name", "name"),
                ui.Column(_("Address"), "foot"),
                ui.Column(_("Organization"), "line"),
                ui.Column(_("Since"), "end", "r muted"),
            ],
            groups=[ui.Group([_row(each) for each in shown])],
            search=_("Name or address"),
            next=following,
            nothing=_("Nothing matches “%(text)s”.") % {"text": look.text},
            empty=ui.Empty(_("No project yet")),
        ),
    )


def _row(found: Project) -> ui.Row:
    url = reverse("operations:project", kwargs={"subject_id": found.pk})
    owner = reverse("operations:organization", kwargs={"organization_id": found.organization_id})
    return ui.Row(
        found.pk,
        found.name,
        [
            cells.link(found.name, url),
            found.site_host,
            cells.link(found.organization.name, owner),
            listing.when(found.created_at),
        ],
    )


@operator
@require_safe
def project(request: Any, subject_id: UUID) -> HttpResponse:
    # Not named `project` in the address: that would open the project's scope.
    found = get_object_or_404(Project.objects.select_related("organization"), pk=subject_id)
    record("operator.looked", target=found, organization_id=found.organization_id)
    context = {
        "subject": found,
        "site": site_origin(found),
        "letters": Letter.objects.filter(about_project=found.pk).order_by("-created_at")[:20],
    }
    return render(request, "operations/project.html", context)
