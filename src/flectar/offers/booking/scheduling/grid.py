"""The calendar as a grid: columns of people and places (a day) or of days (a week), each with what stands in it, minute
by minute. What is let by the night is no column of hours: board.py.

Positions are counted from the first hour shown; the page turns them into classes, because styles are barred.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Count, F, OuterRef, Q, Subquery
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from flectar.core import clock
from flectar.offers.booking.availability import Diary
from flectar.offers.booking.hours import Span, instant_of, merged, minute_of
from flectar.offers.booking.models import Attendee, Booking, Claim, Closure, Resource, Service
from flectar.offers.booking.scheduling.diaries import read
from flectar.people.customers.models import Customer
from flectar.platform.projects.models import Project
from flectar.ui import formats

HOUR = 60
EARLIEST, LATEST = 9, 18  # shown at least
MOST_LANES = 6
# From so many minutes on, 24 pixels high at that scale (calendar.css).
_SCALES = ((25, "coarse"), (15, "fine"), (0, "finest"))


@dataclass(frozen=True, slots=True)
class Thing:
    """A piece of a column. `kind` is its look: conf, req, here, done, noshow, other, off, shut or free."""

    kind: str
    starts_at: datetime
    minutes: int
    text: str = ""
    booking: Any = None  # a Booking with `customer_name` and `step`
    session: Any = None  # a _Class
    who: str = ""
    lane: int = 0  # beside others at the same time; 0: alone
    can_move: bool = False
    is_first_of_gap: bool = False

    @property
    def row(self) -> Any:
        return self.booking or self.session

    @property
    def title(self) -> str:
        return str(self.session.service_name if self.session else self.booking.customer_name)

    @property
    def detail(self) -> str:
        """The service; of a class, how many come."""
        if self.session:
            return _("%(taken)s of %(capacity)s places") % {
                "taken": self.session.taken,
                "capacity": self.session.capacity,
            }
        return str(self.booking.service_name)


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which bookings and classes somebody wants to see. What else is taken is drawn without a name, or it would look
    free."""

    service: UUID | None = None
    status: str = ""

    def __bool__(self) -> bool:
        return bool(self.service or self.status)

    @property
    def condition(self) -> Q:
        found = Q(service=self.service) if self.service else Q()
        return found & Q(status=self.status) if self.status else found

    def mark(self, rows: Iterable[Any]) -> None:
        """The others are `is_other`. A class has no status of its own."""
        for row in rows:
            row.is_other = self.service not in (None, row.service_id) or self.status not in ("", row.status)


EVERYTHING = Wanted()


@dataclass(frozen=True, slots=True)
class Column:
    resource: Resource
    day: date
    first: datetime  # the instant at the top
    things: Sequence[Thing]
    count: int
    asked: int
    lanes: int
    now: datetime | None
    is_open: bool
    others: int = 0  # taken by what is not asked for

    @property
    def note(self) -> str:
        """5 bookings, 1 request"""
        said = ngettext("%(count)s booking", "%(count)s bookings", self.count) % {"count": self.count}
        if not self.asked:
            return said
        return f"{said}, {ngettext('%(count)s request', '%(count)s requests', self.asked) % {'count': self.asked}}"


@dataclass(frozen=True, slots=True)
class Grid:
    columns: Sequence[Column]
    hours: int
    axis: Sequence[datetime]
    first: datetime
    now: datetime | None
    stays: Sequence[Any] = ()  # bookings by the night, with `customer_name`

    @property
    def scale(self) -> str:
        """How fine it is drawn: the shortest booking must be high enough for a finger or an eye."""
        taken = (thing.minutes for one in self.columns for thing in one.things if thing.kind not in _BACKGROUND)
        shortest = min(taken, default=HOUR)
        return next(name for least, name in _SCALES if shortest >= least)

    @property
    def least(self) -> int:
        """The shortest stretch of free time, in minutes, that is a link at this scale."""
        return next(least for least, name in _SCALES if name == self.scale) or _SCALES[-2][0]

    @property
    def _drawn(self) -> list[Thing]:
        return [thing for one in self.columns for thing in one.things if thing.row]

    @property
    def entries(self) -> list[Thing]:
        """Each booking and each class once, in the order of time: what a phone shows instead."""
        found: dict[Any, Thing] = {}
        for thing in self._drawn:
            found.setdefault(thing.row.pk, thing)
        return sorted(found.values(), key=lambda one: (one.row.starts_at, one.title))

    @property
    def is_open(self) -> bool:
        """Whether anybody works, or anything stands there all the same."""
        return any(one.is_open or one.count or one.others for one in self.columns)

    @property
    def shows_something(self) -> bool:
        """Whether any booking, class or stay is what was asked for."""
        return any(one.count for one in self.columns) or any(not one.is_other for one in self.stays)


