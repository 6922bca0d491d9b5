"""One note of a customer: changed, taken away, brought back. Whoever wrote it may, and who may archive customers."""

from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from flectar.core import clock
from flectar.people.customers import directory, jobs
from flectar.people.customers.forms import NoteForm
from flectar.people.customers.models import CustomerNote
from flectar.people.customers.views import heeding
from flectar.platform.projects.access import ProjectRequest, can, dashboard
from flectar.ui.toasts import toast


@dashboard("customers.write", module="customers")
@require_http_methods(["GET", "HEAD", "POST"])
@heeding
def note(request: ProjectRequest, customer_id: UUID, note_id: UUID) -> HttpResponse:
    found = _note(request, customer_id, note_id)
    form = NoteForm(request.POST if request.method == "POST" else None, initial={"body": found.body})
    if request.method == "POST" and form.is_valid():
        directory.rewrite(request.project, found, form.cleaned_data["body"])
        toast(request, _("Note saved"))
        return redirect(_url(request, "customer", customer_id=found.customer_id))
    context = {"customer": found.customer, "note": found, "form": form}
    return render(request, "customers/note.html", context, status=422 if request.method == "POST" else 200)


@dashboard("customers.write", module="customers")
@require_POST
@heeding
def removal(request: ProjectRequest, customer_id: UUID, note_id: UUID) -> HttpResponse:
    found = _note(request, customer_id, note_id)
    directory.take_away(found)
    jobs.forget_note.defer_at(
        clock.now() + directory.NOTE_BACK_FOR, project_id=request.project.pk, note_id=str(found.pk)
    )
    undo = _url(request, "note_restoration", customer_id=customer_id, note_id=note_id)
    toast(request, _("Note removed"), undo=undo)
    return redirect(_url(request, "customer", customer_id=customer_id))


@dashboard("customers.write", module="customers")
@require_POST
@heeding
def restoration(request: ProjectRequest, customer_id: UUID, note_id: UUID) -> HttpResponse:
    directory.bring_note_back(_note(request, customer_id, note_id))
    return redirect(_url(request, "customer", customer_id=customer_id))


def _note(request: ProjectRequest, customer_id: UUID, note_id: UUID) -> CustomerNote:
    notes = CustomerNote.objects.select_related("customer", "author")
    found: CustomerNote = get_object_or_404(notes, pk=note_id, customer=customer_id)
    if found.author_id != request.user.pk and not can(request.user, "customers.delete", request.project):
        raise PermissionDenied
    return found


def _url(request: ProjectRequest, name: str, **kwargs: object) -> str:
    return reverse(f"customers:{name}", kwargs={"project": request.project.slug, **kwargs})
