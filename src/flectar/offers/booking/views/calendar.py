"""The calendar: a day by person and place, a week of one of them, a month, and an agenda. The address says all of it:
which view, which day, whose, at which location, of which kind, and of which service and status."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Case, Q, Subquery, When
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from flectar.core import clock
from flectar.offers.booking import reach
from flectar.offers.booking.models import Booking, Resource, Service
from flectar.offers.booking.public import times
from flectar.offers.booking.public.months import first_of, months_on, name_of
from flectar.offers.booking.scheduling import board, grid
from flectar.platform.projects.access import ProjectRequest, can, dashboard
from flectar.platform.projects.models import Location
from flectar.ui import formats
from flectar.ui.index import Filter

AGENDA_DAYS = 14
COLUMNS = 8
MOST_RESOURCES = 200
MOST_SERVICES = 200
MOST_ON_PAPER = 1000


@dataclass(frozen=True, slots=True)
class Look:
    """What the address asks for. `people` are all that may be looked at, `shown` those that the filters leave; of
    bookings and classes, those that are `wanted` have a name."""

    view: str
    day: date
    query: dict[str, str]
    people: Sequence[Resource]
    shown: Sequence[Resource]
    person: Resource | None
    from_column: int
    services: Sequence[tuple[str, str]]
    wanted: grid.Wanted

    def address(self, **changes: Any) -> str:
        values = {**self.query, "view": self.view, "day": self.day.isoformat(), **changes}
        return f"?{urlencode({name: value for name, value in values.items() if value})}"

    @property
    def hourly(self) -> list[Resource]:
        """What has hours. A house has none, unless somebody asks for it."""
        return [one for one in self.shown if one.kind not in Resource.LONG]

    @property
    def unfiltered(self) -> str:
        """The same days with everything; empty where nothing is filtered."""
        return self.address(**dict.fromkeys(self.query, "")) if any(self.query.values()) else ""

    @property
    def nightly(self) -> list[Resource]:
        return [one for one in self.shown if one.kind in Resource.LONG]


@dashboard("bookings.read", module="booking")
@require_safe
def calendar(request: ProjectRequest) -> HttpResponse:
    look = _look(request)
    earlier, later = _around(look)
    context: dict[str, Any] = {
        "look": look,
        "view": look.view,
        "views": [(key, name, look.address(view=key)) for key, name in _views()],
        "day": look.day,
        "today": request.project.today,
        "to_today": look.address(day=""),
        "earlier": earlier,
        "later": later,
        "to_earlier": look.address(day=earlier.isoformat()),
        "to_later": look.address(day=later.isoformat()),
        "people": look.people,
        "person": look.person,
        "chips": [(one, look.address(**{"with": one.pk})) for one in look.shown[: 2 * COLUMNS]],
        "to_everybody": look.address(**{"with": ""}),
        "filters": _filters(look),
        "now": clock.now(),
        "title": formats.day(look.day),
        "here": request.get_full_path(),
        "is_limited": reach.is_limited(request.user, request.project),
        # On paper nothing may be missing that takes time.
        "to_sheet": look.address(view="", service="", status=""),
        **_READERS[look.view](request, look),
    }
    return render(request, "booking/calendar.html", context)


@dashboard("bookings.read", module="booking")
@require_safe
def sheet(request: ProjectRequest) -> HttpResponse:
    """The day on paper, person by person. Phones and notes are for who may see customers."""
    project, look = request.project, _look(request)
    shown = [look.person] if look.person else look.shown
    start, end = clock.day_bounds(look.day, project.tz)
    shows_people = can(request.user, "customers.read", project)
    kept = ["customer__phones", "extras"] if shows_people else ["customer", "extras"]
    found = Booking.objects.standing().overlapping(start, end).filter(resource__in=shown)
    of: dict[UUID, list[Booking]] = {one.pk: [] for one in shown}
    for booking in found.order_by("starts_at", "id").prefetch_related(*kept)[:MOST_ON_PAPER]:
        of[booking.resource_id].append(booking)
    context = {
        "look": look,
        "day": look.day,
        "shows_people": shows_people,
        "sheets": [(one, of[one.pk]) for one in shown if of[one.pk]],
        "to_calendar": look.address(view="day"),
    }
    return render(request, "booking/sheet.html", context)


def _views() -> list[tuple[str, str]]:
    return [("day", _("Day")), ("week", _("Week")), ("month", _("Month")), ("agenda", _("Agenda"))]


def _look(request: ProjectRequest) -> Look:
    asked = request.GET
    view = asked.get("view", "day")
    mine = reach.calendars(request.user, request.project)
    people, services = _people_and_services(mine, times.uuid(asked.get("service", "")))
    kind, place = asked.get("kind", ""), asked.get("place", "")
    shown = [one for one in people if kind in ("", one.kind) and place in ("", str(one.location_id or ""))]
    person = next((one for one in people if str(one.pk) == asked.get("with", "")), None)
    if person is not None and person not in shown:
        person = None
    service, status = asked.get("service", ""), asked.get("status", "")
    wanted = grid.Wanted(
        UUID(service) if service in dict(services) else None, status if status in dict(_statuses()) else ""
    )
    query = {
        "with": str(person.pk) if person else "",
        "kind": kind,
        "place": place,
        "service": str(wanted.service or ""),
        "status": wanted.status,
    }
    return Look(
        view=view if view in _READERS else "day",
        day=times.read_day(asked, "day") or request.project.today,
        query=query,
        people=people,
        shown=shown,
        person=person,
        from_column=times.whole(asked.get("from", "")) or 0,
        services=services,
        wanted=wanted,
    )


def _people_and_services(mine: Q, named: UUID | None) -> tuple[list[Resource], list[tuple[str, str]]]:
    """Whose calendars there are, and the services to filter by: what is offered, and the one that the address names.
    One question: the services come with the first of the people."""
    people = Resource.objects.active().filter(mine).in_order()
    offered = Service.objects.filter(Q(is_active=True) | Q(pk=named)).in_order()[:MOST_SERVICES]
    is_first = Q(pk=Subquery(people.values("pk")[:1]))
    annotated = people.annotate(
        services=Case(When(is_first, then=ArraySubquery(offered.values("pk")))),
        service_names=Case(When(is_first, then=ArraySubquery(offered.values("name")))),
    )
    found = list(annotated[:MOST_RESOURCES])
    services = zip(found[0].services, found[0].service_names, strict=True) if found else []
    return found, [(str(pk), name) for pk, name in services]


def _statuses() -> list[tuple[str, str]]:
    """Of what a calendar draws."""
    shown = (*Booking.HOLDING, Booking.Status.COMPLETED, Booking.Status.NO_SHOW)
    return [(status.value, str(status.label)) for status in shown]


def _filters(look: Look) -> list[tuple[Filter, str]]:
    """As in a list, each with what is chosen. A week is one person's: there is nothing to take back."""
    anyone = "" if look.view == "week" and look.person else _("anyone")
    people = [(str(one.pk), one.name) for one in look.people]
    found = [
        Filter("with", _("With"), anyone, people),
        Filter("kind", _("Kind"), _("any"), _kinds(look)),
        Filter("place", _("Location"), _("any"), [(str(one.pk), one.name) for one in _places(look)]),
        Filter("service", _("Service"), _("any"), look.services),
        Filter("status", _("Status"), _("any"), _statuses()),
    ]
    return [(one, look.query[one.name]) for one in found if len(one.options) > 1 or look.query[one.name]]