_BACKGROUND = ("off", "shut", "free")


def of_day(
    project: Project,
    day: date,
    resources: Sequence[Resource],
    *,
    nightly: Sequence[Resource] = (),
    wanted: Wanted = EVERYTHING,
) -> Grid:
    """A column for each of `resources`; of `nightly` the stays."""
    return _grid(project, [day], [(one, day) for one in resources], nightly, wanted)


def of_week(
    project: Project,
    first: date,
    resource: Resource | None,
    *,
    nightly: Sequence[Resource] = (),
    wanted: Wanted = EVERYTHING,
) -> Grid:
    """Seven columns of one resource, if any; of `nightly` the stays."""
    days = [first + timedelta(days=n) for n in range(7)]
    return _grid(project, days, [(resource, day) for day in days] if resource else [], nightly, wanted)


def standing(start: datetime, end: datetime) -> Any:
    """What takes time in [start, end), with the customer's name and the steps of the service: looked up a row, because
    joined the planner would begin at the far end."""
    name = Customer.objects.filter(pk=OuterRef("customer")).values("name")
    step = Service.objects.filter(pk=OuterRef("service")).values("step_min")
    found = Booking.objects.standing().overlapping(start, end)
    return found.annotate(customer_name=Subquery(name[:1]), step=Subquery(step[:1])).order_by("starts_at", "id")


@dataclass(frozen=True, slots=True)
class _Taken:
    """A stretch of a resource that a booking or a class has taken."""

    span: Span
    booking: Any = None
    session: Any = None
    is_beside: bool = False  # the room of a treatment: who does it stands elsewhere

    @property
    def row(self) -> Any:
        return self.booking or self.session


def _grid(
    project: Project,
    days: Sequence[date],
    cells: Sequence[tuple[Resource, date]],
    nightly: Sequence[Resource],
    wanted: Wanted,
) -> Grid:
    start, end = clock.day_bounds(days[0], project.tz)[0], clock.day_bounds(days[-1], project.tz)[1]
    resources = list({one.pk: one for one, _day in cells}.values())
    taken, stays = _taken(resources, nightly, start, end)
    wanted.mark(one.row for some in taken.values() for one in some)
    wanted.mark(stays)
    if not cells:
        return Grid([], 0, [], clock.now(), None, stays)
    diaries = read(project, resources, minute_of(start), minute_of(end))
    blocked = any(one.closures for one in diaries.values())
    closures = list(Closure.objects.overlapping(start, end).filter(service=None)) if blocked else []
    opens, closes = _shown(project, days, diaries.values(), taken.values())
    columns = [
        _column(project, one, day, diaries[one.pk], taken=taken[one.pk], closures=closures, opens=opens, closes=closes)
        for one, day in cells
    ]
    first = columns[0].first
    moment = clock.now()
    return Grid(
        columns,
        closes - opens,
        [first + timedelta(hours=n) for n in range(closes - opens + 1)],
        first,
        next((column.now for column in columns if column.now), None) and moment,
        stays,
    )


def _taken(
    resources: Sequence[Resource], nightly: Sequence[Resource], start: datetime, end: datetime
) -> tuple[Mapping[UUID, list[_Taken]], list[Any]]:
    """By resource: the bookings with it, those that use it besides another, and classes, each once. And the stays."""
    claims = _claims(resources, start, end)
    among = [one.pk for one in (*resources, *nightly)]
    own = Q(resource__in=among) | Q(pk__in={claim.booking_id for claim in claims if claim.booking_id})
    rows = list(standing(start, end).filter(own, session__isnull=True)) if among else []
    stays = [one for one in rows if one.nights]
    booked = {one.pk: one for one in rows if not one.nights}
    found: dict[UUID, list[_Taken]] = defaultdict(list)
    for one in booked.values():
        found[one.resource_id].append(_Taken((minute_of(one.starts_at), minute_of(one.ends_at)), one))
    beside: dict[tuple[UUID, UUID], _Taken] = {}
    for claim in claims:
        row = booked.get(claim.booking_id) or (_Class(claim) if claim.session_id else None)
        if row is None or (claim.booking_id and row.resource_id == claim.resource_id):
            continue
        # Without the free time before and after, which belongs to nobody's appointment.
        a, b = minute_of(max(claim.starts_at, row.starts_at)), minute_of(min(claim.ends_at, row.ends_at))
        key = (claim.resource_id, row.pk)
        if a < b:
            known = beside[key].span if key in beside else (a, b)
            span = min(a, known[0]), max(b, known[1])
            booking, session = (row, None) if claim.booking_id else (None, row)
            beside[key] = _Taken(span, booking, session, is_beside=True)
    for (resource, _row), one in beside.items():
        found[resource].append(one)
    return found, stays


