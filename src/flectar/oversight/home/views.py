"""The first page, and the search."""

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from flectar.core import clock
from flectar.offers.booking.queries import todays
from flectar.oversight.home import attention, checklist, figures, ribbon, searching
from flectar.oversight.home.bookings import next_booking
from flectar.platform.lists import recents
from flectar.platform.projects.access import ProjectRequest, can, dashboard

HIDDEN = "hidden_checklists"
NEXT_UP = 5


@require_safe
@dashboard("home.read")
def today(request: ProjectRequest) -> HttpResponse:
    project, now = request.project, clock.now()
    sees_bookings = project.has("booking") and can(request.user, "bookings.read", project)
    bookings = list(todays(project)) if sees_bookings else []
    coming = [booking for booking in bookings if booking.ends_at > now]
    upcoming = next((booking for booking in coming if booking.starts_at > now), None)
    steps = [] if str(project.pk) in request.session.get(HIDDEN, []) else checklist.steps(request.user, project)
    return render(
        request,
        "home/today.html",
        {
            "now": now,
            "sees_bookings": sees_bookings,
            "bookings": bookings,
            "coming": coming[:NEXT_UP],
            "next": upcoming or (next_booking(project) if sees_bookings else None),
            "ribbon": ribbon.drawn(project, bookings, now) if sees_bookings else None,
            "attention": attention.notices(request.user, project),
            "figures": figures.of(request.user, project),
            "steps": steps if not all(step.is_done for step in steps) else [],
            "steps_done": sum(step.is_done for step in steps),
        },
    )


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
