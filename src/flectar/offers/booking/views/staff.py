"""People and places: who or what does services, what they do, when they work."""

from collections.abc import Callable
from datetime import date
from typing import Any
from uuid import UUID

from django.contrib.auth import get_user_model
from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from flectar.core.text import fold
from flectar.offers.booking.calendars import rota
from flectar.offers.booking.forms.team import DaysForm, HoursForm, PersonForm, PlaceForm
from flectar.offers.booking.models import Resource
from flectar.offers.booking.scheduling import touched
from flectar.offers.booking.scheduling.touched import Touched
from flectar.offers.booking.services import catalogue
from flectar.offers.booking.templatetags.booking import week_line
from flectar.platform.projects.access import ProjectRequest, can, dashboard
from flectar.platform.projects.models import OpeningHours, Project
from flectar.ui import cells
from flectar.ui import index as ui
from flectar.ui.templatetags.ui import initials
from flectar.ui.toasts import toast

COMING_SHOWN = 100


@dashboard("staff.read", module="booking")
@require_safe
def index(request: ProjectRequest) -> HttpResponse:
    look = ui.Look.read(request.GET)
    people = Resource.objects.in_order().select_related("account").prefetch_related(
        "needed_by__service", "schedule__windows"
    )  # fmt: skip
    if look.text:
        people = people.filter(name_folded__contains=fold(look.text))
    everybody = list(people)
    rows = [_row(request, one) for one in everybody if one.kind == Resource.Kind.STAFF]
    places = [_row(request, one) for one in everybody if one.kind != Resource.Kind.STAFF]
    writes = can(request.user, "staff.write", request.project)
    add = ui.Way(_("Add a person"), _url(request, "new_staff"), "plus", is_primary=True)
    add_place = ui.Way(_("Add a place"), _url(request, "new_place"), "plus")
    return ui.show(
        request,
        ui.Index(
            key="staff",
            title=_("People and places"),
            look=look,
            columns=COLUMNS,
            groups=_groups(rows, places),
            search=_("Name of a person or a place"),
            ways=[
                ui.Way(_("Blocked time"), _url(request, "closures"), "calendar-off"),
                *(
                    [
                        ui.Way(_("Calendars"), _url(request, "every_calendar"), "calendar-sync", no_phone=True),
                        add_place,
                        add,
                    ]
                    if writes
                    else [ui.Way(_("My calendars"), _url(request, "my_calendars"), "calendar-sync")]
                ),
            ],
            said=_said(len(rows), len(places)),
            nothing=_("Nobody and nothing is called “%(text)s”.") % {"text": look.text},
            empty=ui.Empty(
                _("Who does the work?"),
                _("Add yourself, or the house or room that you let. Each has a calendar of its own."),
                add if writes else None,
            ),
            is_bare=not everybody and not look.text,
        ),
    )


COLUMNS = (
    ui.Column(gettext_lazy("Name"), "name", "name"),
    ui.Column(gettext_lazy("Does"), "line", "wrap"),
    ui.Column(gettext_lazy("Works"), "line", "muted wrap"),
    ui.Column(gettext_lazy("Account"), "line", "muted"),
    ui.Column(gettext_lazy("Hours"), "foot", "r"),
)


def _groups(people: list[ui.Row], places: list[ui.Row]) -> list[ui.Group]:
    if not places:
        return [ui.Group(people)]
    there = ui.Group(places, title=_("Places and things"))
    return [ui.Group(people, title=_("People")), there] if people else [there]


def _said(people: int, places: int) -> str:
    said = []
    if people or not places:
        said.append(ngettext("%(count)s person", "%(count)s people", people) % {"count": people})
    if places:
        said.append(ngettext("%(count)s place", "%(count)s places", places) % {"count": places})
    return ", ".join(said)


