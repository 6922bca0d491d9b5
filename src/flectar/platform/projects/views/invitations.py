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
from flectar.platform.organizations.membership import ForeignRole, OwnersOnly
from flectar.platform.organizations.models import Invitation, Organization, Role
from flectar.platform.organizations.roles import SAID, role_in
from flectar.platform.projects.access import limited, organization, public
from flectar.platform.projects.forms.invitations import InvitationForm
from flectar.platform.projects.forms.team import CHOSEN, EVERYWHERE
from flectar.platform.projects.models import Project
from flectar.ui.toasts import toast


@limited("invitations.sent", limit=60, per_seconds=3600)
@organization("members.manage")
def new(request: Any) -> HttpResponse:
    here = request.organization
    project = _project(request, here)
    form = InvitationForm(
        request.POST or None,
        organization=here,
        may_make_owners=role_in(request.user.pk, here.pk) == Role.OWNER,
        initial={
            "role": Role.STAFF,
            "locale": request.user.locale,
            # Whoever is invited from a project's page is meant for that project.
            "reach": CHOSEN if project and here.projects.count() > 1 else EVERYWHERE,
            "projects": [str(project.pk)] if project else [],
        },
    )
    if form.is_valid():
        said = form.cleaned_data
        try:
            deeds.invite(here, said["email"], form.given(), locale=said["locale"], by=request.user)
        except (MemberAlready, TooMany) as error:
            form.add_error("email", str(error))
        except (OwnersOnly, ForeignRole) as error:
            form.add_error("role", str(error))
        else:
            toast(request, _("Invitation sent to %(email)s") % {"email": said["email"]})
            return redirect(_back(request))
    context = {"form": form, "organization": here, "back": _back(request)}
    return render(request, "projects/invitation_new.html", context, status=422 if form.is_bound else 200)


@require_POST
@limited("invitations.sent", limit=60, per_seconds=3600)
@organization("members.manage")
def sending(request: Any, invitation_id: UUID) -> HttpResponse:
    """Once more, with a new link."""
    waiting = _waiting(request, invitation_id)
    try:
        deeds.send_again(waiting, by=request.user)
    except (NotInvited, OwnersOnly, ForeignRole):
        toast(request, _("This invitation can’t be sent again."))
    else:
        toast(request, _("Invitation sent to %(email)s") % {"email": waiting.email})
    return redirect(_back(request))


@require_POST
@organization("members.manage")
def withdrawal(request: Any, invitation_id: UUID) -> HttpResponse:
    waiting = _waiting(request, invitation_id)
    try:
        deeds.withdraw(waiting, by=request.user)
    except (NotInvited, OwnersOnly):
        toast(request, _("This invitation can’t be withdrawn."))
    else:
        toast(request, _("The link sent to %(email)s is dead") % {"email": waiting.email})
    return redirect(_back(request))


@limited("invitations.tried", limit=60, per_seconds=3600, methods=("GET", "POST"))
@public
def invitation(request: HttpRequest, token: str) -> HttpResponse:
    """What the mail's link opens. A look at it joins nobody: mail scanners follow links too."""
    try:
        found = deeds.find(token)
        if not request.user.is_authenticated:
            return render(request, "projects/invitation.html", _said(found) | {"way_in": _way_in(request, found)})
        if request.method == "POST":
            joined = deeds.accept(token, user=request.user)
            toast(request, _("You are now a member of %(organization)s") % {"organization": joined})
            first = Project.objects.of(request.user).filter(organization=joined).first()
            return redirect(f"/{first.slug}/" if first else reverse("projects:chooser"))
        if not deeds.is_for(found, request.user):
            raise NotInvited
    except NotInvited:
        return render(request, "projects/invitation_dead.html", status=404)
    return render(request, "projects/invitation.html", _said(found))


def _said(found: Invitation) -> dict[str, object]:
    ids = found.project_ids or []
    names = Project.objects.filter(organization=found.organization_id, pk__in=ids).order_by("name").values_list("name")
    return {
        "invitation": found,
        "organization": found.organization,
        "said": "" if found.custom_role else SAID[found.role],
        "projects": [name for (name,) in names],
    }


def _way_in(request: HttpRequest, found: Invitation) -> dict[str, str]:
    following = urlencode({"next": request.path})
    return {
        "sign_in": f"{reverse('account_login')}?{following}",
        "sign_up": f"{reverse('account_signup')}?{following}",
        "email": found.email,
    }


def _waiting(request: Any, invitation_id: UUID) -> Invitation:
    found: Invitation = get_object_or_404(request.organization.invitations.waiting(), pk=invitation_id)
    return found


def _project(request: Any, here: Organization) -> Project | None:
    """The project whose team page the person came from."""
    slug = request.GET.get("project", "")
    return Project.objects.filter(organization=here, slug=slug).first() if slug else None


def _back(request: Any) -> str:
    """To that project's team page, else to the organization's."""
    if project := _project(request, request.organization):
        return reverse("settings:team", kwargs={"project": project.slug})
    return reverse("organizations:organization", kwargs={"organization_id": request.organization.pk})
