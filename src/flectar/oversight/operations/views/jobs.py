"""The failed jobs: a list, one job with its error, and running them again."""

import re
from typing import Any

from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST, require_safe

from flectar.core import failures
from flectar.oversight.operations.views.listing import console
from flectar.platform.audit.log import record
from flectar.platform.projects.access import operator
from flectar.ui import cells, formats
from flectar.ui import index as ui
from flectar.ui.toasts import toast

PAGE_SIZE = 25


@operator
@require_safe
def jobs(request: Any) -> HttpResponse:
    counts, name = failures.counts(), request.GET.get("name", "")
    queue = failures.queue()
    after = request.GET.get("after", "")
    place = int(after) if re.fullmatch(r"[0-9]{1,5}", after) else 0
    found = failures.failed(name, limit=PAGE_SIZE + 1, offset=place)
    # One that has no failed job any more keeps its tab while somebody looks at it.
    names = sorted({*counts, *([name] if name else [])})
    return ui.show(
        request,
        ui.Index(
            key="jobs",
            title=_("Failed jobs"),
            sub=_("%(waiting)s waiting, %(running)s running, %(scheduled)s for later.") % queue,
            look=ui.Look(view=name, after=after if place else ""),
            view_name="name",
            columns=COLUMNS,
            groups=[ui.Group([_row(job) for job in found[:PAGE_SIZE]])],
            views=[
                ui.Tab("", _("All"), sum(counts.values())),
                *(ui.Tab(one, one, counts.get(one, 0)) for one in names),
            ],
            next=str(place + PAGE_SIZE) if len(found) > PAGE_SIZE else "",
            empty=ui.Empty(
                _("No job has failed"), _("A job that gives up after its last attempt is kept here for thirty days.")
            ),
            crumb=console(),
        ),
        "operations/jobs.html",
        name=name,
    )


COLUMNS = (
    ui.Column(gettext_lazy("Job"), "name", "name"),
    ui.Column(gettext_lazy("Last error"), "line", "wrap"),
    ui.Column(gettext_lazy("Failed"), "line", "muted"),
    ui.Column(gettext_lazy("Again"), "foot", "r"),
)


def _row(job: failures.FailedJob) -> ui.Row:
    attempts = ngettext("after %(count)d attempt", "after %(count)d attempts", job.attempts) % {"count": job.attempts}
    arguments = ", ".join(f"{key} {value}" for key, value in job.arguments.items())
    about = f"{job.name} {job.id}"
    again = reverse("operations:repetition", args=[job.id])
    return ui.Row(
        job.id,
        about,
        [
            cells.two(about, arguments),
            job.error or _("Its worker ended under it."),
            cells.joined([cells.at(job.failed_at, formats.ago(job.failed_at)), attempts]),
            cells.button(_("Run again"), again, about=about, icon="rotate-cw"),
        ],
    )


@operator
@require_POST
def repetition(request: Any, job_id: int) -> HttpResponse:
    try:
        name = failures.retry(job_id)
    except failures.NoSuchJob:
        # Somebody else was first, or it has been forgotten meanwhile.
        toast(request, _("That job no longer stands among the failed ones"))
        return _back(request)
    record("job.retried", new={"job": job_id, "name": name})
    toast(request, _("It will run again in a moment"))
    return _back(request)


@operator
@require_POST
def repetition_of_all(request: Any) -> HttpResponse:
    name = request.POST.get("name", "")
    count = failures.retry_all(name)
    if count:
        record("job.retried", new={"jobs": count, "name": name})
    text = ngettext("%(count)d job will run again", "%(count)d jobs will run again", count) % {"count": count}
    toast(request, text)
    return _back(request)


def _back(request: Any) -> HttpResponse:
    # A row's button sends the query of its list.
    name = request.POST.get("name", "") or QueryDict(request.POST.get("query", "")[:500]).get("name", "")
    return redirect(reverse("operations:jobs") + (f"?{urlencode({'name': name})}" if name else ""))
