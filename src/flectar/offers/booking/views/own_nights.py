"""A stay moves: as many nights from another day on, chosen on the months and confirmed with one button."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from flectar.offers.booking.deeds import lifecycle, queries
from flectar.offers.booking.errors import BookingError
from flectar.offers.booking.models import Booking
from flectar.offers.booking.public import choice, months, times
from flectar.offers.booking.scheduling import locations, stays
from flectar.offers.booking.scheduling.diaries import candidates
from flectar.offers.booking.scheduling.nights import DAY
from flectar.offers.booking.views.nights import around
from flectar.platform.projects.access import ProjectRequest


def move(request: ProjectRequest, booking: Booking, context: dict[str, Any]) -> HttpResponse:
    """Called by `own.time`, which has found the booking."""
    project, service, nights = locations.there(booking), booking.service, booking.nights or 1
    refusal, token = "", booking.token
    wished = times.read_day(request.POST if request.method == "POST" else request.GET, "arrive")
    if request.method == "POST" and wished:
        try:
            queries.move(booking, stays.check_in(project, service, wished))
            return redirect(f"{reverse('booking:manage', kwargs={'token': token})}?moved=1")
        except BookingError as refused:
            refusal, wished = str(refused), None
            booking = Booking.objects.with_people().get(pk=booking.pk)
    elif not booking.can_be_changed_by_customer() or lifecycle.is_moved_enough(booking):
        return redirect("booking:manage", token=token)
    now = booking.starts_at.astimezone(project.tz).date()
    this_month = months.first_of(project.today)
    last = months.first_of(project.today + service.horizon_days * DAY)
    first = months.read_month(request.GET.get("from", "")) or months.first_of(wished or now)
    first = max(this_month, min(first, last))
    until = months.months_on(first, months.SHOWN)
    chosen = candidates(service, party=booking.party, location=booking.location)
    book = stays.read(
        project, chosen, min(first, now, wished or first), until, party=booking.party, without=[booking.pk]
    )
    if wished and wished + nights * DAY not in book.departures(wished):
        wished = None
    wanted = choice.Choice(services=(service,), arrival=wished or now, nights=nights, party=booking.party)
    context |= {
        "booking": booking,
        "refusal": refusal,
        "months": months.months(project, book, first, wanted, fixed=nights),
        "month": f"{first:%Y-%m}",
        "wished": wished if wished != now else None,
        "wished_said": months.range_of(wished, wished + nights * DAY) if wished else "",
        **around(project, service, first),
    }
    return render(request, "booking/public/move_stay.html", context, status=409 if refusal else 200)
