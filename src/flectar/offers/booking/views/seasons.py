"""The seasons of a service by the night: other prices, lengths and weekdays for some dates."""

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from flectar.offers.booking.forms.stay_forms import SeasonForm
from flectar.offers.booking.models import Season, Service
from flectar.offers.booking.services import catalogue
from flectar.platform.projects.access import ProjectRequest, dashboard
from flectar.ui.toasts import toast


@dashboard("services.write", module="booking")
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: ProjectRequest, service_id: UUID) -> HttpResponse:
    service = get_object_or_404(Service, pk=service_id, mode=Service.Mode.STAY)
    return _page(request, service, Season(project=request.project, service=service))


@dashboard("services.write", module="booking")
@require_http_methods(["GET", "HEAD", "POST"])
def season(request: ProjectRequest, service_id: UUID, season_id: UUID) -> HttpResponse:
    one = get_object_or_404(Season.objects.select_related("service"), pk=season_id, service=service_id)
    return _page(request, one.service, one, is_new=False)


def _page(request: ProjectRequest, service: Service, one: Season, *, is_new: bool = True) -> HttpResponse:
    name = one.name
    form = SeasonForm(request.POST or None, project=request.project, instance=one)
    if request.method == "POST" and form.is_valid():
        catalogue.save_season(form.save(commit=False), is_new=is_new)
        toast(request, _("%(name)s is saved.") % {"name": one.name})
        return redirect("booking:service", project=request.project.slug, service_id=service.pk)
    context = {"form": form, "service": service, "season": None if is_new else one, "name": name}
    return render(request, "booking/season.html", context, status=422 if form.errors else 200)


@dashboard("services.write", module="booking")
@require_POST
def removal(request: ProjectRequest, service_id: UUID, season_id: UUID) -> HttpResponse:
    one = get_object_or_404(Season.objects.select_related("service"), pk=season_id, service=service_id)
    catalogue.remove_season(one)
    toast(request, _("%(name)s is taken away.") % {"name": one.name})
    return redirect("booking:service", project=request.project.slug, service_id=service_id)
