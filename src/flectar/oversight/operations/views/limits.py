"""Who is held back by a limit: pseudonyms and counts, so that an attack shows and nobody is named."""

from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from flectar.core import limits
from flectar.oversight.operations.views import listing
from flectar.platform.projects.access import operator
from flectar.ui import index as ui


@operator
@require_safe
def index(request: Any) -> HttpResponse:
    rows = [
        ui.Row(each.key, each.key, [each.name, each.key, str(each.hits), listing.when(each.last_at)])
        for each in limits.most_refused()
    ]
    return ui.show(
        request,
        ui.Index(
            key="operator-limits",
            title=_("Limits"),
            sub=_("What was turned away in the last day. The keys are pseudonyms: nobody can read them back."),
            look=ui.Look.read(request.GET),
            crumb=listing.console(),
            columns=[
                ui.Column(_("Limit"), "name", "name"),
                ui.Column(_("Key"), "foot", "muted"),
                ui.Column(_("Turned away"), "line", "r", says=True),
                ui.Column(_("Last"), "end", "r muted"),
            ],
            groups=[ui.Group(rows)],
            empty=ui.Empty(_("Nobody is held back"), _("Whoever asks too often shows up here.")),
        ),
    )
