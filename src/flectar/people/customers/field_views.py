"""Settings › Customer fields: what the business asks of its customers beyond what all do."""

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from flectar.core import clock
from flectar.people.customers import custom, jobs
from flectar.people.customers.forms import FieldForm
from flectar.people.customers.models import CustomField
from flectar.platform.projects.access import ProjectRequest, dashboard
from flectar.ui.toasts import toast


@dashboard("customers.manage", module="customers")
@require_safe
def fields(request: ProjectRequest) -> HttpResponse:
    return render(request, "customers/fields.html", {"fields": custom.fields()})


@dashboard("customers.manage", module="customers")
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: ProjectRequest) -> HttpResponse:
    return _form(request, CustomField(project=request.project))


@dashboard("customers.manage", module="customers")
@require_http_methods(["GET", "HEAD", "POST"])
def field(request: ProjectRequest, field_id: UUID) -> HttpResponse:
    return _form(request, get_object_or_404(CustomField, pk=field_id, removed_at=None))


def _form(request: ProjectRequest, found: CustomField) -> HttpResponse:
    is_new = found._state.adding
    initial = {"name": found.name, "kind": found.kind or CustomField.Kind.TEXT, "choices": "\n".join(found.choices)}
    posted = request.POST if request.method == "POST" else None
    form = FieldForm(posted, initial=initial)
    if not is_new:
        form.fields["kind"].disabled = True
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        try:
            custom.define(found, name=values["name"], kind=values["kind"], choices=values["choices"])
        except custom.BadValue as bad:
            form.add_error("choices" if values["kind"] == CustomField.Kind.CHOICE else "name", str(bad))
        else:
            toast(request, _("%(name)s saved") % {"name": found.name})
            return redirect(_url(request, "fields"))
    context = {"form": form, "field": found, "is_new": is_new}
    return render(request, "customers/field.html", context, status=422 if request.method == "POST" else 200)


@dashboard("customers.manage", module="customers")
@require_POST
def removal(request: ProjectRequest, field_id: UUID) -> HttpResponse:
    found = get_object_or_404(CustomField, pk=field_id, removed_at=None)
    custom.remove(found)
    jobs.forget_field.defer_at(clock.now() + custom.BACK_FOR, project_id=request.project.pk, field_id=str(found.pk))
    undo = _url(request, "field_restoration", field_id=found.pk)
    toast(request, _("%(name)s removed") % {"name": found.name}, undo=undo)
    return redirect(_url(request, "fields"))


@dashboard("customers.manage", module="customers")
@require_POST
def restoration(request: ProjectRequest, field_id: UUID) -> HttpResponse:
    found = get_object_or_404(CustomField, pk=field_id)
    try:
        custom.bring_back(found)
    except custom.BadValue as bad:
        toast(request, str(bad))
    return redirect(_url(request, "fields"))


def _url(request: ProjectRequest, name: str, **kwargs: object) -> str:
    return reverse(f"customers:{name}", kwargs={"project": request.project.slug, **kwargs})
