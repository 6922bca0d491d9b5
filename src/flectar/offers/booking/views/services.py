"""Services: the list, one service, a new one, taking one away."""

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from flectar.offers.booking import catalogue
from flectar.offers.booking.forms import ServiceForm
from flectar.offers.booking.models import Service
from flectar.platform.projects.access import ProjectRequest, dashboard
from flectar.platform.projects.links import site_url
from flectar.ui.toasts import toast


@dashboard("services.read", module="booking")
@require_safe
def index(request: ProjectRequest) -> HttpResponse:
    services = Service.objects.in_order().prefetch_related("needs__resource")
    rows = [
        (one, one.price(request.project.currency), [need.resource.first_name for need in one.needs.all()])
        for one in services
    ]
    return render(request, "booking/services.html", {"rows": rows, "page": site_url(request.project, "booking:book")})


@dashboard("services.write", module="booking")
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: ProjectRequest) -> HttpResponse:
    form = ServiceForm(request.POST or None, project=request.project)
    if request.method == "POST" and form.is_valid():
        return _save(request, form, is_new=True)
    return render(request, "booking/service.html", {"form": form}, status=422 if form.errors else 200)


@dashboard("services.write", module="booking")
@require_http_methods(["GET", "HEAD", "POST"])
def service(request: ProjectRequest, service_id: UUID) -> HttpResponse:
    one: Service = get_object_or_404(Service.objects.all(), pk=service_id)
    before = catalogue.values_of(one)
    form = ServiceForm(request.POST or None, project=request.project, instance=one)
    if request.method == "POST" and form.is_valid():
        return _save(request, form, is_new=False, before=before)
    context = {"form": form, "service": Service.objects.get(pk=service_id)}
    return render(request, "booking/service.html", context, status=422 if form.errors else 200)


def _save(
    request: ProjectRequest, form: ServiceForm, *, is_new: bool, before: dict[str, object] | None = None
) -> HttpResponse:
    one = form.save(commit=False)
    one.price_minor = form.cleaned_data["price"]
    people = [UUID(pk) for pk in form.cleaned_data["people"]]
    catalogue.save_service(request.project, one, people, before=None if is_new else before)
    toast(request, _("%(name)s is saved.") % {"name": one.name})
    return redirect("booking:services", project=request.project.slug)


@dashboard("services.write", module="booking")
@require_POST
def removal(request: ProjectRequest, service_id: UUID) -> HttpResponse:
    one: Service = get_object_or_404(Service.objects.all(), pk=service_id)
    try:
        catalogue.remove_service(one)
    except catalogue.StillBooked as refused:
        form = ServiceForm(project=request.project, instance=Service.objects.get(pk=service_id))
        return render(
            request, "booking/service.html", {"form": form, "service": one, "refusal": str(refused)}, status=409
        )
    toast(request, _("%(name)s is taken away.") % {"name": one.name})
    return redirect("booking:services", project=request.project.slug)
