"""What a service costs with whom, and what can be added to it."""

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from flectar.core.money import Money
from flectar.offers.booking.forms.extra_forms import ExtraForm, RatesForm
from flectar.offers.booking.models import Service, ServiceExtra
from flectar.offers.booking.services import catalogue
from flectar.platform.projects.access import ProjectRequest, dashboard
from flectar.ui.toasts import toast


@dashboard("services.write", module="booking")
@require_http_methods(["GET", "HEAD", "POST"])
def extras(request: ProjectRequest, service_id: UUID) -> HttpResponse:
    """The extras in order, and below them the rates, which are sent from here."""
    service: Service = get_object_or_404(Service.objects.all(), pk=service_id)
    form = RatesForm(request.POST if request.method == "POST" else None, project=request.project, service=service)
    if form.is_bound and form.is_valid():
        catalogue.save_rates(request.project, service, form.rates)
        toast(request, _("%(name)s is saved.") % {"name": service.name})
        return redirect(_url(request, "extras", service_id=service.pk))
    currency = request.project.currency
    found = service.extras.select_related("stock").order_by("position", "id")
    context = {
        "service": service,
        "form": form,
        "price": service.price(currency),
        "extras": [(one, Money(one.price_minor, currency)) for one in found],
    }
    return render(request, "booking/extras.html", context, status=422 if form.errors else 200)


@dashboard("services.write", module="booking")
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: ProjectRequest, service_id: UUID) -> HttpResponse:
    service: Service = get_object_or_404(Service.objects.all(), pk=service_id)
    return _page(request, service, None)


@dashboard("services.write", module="booking")
@require_http_methods(["GET", "HEAD", "POST"])
def extra(request: ProjectRequest, service_id: UUID, extra_id: UUID) -> HttpResponse:
    found = _find(service_id, extra_id)
    return _page(request, found.service, found)


def _page(request: ProjectRequest, service: Service, extra: ServiceExtra | None) -> HttpResponse:
    form = ExtraForm(request.POST if request.method == "POST" else None, project=request.project, extra=extra)
    if form.is_bound and form.is_valid():
        saved = catalogue.save_extra(request.project, extra or ServiceExtra(service=service), form.values)
        toast(request, _("%(name)s is saved.") % {"name": saved.name})
        return redirect(_url(request, "extras", service_id=service.pk))
    return _form(request, form, service, extra, status=422 if form.errors else 200)


def _form(
    request: ProjectRequest,
    form: ExtraForm,
    service: Service,
    extra: ServiceExtra | None,
    *,
    status: int,
    refusal: str = "",
) -> HttpResponse:
    kept = ServiceExtra.objects.get(pk=extra.pk) if extra else None
    is_stay = service.mode == Service.Mode.STAY
    context = {"form": form, "service": service, "extra": kept, "refusal": refusal, "is_stay": is_stay}
    return render(request, "booking/extra_form.html", context, status=status)


@dashboard("services.write", module="booking")
@require_POST
def removal(request: ProjectRequest, service_id: UUID, extra_id: UUID) -> HttpResponse:
    found = _find(service_id, extra_id)
    service, name = found.service, found.name
    try:
        catalogue.remove_extra(request.project, found)
    except catalogue.StillBooked as refused:
        kept = _find(service_id, extra_id)
        form = ExtraForm(project=request.project, extra=kept)
        return _form(request, form, service, kept, status=409, refusal=str(refused))
    toast(request, _("%(name)s is taken away.") % {"name": name})
    return redirect(_url(request, "extras", service_id=service.pk))


def _find(service_id: UUID, extra_id: UUID) -> ServiceExtra:
    found: ServiceExtra = get_object_or_404(
        ServiceExtra.objects.select_related("service"), pk=extra_id, service=service_id
    )
    return found


def _url(request: ProjectRequest, name: str, **kwargs: object) -> str:
    return reverse(f"booking:{name}", kwargs={"project": request.project.slug, **kwargs})
