"""The organization's Security page: what touched its safety, and the second step that it asks of everybody."""

from datetime import timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django import forms
from django.core.exceptions import BadRequest
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from flectar.core import clock
from flectar.platform.audit import reading
from flectar.platform.audit.log import record
from flectar.platform.audit.models import Entry
from flectar.platform.organizations import second_step, support
from flectar.platform.organizations.membership import OwnersOnly
from flectar.platform.organizations.models import Organization, Role
from flectar.platform.organizations.roles import role_in
from flectar.platform.organizations.second_step import OwnStepFirst
from flectar.platform.projects.access import organization, seat_at, sure
from flectar.platform.projects.forms.log import OrganizationLogForm
from flectar.platform.projects.models import Project
from flectar.platform.projects.views import log
from flectar.platform.projects.views.team import zone_of
from flectar.ui import index as ui
from flectar.ui.toasts import toast


@organization("audit.read")
@require_safe
def page(request: Any) -> HttpResponse:
    here, zone = request.organization, _zone(request)
    panel = ui.peek(request, "projects/log_peek.html", lambda pk: _glance(here, zone, pk))
    if ui.is_peek_alone(request):
        return HttpResponse(panel)
    form = OrganizationLogForm(request.GET, organization=here, zone=zone)
    found = _page(request, form)
    listed = ui.Index(
        key="security",
        title=_("Security"),
        sub=_("Who may enter %(organization)s, and what happened to its safety.") % {"organization": here.name},
        crumb=(reverse("organizations:organization", kwargs={"organization_id": here.pk}), here.name),
        look=ui.Look.read(request.GET, filters=FILTERS),
        columns=log.LIST,
        groups=[ui.Group([log.row_of(entry, zone) for entry in found.entries])],
        filters=[
            ui.Filter("who", _("Who"), _("anyone"), form.choices_of("who")),
            ui.Filter("about", _("About"), _("anything"), form.choices_of("about")),
            ui.Filter("since", _("From")),
            ui.Filter("until", _("Until")),
        ],
        ways=_ways(request) if found.entries else [],
        next=found.older,
        nothing=form.wrong() or _("Nothing to show for this."),
        empty=ui.Empty(_("Nothing has happened yet")),
        has_peek=True,
        peeked=panel,
    )
    visits = here.support_visits.select_related("operator", "member").order_by("-started_at")
    return ui.show(
        request,
        listed,
        "projects/security.html",
        200 if form.is_valid() else 422,
        organization=here,
        zone=zone,
        without=second_step.without(here),
        is_open=support.is_open(here),
        is_owner=role_in(request.user.pk, here.pk) == Role.OWNER,
        visits=visits[:10],
    )


FILTERS = ("who", "about", "since", "until")


def _page(request: Any, form: OrganizationLogForm) -> reading.Page:
    if not form.is_valid():
        return reading.Page([], "")
    try:
        return reading.of_organization(request.organization.pk, form.filters(), after=request.GET.get("after", ""))
    except reading.BadCursor as error:
        raise BadRequest from error


def _ways(request: Any) -> list[ui.Way]:
    here = request.organization
    if not seat_at(request.user, here.pk).allows("audit.export"):  # type: ignore[union-attr]  # a member
        return []
    asked = urlencode({name: request.GET[name] for name in FILTERS if request.GET.get(name)})
    url = reverse("organizations:security_export", kwargs={"organization_id": here.pk})
    return [ui.Way(_("Export"), f"{url}?{asked}" if asked else url, "download", is_file=True)]


def _glance(here: Organization, zone: ZoneInfo, pk: UUID) -> dict[str, Any] | None:
    entry = Entry.objects.filter(project_id=None, organization_id=here.pk, pk=pk).first()
    return {"entry": entry, "zone": zone} if entry else None


def _zone(request: Any) -> ZoneInfo:
    return zone_of(Project.objects.filter(organization=request.organization).order_by("name", "id")[:1])


@organization("audit.export")
@require_safe
def export(request: Any) -> HttpResponse:
    """What the filters show, as CSV. The export stands in the log itself."""
    here, zone = request.organization, _zone(request)
    form = OrganizationLogForm(request.GET, organization=here, zone=zone)
    if not form.is_valid():
        return redirect("organizations:security", organization_id=here.pk)
    entries = reading.all_of_organization(here.pk, form.filters(), most=log.MOST_ROWS)
    record("audit.exported", new={"entries": len(entries)}, organization_id=here.pk)
    return log.as_csv(entries, f"security-{clock.today(zone)}")


# Two-step sign-in for everybody


class SecondStepForm(forms.Form):
    """From when on."""

    days = forms.TypedChoiceField(
        label=gettext_lazy("From when on"),
        coerce=int,
        choices=[
            ("14", gettext_lazy("In two weeks")),
            ("7", gettext_lazy("In a week")),
            ("30", gettext_lazy("In a month")),
            ("0", gettext_lazy("At once")),
        ],
    )


@organization("organization.manage")
def second_step_policy(request: Any) -> HttpResponse:
    here = request.organization
    form = SecondStepForm(request.POST or None)
    if form.is_valid():
        zone = _zone(request)
        now = clock.now()
        days = form.cleaned_data["days"]
        since = clock.day_bounds(clock.today(zone) + timedelta(days=days), zone)[0] if days else now
        try:
            second_step.ask(here, since, by=request.user)
        except OwnStepFirst as error:
            form.add_error(None, str(error))
        else:
            toast(request, _("Everybody is asked for two-step sign-in"))
            return redirect("organizations:security", organization_id=here.pk)
    context = {"organization": here, "form": form, "without": second_step.without(here)}
    return render(request, "projects/second_step_policy.html", context, status=422 if form.is_bound else 200)


@require_POST
@organization("organization.manage")
def second_step_end(request: Any) -> HttpResponse:
    second_step.drop(request.organization)
    toast(request, _("Two-step sign-in is up to each member again"))
    return redirect("organizations:security", organization_id=request.organization.pk)


# Letting support in


class LetInForm(forms.Form):
    """For how long, and for what."""

    hours = forms.TypedChoiceField(
        label=gettext_lazy("For how long"),
        coerce=int,
        choices=[
            (24, gettext_lazy("A day")),
            (1, gettext_lazy("An hour")),
            (72, gettext_lazy("Three days")),
            (168, gettext_lazy("A week")),
        ],
    )
    may_write = forms.BooleanField(
        label=gettext_lazy("They may also change things"),
        help_text=gettext_lazy("Otherwise they only look. Never members, keys, sign-in or exports."),
        required=False,
    )


@organization("organization.manage")
@sure
def support_door(request: Any) -> HttpResponse:
    here = request.organization
    form = LetInForm(request.POST or None)
    if form.is_valid():
        values = form.cleaned_data
        try:
            support.let_in(here, timedelta(hours=values["hours"]), may_write=values["may_write"], by=request.user)
        except OwnersOnly as error:
            form.add_error(None, str(error))
        else:
            toast(request, _("Support may come in"))
            return redirect("organizations:security", organization_id=here.pk)
    status = 422 if form.is_bound else 200
    return render(request, "projects/support_door.html", {"organization": here, "form": form}, status=status)


@require_POST
@organization("organization.manage")
def support_end(request: Any) -> HttpResponse:
    support.keep_out(request.organization)
    toast(request, _("Support may come in no longer"))
    return redirect("organizations:security", organization_id=request.organization.pk)
