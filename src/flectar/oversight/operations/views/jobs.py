"""The failed jobs: a list, one job with its error, and running them again."""

from typing import Any

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from flectar.core import failures
from flectar.platform.audit.log import record
from flectar.platform.projects.access import operator
from flectar.ui.toasts import toast

PAGE_SIZE = 25


class _Failed:
    """The failed jobs of one name, or all, as a paginator asks for them."""

    ordered = True

    def __init__(self, name: str, counts: dict[str, int]) -> None:
        self.name, self.counts = name, counts

    @cached_property
    def _count(self) -> int:
        return self.counts.get(self.name, 0) if self.name else sum(self.counts.values())

    def __len__(self) -> int:
        return self._count

    def __getitem__(self, wanted: Any) -> Any:
        return failures.failed(self.name, limit=wanted.stop - wanted.start, offset=wanted.start)


@operator
@require_safe
def jobs(request: Any) -> HttpResponse:
    counts, name = failures.counts(), request.GET.get("name", "")
    here = reverse("operations:jobs")
    tabs = [{"label": _("All"), "url": here, "current": not name, "count": sum(counts.values())}]
    # One that has no failed job any more keeps its tab while somebody looks at it.
    for one in sorted({*counts, *([name] if name else [])}):
        address = f"{here}?{urlencode({'name': one})}"
        tabs.append({"label": one, "url": address, "current": one == name, "count": counts.get(one, 0)})
    paginator: Paginator[failures.FailedJob] = Paginator(_Failed(name, counts), PAGE_SIZE)  # type: ignore[arg-type]  # it asks for a length and slices only
    page = paginator.get_page(request.GET.get("page"))
    return render(
        request, "operations/jobs.html", {"page": page, "tabs": tabs, "name": name, "queue": failures.queue()}
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
    name = request.POST.get("name", "")
    return redirect(reverse("operations:jobs") + (f"?{urlencode({'name': name})}" if name else ""))
