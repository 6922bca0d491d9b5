"""Domains of all projects: whose they are, whether they are proven, what keeps them from it."""

from typing import Any

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from flectar.oversight.operations.views import listing
from flectar.platform.projects.access import operator
from flectar.platform.projects.models import Domain
from flectar.ui import cells
from flectar.ui import index as ui
from flectar.ui.cells import Text

VIEWS = ("all", *Domain.State.values)
TONES = {Domain.State.WAITING: "wait", Domain.State.PROVEN: "", Domain.State.RELEASED: ""}


@operator
@require_safe
def index(request: Any) -> HttpResponse:
    look = ui.Look.read(request.GET, views=VIEWS)
    found = Domain.objects.select_related("holder")
    if look.view != "all":
        found = found.filter(state=look.view)
    for word in look.text.split():
        found = found.filter(name__icontains=word)
    shown, following = ui.newest(found, "added_at", look.after)
    return ui.show(
        request,
        ui.Index(
            key="operator-domains",
            title=_("Domains"),
            look=look,
            crumb=listing.console(),
            columns=[
                ui.Column(_("Domain"), "name", "name"),
                ui.Column(_("Project"), "line"),
                ui.Column(_("State"), "foot"),
                ui.Column(_("Since"), "end", "r muted"),
            ],
            groups=[ui.Group([_row(each) for each in shown])],
            views=[ui.Tab("all", _("All")), *(ui.Tab(value, label) for value, label in Domain.State.choices)],
            search=_("Domain"),
            next=following,
            nothing=_("Nothing matches “%(text)s”.") % {"text": look.text},
            empty=ui.Empty(_("No domain yet")),
        ),
    )


def _row(found: Domain) -> ui.Row:
    project: Text = "–"
    if holder := found.holder:
        project = cells.link(holder.name, reverse("operations:project", kwargs={"subject_id": holder.pk}))
    state = cells.status(found.get_state_display(), TONES[Domain.State(found.state)])
    if found.problem:
        state = cells.two(state, found.get_problem_display())
    return ui.Row(found.pk, found.name, [found.name, project, state, listing.when(found.added_at)])
