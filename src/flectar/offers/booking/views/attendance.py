"""At the door: who is here, one tap a person; and the page that a check-in code opens on the team's phone."""

from io import BytesIO
from typing import Any
from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from flectar.core import clock
from flectar.offers.booking import attendance
from flectar.offers.booking.errors import BookingError
from flectar.offers.booking.models import Attendee, Booking
from flectar.platform.projects.access import ProjectRequest, dashboard, site_view
from flectar.platform.projects.links import dashboard_url
from flectar.ui.toasts import toast

Marks = Booking.Attendance


@dashboard("bookings.write", module="attendance")
@require_POST
def mark(request: ProjectRequest, session_id: UUID, attendee_id: UUID) -> HttpResponse:
    """Here, not here, excused, or open again."""
    person = get_object_or_404(_people(), pk=attendee_id, session=session_id)
    try:
        attendance.mark(person, request.POST.get("mark", ""))
    except BookingError as refused:
        toast(request, str(refused))
    page = redirect("booking:class", project=request.project.slug, session_id=session_id)
    page["Location"] += f"#place-{person.number}"
    return page


@dashboard("bookings.write", module="attendance")
@require_http_methods(["GET", "HEAD", "POST"])
def check_in(request: ProjectRequest, token: str) -> HttpResponse:
    """What a scan opens. Looking marks nobody: a browser may open a link ahead of time, and one tap is quick."""
    person = get_object_or_404(_people(), token=token)
    today = person.booking.starts_at.astimezone(request.project.tz).date() == request.project.today
    was_here = person.attendance in (Marks.ARRIVED, Marks.ATTENDED)
    refusal, is_new = "", False
    if request.method == "POST" and today and not was_here:
        try:
            attendance.mark(person, Marks.ARRIVED)
            is_new = True
        except BookingError as refused:
            refusal = str(refused)
    context = {"person": person, "is_today": today, "was_here": was_here, "is_new": is_new, "refusal": refusal}
    return render(request, "booking/check_in.html", context, status=409 if refusal else 200)


@site_view(module="attendance")
@require_safe
def code(request: ProjectRequest, token: str, number: int) -> HttpResponse:
    """The drawing on the customer's own page: the team's address of this place. It opens nothing for anybody else."""
    person = get_object_or_404(_people(), booking__token=token, number=number)
    if person.booking.ends_at <= clock.now():
        raise Http404
    # Loaded when it is needed: few requests draw.
    import segno

    drawn = BytesIO()
    url = dashboard_url(request.project, "booking:check_in", token=person.token)
    segno.make(url, error="m").save(drawn, kind="svg", scale=5, border=4, dark="#000", light="#fff", xmldecl=False)
    response = HttpResponse(drawn.getvalue(), content_type="image/svg+xml")
    response["Cache-Control"] = "private, max-age=300"
    return response


def _people() -> Any:
    return Attendee.objects.filter(session__isnull=False).select_related(
        "session__service", "booking__customer", "booking__resource", "booking__service", "booking__project"
    )
