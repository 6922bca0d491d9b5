"""A customer's own page of one booking: whoever has the link may see it, move it, cancel it."""

from typing import Any

from babel.dates import format_date
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from flectar.offers.booking import queries, times
from flectar.offers.booking.errors import BookingError
from flectar.offers.booking.invitation import Method, address_line
from flectar.offers.booking.invitation import calendar_file as file_of
from flectar.offers.booking.models import Booking
from flectar.offers.booking.notices import manage_url
from flectar.offers.booking.views.look import public_context
from flectar.platform.projects.access import ProjectRequest, limited, site_view
from flectar.platform.projects.models import BusinessProfile
from flectar.ui import formats


def _find(request: ProjectRequest, token: str) -> Booking:
    booking: Booking = get_object_or_404(Booking.objects.with_people(), token=token)
    return booking


@site_view(module="booking")
@require_safe
def manage(request: ProjectRequest, token: str) -> HttpResponse:
    booking = _find(request, token)
    return render(request, "booking/public/booking.html", _context(request, booking, is_new="new" in request.GET))


@limited("booking.own", limit=60, per_seconds=60)
@site_view(module="booking")
@require_http_methods(["GET", "HEAD", "POST"])
def time(request: ProjectRequest, token: str) -> HttpResponse:
    """Choose another time; a tap on it moves the booking."""
    booking = _find(request, token)
    refusal = ""
    if request.method == "POST":
        starts_at = times.read_instant(request.POST.get("at", ""))
        if starts_at is None:
            return redirect("booking:own_time", token=token)
        try:
            queries.move(booking, starts_at)
            return redirect(f"{reverse('booking:manage', kwargs={'token': token})}?moved=1")
        except BookingError as refused:
            booking, refusal = _find(request, token), str(refused)
    elif not booking.can_be_changed_by_customer():
        return redirect("booking:manage", token=token)
    strip = times.strip(
        request.project,
        booking.service,
        day=times.read_day(request.GET, "day"),
        first=times.read_day(request.GET, "from"),
        without=booking,
    )
    context = _context(
        request,
        booking,
        strip=strip,
        days=[(day, times.in_a_word(day)) for day in strip.days],
        why_empty=times.why_empty(request.project, booking.service, strip.chosen),
        refusal=refusal,
    )
    return render(request, "booking/public/move.html", context, status=409 if refusal else 200)


@limited("booking.own", limit=60, per_seconds=60)
@site_view(module="booking")
@require_http_methods(["GET", "HEAD", "POST"])
def cancellation(request: ProjectRequest, token: str) -> HttpResponse:
    booking = _find(request, token)
    refusal = ""
    if request.method == "POST":
        try:
            queries.cancel(booking, reason=request.POST.get("reason", ""))
            return redirect("booking:manage", token=token)
        except BookingError as refused:
            refusal = str(refused)
    elif not booking.can_be_changed_by_customer():
        return redirect("booking:manage", token=token)
    context = _context(request, booking, refusal=refusal)
    return render(request, "booking/public/cancel.html", context, status=409 if refusal else 200)


@site_view(module="booking")
@require_safe
def calendar_file(request: ProjectRequest, token: str) -> HttpResponse:
    booking = _find(request, token)
    profile = BusinessProfile.objects.first()
    link = manage_url(request.project, booking)
    content = file_of(request.project, booking, Method.PUBLISH, profile=profile, link=link)
    response = HttpResponse(content, content_type="text/calendar; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{booking.code}.ics"'
    return response


def _context(request: ProjectRequest, booking: Booking, **more: Any) -> dict[str, Any]:
    context = public_context(request.project, booking=booking, heading=_heading(request, booking), **more)
    context["address"] = address_line(context["profile"])
    return context


def _heading(request: ProjectRequest, booking: Booking) -> str:
    if booking.is_cancelled:
        return _("This booking is cancelled.")
    if "new" in request.GET or "moved" in request.GET:
        day = booking.starts_at.astimezone(request.project.tz).date()
        return _("See you on %(day)s.") % {"day": format_date(day, "EEEE", locale=formats.locale())}
    return _("Your booking")
