"""The roles of an organization: what each may do, and those that it has made for itself."""

import json
from datetime import timedelta
from typing import Any
from urllib.parse import quote
from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from flectar.core import crypto
from flectar.platform.organizations import own_roles as deeds
from flectar.platform.organizations.own_roles import InUse, NameTaken, TooManyRoles, TooMuch
from flectar.platform.projects.access import organization
from flectar.platform.projects.forms.team import OwnRoleForm
from flectar.platform.projects.views.team import roles_table
from flectar.ui.toasts import toast

_UNDO_TIME = timedelta(minutes=10)
_UNDO = "own role put back"


@organization("members.read")
def index(request: Any) -> HttpResponse:
    here = request.organization
    return render(request, "projects/roles.html", {"organization": here, **roles_table(here, here.memberships.all())})


@organization("members.manage")
def new(request: Any) -> HttpResponse:
    form = OwnRoleForm(request.POST or None)
    if form.is_valid():
        try:
            role = deeds.make(request.organization, form.cleaned_data["name"], form.permissions(), by=request.user)
        except (NameTaken, TooManyRoles) as error:
            form.add_error("name", str(error))
        except TooMuch as error:
            form.add_error(None, str(error))
        else:
            toast(request, _("The role %(role)s is there to be given") % {"role": role.name})
            return _to_roles(request)
    return _page(request, form)


@organization("members.manage")
def edit(request: Any, role_id: UUID) -> HttpResponse:
    role = get_object_or_404(request.organization.custom_roles, pk=role_id)
    form = OwnRoleForm(request.POST or None, initial=OwnRoleForm.initial_of(role))
    if form.is_valid():
        try:
            deeds.change(role, form.cleaned_data["name"], form.permissions(), by=request.user)
        except NameTaken as error:
            form.add_error("name", str(error))
        except TooMuch as error:
            form.add_error(None, str(error))
        else:
            toast(request, _("Saved. It holds from everybody’s next click."))
            return _to_roles(request)
    return _page(request, form, role=role)


@require_POST
@organization("members.manage")
def removal(request: Any, role_id: UUID) -> HttpResponse:
    role = get_object_or_404(request.organization.custom_roles, pk=role_id)
    try:
        deeds.remove(role)
    except InUse as error:
        form = OwnRoleForm(initial=OwnRoleForm.initial_of(role))
        return _page(request, form, role=role, reason=str(error), status=409)
    kept = {"organization": str(request.organization.pk), "name": role.name, "permissions": role.permissions}
    address = reverse("organizations:role_restoration", kwargs={"organization_id": request.organization.pk})
    undo = f"{address}?kept={quote(crypto.sign(_UNDO, json.dumps(kept)))}"
    toast(request, _("The role %(role)s is gone") % {"role": role.name}, undo=undo)
    return _to_roles(request)


@require_POST
@organization("members.manage")
def restoration(request: Any) -> HttpResponse:
    try:
        kept = json.loads(crypto.unsign(_UNDO, request.GET.get("kept", ""), within=_UNDO_TIME))
    except (crypto.BadSignature, crypto.Expired):
        return _to_roles(request)
    if kept["organization"] != str(request.organization.pk):
        raise Http404
    try:
        deeds.make(request.organization, kept["name"], kept["permissions"], by=request.user)
    except (NameTaken, TooManyRoles, TooMuch) as error:
        toast(request, str(error))
    return _to_roles(request)


def _to_roles(request: Any) -> HttpResponse:
    return redirect("organizations:roles", organization_id=request.organization.pk)


def _page(request: Any, form: OwnRoleForm, *, role: Any = None, reason: str = "", status: int = 0) -> HttpResponse:
    context = {"form": form, "role": role, "reason": reason, "organization": request.organization}
    return render(request, "projects/role.html", context, status=status or (422 if form.is_bound else 200))