def _row(request: ProjectRequest, one: Resource) -> ui.Row:
    writes = can(request.user, "staff.write", request.project)
    url = _url(request, "person", resource_id=one.pk) if writes else ""
    services = ", ".join(need.service.name for need in one.needed_by.all())
    name = cells.link(one.name, url, after="" if one.is_active else cells.tag(_("Off")))
    return ui.Row(
        one.pk,
        one.name,
        [
            cells.person(initials(one.name), name, _about(one)),
            services or cells.status(_("Nothing yet"), "wait", "triangle-alert"),
            _works(one),
            one.account.email if one.account else "",
            cells.way(_("Change hours"), _url(request, "hours", resource_id=one.pk), about=one.name) if writes else "",
        ],
        edit_url=url,
    )


def _about(one: Resource) -> str:
    """Property · 3 of them · for 2 to 4 people; nothing of a person."""
    if one.kind == Resource.Kind.STAFF:
        return ""
    said = [one.get_kind_display()]
    if one.units > 1:
        said.append(_("%(count)s of them") % {"count": one.units})
    if one.seats_max is not None:
        people = ngettext("up to %(count)s person", "up to %(count)s people", one.seats_max) % {"count": one.seats_max}
        said.append(people)
    return " · ".join(said)


def _works(one: Resource) -> str:
    if one.schedule:
        return week_line(one.schedule.windows.all())
    return _("Every night") if one.kind in Resource.LONG else _("When the business is open")


def _url(request: ProjectRequest, name: str, **kwargs: object) -> str:
    return reverse(f"booking:{name}", kwargs={"project": request.project.slug, **kwargs})


def _members(request: ProjectRequest) -> QuerySet[Any]:
    return (
        get_user_model().objects.filter(memberships__organization_id=request.project.organization_id).order_by("email")
    )


@dashboard("staff.write", module="booking")
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: ProjectRequest) -> HttpResponse:
    form = PersonForm(request.POST or None, members=_members(request))
    if request.method == "POST" and form.is_valid():
        return _save(request, form, is_new=True)
    return render(request, "booking/person.html", {"form": form}, status=422 if form.errors else 200)


@dashboard("staff.write", module="booking")
@require_http_methods(["GET", "HEAD", "POST"])
def new_place(request: ProjectRequest) -> HttpResponse:
    form = PlaceForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        return _save(request, form, is_new=True)
    return render(request, "booking/place.html", {"form": form}, status=422 if form.errors else 200)


@dashboard("staff.write", module="booking")
@require_http_methods(["GET", "HEAD", "POST"])
def person(request: ProjectRequest, resource_id: UUID) -> HttpResponse:
    """Of a person or of a place."""
    one: Resource = get_object_or_404(Resource.objects.all(), pk=resource_id)
    form = _form(request, one, request.POST or None)
    if request.method == "POST" and form.is_valid():
        return _save(request, form, is_new=False)
    return _page(request, form, resource_id, status=422 if form.errors else 200)


def _form(request: ProjectRequest, one: Resource, data: Any = None) -> PersonForm | PlaceForm:
    if one.kind == Resource.Kind.STAFF:
        return PersonForm(data, members=_members(request), instance=one)
    return PlaceForm(data, instance=one)


def _page(
    request: ProjectRequest, form: PersonForm | PlaceForm, resource_id: UUID, *, status: int, **more: Any
) -> HttpResponse:
    one = Resource.objects.get(pk=resource_id)
    template = "booking/person.html" if one.kind == Resource.Kind.STAFF else "booking/place.html"
    context = {"form": form, "person": one, **more}
    return render(request, template, context, status=status)


def _save(request: ProjectRequest, form: PersonForm | PlaceForm, *, is_new: bool) -> HttpResponse:
    services = [UUID(pk) for pk in form.cleaned_data["services"]]
    one = catalogue.save_person(request.project, form.save(commit=False), services, is_new=is_new)
    toast(request, _("%(name)s is saved.") % {"name": one.name})
    return redirect("booking:staff", project=request.project.slug)