def _around(look: Look) -> tuple[date, date]:
    """Where the arrows lead."""
    if look.view == "month":
        return months_on(first_of(look.day), -1), months_on(first_of(look.day), 1)
    step = timedelta(days={"week": 7, "agenda": AGENDA_DAYS}.get(look.view, 1))
    return look.day - step, look.day + step


def _kinds(look: Look) -> list[tuple[str, str]]:
    """Only those that there are, and none where all are alike."""
    present = {one.kind for one in look.people}
    found = [(kind.value, str(_KINDS[kind])) for kind in Resource.Kind if kind.value in present]
    return found if len(found) > 1 else []


_KINDS = {kind: kind.label for kind in Resource.Kind}


def _places(look: Look) -> list[Location]:
    present = {one.location_id for one in look.people if one.location_id}
    return list(Location.objects.filter(pk__in=present).order_by("position", "id")) if len(present) > 1 else []


def _day(request: ProjectRequest, look: Look) -> dict[str, Any]:
    project = request.project
    begin = look.from_column if look.from_column < len(look.hourly) else 0
    columns = [look.person] if look.person else look.hourly[begin : begin + COLUMNS]
    columns = [one for one in columns if one.kind not in Resource.LONG]
    nightly = [one for one in look.nightly if look.person in (None, one)]
    drawn = grid.of_day(project, look.day, columns, nightly=nightly, wanted=look.wanted)
    nights = board.nights_on(project, look.day, drawn.stays)
    for night in nights:
        night.booking.place = next(one.name for one in nightly if one.pk == night.booking.resource_id)
    closed = ""
    if columns and not drawn.is_open:
        closed = board.closed(project, look.day, 1, columns).get(look.day, _("Closed"))
    return {
        "grid": drawn,
        "nights": nights,
        "sleeps": bool(nightly),
        "closed": closed,
        "nothing": _nothing(look, drawn, _("Nothing on this day matches.")),
        "to_fewer": look.address(**{"from": begin - COLUMNS or ""}) if begin else "",
        "to_more": look.address(**{"from": begin + COLUMNS})
        if look.person is None and len(look.hourly) > begin + COLUMNS
        else "",
    }


