"""Settings of the places where the business works."""

import json
from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from urllib.parse import quote
from uuid import UUID

from django.core.serializers.json import DjangoJSONEncoder
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from flectar.core import crypto
from flectar.platform.projects import history, places, touching
from flectar.platform.projects.access import dashboard
from flectar.platform.projects.forms.hours import WeekForm
from flectar.platform.projects.forms.places import LocationForm, PlaceNameForm
from flectar.platform.projects.models import Location
from flectar.platform.projects.touching import Met
from flectar.ui.toasts import toast

_UNDO = "location put back"
_UNDO_TIME = timedelta(minutes=10)


@dashboard("project.write")
def locations(request: Any) -> HttpResponse:
    return _list(request)


@dashboard("project.write")
def new(request: Any) -> HttpResponse:
    return _form(request, Location(zone=request.project.zone, country=places.first(request.project).country))


@dashboard("project.write")
def location(request: Any, location_id: UUID) -> HttpResponse:
    return _form(request, get_object_or_404(Location, pk=location_id))


@dashboard("project.write")
def hours(request: Any, location_id: UUID) -> HttpResponse:
    found = get_object_or_404(Location, pk=location_id, is_first=False)
    if request.method != "POST":
        return _week(request, found, WeekForm(places.week_of(found)))
    form = WeekForm(data=request.POST)
    if change := request.POST.get("change"):
        form.change(change, request.POST)
        return _week(request, found, form, is_unsaved=True)
    if not form.is_valid():
        return _week(request, found, form, status=422)
    if met := touching.met(request, lambda: places.write_week(found, form.windows)):
        return _week(request, found, form, met=met)
    places.set_week(request.project, found, form.windows)
    toast(request, _("Opening hours saved"))
    return _back(request)


@require_POST
@dashboard("project.write")
def removal(request: Any, location_id: UUID) -> HttpResponse:
    found = get_object_or_404(Location, pk=location_id)
    try:
        kept = places.remove(request.project, found)
    except places.FirstStays as error:
        return _list(request, reason=str(error), status=409)
    said = json.dumps({"project": str(request.project.pk), **kept}, cls=DjangoJSONEncoder)
    undo = reverse("settings:location_restoration", kwargs={"project": request.project.slug})
    toast(
        request, _("%(name)s removed") % {"name": kept["name"]}, undo=f"{undo}?kept={quote(crypto.sign(_UNDO, said))}"
    )
    return _back(request)


@require_POST
@dashboard("project.write")
def restoration(request: Any) -> HttpResponse:
    try:
        kept = json.loads(crypto.unsign(_UNDO, request.GET.get("kept", ""), within=_UNDO_TIME))
    except (crypto.BadSignature, crypto.Expired):
        return _back(request)
    if kept.pop("project") == str(request.project.pk):
        try:
            places.save(request.project, Location(), history.valid(Location, kept))
        except places.TooManyPlaces as error:
            return _list(request, reason=str(error), status=409)
    return _back(request)


def _form(request: Any, found: Location) -> HttpResponse:
    is_new = not Location.objects.filter(pk=found.pk).exists()
    data = request.POST if request.method == "POST" else None
    form: Any = PlaceNameForm(data, instance=found) if found.is_first else LocationForm(data, instance=found)
    if form.is_valid():
        # The form has written into its instance already.
        current = Location() if is_new else Location.objects.get(pk=found.pk)
        try:
            places.save(request.project, current, {name: form.cleaned_data[name] for name in form.Meta.fields})
        except places.TooManyPlaces as error:
            form.add_error(None, str(error))
        else:
            toast(request, _("%(name)s saved") % {"name": form.cleaned_data["name"]})
            if is_new:
                return redirect("settings:location_hours", project=request.project.slug, location_id=current.pk)
            return _back(request)
    context = {"form": form, "location": found, "is_new": is_new}
    return render(request, "projects/location.html", context, status=422 if form.is_bound else 200)


def _week(
    request: Any,
    found: Location,
    form: WeekForm,
    *,
    is_unsaved: bool = False,
    met: Sequence[Met] = (),
    status: int = 200,
) -> HttpResponse:
    context = {"form": form, "location": found, "is_unsaved": is_unsaved, "met": met}
    return render(request, "projects/location_hours.html", context, status=status)


def _list(request: Any, *, reason: str = "", status: int = 200) -> HttpResponse:
    rows = [(each, places.week_of(each)) for each in places.all_of(request.project)]
    return render(request, "projects/locations.html", {"rows": rows, "reason": reason}, status=status)


def _back(request: Any) -> HttpResponse:
    return redirect("settings:locations", project=request.project.slug)
