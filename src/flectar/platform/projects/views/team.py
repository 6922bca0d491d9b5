"""Who works here and as what: in a project's settings, and on the organization's own page."""

import json
from collections.abc import Iterable
from datetime import timedelta
from typing import Any
from urllib.parse import quote
from uuid import UUID
from zoneinfo import ZoneInfo

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from flectar.core import crypto
from flectar.platform.audit import reading
from flectar.platform.organizations import membership as deeds
from flectar.platform.organizations import roles
from flectar.platform.organizations.membership import ForeignRole, Given, LastOwner, OwnersOnly
from flectar.platform.organizations.models import Membership, Organization, Role
from flectar.platform.organizations.roles import role_in
from flectar.platform.projects.access import dashboard, organization, seat_at, signed_in
from flectar.platform.projects.forms.business import OrganizationForm
from flectar.platform.projects.forms.team import SeatForm, seat_of
from flectar.platform.projects.models import Project
from flectar.platform.projects.views import members
from flectar.ui import index as ui
from flectar.ui.toasts import toast

_UNDO_TIME = timedelta(minutes=10)
_UNDO = "member put back"


# In a project's settings


@dashboard("members.read")
def team(request: Any) -> HttpResponse:
    """Those who work in this project."""
    here = request.project.organization
    everybody = members.in_order(here)
    holding = [each for each in everybody if each.project_ids is None or request.project.pk in each.project_ids]
    context = {**roles_table(here, everybody), **_invited(here, request), "organization": here}
    return ui.show(request, members.listed(request, here, holding), "projects/team.html", 200, **context)


@dashboard("members.manage")
def member(request: Any, membership_id: UUID) -> HttpResponse:
    return _member(request, request.project.organization, membership_id)


@require_POST
@dashboard("members.manage")
def member_removal(request: Any, membership_id: UUID) -> HttpResponse:
    return _removal(request, request.project.organization, membership_id)


@require_POST
@dashboard("members.manage")
def member_restoration(request: Any) -> HttpResponse:
    return _restoration(request, request.project.organization)


# On the organization's page, outside any project


@organization("organization.read")
def organization_page(request: Any) -> HttpResponse:
    here = request.organization
    form = OrganizationForm(request.POST or None, instance=Organization.objects.get(pk=here.pk))
    if request.method == "POST":
        if not seat_at(request.user, here.pk).allows("organization.manage"):  # type: ignore[union-attr]  # a member
            raise PermissionDenied
        if form.is_valid():
            deeds.rename(here, form.cleaned_data["name"])
            toast(request, _("Name saved"))
            return redirect("organizations:organization", organization_id=here.pk)
    projects = list(Project.objects.filter(organization=here).order_by("name", "id"))
    listed = members.listed(
        request, here, members.in_order(here), places={project.pk: project.name for project in projects}
    )
    context = {
        "form": form,
        "organization": here,
        **_invited(here, request),
        "projects": projects,
        "is_owner": role_in(request.user.pk, here.pk) == Role.OWNER,
        "zone": zone_of(projects),
        "log": reading.of_organization(here.pk, reading.Filters(), size=5),
    }
    return ui.show(request, listed, "projects/organization.html", 422 if form.errors else 200, **context)


@organization("members.manage")
def organization_member(request: Any, membership_id: UUID) -> HttpResponse:
    return _member(request, request.organization, membership_id)


@require_POST
@organization("members.manage")
def organization_member_removal(request: Any, membership_id: UUID) -> HttpResponse:
    return _removal(request, request.organization, membership_id)


@require_POST
@organization("members.manage")
def organization_member_restoration(request: Any) -> HttpResponse:
    return _restoration(request, request.organization)


@require_POST
@signed_in
def departure(request: Any, organization_id: UUID) -> HttpResponse:
    """Leave: everybody may, but the last owner."""
    own = get_object_or_404(Membership, organization=organization_id, user=request.user)
    try:
        deeds.remove(own, by=request.user)
    except LastOwner as error:
        return render(
            request, "projects/kept.html", {"reason": str(error), "organization": own.organization}, status=409
        )
    toast(request, _("You have left %(organization)s") % {"organization": own.organization})
    return redirect("projects:chooser")


# Both


def roles_table(here: Organization, everybody: Iterable[Membership]) -> dict[str, Any]:
    custom = here.custom_roles.order_by("name", "id")
    return {"areas": roles.areas(), "roles": roles.table(everybody, custom)}


def zone_of(projects: Iterable[Project]) -> ZoneInfo:
    """An organization has no clock of its own: the first of its projects tells the time."""
    return next((project.tz for project in projects), ZoneInfo("UTC"))


