"""Settings of the hours: the week, and days with hours of their own."""

import json
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any
from urllib.parse import quote
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from flectar.core import crypto
from flectar.platform.projects import hours, touching
from flectar.platform.projects.access import dashboard
from flectar.platform.projects.forms.hours import SpecialDayForm, WeekForm
from flectar.platform.projects.models import SpecialDay
from flectar.platform.projects.touching import Met
from flectar.ui.formats import short_day
from flectar.ui.toasts import toast

_UNDO_TIME = timedelta(minutes=10)
_UNDO = "special day put back"


@dashboard("project.write")
def week(request: Any) -> HttpResponse:
    if request.method != "POST":
        return _page(request, WeekForm(hours.week()))
    form = WeekForm(data=request.POST)
    if change := request.POST.get("change"):
        form.change(change, request.POST)
        return _page(request, form, is_unsaved=True)
    if not form.is_valid():
        return _page(request, form, status=422)
    if met := touching.met(request, lambda: hours.write_week(form.windows)):
        return _page(request, form, met=met)
    hours.set_week(request.project, form.windows)
    toast(request, _("Opening hours saved"))
    return redirect("settings:hours", project=request.project.slug)


@require_POST
@dashboard("project.write")
def special_days(request: Any) -> HttpResponse:
    form = SpecialDayForm(request.POST)
    if form.is_valid():
        values = form.cleaned_data
        days, windows = (values["first"], values["last"]), values["windows"]
        try:
            if met := touching.met(request, lambda: hours.write_special_days(*days, windows=windows)):
                return _page(request, WeekForm(hours.week()), special_day=form, met_by_days=met)
            made = hours.add_special_days(request.project, *days, windows=windows, note=values["note"])
        except hours.DayTaken as error:
            form.add_error("first", str(error))
        else:
            toast(request, ngettext("One day added", "%(count)s days added", len(made)) % {"count": len(made)})
            return _back(request)
    return _page(request, WeekForm(hours.week()), special_day=form, status=422)


@require_POST
@dashboard("project.write")
def special_day_removal(request: Any, special_day_id: UUID) -> HttpResponse:
    if gone := hours.remove_special_day(request.project, special_day_id):
        toast(request, _("%(day)s has its usual hours again") % {"day": short_day(gone.day)}, undo=_undo(request, gone))
    return _back(request)


@require_POST
@dashboard("project.write")
def special_day_restoration(request: Any) -> HttpResponse:
    try:
        kept = json.loads(crypto.unsign(_UNDO, request.GET.get("kept", ""), within=_UNDO_TIME))
    except (crypto.BadSignature, crypto.Expired):
        return _back(request)
    if kept["project"] == str(request.project.pk):
        day = date.fromisoformat(kept["day"])
        windows = [hours.Window(day.weekday(), start, length) for start, length in kept["windows"]]
        try:
            hours.add_special_days(request.project, day, day, windows=windows, note=kept["note"])
        except hours.DayTaken:
            return _back(request)
        toast(request, _("%(day)s is back in the list") % {"day": short_day(day)})
    return _back(request)


def _undo(request: Any, gone: SpecialDay) -> str:
    kept = {"project": str(request.project.pk), "day": gone.day.isoformat(), "windows": gone.windows, "note": gone.note}
    token = crypto.sign(_UNDO, json.dumps(kept))
    return (
        f"{reverse('settings:special_day_restoration', kwargs={'project': request.project.slug})}?kept={quote(token)}"
    )


def _back(request: Any) -> HttpResponse:
    return redirect(reverse("settings:hours", kwargs={"project": request.project.slug}) + "#special-days")


def _page(
    request: HttpRequest,
    form: WeekForm,
    *,
    special_day: SpecialDayForm | None = None,
    is_unsaved: bool = False,
    met: Sequence[Met] = (),
    met_by_days: Sequence[Met] = (),
    status: int = 200,
) -> HttpResponse:
    project = request.project  # type: ignore[attr-defined]  # set by the middleware
    coming = [(day, hours.windows_of(day)) for day in SpecialDay.objects.filter(day__gte=project.today).order_by("day")]
    context = {
        "form": form,
        "special_day": special_day or SpecialDayForm(),
        "coming": coming,
        "is_unsaved": is_unsaved,
        "met": met,
        "met_by_days": met_by_days,
    }
    return render(request, "projects/hours.html", context, status=status)