def _claims(resources: Sequence[Resource], start: datetime, end: datetime) -> list[Any]:
    """Of bookings and of classes; those of classes with what is shown of the class."""
    if not resources:
        return []
    people = Attendee.objects.filter(session=OuterRef("session")).order_by().values("session")
    return list(
        Claim.objects.filter(resource__in=resources)
        .meeting(start, end)
        .filter(Q(booking__isnull=False) | Q(session__isnull=False))
        .annotate(
            people=Subquery(people.annotate(count=Count("*")).values("count")),
            class_service=F("session__service"),
            class_name=F("session__service__name"),
            class_starts_at=F("session__starts_at"),
            class_ends_at=F("session__ends_at"),
            places=F("session__capacity"),
        )
    )


class _Class:
    """A date of a class, as its claim tells it."""

    status = ""

    def __init__(self, claim: Any) -> None:
        self.pk: UUID = claim.session_id
        self.service_id: UUID = claim.class_service
        self.resource_id: UUID = claim.resource_id
        self.service_name: str = claim.class_name
        self.starts_at: datetime = claim.class_starts_at
        self.ends_at: datetime = claim.class_ends_at
        self.capacity: int = claim.places
        self.taken: int = claim.people or 0


def _shown(
    project: Project, days: Sequence[date], diaries: Iterable[Diary], taken: Iterable[Sequence[_Taken]]
) -> tuple[int, int]:
    """The first and the last hour of the wall that anything needs, the same for every column."""
    opens, closes = EARLIEST, LATEST
    spans = [span for diary in diaries for span in diary.hours]
    spans += [one.span for some in taken for one in some]
    for day in days:
        start, end = (minute_of(bound) for bound in clock.day_bounds(day, project.tz))
        for a, b in spans:
            if a < end and b > start:
                opens = min(opens, (max(a, start) - start) // HOUR)
                closes = max(closes, -(-(min(b, end) - start) // HOUR))
    return opens, min(closes, 24)


def _column(
    project: Project,
    resource: Resource,
    day: date,
    diary: Diary,
    *,
    taken: Sequence[_Taken],
    closures: Sequence[Closure],
    opens: int,
    closes: int,
) -> Column:
    first = clock.day_bounds(day, project.tz)[0] + timedelta(hours=opens)
    top, bottom = minute_of(first), minute_of(first) + (closes - opens) * HOUR
    own = [one for one in taken if one.span[0] < bottom and one.span[1] > top]
    things, lanes = _in_lanes(own, [_booked(project, one, resource, top, bottom) for one in own])
    filled = [one.span for one in own]
    for closure in closures:
        if closure.resource_id in (None, resource.pk):
            span = (minute_of(closure.starts_at), minute_of(closure.ends_at))
            for a, b in _minus([_clip(span, top, bottom)], filled):
                things.append(_thing("off", a, b, closure.reason or _("Closed")))
    blocked = [*diary.closures, *diary.external]
    for a, b in _minus(merged(_clip(span, top, bottom) for span in diary.external), [*filled, *diary.closures]):
        things.append(_thing("off", a, b, _("Busy in another calendar")))
    is_open = [(a, b) for a, b in merged(_clip(span, top, bottom) for span in diary.hours) if a < b]
    for a, b in _minus([(top, bottom)], [*is_open, *filled, *blocked]):
        things.append(_thing("shut", a, b, _shut(project, a, b, top=top, bottom=bottom, has_hours=bool(is_open))))
    for a, b in _minus(is_open, [*_full(diary, filled, top, bottom), *blocked]):
        for piece in range(a, b, HOUR):
            things.append(_thing("free", piece, min(piece + HOUR, b), is_first_of_gap=piece == a))
    things.sort(key=lambda thing: (thing.starts_at, thing.kind))
    moment = clock.now()
    named = [one for one in own if not one.row.is_other]
    return Column(
        resource,
        day,
        first,
        things,
        count=len(named),
        asked=sum(1 for one in named if one.booking and one.booking.status == Booking.Status.REQUESTED),
        lanes=lanes,
        now=moment if first <= moment < first + timedelta(hours=closes - opens) else None,
        is_open=bool(_minus(is_open, diary.closures)),
        others=len(own) - len(named),
    )


def _full(diary: Diary, filled: Sequence[Span], top: int, bottom: int) -> list[Span]:
    """When nothing of it is left: of a pool, when every unit is taken."""
    if not diary.lanes:
        return merged([*diary.claims, *filled])
    full = [(top, bottom)]
    for lane in diary.lanes:
        full = _minus(full, _minus([(top, bottom)], lane))
    return full


def _in_lanes(own: Sequence[_Taken], things: list[Thing]) -> tuple[list[Thing], int]:
    """What stands at the same time stands side by side: units of a pool, and what was doubled on purpose."""
    order = sorted(range(len(own)), key=lambda index: own[index].span)
    ends: list[int] = []
    lane_of: dict[int, int] = {}
    for index in order:
        start, end = own[index].span
        lane = next((number for number, until in enumerate(ends) if until <= start), len(ends))
        ends[lane : lane + 1] = [end]
        lane_of[index] = lane
    lanes = min(len(ends), MOST_LANES)
    if lanes < 2:
        return things, 1

    def is_alone(index: int) -> bool:
        a, b = own[index].span
        return all(other == index or own[other].span[1] <= a or own[other].span[0] >= b for other in order)

    return [
        thing if is_alone(index) else replace(thing, lane=min(lane_of[index], lanes - 1) + 1)
        for index, thing in enumerate(things)
    ], lanes


_MOVABLE = (Booking.Status.CONFIRMED, Booking.Status.HELD)


def _booked(project: Project, one: _Taken, resource: Resource, top: int, bottom: int) -> Thing:
    row = one.row
    start, end = max(one.span[0], top), min(one.span[1], bottom)
    if row.is_other:
        return _thing("other", start, end, pgettext("time", "Taken"))
    return Thing(
        look_of(row),
        instant_of(start),
        end - start,
        f"{formats.clock(row.starts_at, project)}–{formats.clock(row.ends_at, project)}",
        one.booking,
        one.session,
        who=resource.first_name,
        # What began yesterday is drawn from midnight on: its own place is on the day before.
        can_move=one.booking is not None and not one.is_beside and one.booking.status in _MOVABLE
        and one.span == (start, end),
    )  # fmt: skip


def look_of(row: Any) -> str:
    """Of a booking or a class: conf, req, here, done or noshow; other where it is not what was asked for."""
    moment, status = clock.now(), row.status
    if row.is_other:
        return "other"
    if status in (Booking.Status.REQUESTED, Booking.Status.HELD):
        return "req"
    if status == Booking.Status.NO_SHOW:
        return "noshow"
    if row.ends_at <= moment or status == Booking.Status.COMPLETED:
        return "done"
    return "here" if row.starts_at <= moment else "conf"


def _thing(kind: str, start: int, end: int, text: str = "", *, is_first_of_gap: bool = False) -> Thing:
    return Thing(kind, instant_of(start), end - start, text, is_first_of_gap=is_first_of_gap)


def _shut(project: Project, start: int, end: int, *, top: int, bottom: int, has_hours: bool) -> str:
    if not has_hours:
        return _("Not working")
    if start == top:
        return _("Starts %(time)s") % {"time": formats.clock(instant_of(end), project)}
    if end == bottom:
        return _("Finished %(time)s") % {"time": formats.clock(instant_of(start), project)}
    return _("Break")


def _clip(span: Span, top: int, bottom: int) -> Span:
    return max(span[0], top), max(min(span[1], bottom), span[0], top)


def _minus(spans: Iterable[Span], others: Iterable[Span]) -> list[Span]:
    """What is left of `spans` without `others`, in order."""
    left = [span for span in spans if span[0] < span[1]]
    for a, b in merged(span for span in others if span[0] < span[1]):
        left = [piece for s, e in left for piece in ((s, min(e, a)), (max(s, b), e)) if piece[0] < piece[1]]
    return sorted(left)
