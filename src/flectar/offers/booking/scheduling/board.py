"""The calendar by whole days: stays as bars from arrival to departure, a month with what is booked on each day, and
what is said of a day on which nobody works.

A day has two halves: whoever leaves has the first one, whoever arrives the second.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Count, F, OuterRef, Subquery, Window
from django.db.models.functions import RowNumber, TruncDate
from django.utils.translation import gettext as _

from flectar.core import clock
from flectar.offers.booking.availability import Diary
from flectar.offers.booking.hours import minute_of
from flectar.offers.booking.models import Booking, Closure, Resource
from flectar.offers.booking.scheduling.diaries import read
from flectar.offers.booking.scheduling.grid import EVERYTHING, Wanted, look_of, standing
from flectar.people.customers.models import Customer
from flectar.platform.projects.models import Project, SpecialDay
from flectar.ui import formats

WEEK = 7
FIRST_SHOWN = 3
MOST_LANES = 4
MOST_STAYS = 500


@dataclass(frozen=True, slots=True)
class Bar:
    """A stay in a row of days: from which half of a day, over how many, and in which lane. `kind` is its look."""

    booking: Any  # with `customer_name`
    kind: str
    half: int
    halves: int
    lane: int


@dataclass(frozen=True, slots=True)
class Row:
    """One place over some days."""

    resource: Resource
    bars: Sequence[Bar]
    lanes: int


def rows(project: Project, first: date, days: int, resources: Sequence[Resource], stays: Sequence[Any]) -> list[Row]:
    """A row for each place, whether anybody sleeps there or not."""
    by_place: dict[UUID, list[Any]] = defaultdict(list)
    for one in stays:
        by_place[one.resource_id].append(one)
    found = []
    for resource in resources:
        placed = bars(project, first, days, by_place[resource.pk])
        found.append(Row(resource, placed, max([1, *(bar.lane for bar in placed)])))
    return found


def bars(project: Project, first: date, days: int, stays: Sequence[Any]) -> list[Bar]:
    """Side by side where they share a day's half: units of a pool, or places of a month."""
    placed: list[Bar] = []
    ends: list[int] = []
    for one in stays:
        arrival, departure = (at.astimezone(project.tz).date() for at in (one.starts_at, one.ends_at))
        begin = max((arrival - first).days * 2 + 2, 1)
        end = min((departure - first).days * 2 + 1, days * 2)
        if begin > days * 2 or end < 1:
            continue
        end = max(begin, end)
        lane = next((number for number, until in enumerate(ends) if until < begin), len(ends))
        ends[lane : lane + 1] = [end]
        placed.append(Bar(one, look_of(one), begin, end - begin + 1, min(lane + 1, MOST_LANES)))
    return placed


@dataclass(frozen=True, slots=True)
class Night:
    """What a stay is to one day."""

    booking: Any
    kind: str
    said: str


def nights_on(project: Project, day: date, stays: Sequence[Any]) -> list[Night]:
    """Who leaves, who arrives, who stays, in that order."""
    found = []
    for one in stays:
        arrival, departure = (at.astimezone(project.tz).date() for at in (one.starts_at, one.ends_at))
        if departure == day:
            place, said = 0, _("leaves until %(time)s") % {"time": formats.clock(one.ends_at, project)}
        elif arrival == day:
            place, said = 1, _("arrives from %(time)s") % {"time": formats.clock(one.starts_at, project)}
        else:
            facts = {"number": (day - arrival).days + 1, "nights": one.nights}
            place, said = 2, _("night %(number)s of %(nights)s") % facts
        found.append((place, one.starts_at, Night(one, look_of(one), said)))
    return [night for _place, _at, night in sorted(found, key=lambda entry: entry[:2])]


# --- A month ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Day:
    day: date
    is_of_month: bool
    count: int
    first: Sequence[Any]  # bookings with `customer_name`
    closed: str  # why nobody works; empty where somebody does

    @property
    def more(self) -> int:
        return self.count - len(self.first)


@dataclass(frozen=True, slots=True)
class Week:
    days: Sequence[Day]
    bars: Sequence[Bar]
    lanes: int


