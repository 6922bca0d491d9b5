"""Customers who may be one person twice: the list of them, the comparison, becoming one, and the way back."""

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from flectar.core import clock
from flectar.people.customers import directory, jobs, merging
from flectar.people.customers import duplicates as finding
from flectar.people.customers.models import Customer, Merge
from flectar.people.customers.timeline import KINDS, timeline
from flectar.platform.projects.access import ProjectRequest, can, dashboard
from flectar.ui.toasts import toast


@dashboard("customers.delete", module="customers")
@require_safe
def duplicates(request: ProjectRequest) -> HttpResponse:
    context = {
        "pairs": finding.pairs(),
        "most": finding.MOST,
        "region": directory.region(request.project),
        "merges": [
            line
            for line in Merge.objects.filter(undone_at=None, at__gt=clock.now() - merging.UNDO_FOR)
            .select_related("kept", "author")
            .order_by("-at")[:20]
            if merging.can_be_undone(line)
        ],
    }
    return render(request, "customers/duplicates.html", context)


@dashboard("customers.delete", module="customers")
@require_http_methods(["GET", "HEAD", "POST"])
def merge(request: ProjectRequest, customer_id: UUID, other_id: UUID) -> HttpResponse:
    """Side by side, and what comes of it; a POST makes them one. The first in the address stays."""
    everybody = Customer.objects.whole()
    kept, gone = get_object_or_404(everybody, pk=customer_id), get_object_or_404(everybody, pk=other_id)
    problem = ""
    if kept.pk == gone.pk:
        return redirect(_url(request, "customer", customer_id=kept.pk))
    if request.method == "POST":
        try:
            line = merging.merge(kept, gone, name=request.POST.get("name", ""), author=request.user)
        except merging.CannotMerge as refused:
            problem = str(refused)
        else:
            jobs.forget_merge.defer_at(line.at + merging.UNDO_FOR, project_id=request.project.pk, merge_id=str(line.pk))
            undo = _url(request, "merge_reversal", merge_id=line.pk)
            toast(request, _("%(gone)s and %(kept)s are one") % {"gone": gone.name, "kept": kept.name}, undo=undo)
            return redirect(_url(request, "customer", customer_id=kept.pk))
    context = {
        "kept": kept,
        "gone": gone,
        "problem": problem,
        "histories": [_history(request, kept), _history(request, gone)],
        "is_older": kept.created_at <= gone.created_at,
        "region": directory.region(request.project),
    }
    return render(request, "customers/merge.html", context, status=409 if problem else 200)


def _history(request: ProjectRequest, customer: Customer) -> list[tuple[object, int]]:
    """How much there is of each kind, as the timeline tells it."""
    entries = timeline(
        customer, reader=request.user, may=lambda permission: can(request.user, permission, request.project)
    )
    kinds = [entry.kind for entry in entries]
    return [(label, kinds.count(kind)) for kind, label in KINDS.items() if kind in kinds]


@dashboard("customers.delete", module="customers")
@require_POST
def reversal(request: ProjectRequest, merge_id: UUID) -> HttpResponse:
    line = get_object_or_404(Merge, pk=merge_id)
    try:
        gone = merging.undo(line)
    except merging.CannotSplit as refused:
        toast(request, str(refused))
        return redirect(_url(request, "customer", customer_id=line.kept_id))
    toast(request, _("%(name)s is back") % {"name": gone.name})
    return redirect(_url(request, "customer", customer_id=gone.pk))


@dashboard("customers.delete", module="customers")
@require_POST
def difference(request: ProjectRequest, customer_id: UUID, other_id: UUID) -> HttpResponse:
    """They are not the same. With `?again=1` they may be."""
    one, other = get_object_or_404(Customer, pk=customer_id), get_object_or_404(Customer, pk=other_id)
    if one.pk != other.pk and request.GET.get("again"):
        finding.bring_together(one, other)
    elif one.pk != other.pk:
        finding.tell_apart(one, other)
        undo = f"{_url(request, 'difference', customer_id=one.pk, other_id=other.pk)}?again=1"
        names = {"one": one.name, "other": other.name}
        toast(request, _("%(one)s and %(other)s are two people") % names, undo=undo)
    return redirect(_url(request, "duplicates"))


def _url(request: ProjectRequest, name: str, **kwargs: object) -> str:
    return reverse(f"customers:{name}", kwargs={"project": request.project.slug, **kwargs})
