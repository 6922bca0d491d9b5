"""Handing an organization over: the offer, what the other sees, and the way back."""

from typing import Any
from uuid import UUID

from django import forms
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from flectar.platform.organizations import handover as deeds
from flectar.platform.organizations.handover import NotOpen, OfferWaiting
from flectar.platform.organizations.membership import OwnersOnly
from flectar.platform.organizations.models import Handover, Organization, Role
from flectar.platform.organizations.roles import role_in
from flectar.platform.projects.access import organization, signed_in, sure
from flectar.platform.projects.models import Project
from flectar.platform.projects.views.team import zone_of
from flectar.ui.toasts import toast


class OfferForm(forms.Form):
    member = forms.TypedChoiceField(label=gettext_lazy("To whom"), coerce=UUID, widget=forms.RadioSelect)

    def __init__(self, *args: Any, organization: Organization, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        members = organization.memberships.select_related("user").exclude(role=Role.OWNER)
        field = self.fields["member"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101 - declared so above, for the type checker
        field.choices = [
            (str(each.pk), f"{each.user.name} ({each.user.email})")
            for each in sorted(members, key=lambda each: each.user.sort_key)
        ]


@organization("organization.manage")
@sure
def new(request: Any) -> HttpResponse:
    """Offer. Owners only; whoever offers says who they are once more."""
    here = request.organization
    if role_in(request.user.pk, here.pk) != Role.OWNER:
        raise PermissionDenied
    form = OfferForm(request.POST or None, organization=here)
    if form.is_valid():
        try:
            made = deeds.offer(here, form.cleaned_data["member"], by=request.user)
        except (OfferWaiting, NotOpen) as error:
            form.add_error("member", str(error))
        else:
            toast(request, _("%(name)s has been offered the organization") % {"name": made.taker.name})
            return redirect("organizations:handover", organization_id=here.pk, handover_id=made.pk)
    waiting = next((each for each in _latest(here) if each.is_open or each.can_be_undone), None)
    context = {"organization": here, "form": form, "waiting": waiting}
    return render(request, "projects/handover_new.html", context, status=422 if form.is_bound else 200)


@signed_in
def page(request: Any, organization_id: UUID, handover_id: UUID) -> HttpResponse:
    """For the two whom it concerns and for every owner, also after one of them is a member no longer."""
    found = _found(request, organization_id, handover_id)
    projects = Project.objects.filter(organization=organization_id).order_by("name", "id")[:1]
    context = {
        "handover": found,
        "organization": found.organization,
        "is_taker": found.taker == request.user,
        "is_giver": found.giver == request.user,
        "is_owner": role_in(request.user.pk, organization_id) == Role.OWNER,
        "zone": zone_of(projects),
    }
    return render(request, "projects/handover.html", context)


@require_POST
@signed_in
@sure
def acceptance(request: Any, organization_id: UUID, handover_id: UUID) -> HttpResponse:
    found = _found(request, organization_id, handover_id)
    try:
        deeds.accept(found, by=request.user)
    except NotOpen as error:
        return _refusal(request, found, str(error))
    toast(request, _("%(organization)s is yours") % {"organization": found.organization})
    return redirect("organizations:handover", organization_id=organization_id, handover_id=handover_id)


@require_POST
@signed_in
@sure
def undoing(request: Any, organization_id: UUID, handover_id: UUID) -> HttpResponse:
    found = _found(request, organization_id, handover_id)
    try:
        deeds.undo(found, by=request.user)
    except NotOpen as error:
        return _refusal(request, found, str(error))
    toast(request, _("%(organization)s is yours again") % {"organization": found.organization})
    return redirect("organizations:organization", organization_id=organization_id)


@require_POST
@signed_in
def withdrawal(request: Any, organization_id: UUID, handover_id: UUID) -> HttpResponse:
    """By an owner, or by whoever was offered it and says no."""
    found = _found(request, organization_id, handover_id)
    try:
        deeds.withdraw(found, by=request.user)
    except OwnersOnly as error:
        raise PermissionDenied from error
    except NotOpen as error:
        return _refusal(request, found, str(error))
    toast(request, _("The offer is off the table"))
    return redirect("organizations:handover", organization_id=organization_id, handover_id=handover_id)


def _latest(here: Organization) -> list[Handover]:
    return list(here.handovers.select_related("giver", "taker").order_by("-offered_at")[:5])


def _found(request: Any, organization_id: UUID, handover_id: UUID) -> Handover:
    found = (
        Handover.objects.select_related("organization", "giver", "taker")
        .filter(organization=organization_id, pk=handover_id)
        .first()
    )
    concerned = found is not None and (
        request.user in (found.giver, found.taker) or role_in(request.user.pk, organization_id) == Role.OWNER
    )
    if found is None or not concerned:
        raise Http404
    return found


def _refusal(request: Any, found: Handover, reason: str) -> HttpResponse:
    context = {"reason": reason, "organization": found.organization}
    return render(request, "projects/kept.html", context, status=409)
