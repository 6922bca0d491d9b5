"""Closures: blocked time. A new one cancels nothing; it lists the bookings that lie in it."""

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from flectar.core import clock
from flectar.offers.booking import rota
from flectar.offers.booking.forms import ClosureForm
from flectar.offers.booking.models import Closure
from flectar.platform.projects.access import ProjectRequest, dashboard
from flectar.ui.toasts import toast

SHOWN = 50


@dashboard("staff.read", module="booking")
@require_safe
def index(request: ProjectRequest) -> HttpResponse:
    """What lies ahead; `closure` names one whose bookings are shown."""
    ahead = Closure.objects.filter(ends_at__gt=clock.now()).select_related("resource", "service").order_by("starts_at")
    closures = list(ahead[:SHOWN])
    opened = next((one for one in closures if str(one.pk) == request.GET.get("closure", "")), None)
    context = {
        "closures": closures,
        "opened": opened,
        "affected": rota.affected(opened)[:SHOWN] if opened else [],
    }
    return render(request, "booking/closures.html", context)


@dashboard("staff.write", module="booking")
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: ProjectRequest) -> HttpResponse:
    form = ClosureForm(request.POST or None, project=request.project, initial={"first_day": request.project.today})
    if request.method == "POST" and form.is_valid():
        closure = form.closure
        touched = rota.close(closure).count()
        text = ngettext(
            "Blocked. %(count)s booking lies in that time.", "Blocked. %(count)s bookings lie in that time.", touched
        ) % {"count": touched}
        toast(request, text if touched else _("Blocked. No booking lies in that time."))
        page = redirect("booking:closures", project=request.project.slug)
        if touched:
            page["Location"] += f"?closure={closure.pk}"
        return page
    return render(request, "booking/closure.html", {"form": form}, status=422 if form.errors else 200)


@dashboard("staff.write", module="booking")
@require_POST
def removal(request: ProjectRequest, closure_id: UUID) -> HttpResponse:
    rota.reopen(get_object_or_404(Closure.objects.select_related("resource"), pk=closure_id))
    toast(request, _("The time is open again."))
    return redirect("booking:closures", project=request.project.slug)
