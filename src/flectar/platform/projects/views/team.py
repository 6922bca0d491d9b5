"""Who works here and as what: in a project's settings, and on the organization's own page."""

import json
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
from flectar.platform.organizations.membership import LastOwner, OwnersOnly
from flectar.platform.organizations.models import Membership, Organization, Role
from flectar.platform.organizations.roles import SAID, role_allows, role_in
from flectar.platform.projects.access import dashboard, signed_in
from flectar.platform.projects.forms.business import OrganizationForm, RoleForm
from flectar.platform.projects.models import Project
from flectar.ui.toasts import toast

_UNDO_TIME = timedelta(minutes=10)
_UNDO = "member put back"


# In a project's settings


@dashboard("members.read")
def team(request: Any) -> HttpResponse:
    organization = request.project.organization
    context = {
        "members": _members(organization),
        "roles": [(role.label, SAID[role]) for role in Role],
        **_invited(organization, request.user.pk),
        "organization": organization,
    }
    return render(request, "projects/team.html", context)


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


@signed_in
def organization(request: Any, organization_id: UUID) -> HttpResponse:
    found = organization_for(request, organization_id, "organization.read")
    form = OrganizationForm(request.POST or None, instance=Organization.objects.get(pk=found.pk))
    if request.method == "POST":
        organization_for(request, organization_id, "organization.manage")
        if form.is_valid():
            deeds.rename(found, form.cleaned_data["name"])
            toast(request, _("Name saved"))
            return redirect("organizations:organization", organization_id=found.pk)
    projects = list(Project.objects.filter(organization=found).order_by("name", "id"))
    context = {
        "form": form,
        "organization": found,
        "members": _members(found),
        **_invited(found, request.user.pk),
        "projects": projects,
        "zone": projects[0].tz if projects else ZoneInfo("UTC"),
        "log": reading.of_organization(found.pk, reading.Filters(), size=20),
    }
    return render(request, "projects/organization.html", context, status=422 if form.errors else 200)


@signed_in
def organization_member(request: Any, organization_id: UUID, membership_id: UUID) -> HttpResponse:
    return _member(request, organization_for(request, organization_id, "members.manage"), membership_id)


@require_POST
@signed_in
def organization_member_removal(request: Any, organization_id: UUID, membership_id: UUID) -> HttpResponse:
    return _removal(request, organization_for(request, organization_id, "members.manage"), membership_id)


@require_POST
@signed_in
def organization_member_restoration(request: Any, organization_id: UUID) -> HttpResponse:
    return _restoration(request, organization_for(request, organization_id, "members.manage"))


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


def organization_for(request: Any, organization_id: UUID, permission: str) -> Organization:
    """404 to strangers, 403 to members without the right."""
    role = role_in(request.user.pk, organization_id)
    if role is None:
        raise Http404
    if not role_allows(role, permission):
        raise PermissionDenied
    return Organization.objects.get(pk=organization_id)


# Both


def _members(organization: Organization) -> list[Membership]:
    """Owners first, then by name."""
    order = {role: number for number, role in enumerate(Role.values)}
    members = organization.memberships.select_related("user")
    return sorted(members, key=lambda each: (order[each.role], each.user.sort_key))


def _invited(organization: Organization, user_id: UUID) -> dict[str, Any]:
    return {
        "invitations": list(organization.invitations.waiting().order_by("-sent_at", "id")),
        "may_manage": role_allows(role_in(user_id, organization.pk) or "", "members.manage"),
    }


def _member(request: Any, organization: Organization, membership_id: UUID) -> HttpResponse:
    found = get_object_or_404(organization.memberships.select_related("user"), pk=membership_id)
    form = RoleForm(request.POST or None, instance=Membership.objects.get(pk=found.pk))
    if form.is_valid():
        try:
            deeds.change_role(found, form.cleaned_data["role"], by=request.user)
        except (LastOwner, OwnersOnly) as error:
            form.add_error("role", str(error))
        else:
            role = Role(form.cleaned_data["role"]).label
            toast(request, _("%(name)s: %(role)s") % {"name": found.user.name, "role": role})
            return redirect(_team_url(request, organization))
    return _member_page(request, organization, found, form, status=422 if form.is_bound else 200)


def _removal(request: Any, organization: Organization, membership_id: UUID) -> HttpResponse:
    found = get_object_or_404(organization.memberships.select_related("user"), pk=membership_id)
    try:
        deeds.remove(found, by=request.user)
    except (LastOwner, OwnersOnly) as error:
        form = RoleForm(instance=found)
        return _member_page(request, organization, found, form, reason=str(error), status=409)
    kept = {"organization": str(organization.pk), "user": str(found.user_id), "role": found.role}
    token = crypto.sign(_UNDO, json.dumps(kept))
    undo = f"{_url(request, organization, 'member_restoration')}?kept={quote(token)}"
    is_own = found.user_id == request.user.pk
    toast(request, _("%(name)s is no longer a member") % {"name": found.user.name}, undo="" if is_own else undo)
    return redirect("projects:chooser" if is_own else _team_url(request, organization))


def _restoration(request: Any, organization: Organization) -> HttpResponse:
    try:
        kept = json.loads(crypto.unsign(_UNDO, request.GET.get("kept", ""), within=_UNDO_TIME))
    except (crypto.BadSignature, crypto.Expired):
        return redirect(_team_url(request, organization))
    if kept["organization"] != str(organization.pk):
        raise Http404
    try:
        deeds.put_back(organization, UUID(kept["user"]), kept["role"], by=request.user)
    except OwnersOnly as error:
        raise PermissionDenied from error
    return redirect(_team_url(request, organization))


def _member_page(
    request: Any, organization: Organization, found: Membership, form: RoleForm, *, reason: str = "", status: int
) -> HttpResponse:
    context = {
        "form": form,
        "member": found,
        "organization": organization,
        "reason": reason,
        "layout": "ui/settings.html" if request.project else "ui/dashboard.html",
        "team_url": _team_url(request, organization),
        "removal_url": _url(request, organization, "member_removal", membership_id=found.pk),
    }
    return render(request, "projects/member.html", context, status=status)


def _team_url(request: Any, organization: Organization) -> str:
    if request.project:
        return reverse("settings:team", kwargs={"project": request.project.slug})
    return reverse("organizations:organization", kwargs={"organization_id": organization.pk})


def _url(request: Any, organization: Organization, name: str, **kwargs: object) -> str:
    if request.project:
        return reverse(f"settings:{name}", kwargs={"project": request.project.slug, **kwargs})
    return reverse(f"organizations:{name}", kwargs={"organization_id": organization.pk, **kwargs})
