"""Projects: where they are and whose they are, never what they hold."""

from typing import TYPE_CHECKING, Any
from uuid import UUID

from django import forms
from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from flectar.oversight.operations.views import listing
from flectar.platform.audit.log import record
from flectar.platform.legal.models import Letter
from flectar.platform.projects import suspension
from flectar.platform.projects.access import operator
from flectar.platform.projects.links import site_origin
from flectar.platform.projects.models import Project, Suspension
from flectar.ui import cells
from flectar.ui import index as ui
from flectar.ui.toasts import toast

if TYPE_CHECKING:
    _SuspensionForm = forms.ModelForm[Suspension]
else:
    _SuspensionForm = forms.ModelForm  # takes no type at run time


class SuspensionForm(_SuspensionForm):
    """Told to the owners, word for word."""

    class Meta:
        model = Suspension
        fields = ("reason", "notice")


class AnswerForm(forms.Form):
    """To the appeal; also told to the owners."""

    answer = forms.CharField(
        label=gettext_lazy("Answer"), max_length=4000, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )


@operator
@require_safe
def index(request: Any) -> HttpResponse:
    look = ui.Look.read(request.GET)
    found = Project.objects.select_related("organization")
    for word in look.text.split():
        found = found.filter(Q(name__icontains=word) | Q(slug__icontains=word))
    shown, following = ui.newest(found, "created_at", look.after)
    return ui.show(
        request,
        ui.Index(
            key="operator-projects",
            title=_("Projects"),
            look=look,
            crumb=listing.console(),
            columns=[
                ui.Column(_("Name"), "name", "name"),
                ui.Column(_("Address"), "foot"),
                ui.Column(_("Organization"), "line"),
                ui.Column(_("Since"), "end", "r muted"),
            ],
            groups=[ui.Group([_row(each) for each in shown])],
            search=_("Name or address"),
            next=following,
            nothing=_("Nothing matches “%(text)s”.") % {"text": look.text},
            empty=ui.Empty(_("No project yet")),
        ),
    )


def _row(found: Project) -> ui.Row:
    url = reverse("operations:project", kwargs={"subject_id": found.pk})
    owner = reverse("operations:organization", kwargs={"organization_id": found.organization_id})
    return ui.Row(
        found.pk,
        found.name,
        [
            cells.joined([cells.link(found.name, url), cells.status(_("Closed"), "bad") if found.suspended_at else ""]),
            found.site_host,
            cells.link(found.organization.name, owner),
            listing.when(found.created_at),
        ],
    )


@operator
@require_safe
def project(request: Any, subject_id: UUID) -> HttpResponse:
    # Not named `project` in the address: that would open the project's scope.
    found = _found(subject_id)
    record("operator.looked", target=found, organization_id=found.organization_id)
    return _page(request, found)


def _found(subject_id: UUID) -> Project:
    return get_object_or_404(Project.objects.select_related("organization"), pk=subject_id)


def _page(request: Any, found: Project, form: Any = None, status: int = 200) -> HttpResponse:
    standing = Suspension.objects.standing().filter(holder=found).first()
    context = {
        "subject": found,
        "site": site_origin(found),
        "letters": Letter.objects.filter(about_project=found.pk).order_by("-created_at")[:20],
        "suspension": standing,
        "form": form or (AnswerForm() if standing else SuspensionForm()),
        "zone": listing.UTC,
    }
    return render(request, "operations/project.html", context, status=status)


@operator
@require_POST
def suspending(request: Any, subject_id: UUID) -> HttpResponse:
    """Close the site. Its owners get the notice, and may appeal."""
    found = _found(subject_id)
    form = SuspensionForm(request.POST)
    if not form.is_valid():
        return _page(request, found, form, status=422)
    try:
        suspension.suspend(found, **form.cleaned_data, by=request.user)
    except suspension.AlreadySuspended as error:
        toast(request, str(error))
    else:
        toast(request, _("The site of %(name)s is closed") % {"name": found.name})
    return redirect("operations:project", subject_id=subject_id)


@operator
@require_POST
def lifting(request: Any, subject_id: UUID) -> HttpResponse:
    """Open it again, or hear the appeal and keep it closed."""
    found = _found(subject_id)
    form = AnswerForm(request.POST)
    if not form.is_valid():
        return _page(request, found, form, status=422)
    try:
        if "refuse" in request.POST:
            suspension.refuse(found, answer=form.cleaned_data["answer"])
        else:
            suspension.lift(found, answer=form.cleaned_data["answer"])
    except suspension.NotSuspended as error:
        toast(request, str(error))
    return redirect("operations:project", subject_id=subject_id)
