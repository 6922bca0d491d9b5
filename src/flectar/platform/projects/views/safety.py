"""The organization's Security page: what touched its safety, and the second step that it asks of everybody."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django import forms
from django.core.exceptions import BadRequest
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from flectar.core import clock
from flectar.platform.audit import reading, security
from flectar.platform.audit.log import record
from flectar.platform.organizations import second_step, support
from flectar.platform.organizations.membership import OwnersOnly
from flectar.platform.organizations.models import Organization, Role
from flectar.platform.organizations.roles import role_in
from flectar.platform.organizations.second_step import OwnStepFirst
from flectar.platform.projects.access import organization, sure
from flectar.platform.projects.models import Project
from flectar.platform.projects.views.log import MOST_ROWS, as_csv
from flectar.platform.projects.views.team import zone_of
from flectar.ui.toasts import toast

# The subjects of the organization's security events, in words.
SUBJECTS: dict[str, str | Promise] = {
    "organization": gettext_lazy("The organization"),
    "invitation": gettext_lazy("Invitations"),
    "member": gettext_lazy("Members"),
    "role": gettext_lazy("Roles"),
    "ownership": gettext_lazy("Ownership"),
    "second_step": gettext_lazy("Two-step sign-in"),
    "permission": gettext_lazy("Refused attempts"),
    "key": gettext_lazy("API keys"),
    "project": gettext_lazy("Projects that leave"),
    "operator": gettext_lazy("Looks by the platform"),
    "support": gettext_lazy("Support"),
}
_FIRST = date(2020, 1, 1)


class SecurityFilterForm(forms.Form):
    """Who, about what, and between which dates; all may be left open."""

    who = forms.ChoiceField(label=gettext_lazy("Who"), required=False)
    about = forms.ChoiceField(label=gettext_lazy("About"), required=False)
    since = forms.DateField(
        label=gettext_lazy("From"), required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    until = forms.DateField(
        label=gettext_lazy("Until"), required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )

    def __init__(self, *args: Any, organization: Organization, zone: ZoneInfo, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._zone = zone
        people = sorted(organization.memberships.select_related("user"), key=lambda each: each.user.sort_key)
        self._choose("who", [("", _("Anyone")), *((str(each.user_id), each.user.name) for each in people)])
        known = security.subjects(security.ORGANIZATION)
        self._choose("about", [("", _("Anything")), *((key, SUBJECTS[key]) for key in known)])

    def filters(self) -> reading.Filters:
        values = self.cleaned_data
        since, last = values["since"], values["until"]
        return reading.Filters(
            actor_id=UUID(values["who"]) if values["who"] else None,
            actions=security.actions_about(security.ORGANIZATION, values["about"]),
            since=clock.day_bounds(since, self._zone)[0] if since else None,
            until=clock.day_bounds(last, self._zone)[1] if last else None,
        )

    def clean(self) -> dict[str, Any]:
        values: dict[str, Any] = super().clean() or {}
        since, until = values.get("since"), values.get("until")
        if since and until and until < since:
            self.add_error("until", _("This is before the first day."))
        for name, day in (("since", since), ("until", until)):
            if day and not _FIRST <= day <= clock.today(self._zone) + timedelta(days=366):
                self.add_error(name, _("Choose a day within the log."))
        return values

    def _choose(self, name: str, choices: Any) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101 - declared so above, for the type checker
        field.choices = choices


@organization("audit.read")
@require_safe
def page(request: Any) -> HttpResponse:
    here = request.organization
    zone = zone_of(Project.objects.filter(organization=here).order_by("name", "id")[:1])
    form = SecurityFilterForm(request.GET, organization=here, zone=zone)
    visits = here.support_visits.select_related("operator", "member").order_by("-started_at")
    context = {
        "organization": here,
        "form": form,
        "zone": zone,
        "without": second_step.without(here),
        "page": None,
        "is_open": support.is_open(here),
        "is_owner": role_in(request.user.pk, here.pk) == Role.OWNER,
        "visits": visits[:10],
    }
    if not form.is_valid():
        return render(request, "projects/security.html", context, status=422)
    try:
        found = reading.of_organization(here.pk, form.filters(), after=request.GET.get("after", ""))
    except reading.BadCursor as error:
        raise BadRequest from error
    return render(request, "projects/security.html", context | {"page": found})


@organization("audit.export")
@require_safe
def export(request: Any) -> HttpResponse:
    """What the filters show, as CSV. The export stands in the log itself."""
    here = request.organization
    zone = zone_of(Project.objects.filter(organization=here).order_by("name", "id")[:1])
    form = SecurityFilterForm(request.GET, organization=here, zone=zone)
    if not form.is_valid():
        return redirect("organizations:security", organization_id=here.pk)
    entries = reading.all_of_organization(here.pk, form.filters(), most=MOST_ROWS)
    record("audit.exported", new={"entries": len(entries)}, organization_id=here.pk)
    return as_csv(entries, f"security-{clock.today(zone)}")


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
        zone = zone_of(Project.objects.filter(organization=here).order_by("name", "id")[:1])
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
