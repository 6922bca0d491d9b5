"""Inviting people into an organization, and the page that an invitation's link opens."""

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from flectar.platform.organizations import invitations as deeds
from flectar.platform.organizations.invitations import MemberAlready, NotInvited, TooMany
from flectar.platform.organizations.membership import OwnersOnly
from flectar.platform.organizations.models import Invitation, Organization, Role
from flectar.platform.organizations.roles import SAID, role_in
from flectar.platform.projects.access import limited, public, signed_in
from flectar.platform.projects.forms.invitations import InvitationForm
from flectar.platform.projects.models import Project
from flectar.platform.projects.views.team import organization_for
from flectar.ui.toasts import toast


@limited("invitations.sent", limit=60, per_seconds=3600)
@signed_in
def new(request: Any, organization_id: UUID) -> HttpResponse:
    organization = organization_for(request, organization_id, "members.manage")
    may_make_owners = role_in(request.user.pk, organization.pk) == Role.OWNER
    form = InvitationForm(
        request.POST or None,
        may_make_owners=may_make_owners,
        initial={"role": Role.STAFF, "locale": request.user.locale},
    )
    if form.is_valid():
        said = form.cleaned_data
        try:
            deeds.invite(organization, said["email"], said["role"], locale=said["locale"], by=request.user)
        except (MemberAlready, TooMany) as error:
            form.add_error("email", str(error))
        except OwnersOnly as error:
            form.add_error("role", str(error))
        else:
            toast(request, _("Invitation sent to %(email)s") % {"email": said["email"]})
            return redirect(_back(request, organization))
    context = {"form": form, "organization": organization, "back": _back(request, organization)}
    return render(request, "projects/invitation_new.html", context, status=422 if form.is_bound else 200)


@require_POST
@limited("invitations.sent", limit=60, per_seconds=3600)
@signed_in
def sending(request: Any, organization_id: UUID, invitation_id: UUID) -> HttpResponse:
    """Once more, with a new link."""
    organization, invitation = _waiting(request, organization_id, invitation_id)
    try:
        deeds.send_again(invitation, by=request.user)
    except (NotInvited, OwnersOnly):
        toast(request, _("This invitation can’t be sent again."))
    else:
        toast(request, _("Invitation sent to %(email)s") % {"email": invitation.email})
    return redirect(_back(request, organization))


@require_POST
@signed_in
def withdrawal(request: Any, organization_id: UUID, invitation_id: UUID) -> HttpResponse:
    organization, invitation = _waiting(request, organization_id, invitation_id)
    try:
        deeds.withdraw(invitation, by=request.user)
    except (NotInvited, OwnersOnly):
        toast(request, _("This invitation can’t be withdrawn."))
    else:
        toast(request, _("The link sent to %(email)s is dead") % {"email": invitation.email})
    return redirect(_back(request, organization))


@limited("invitations.tried", limit=60, per_seconds=3600, methods=("GET", "POST"))
@public
def invitation(request: HttpRequest, token: str) -> HttpResponse:
    """What the mail's link opens. A look at it joins nobody: mail scanners follow links too."""
    try:
        found = deeds.find(token)
        if not request.user.is_authenticated:
            return render(request, "projects/invitation.html", _said(found) | {"way_in": _way_in(request, found)})
        if request.method == "POST":
            organization = deeds.accept(token, user=request.user)
            toast(request, _("You are now a member of %(organization)s") % {"organization": organization})
            first = Project.objects.filter(organization=organization).order_by("name", "id").first()
            return redirect(f"/{first.slug}/" if first else reverse("projects:chooser"))
        if not deeds.is_for(found, request.user):
            raise NotInvited
    except NotInvited:
        return render(request, "projects/invitation_dead.html", status=404)
    return render(request, "projects/invitation.html", _said(found))


def _said(found: Invitation) -> dict[str, object]:
    return {"invitation": found, "organization": found.organization, "said": SAID[found.role]}


def _way_in(request: HttpRequest, found: Invitation) -> dict[str, str]:
    following = urlencode({"next": request.path})
    return {
        "sign_in": f"{reverse('account_login')}?{following}",
        "sign_up": f"{reverse('account_signup')}?{following}",
        "email": found.email,
    }


def _waiting(request: Any, organization_id: UUID, invitation_id: UUID) -> tuple[Organization, Invitation]:
    organization = organization_for(request, organization_id, "members.manage")
    return organization, get_object_or_404(organization.invitations.waiting(), pk=invitation_id)


def _back(request: Any, organization: Organization) -> str:
    """To the project's team page if that is where the person came from, else to the organization's."""
    slug = request.GET.get("project", "")
    if slug and Project.objects.filter(organization=organization, slug=slug).exists():
        return reverse("settings:team", kwargs={"project": slug})
    return reverse("organizations:organization", kwargs={"organization_id": organization.pk})
