"""The calendar: a day by person, a week of one person, an agenda."""

from datetime import date, timedelta

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from flectar.core import clock
from flectar.offers.booking import grid, times
from flectar.offers.booking.models import Booking, Resource
from flectar.platform.projects.access import ProjectRequest, dashboard
from flectar.ui import formats

VIEWS = ("day", "week", "agenda")
AGENDA_DAYS = 14
COLUMNS = 8


@dashboard("bookings.read", module="booking")
@require_safe
def calendar(request: ProjectRequest) -> HttpResponse:
    project = request.project
    view = request.GET.get("view", "day") if request.GET.get("view") in VIEWS else "day"
    day = times.read_day(request.GET, "day") or project.today
    people = list(Resource.objects.active().in_order()[:50])
    person = next((one for one in people if str(one.pk) == request.GET.get("with", "")), None)
    step = timedelta(days={"day": 1, "week": 7, "agenda": AGENDA_DAYS}[view])
    context = {
        "view": view,
        "views": [("day", _("Day")), ("week", _("Week")), ("agenda", _("Agenda"))],
        "day": day,
        "today": project.today,
        "earlier": day - step,
        "later": day + step,
        "people": people,
        "person": person,
        "now": clock.now(),
        "title": formats.day(day),
    }
    if view == "agenda":
        context |= {"title": _("Agenda"), "agenda": _agenda(request, day, person)}
    elif view == "week" and people:
        first = project.week_of(day)
        chosen = person or people[0]
        context |= {"grid": grid.of_week(project, first, chosen), "person": chosen, "title": _week_title(first)}
    else:
        shown = [person] if person else people[:COLUMNS]
        context["grid"] = grid.of_day(project, day, shown)
    return render(request, "booking/calendar.html", context)


def _week_title(first: date) -> str:
    return _("%(first)s to %(last)s") % {
        "first": formats.short_day(first),
        "last": formats.short_day(first + timedelta(days=6)),
    }


def _agenda(request: ProjectRequest, first: date, person: Resource | None) -> list[tuple[date, list[Booking]]]:
    zone = request.project.tz
    start = clock.day_bounds(first, zone)[0]
    end = clock.day_bounds(first + timedelta(days=AGENDA_DAYS - 1), zone)[1]
    found = Booking.objects.filter(starts_at__gte=start, starts_at__lt=end).standing()
    if person:
        found = found.filter(resource=person)
    days: dict[date, list[Booking]] = {}
    for booking in found.listed_with_people().order_by("starts_at", "id")[:500]:
        days.setdefault(booking.starts_at.astimezone(zone).date(), []).append(booking)
    return list(days.items())
