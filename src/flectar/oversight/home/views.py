"""The first page, and the search."""

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from flectar.core import clock
from flectar.offers.booking import reach
from flectar.offers.booking.models import Resource
from flectar.oversight.home import attention, bookings, checklist, figures, ribbon, searching
from flectar.oversight.home.asked import ask
from flectar.platform.lists import recents
from flectar.platform.projects.access import ProjectRequest, can, dashboard

HIDDEN = "hidden_checklists"
NEXT_UP = 5
NOTHING = bookings.Day([], None)


@require_safe
@dashboard("home.read")
def today(request: ProjectRequest) -> HttpResponse:
    project, now = request.project, clock.now()
    sees_bookings = project.has("booking") and can(request.user, "bookings.read", project)
    asked = ask(project, reach.of(request.user, project))
    mine = reach.calendars(request.user, project)
    people = list(Resource.objects.filter(mine).in_order()) if sees_bookings else []
    day = bookings.of(project, people, now, mine=reach.of(request.user, project)) if sees_bookings else NOTHING
    is_hidden = str(project.pk) in request.session.get(HIDDEN, [])
    steps = [] if is_hidden else checklist.steps(request.user, project, asked)
    return render(
        request,
        "home/today.html",
        {
            "now": now,
            "sees_bookings": sees_bookings,
            "bookings": day.today,
            "coming": [booking for booking in day.today if booking.ends_at > now][:NEXT_UP],
            "next": day.next,
            "ribbon": ribbon.drawn(project, people, asked.windows, day.today, now) if sees_bookings else None,
            "attention": attention.notices(request.user, project, asked),
            "figures": figures.of(request.user, project),
            "steps": steps if not all(step.is_done for step in steps) else [],
            "steps_done": sum(step.is_done for step in steps),
        },
    )


@require_safe
@dashboard("home.read")
def weeks(request: ProjectRequest) -> HttpResponse:
    """The numbers of the first page, as CSV."""
    found = figures.of(request.user, request.project)
    if found is None:
        raise Http404
    response = HttpResponse(found.chart.csv(), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="weeks-{request.project.slug}.csv"'
    return response


@require_safe
@dashboard("home.read")
def search(request: ProjectRequest) -> HttpResponse:
    """A page; with `part=palette` only the answers, for the palette."""
    text = request.GET.get("q", "").strip()
    groups = (
        searching.answers(request.user, request.project, text)
        if text
        else searching.lately(request.user, request.project, recents.of(request))
    )
    is_part = request.GET.get("part") == "palette"
    return render(request, "home/answers.html" if is_part else "home/search.html", {"text": text, "groups": groups})


@require_POST
@dashboard("home.read")
def dismissal(request: ProjectRequest) -> HttpResponse:
    """Hide the checklist of this project, for as long as this person stays signed in."""
    hidden = {*request.session.get(HIDDEN, []), str(request.project.pk)}
    request.session[HIDDEN] = sorted(hidden)
    return redirect("home:today", project=request.project.slug)