@dashboard("staff.write", module="booking")
@require_http_methods(["GET", "HEAD", "POST"])
def hours(request: ProjectRequest, resource_id: UUID) -> HttpResponse:
    """A week of one's own, or the business's. Without an own one, the boxes begin with the business's hours."""
    one: Resource = get_object_or_404(Resource.objects.select_related("schedule"), pk=resource_id)
    week = rota.week_of(one) if one.schedule_id else _week_of_business()
    form = HoursForm(request.POST or None, week=week, is_own=one.schedule_id is not None)
    if request.method == "POST" and form.is_valid():
        if met := _met(request, one, lambda: rota.set_week(one, form.week)):
            return render(request, "booking/hours.html", _hours(one, form, DaysForm()) | {"touched": met})
        rota.set_week(one, form.week)
        toast(request, _("%(name)s’s hours are saved.") % {"name": one.name})
        return redirect("booking:staff", project=request.project.slug)
    return render(request, "booking/hours.html", _hours(one, form, DaysForm()), status=422 if form.errors else 200)


def _hours(one: Resource, form: HoursForm, days_form: DaysForm) -> dict[str, Any]:
    coming = one.overrides.filter(day__gte=one.project.today).order_by("day")
    return {"form": form, "person": one, "days_form": days_form, "coming": coming[:COMING_SHOWN]}


@dashboard("staff.write", module="booking")
@require_POST
def days(request: ProjectRequest, resource_id: UUID) -> HttpResponse:
    """Dates with hours of their own."""
    one: Resource = get_object_or_404(Resource.objects.select_related("schedule"), pk=resource_id)
    form = DaysForm(request.POST)
    met: Touched | None = None
    if form.is_valid():
        typed = form.cleaned_data
        met = _met(request, one, lambda: rota.set_days(one, typed["first"], typed["last"], typed["windows"]))
        if not met:
            rota.set_days(one, typed["first"], typed["last"], typed["windows"])
            toast(request, _("%(name)s’s days are saved.") % {"name": one.name})
            return redirect("booking:hours", project=request.project.slug, resource_id=resource_id)
    week = rota.week_of(one) if one.schedule_id else _week_of_business()
    weekly = HoursForm(None, week=week, is_own=one.schedule_id is not None)
    context = _hours(one, weekly, form) | {"touched_by_days": met}
    return render(request, "booking/hours.html", context, status=200 if met else 422)


def _met(request: ProjectRequest, one: Resource, change: Callable[[], object]) -> Touched | None:
    """What would lie outside the new hours, unless the owner has seen it and means it."""
    return None if request.POST.get("sure") else touched.by_hours(one, change) or None


@dashboard("staff.write", module="booking")
@require_POST
def day_removal(request: ProjectRequest, resource_id: UUID, day: str) -> HttpResponse:
    one: Resource = get_object_or_404(Resource, pk=resource_id)
    try:
        date_of = date.fromisoformat(day)
    except ValueError:
        raise Http404 from None
    if not rota.forget_day(one, date_of):
        raise Http404
    toast(request, _("The week holds again on that day."))
    return redirect("booking:hours", project=request.project.slug, resource_id=resource_id)


def _week_of_business() -> dict[int, list[tuple[int, int]]]:
    week: dict[int, list[tuple[int, int]]] = {}
    for window in OpeningHours.objects.order_by("weekday", "start_min"):
        week.setdefault(window.weekday, []).append((window.start_min, window.len_min))
    return week


@dashboard("staff.write", module="booking")
@require_POST
def removal(request: ProjectRequest, resource_id: UUID) -> HttpResponse:
    one: Resource = get_object_or_404(Resource.objects.select_related("schedule"), pk=resource_id)
    try:
        catalogue.remove_person(one)
    except catalogue.StillBooked as refused:
        form = _form(request, Resource.objects.get(pk=resource_id))
        return _page(request, form, resource_id, status=409, refusal=str(refused))
    toast(request, _("%(name)s is taken away.") % {"name": one.name})
    return redirect("booking:staff", project=request.project.slug)


# What the list of members says of each account's calendar


def calendars_of(project: Project) -> dict[UUID, str]:
    """By the account's id; those who have no calendar are left out."""
    if not project.has("booking"):
        return {}
    found = Resource.objects.filter(account__isnull=False).values_list("account_id", "is_active")
    return {account: _("Bookable") if is_active else _("Takes no bookings") for account, is_active in found}
