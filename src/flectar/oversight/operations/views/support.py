"""Support visits: coming in to an organization that has opened its door, and leaving it."""

from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from flectar.platform.organizations import support as deeds
from flectar.platform.organizations.models import Organization, SupportVisit
from flectar.platform.organizations.support import NotLetIn
from flectar.platform.projects.access import operator
from flectar.platform.projects.models import Project
from flectar.ui.toasts import toast


class VisitForm(forms.Form):
    """As whom, why, and for which ticket."""

    member = forms.ChoiceField(label=gettext_lazy("As whom"), widget=forms.RadioSelect)
    reason = forms.CharField(
        label=gettext_lazy("Reason"), max_length=300, help_text=gettext_lazy("The owners read it in a mail.")
    )
    ticket = forms.CharField(label=gettext_lazy("Ticket"), max_length=60)
    may_write = forms.BooleanField(label=gettext_lazy("Change things, not only look"), required=False)

    def __init__(self, *args: Any, organization: Organization, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        members = organization.memberships.select_related("user", "custom_role")
        field = self.fields["member"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101 - declared so above, for the type checker
        field.choices = [
            (str(each.pk), f"{each.user.name} ({each.role_name})")
            for each in sorted(members, key=lambda each: each.user.sort_key)
        ]
        if not organization.support_may_write:
            del self.fields["may_write"]


@operator
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: Any, organization_id: UUID) -> HttpResponse:
    found = get_object_or_404(Organization, pk=organization_id)
    form = VisitForm(request.POST or None, organization=found)
    if form.is_valid():
        values = form.cleaned_data
        try:
            made = deeds.visit(
                found.memberships.select_related("user").get(pk=values["member"]),
                by=request.user,
                reason=values["reason"],
                ticket=values["ticket"],
                may_write=values.get("may_write", False),
            )
        except NotLetIn as error:
            form.add_error(None, str(error))
        else:
            return redirect("operations:support_visit", visit_id=made.pk)
    context = {"organization": found, "form": form, "is_open": deeds.is_open(found)}
    return render(request, "operations/support_new.html", context, status=422 if form.is_bound else 200)


@operator
@require_safe
def visit(request: Any, visit_id: UUID) -> HttpResponse:
    found = _own(request, visit_id)
    seat = deeds.lent(found)
    projects = Project.objects.filter(organization=found.organization).order_by("name", "id")
    context = {
        "visit": found,
        "organization": found.organization,
        "projects": [each for each in projects if seat is not None and seat.reaches(each.pk)],
    }
    return render(request, "operations/support_visit.html", context)


@operator
@require_POST
def ending(request: Any, visit_id: UUID) -> HttpResponse:
    found = _own(request, visit_id)
    deeds.leave(found)
    toast(request, _("The visit is over"))
    return redirect("operations:organization", organization_id=found.organization_id)


def _own(request: Any, visit_id: UUID) -> SupportVisit:
    return get_object_or_404(
        SupportVisit.objects.select_related("organization", "member"), pk=visit_id, operator=request.user
    )