def month(project: Project, of: date, resources: Sequence[Resource], wanted: Wanted = EVERYTHING) -> list[Week]:
    """The weeks that this month touches: how many of the wanted bookings a day has, the first of them, and stays as
    bars."""
    begin = project.week_of(of.replace(day=1))
    following = (of.replace(day=1) + timedelta(days=32)).replace(day=1)
    days = -(-(following - begin).days // WEEK) * WEEK
    booked = _booked(project, begin, days, resources, wanted)
    bounds = clock.day_bounds(begin, project.tz)[0], clock.day_bounds(begin + timedelta(days=days - 1), project.tz)[1]
    places = [one for one in resources if one.kind in Resource.LONG]
    stays = list(standing(*bounds).filter(nights__isnull=False, resource__in=places)[:MOST_STAYS]) if places else []
    wanted.mark(stays)
    shut = closed(project, begin, days, resources)
    weeks = []
    for first in (begin + timedelta(days=n) for n in range(0, days, WEEK)):
        placed = bars(project, first, WEEK, stays)
        shown = [
            Day(
                day := first + timedelta(days=n),
                day.month == of.month,
                booked[day][0].total if booked[day] else 0,
                booked[day],
                shut.get(day, ""),
            )
            for n in range(WEEK)
        ]
        weeks.append(Week(shown, placed, max([0, *(bar.lane for bar in placed)])))
    return weeks


def _booked(
    project: Project, first: date, days: int, resources: Sequence[Resource], wanted: Wanted
) -> Mapping[date, list[Any]]:
    """The first few of each day, each with the day's `total`."""
    start = clock.day_bounds(first, project.tz)[0]
    end = clock.day_bounds(first + timedelta(days=days - 1), project.tz)[1]
    local = TruncDate("starts_at", tzinfo=project.tz)
    name = Customer.objects.filter(pk=OuterRef("customer")).values("name")
    found = (
        Booking.objects.standing()
        .filter(
            wanted.condition,
            starts_at__gte=start,
            starts_at__lt=end,
            nights__isnull=True,
            resource__in=[one.pk for one in resources],
        )
        .annotate(
            customer_name=Subquery(name[:1]),
            day=local,
            place=Window(RowNumber(), partition_by=[local], order_by=[F("starts_at"), F("id")]),
            total=Window(Count("*"), partition_by=[local]),
        )
        .filter(place__lte=FIRST_SHOWN)
        .order_by("starts_at", "id")
    )
    by_day: dict[date, list[Any]] = defaultdict(list)
    for one in found:
        by_day[one.day].append(one)
    return by_day


# --- Days on which nobody works ---------------------------------------------------------------------------------------


def closed(project: Project, first: date, days: int, resources: Sequence[Resource]) -> dict[date, str]:
    """The days on which none of them works, each with what is said of it. Places for the night are always there."""
    working = [one for one in resources if one.kind not in Resource.LONG]
    if not working:
        return {}
    last = first + timedelta(days=days - 1)
    start, end = clock.day_bounds(first, project.tz)[0], clock.day_bounds(last, project.tz)[1]
    diaries = list(read(project, working, minute_of(start), minute_of(end)).values())
    found = [day for day in (first + timedelta(days=n) for n in range(days)) if not _works(project, day, diaries)]
    return _reasons(project, found, are_blocked=any(diary.closures for diary in diaries)) if found else {}


def _works(project: Project, day: date, diaries: Iterable[Diary]) -> bool:
    start, end = (minute_of(bound) for bound in clock.day_bounds(day, project.tz))
    for diary in diaries:
        away = diary.closures
        for a, b in diary.hours:
            if start <= a < end and not any(c <= a and d >= b for c, d in away):
                return True
    return False


def _reasons(project: Project, days: Sequence[date], *, are_blocked: bool) -> dict[date, str]:
    """The note of a special day, the reason of a closure of the whole business, or a plain word."""
    found = SpecialDay.objects.filter(day__in=days).exclude(note="").values_list("note", "day", F("day"))
    if are_blocked:
        start, end = clock.day_bounds(days[0], project.tz)[0], clock.day_bounds(days[-1], project.tz)[1]
        whole = Closure.objects.overlapping(start, end).filter(resource=None, service=None).exclude(reason="")
        first = TruncDate("starts_at", tzinfo=project.tz)
        last = TruncDate(F("ends_at") - timedelta(minutes=1), tzinfo=project.tz)
        found = found.union(whole.values_list("reason", first, last))
    notes = list(found)
    return {day: next((said for said, a, b in notes if a <= day <= b), "") or _("Closed") for day in days}
