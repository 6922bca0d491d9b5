"""Where a signed-in person begins: their project, their projects, or their first one."""

from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from flectar.platform.organizations.handover import offers_to
from flectar.platform.projects.access import limited, public, signed_in
from flectar.platform.projects.creation import create
from flectar.platform.projects.forms.creation import NewProjectForm
from flectar.platform.projects.links import home_path
from flectar.platform.projects.models import Project
from flectar.platform.projects.taken import AddressTaken
from flectar.ui.toasts import toast


@public
def start(request: HttpRequest) -> HttpResponse:
    if not request.user.is_authenticated:
        return redirect_to_login("/")
    mine = list(Project.objects.of(request.user)[:2])
    return redirect(home_path(mine[0])) if len(mine) == 1 else chooser(request)


@signed_in
def chooser(request: Any) -> HttpResponse:
    """All projects of the person, by organization."""
    memberships = request.user.memberships.select_related("organization").order_by("organization__name")
    projects = list(Project.objects.of(request.user))
    groups = [
        (membership, [each for each in projects if each.organization_id == membership.organization_id])
        for membership in memberships
    ]
    context = {"groups": groups, "has_projects": bool(projects), "offers": offers_to(request.user)}
    return render(request, "projects/chooser.html", context)


@limited("projects.new", limit=20, per_seconds=3600)
@signed_in
def new(request: Any) -> HttpResponse:
    if request.method != "POST":
        return render(
            request, "projects/new.html", {"form": NewProjectForm(person=request.user, initial=_guess(request))}
        )
    form = NewProjectForm(request.POST, person=request.user)
    if form.is_valid():
        try:
            project = create(form.plan(), by=request.user)
        except AddressTaken as error:
            form.add_error("slug", str(error))
        else:
            toast(request, _("%(project)s is here. Its address is %(host)s.") % _said(project))
            return redirect("settings:hours", project=project.slug)
    return render(request, "projects/new.html", {"form": form}, status=422)


def _said(project: Project) -> dict[str, str]:
    return {"project": project.name, "host": project.site_host}


def _guess(request: HttpRequest) -> dict[str, str]:
    """What most people here would choose; what they have typed so far stays (the suggested address asks again)."""
    guess = {
        "locale": get_language() or "en",
        "country": "ES",
        "zone": "Europe/Madrid",
        "currency": "EUR",
        "kind": "salon",
    }
    return guess | {name: request.GET[name] for name in (*guess, "name", "organization") if name in request.GET}
