"""Bringing in a calendar file: read by a job, shown as it would be, then brought in by another."""

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from flectar.core import clock
from flectar.offers.booking.calendars import rota
from flectar.offers.booking.calendars.calendar_file import MAX_BYTES, NotACalendar
from flectar.offers.booking.forms.team import CalendarFileForm
from flectar.offers.booking.imports import importing, jobs
from flectar.offers.booking.models import Booking, CalendarImport, CalendarSource
from flectar.platform.projects.access import ProjectRequest, dashboard, limited
from flectar.ui.toasts import toast


@limited("booking.import", limit=30, per_seconds=600)
@dashboard("staff.write", module="booking")
@require_http_methods(["GET", "HEAD", "POST"])
def upload(request: ProjectRequest) -> HttpResponse:
    form = CalendarFileForm(request.POST or None, request.FILES or None, initial={"person": request.GET.get("with")})
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        try:
            if file.size > MAX_BYTES:
                raise NotACalendar(_("The file is larger than 10 MB. Export a shorter period."))
            person = form.people[form.cleaned_data["person"]]
            job = importing.upload(request.project, person, file.name, file.read(), author=request.user)
            jobs.look.defer(of_project=request.project.pk, import_id=job.pk)
            jobs.forget_file.defer_at(clock.now() + jobs.KEEP_FILE, project_id=request.project.pk, import_id=job.pk)
            return redirect("booking:import_report", project=request.project.slug, import_id=job.pk)
        except NotACalendar as refused:
            form.add_error("file", str(refused))
    return render(request, "booking/import.html", {"form": form}, status=422 if form.errors else 200)


@dashboard("staff.write", module="booking")
@require_safe
def report(request: ProjectRequest, import_id: UUID) -> HttpResponse:
    """How far the reading is; what the file would bring; how far that is; then what it brought."""
    job = get_object_or_404(CalendarImport.objects.select_related("resource").defer("content"), pk=import_id)
    clashes = Booking.objects.filter(pk__in=job.clashes).listed_with_people().order_by("starts_at", "id")
    return render(request, "booking/import_report.html", {"job": job, "clashes": clashes, "state": job.State})


@dashboard("staff.write", module="booking")
@require_POST
def bring_in(request: ProjectRequest, import_id: UUID) -> HttpResponse:
    job = get_object_or_404(CalendarImport.objects.all(), pk=import_id)
    if importing.start(job):
        jobs.bring_in.defer(of_project=request.project.pk, import_id=job.pk)
    return redirect("booking:import_report", project=request.project.slug, import_id=import_id)


@dashboard("staff.write", module="booking")
@require_POST
def repetition(request: ProjectRequest, import_id: UUID) -> HttpResponse:
    """Once more with one that stopped for a fault of ours."""
    job = get_object_or_404(CalendarImport.objects.defer("content"), pk=import_id)
    if importing.again(job):
        jobs.look.defer(of_project=request.project.pk, import_id=job.pk)
    return redirect("booking:import_report", project=request.project.slug, import_id=import_id)


@dashboard("staff.write", module="booking")
@require_POST
def removal(request: ProjectRequest, source_id: UUID) -> HttpResponse:
    """Forget what one calendar brought."""
    source = get_object_or_404(CalendarSource.objects.select_related("resource"), pk=source_id)
    rota.forget_calendar(source)
    toast(request, _("%(name)s no longer blocks any time.") % {"name": source.name})
    return redirect("booking:calendars", project=request.project.slug, resource_id=source.resource_id)
