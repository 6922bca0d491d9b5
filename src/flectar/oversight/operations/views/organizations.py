"""Organizations: who owns them, what they agreed to. Each look stands in the organization's own log."""

from typing import Any
from uuid import UUID

from django import forms
from django.db.models import Count
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from flectar.oversight.operations.views import listing
from flectar.platform.audit.log import record
from flectar.platform.legal import acceptance
from flectar.platform.organizations.models import Organization
from flectar.platform.projects.access import operator
from flectar.platform.projects.models import Project
from flectar.ui import cells
from flectar.ui import index as ui
from flectar.ui.toasts import toast


class OwnTextForm(forms.Form):
    """What was agreed with this organization instead of the general text."""

    summary = forms.CharField(label=gettext_lazy("What differs"), max_length=300)
    text = forms.CharField(
        label=gettext_lazy("The whole text"), max_length=100_000, widget=forms.Textarea(attrs={"rows": 24})
    )


@operator
@require_safe
def index(request: Any) -> HttpResponse:
    look = ui.Look.read(request.GET)
    found = Organization.objects.all()
    for word in look.text.split():
        found = found.filter(name__icontains=word)
    counted = found.annotate(
        project_count=Count("projects", distinct=True), member_count=Count("memberships", distinct=True)
    )
    shown, following = ui.newest(counted, "created_at", look.after)
    return ui.show(
        request,
        ui.Index(
            key="operator-organizations",
            title=_("Organizations"),
            look=look,
            crumb=listing.console(),
            columns=[
                ui.Column(_("Name"), "name", "name"),
                ui.Column(_("Projects"), "line", "r", says=True),
                ui.Column(_("Members"), "line", "r", says=True),
                ui.Column(_("Since"), "end", "r muted"),
            ],
            groups=[ui.Group([_row(each) for each in shown])],
            search=_("Name"),
            next=following,
            nothing=_("Nothing matches “%(text)s”.") % {"text": look.text},
            empty=ui.Empty(_("No organization yet")),
        ),
    )


def _row(found: Any) -> ui.Row:
    url = reverse("operations:organization", kwargs={"organization_id": found.pk})
    counts = [str(found.project_count), str(found.member_count)]
    return ui.Row(found.pk, found.name, [cells.link(found.name, url), *counts, listing.when(found.created_at)])


@operator
@require_safe
def organization(request: Any, organization_id: UUID) -> HttpResponse:
    found = get_object_or_404(Organization, pk=organization_id)
    record("operator.looked", target=found, organization_id=found.pk)
    context = {
        "organization": found,
        "members": found.memberships.select_related("user").order_by("role", "user__email"),
        "projects": Project.objects.filter(organization=found).order_by("name", "id"),
        "agreement": acceptance.agreement_of(found.pk),
    }
    return render(request, "operations/organization.html", context)


@operator
@require_http_methods(["GET", "HEAD", "POST"])
def own_text(request: Any, organization_id: UUID) -> HttpResponse:
    """Begins with what holds now."""
    found = get_object_or_404(Organization, pk=organization_id)
    held = acceptance.agreement_of(found.pk)
    form = OwnTextForm(request.POST if request.method == "POST" else None, initial={"text": held.text})
    if form.is_valid():
        acceptance.set_own_text(found.pk, form.cleaned_data["text"], form.cleaned_data["summary"])
        toast(request, _("An owner is asked to accept it"))
        return redirect("operations:organization", organization_id=found.pk)
    context = {"organization": found, "form": form}
    return render(request, "operations/own_text.html", context, status=422 if form.is_bound else 200)


@operator
@require_POST
def withdrawal(request: Any, organization_id: UUID) -> HttpResponse:
    found = get_object_or_404(Organization, pk=organization_id)
    acceptance.withdraw_own_texts(found.pk)
    toast(request, _("The general text holds again"))
    return redirect("operations:organization", organization_id=found.pk)