def _week(request: ProjectRequest, look: Look) -> dict[str, Any]:
    project = request.project
    first = project.week_of(look.day)
    title = _("%(first)s to %(last)s") % {
        "first": formats.short_day(first),
        "last": formats.short_day(first + timedelta(days=6)),
    }
    nightly = [one for one in look.nightly if look.person in (None, one)]
    person = look.person or next(iter(look.hourly), None)
    whose = person if person in look.hourly else None
    drawn = grid.of_week(project, first, whose, nightly=nightly, wanted=look.wanted)
    return {
        "nothing": _nothing(look, drawn, _("Nothing in this week matches.")),
        "title": title,
        "rows": board.rows(project, first, 7, nightly, drawn.stays),
        "week": [first + timedelta(days=n) for n in range(7)],
        "person": person,
        "grid": drawn,
    }


def _month(request: ProjectRequest, look: Look) -> dict[str, Any]:
    shown = [look.person] if look.person else look.shown
    weeks = board.month(request.project, look.day, shown, look.wanted) if shown else []
    said = ""
    if look.wanted:
        found = any(day.count for week in weeks for day in week.days) or any(
            bar.kind != "other" for week in weeks for bar in week.bars
        )
        said = _("Only what matches is counted; other times may be taken.") if found else _("Nothing here matches.")
    return {"title": name_of(look.day), "weeks": weeks, "said": said}


def _agenda(request: ProjectRequest, look: Look) -> dict[str, Any]:
    zone = request.project.tz
    start = clock.day_bounds(look.day, zone)[0]
    end = clock.day_bounds(look.day + timedelta(days=AGENDA_DAYS - 1), zone)[1]
    shown = [look.person] if look.person else look.shown
    found = Booking.objects.filter(look.wanted.condition, starts_at__gte=start, starts_at__lt=end, resource__in=shown)
    days: dict[date, list[Booking]] = {}
    for booking in found.standing().listed_with_people().order_by("starts_at", "id")[:500]:
        days.setdefault(booking.starts_at.astimezone(zone).date(), []).append(booking)
    said = _("Only what matches is listed; other times may be taken.") if look.wanted and days else ""
    return {"title": _("Agenda"), "agenda": list(days.items()), "said": said}


def _nothing(look: Look, drawn: grid.Grid, said: str) -> str:
    """What a filter leaves out is still drawn, without its name."""
    return said if look.wanted and not drawn.shows_something else ""


_READERS = {"day": _day, "week": _week, "month": _month, "agenda": _agenda}
