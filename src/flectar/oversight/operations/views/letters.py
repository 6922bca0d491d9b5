"""Reports of abuse and questions about data: read, do something, close with a word to the writer."""

from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from flectar.oversight.operations.views import listing
from flectar.platform.legal import letters as deeds
from flectar.platform.legal.models import Letter
from flectar.platform.projects.access import operator
from flectar.platform.projects.models import Project
from flectar.ui import cells
from flectar.ui import index as ui
from flectar.ui.toasts import toast

VIEWS = ("open", "abuse", "privacy", "closed")


class OutcomeForm(forms.Form):
    """What was done, and whether the writer is told."""

    outcome = forms.CharField(
        label=gettext_lazy("What was done"), max_length=2000, widget=forms.Textarea(attrs={"rows": 4})
    )
    tells_writer = forms.BooleanField(
        label=gettext_lazy("Send it to the writer"),
        required=False,
        initial=True,
        help_text=gettext_lazy("Word for word."),
    )


@operator
@require_safe
def index(request: Any) -> HttpResponse:
    look = ui.Look.read(request.GET, views=VIEWS)
    found = Letter.objects.filter(closed_at__isnull=look.view != "closed")
    if look.view in Letter.Kind.values:
        found = found.filter(kind=look.view)
    shown, following = ui.newest(found, "created_at", look.after)
    return ui.show(
        request,
        ui.Index(
            key="operator-letters",
            title=_("Letters"),
            look=look,
            crumb=listing.console(),
            columns=[
                ui.Column(_("Code"), "name", "name"),
                ui.Column(_("About"), "foot"),
                ui.Column(_("From"), "line"),
                ui.Column(_("Arrived"), "end", "r muted"),
            ],
            groups=[ui.Group([_row(each) for each in shown])],
            views=[
                ui.Tab("open", _("Open")),
                ui.Tab("abuse", _("Reports")),
                ui.Tab("privacy", _("Questions about data")),
                ui.Tab("closed", _("Closed")),
            ],
            next=following,
            empty=ui.Empty(_("Nothing to answer"), _("Reports of abuse and questions about data arrive here.")),
        ),
    )


def _row(found: Letter) -> ui.Row:
    url = reverse("operations:letter", kwargs={"letter_id": found.pk})
    about = cells.two(found.get_topic_display(), found.reference[:80])
    return ui.Row(
        found.pk, found.code, [cells.link(found.code, url), about, found.email, listing.when(found.created_at)]
    )


@operator
@require_http_methods(["GET", "HEAD", "POST"])
def letter(request: Any, letter_id: UUID) -> HttpResponse:
    found = get_object_or_404(Letter, pk=letter_id)
    form = OutcomeForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        deeds.close(found, form.cleaned_data["outcome"], tells_writer=form.cleaned_data["tells_writer"])
        toast(request, _("%(code)s is closed") % {"code": found.code})
        return redirect("operations:letters")
    about = Project.objects.filter(pk=found.about_project).first() if found.about_project else None
    context = {"letter": found, "form": form, "about": about, "zone": listing.UTC}
    return render(request, "operations/letter.html", context, status=422 if form.is_bound else 200)


@operator
@require_POST
def reopening(request: Any, letter_id: UUID) -> HttpResponse:
    deeds.reopen(get_object_or_404(Letter, pk=letter_id))
    return redirect("operations:letter", letter_id=letter_id)
