"""The links of a service, ready to be copied: to the service itself, with a person, a location, a day and a time."""

from datetime import datetime
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django import forms
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from flectar.core import clock
from flectar.offers.booking.models import Resource, Service
from flectar.offers.booking.public import times
from flectar.offers.booking.scheduling import locations
from flectar.offers.booking.scheduling.diaries import Candidates, candidates
from flectar.platform.projects.access import ProjectRequest, dashboard
from flectar.platform.projects.links import site_url
from flectar.platform.projects.models import Location, Project
from flectar.ui.choices import offer


class LinkForm(forms.Form):
    """What the link shall say; left empty, the customer chooses."""

    person = forms.ChoiceField(label=gettext_lazy("With"), required=False)
    location = forms.ChoiceField(label=gettext_lazy("Location"), required=False)
    day = forms.DateField(
        label=gettext_lazy("Day"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    time = forms.TimeField(
        label=gettext_lazy("Time"),
        required=False,
        widget=forms.TimeInput(attrs={"type": "time", "step": 300}, format="%H:%M"),
        help_text=gettext_lazy("Whoever opens the link comes straight to their details, if the time is still free."),
    )

    def __init__(self, data: Any, *, people: Candidates, places: list[Location], service: Service) -> None:
        super().__init__(data)
        self._people, self._places = {str(one.pk): one for one in people.people}, places
        nobody, anywhere = ("", _("The customer chooses")), ("", _("The customer chooses"))
        self._offer("person", [nobody, *((key, one.name) for key, one in self._people.items())])
        self._offer("location", [anywhere, *((str(one.pk), one.name) for one in places)])
        if service.mode == Service.Mode.SESSION:
            del self.fields["person"]
        if service.mode in (Service.Mode.SESSION, Service.Mode.STAY):
            del self.fields["day"], self.fields["time"]

    def _offer(self, name: str, choices: list[tuple[str, str]]) -> None:
        """Nothing to choose from: no question."""
        if len(choices) < 3:
            del self.fields[name]
        else:
            offer(self, name, choices)

    def clean(self) -> dict[str, Any]:
        typed: dict[str, Any] = super().clean() or {}
        if typed.get("time") and not typed.get("day"):
            self.add_error("day", _("Say on which day as well."))
        if self._person and self._place and self._person.location_id not in (None, self._place.pk):
            self.add_error("location", _("%(name)s does not work there.") % {"name": self._person.name})
        return typed

    @property
    def _person(self) -> Resource | None:
        return self._people.get(self.cleaned_data.get("person", ""))

    @property
    def _place(self) -> Location | None:
        return locations.find(self._places, self.cleaned_data.get("location", ""))

    def said(self, project: Project) -> list[tuple[str, str]]:
        """For the address. The time is one of where it will be."""
        typed, pairs = self.cleaned_data, []
        place = self._place or (locations.place_of(self._person) if self._person else None)
        if self._place:
            pairs.append(("location", str(self._place.pk)))
        if self._person:
            pairs.append(("with", str(self._person.pk)))
        if typed.get("day") and typed.get("time"):
            wall = datetime.combine(typed["day"], typed["time"])
            pairs.append(("at", times.written(clock.to_instant(wall, locations.here(project, place).tz))))
        elif typed.get("day"):
            pairs.append(("day", f"{typed['day']:%Y-%m-%d}"))
        return pairs


@dashboard("services.read", module="booking")
@require_safe
def index(request: ProjectRequest, service_id: UUID) -> HttpResponse:
    service: Service = get_object_or_404(Service.objects.all(), pk=service_id)
    plain = site_url(request.project, "booking:book_time", service=service.slug)
    chosen = candidates(service)
    places = locations.of(chosen)
    form = LinkForm(request.GET or None, people=chosen, places=places, service=service)
    made = ""
    if form.is_valid() and (pairs := form.said(request.project)):
        made = f"{plain}?{urlencode(pairs)}"
    ready = [(_("The service"), plain)]
    ready += [(one.name, f"{plain}?location={one.pk}") for one in places[1:] and places]
    if service.mode != Service.Mode.SESSION:
        ready += [(one.name, f"{plain}?with={one.pk}") for one in chosen.people[1:] and chosen.people]
    context = {"service": service, "form": form, "made": made, "ready": ready, "is_off": not service.is_active}
    return render(request, "booking/links.html", context, status=422 if form.errors else 200)
