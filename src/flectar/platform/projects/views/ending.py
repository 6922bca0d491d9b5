"""Keeping or ending a project: deletion with thirty days of grace; what the platform closed, and the appeal."""

from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from flectar.platform.projects import deletion as deleting
from flectar.platform.projects import suspension as suspending
from flectar.platform.projects.access import can, dashboard, limited
from flectar.platform.projects.forms.ending import AppealForm, DeletionForm
from flectar.platform.projects.jobs import tell_of_deletion_soon
from flectar.ui.toasts import toast


@dashboard("project.delete")
def project(request: Any) -> HttpResponse:
    return _page(request)


@require_POST
@dashboard("project.delete")
def deletion(request: Any) -> HttpResponse:
    form = DeletionForm(request.POST, project=request.project)
    if not form.is_valid():
        return _page(request, deletion_form=form, status=422)
    try:
        deleting.ask(request.project)
    except deleting.Leaving:
        return _back(request)
    tell_of_deletion_soon(request.project)
    toast(request, _("The site is closed. You have thirty days to change your mind."))
    return _back(request)


@require_POST
@dashboard("project.delete")
def restoration(request: Any) -> HttpResponse:
    if deleting.restore(request.project):
        toast(request, _("Everything is as it was"))
    return _back(request)


@limited("projects.appeal", limit=10, per_seconds=3600)
@dashboard("project.read")
def suspension(request: Any) -> HttpResponse:
    """The newest one: whoever works here may read why; who manages the project may appeal."""
    found = request.project.suspensions.order_by("-suspended_at").first()
    if found is None:
        raise Http404
    may_appeal = can(request.user, "project.manage", request.project)
    form = AppealForm(request.POST if request.method == "POST" and may_appeal else None)
    if form.is_valid():
        try:
            suspending.appeal(request.project, form.cleaned_data["appeal"], by=request.user)
        except (suspending.NotSuspended, suspending.AlreadyAppealed) as error:
            form.add_error(None, str(error))
        else:
            toast(request, _("Your appeal is on its way. You get the answer by mail."))
            return redirect("settings:suspension", project=request.project.slug)
    is_waiting = bool(found.appealed_at and not found.answered_at)
    context = {
        "suspension": found,
        "form": form if may_appeal and not found.lifted_at and not is_waiting else None,
        "is_waiting": is_waiting,
    }
    return render(request, "projects/suspension.html", context, status=422 if form.is_bound else 200)


def _back(request: Any) -> HttpResponse:
    return redirect("settings:project", project=request.project.slug)


def _page(request: Any, *, deletion_form: DeletionForm | None = None, status: int = 200) -> HttpResponse:
    context = {"deletion_form": deletion_form or DeletionForm(None, project=request.project)}
    return render(request, "projects/project.html", context, status=status)