def _invited(here: Organization, request: Any) -> dict[str, Any]:
    waiting = here.invitations.waiting().select_related("custom_role", "invited_by")
    seat = seat_at(request.user, here.pk)
    return {
        "invitations": list(waiting.order_by("-sent_at", "id")),
        "may_manage": seat is not None and seat.allows("members.manage"),
    }


def _member(request: Any, here: Organization, membership_id: UUID) -> HttpResponse:
    found = get_object_or_404(here.memberships.select_related("user", "custom_role"), pk=membership_id)
    form = _seat_form(request, here, found)
    if form.is_valid():
        given = form.given()
        try:
            deeds.change_seat(found, given, by=request.user)
        except (LastOwner, OwnersOnly, ForeignRole) as error:
            form.add_error("role", str(error))
        else:
            role = given.custom_role.name if given.custom_role else Role(given.role).label
            toast(request, _("%(name)s: %(role)s") % {"name": found.user.name, "role": role})
            return redirect(_team_url(request, here))
    return _member_page(request, here, found, form, status=422 if form.is_bound else 200)


def _seat_form(request: Any, here: Organization, found: Membership) -> SeatForm:
    is_owner = role_in(request.user.pk, here.pk) == Role.OWNER
    return SeatForm(
        request.POST if request.method == "POST" else None,
        organization=here,
        may_make_owners=is_owner or found.role == Role.OWNER,
        initial=_seat_of(found),
    )


def _seat_of(found: Membership) -> dict[str, Any]:
    return seat_of(found.role, found.custom_role, found.project_ids, is_own_only=found.is_own_only)


def _removal(request: Any, here: Organization, membership_id: UUID) -> HttpResponse:
    found = get_object_or_404(here.memberships.select_related("user"), pk=membership_id)
    try:
        deeds.remove(found, by=request.user)
    except (LastOwner, OwnersOnly) as error:
        form = SeatForm(organization=here, initial=_seat_of(found))
        return _member_page(request, here, found, form, reason=str(error), status=409)
    kept = {
        "organization": str(here.pk),
        "user": str(found.user_id),
        "role": found.role,
        "own": str(found.custom_role_id or ""),
        "projects": None if found.project_ids is None else [str(each) for each in found.project_ids],
        "own_only": found.is_own_only,
    }
    token = crypto.sign(_UNDO, json.dumps(kept))
    undo = f"{_url(request, here, 'member_restoration')}?kept={quote(token)}"
    is_own = found.user_id == request.user.pk
    toast(request, _("%(name)s is no longer a member") % {"name": found.user.name}, undo="" if is_own else undo)
    return redirect("projects:chooser" if is_own else _team_url(request, here))


def _restoration(request: Any, here: Organization) -> HttpResponse:
    try:
        kept = json.loads(crypto.unsign(_UNDO, request.GET.get("kept", ""), within=_UNDO_TIME))
    except (crypto.BadSignature, crypto.Expired):
        return redirect(_team_url(request, here))
    if kept["organization"] != str(here.pk):
        raise Http404
    own = here.custom_roles.filter(pk=kept["own"]).first() if kept["own"] else None
    ids = kept["projects"]
    reach = None if ids is None else tuple(UUID(each) for each in ids)
    given = Given(kept["role"], own, reach, is_own_only=kept["own_only"])
    try:
        deeds.put_back(here, UUID(kept["user"]), given, by=request.user)
    except OwnersOnly as error:
        raise PermissionDenied from error
    except ForeignRole as error:
        toast(request, str(error))
    return redirect(_team_url(request, here))


def _member_page(
    request: Any, here: Organization, found: Membership, form: SeatForm, *, reason: str = "", status: int
) -> HttpResponse:
    context = {
        "form": form,
        "member": found,
        "organization": here,
        "reason": reason,
        "layout": "ui/settings.html" if request.project else "ui/dashboard.html",
        "team_url": _team_url(request, here),
        "removal_url": _url(request, here, "member_removal", membership_id=found.pk),
    }
    return render(request, "projects/member.html", context, status=status)


def _team_url(request: Any, here: Organization) -> str:
    if request.project:
        return reverse("settings:team", kwargs={"project": request.project.slug})
    return reverse("organizations:organization", kwargs={"organization_id": here.pk})


def _url(request: Any, here: Organization, name: str, **kwargs: object) -> str:
    if request.project:
        return reverse(f"settings:{name}", kwargs={"project": request.project.slug, **kwargs})
    return reverse(f"organizations:{name}", kwargs={"organization_id": here.pk, **kwargs})
