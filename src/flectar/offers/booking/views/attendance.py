"""At the door: who is here, one tap a person; and the page that a check-in code opens on the team's phone."""

from datetime import date
from typing import Any
from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from flectar.core import clock
from flectar.offers.booking import reach
from flectar.offers.booking.deeds import attendance
from flectar.offers.booking.errors import BookingError
from flectar.offers.booking.forms.team import PersonCorrectionForm
from flectar.offers.booking.messages import check_in_codes
from flectar.offers.booking.messages.check_in_codes import Code
from flectar.offers.booking.models import Attendee, Booking
from flectar.platform.projects.access import ProjectRequest, dashboard, site_view
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
@require_POST
def mark_person(request: ProjectRequest, booking_id: UUID, number: int) -> HttpResponse:
    """The same on the page of a booking of several, an appointment or a class."""
    booking, person = _person(booking_id, number)
    try:
        attendance.mark_one(booking, number, request.POST.get("mark", ""))
    except BookingError as refused:
        toast(request, str(refused))
    return _to_person(request, person)


@dashboard("bookings.write", module="attendance")
@require_http_methods(["GET", "HEAD", "POST"])
def correct_person(request: ProjectRequest, booking_id: UUID, number: int) -> HttpResponse:
    """What was marked wrongly of one of them, once the booking is closed."""
    booking, person = _person(booking_id, number)
    form = PersonCorrectionForm(request.POST or None, booking=booking, person=person)
    refusal = ""
    if request.method == "POST" and form.is_valid():
        try:
            attendance.mark_one(booking, number, form.cleaned_data["to"], reason=form.cleaned_data["reason"])
        except BookingError as refused:
            refusal = str(refused)
        else:
            toast(request, _("%(name)s is corrected.") % {"name": person.called})
            return _to_person(request, person)
    context = {"booking": booking, "person": person, "form": form, "refusal": refusal}
    return render(request, "booking/correct.html", context, status=409 if refusal else 422 if form.errors else 200)


def _person(booking_id: UUID, number: int) -> tuple[Booking, Attendee]:
    booking: Booking = get_object_or_404(Booking.objects.with_people(), pk=booking_id)
    for person in attendance.people_of(booking):
        if person.number == number:
            return booking, person
    raise Http404


def _to_person(request: ProjectRequest, person: Attendee) -> HttpResponse:
    page = redirect("booking:booking", project=request.project.slug, booking_id=person.booking_id)
    page["Location"] += f"#person-{person.number}"
    return page


@dashboard("bookings.write", module="attendance")
@require_http_methods(["GET", "HEAD", "POST"])
def check_in(request: ProjectRequest, token: str) -> HttpResponse:
    """What a scan opens. Looking marks nobody: a browser may open a link ahead of time, and one tap is quick."""
    mine = Booking.objects.filter(reach.of(request.user, request.project))
    person = get_object_or_404(_people(), token=token, booking__in=mine)
    today = _day_of(request, person.booking) == request.project.today
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


@dashboard("bookings.write", module="attendance")
@require_safe
def door(request: ProjectRequest) -> HttpResponse:
    """Without a camera: the code of a booking as it is typed, or as the code of an appointment brings it."""
    typed = "".join(request.GET.get("code", "").split())[:12]
    mine = Booking.objects.with_people().filter(reach.of(request.user, request.project))
    booking = mine.filter(code__iexact=typed).first() if typed else None
    now = clock.now()
    context = {
        "typed": typed,
        "booking": booking,
        "people": list(booking.attendees.order_by("number", "pk")) if booking and booking.session_id else [],
        "is_today": booking is not None and _day_of(request, booking) == request.project.today,
        "may_arrive": booking is not None
        and booking.is_confirmed
        and now >= booking.starts_at - attendance.EARLIEST_ARRIVAL,
    }
    return render(request, "booking/door.html", context, status=404 if typed and booking is None else 200)


def _day_of(request: ProjectRequest, booking: Booking) -> date:
    return booking.starts_at.astimezone(request.project.tz).date()


@site_view(module="attendance")
@require_safe
def booking_code(request: ProjectRequest, token: str) -> HttpResponse:
    """The drawing of an appointment: the team's page of the door with its code."""
    booking = get_object_or_404(Booking, token=token, session=None, ends_at__gt=clock.now())
    return _drawn(check_in_codes.of_booking(request.project, booking))


@site_view(module="attendance")
@require_safe
def code(request: ProjectRequest, token: str, number: int) -> HttpResponse:
    """The drawing on the customer's own page: the team's address of this place. It opens nothing for anybody else."""
    person = get_object_or_404(_people(), booking__token=token, number=number)
    if person.booking.ends_at <= clock.now():
        raise Http404
    return _drawn(check_in_codes.of_place(request.project, person))


def _drawn(code: Code) -> HttpResponse:
    response = HttpResponse(check_in_codes.drawn(code, "svg"), content_type="image/svg+xml")
    response["Cache-Control"] = "private, max-age=300"
    return response


def _people() -> Any:
    return Attendee.objects.filter(session__isnull=False).select_related(
        "session__service", "booking__customer", "booking__resource", "booking__service", "booking__project"
    )
