"""Keeping, handing over or ending a project: a copy of everything, another owner, deletion with thirty days of grace,
and the appeal against what the platform has closed."""

from typing import Any
from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from flectar.core import storage
from flectar.platform.audit.log import record
from flectar.platform.projects import deletion as deleting
from flectar.platform.projects import suspension as suspending
from flectar.platform.projects import transfer as transferring
from flectar.platform.projects.access import can, dashboard, limited, signed_in, sure, sure_of_it
from flectar.platform.projects.forms.ending import AppealForm, DeletionForm, TakeOverForm, TransferForm
from flectar.platform.projects.jobs import export_soon, offer_soon, tell_of_deletion_soon
from flectar.platform.projects.links import home_path
from flectar.platform.projects.models import Export
from flectar.ui.toasts import toast


@dashboard("project.manage")
def project(request: Any) -> HttpResponse:
    return _page(request)


@require_POST
@dashboard("project.delete")
@sure_of_it(back="settings:project")
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


# A copy of everything


@limited("projects.export", limit=6, per_seconds=3600)
@require_POST
@dashboard("project.manage")
@sure_of_it(back="settings:project")
def exports(request: Any) -> HttpResponse:
    """One at a time; whoever asks again waits for the same one."""
    if not Export.objects.filter(state=Export.State.RUNNING).exists():
        made = Export.objects.create(asked_by=request.user)
        record("project.exported", target=request.project, organization_id=request.project.organization_id)
        export_soon(made)
    toast(request, _("We are making the copy. You get a mail when it is ready."))
    return _back(request)


@require_safe
@dashboard("project.manage")
def export(request: Any, export_id: UUID) -> HttpResponse:
    """A link of five minutes to the file itself."""
    found = get_object_or_404(Export, pk=export_id, state=Export.State.DONE)
    return redirect(storage.private_url(found.path, f"{request.project.slug}-{found.asked_at:%Y-%m-%d}.zip"))


# Another organization


@limited("projects.transfer", limit=10, per_seconds=3600)
@require_POST
@dashboard("project.delete")
@sure_of_it(back="settings:project")
def transfer(request: Any) -> HttpResponse:
    form = TransferForm(request.POST)
    if form.is_valid():
        try:
            offered, token = transferring.offer(request.project, form.cleaned_data["email"], by=request.user)
        except transferring.OffersToItself as error:
            form.add_error("email", str(error))
        else:
            offer_soon(offered, token, locale=get_language() or "en")
            toast(request, _("%(email)s has a week to take it over") % {"email": offered.email})
            return _back(request)
    return _page(request, transfer_form=form, status=422)


@require_POST
@dashboard("project.delete")
def transfer_withdrawal(request: Any) -> HttpResponse:
    if transferring.withdraw(request.project):
        toast(request, _("The offer is withdrawn"))
    return _back(request)


@limited("projects.offer", limit=20, per_seconds=3600)
@signed_in
@sure
def offer(request: Any, token: str) -> HttpResponse:
    """Whoever has the link and the address may take the project into an organization that they own."""
    try:
        found = transferring.find(token, user=request.user)
    except transferring.NotOffered:
        return render(request, "projects/offer_dead.html", status=404)
    organizations = transferring.organizations_of(request.user, but=found.holder.organization_id)
    form = TakeOverForm(request.POST if request.method == "POST" else None, organizations=organizations)
    if form.is_valid():
        try:
            taken = transferring.accept(token, form.organization(by=request.user), user=request.user)
        except transferring.NotOffered:
            return render(request, "projects/offer_dead.html", status=404)
        toast(request, _("%(project)s is yours") % {"project": taken.name})
        return redirect(home_path(taken))
    context = {"form": form, "transfer": found}
    return render(request, "projects/offer.html", context, status=422 if form.is_bound else 200)


def _back(request: Any) -> HttpResponse:
    return redirect("settings:project", project=request.project.slug)


def _page(
    request: Any,
    *,
    deletion_form: DeletionForm | None = None,
    transfer_form: TransferForm | None = None,
    status: int = 200,
) -> HttpResponse:
    context = {
        "deletion_form": deletion_form or DeletionForm(None, project=request.project),
        "transfer_form": transfer_form or TransferForm(),
        "transfer": request.project.transfers.waiting().first(),
        "exports": list(Export.objects.order_by("-asked_at")[:5]),
        "may_end": can(request.user, "project.delete", request.project),
    }
    return render(request, "projects/project.html", context, status=status)
