"""The calendar as a grid: columns of people (a day) or of days (a week), each with what stands in it, minute by minute.

Positions are counted from the first hour shown; the page turns them into classes, because styles are barred.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from flectar.core import clock
from flectar.offers.booking.availability import Diary
from flectar.offers.booking.diaries import read
from flectar.offers.booking.hours import Span, instant_of, merged, minute_of
from flectar.offers.booking.models import Booking, Closure, Resource
from flectar.platform.projects.models import Project
from flectar.ui import formats

HOUR = 60
EARLIEST, LATEST = 9, 18  # shown at least
# From so many minutes on, 24 pixels high at that scale (calendar.css).
_SCALES = ((25, "coarse"), (15, "fine"), (0, "finest"))


@dataclass(frozen=True, slots=True)
class Thing:
    """A piece of a column. `kind` is its look: conf, req, here, done, noshow, off, shut or free."""

    kind: str
    starts_at: datetime
    minutes: int
    text: str = ""
    booking: Booking | None = None
    is_first_of_gap: bool = False


@dataclass(frozen=True, slots=True)
class Column:
    resource: Resource
    day: date
    first: datetime  # the instant at the top
    things: Sequence[Thing]
    count: int
    now: datetime | None

    @property
    def note(self) -> str:
        return ngettext("%(count)s booking", "%(count)s bookings", self.count) % {"count": self.count}


@dataclass(frozen=True, slots=True)
class Grid:
    columns: Sequence[Column]
    hours: int
    axis: Sequence[datetime]
    first: datetime
    now: datetime | None

    @property
    def scale(self) -> str:
        """How fine it is drawn: the shortest booking must be high enough for a finger or an eye."""
        shortest = min((thing.minutes for one in self.columns for thing in one.things if thing.booking), default=HOUR)
        return next(name for least, name in _SCALES if shortest >= least)

    @property
    def least(self) -> int:
        """The shortest stretch of free time, in minutes, that is a link at this scale."""
        return next(least for least, name in _SCALES if name == self.scale) or _SCALES[-2][0]

    @property
    def bookings(self) -> list[Booking]:
        found = {thing.booking.pk: thing.booking for one in self.columns for thing in one.things if thing.booking}
        return sorted(found.values(), key=lambda booking: (booking.starts_at, str(booking.pk)))


def of_day(project: Project, day: date, people: Sequence[Resource]) -> Grid:
    return _grid(project, [(person, day) for person in people])


def of_week(project: Project, first: date, person: Resource) -> Grid:
    return _grid(project, [(person, first + timedelta(days=n)) for n in range(7)])


def _grid(project: Project, cells: Sequence[tuple[Resource, date]]) -> Grid:
    if not cells:
        moment = clock.now()
        return Grid([], 0, [], moment, None)
    days = sorted({day for _person, day in cells})
    start, end = clock.day_bounds(days[0], project.tz)[0], clock.day_bounds(days[-1], project.tz)[1]
    people = list({person.pk: person for person, _day in cells}.values())
    diaries = read(project, people, minute_of(start), minute_of(end))
    booked = list(
        Booking.objects.filter(resource__in=[person.pk for person in people])
        .standing()
        .overlapping(start, end)
        .listed_with_people()
        .order_by("starts_at", "id")
    )
    closures = list(Closure.objects.overlapping(start, end))
    opens, closes = _shown(project, days, diaries.values(), booked)
    columns = [
        _column(project, person, day, diaries[person.pk], booked=booked, closures=closures, opens=opens, closes=closes)
        for person, day in cells
    ]
    first = columns[0].first
    moment = clock.now()
    return Grid(
        columns,
        closes - opens,
        [first + timedelta(hours=n) for n in range(closes - opens + 1)],
        first,
        next((column.now for column in columns if column.now), None) and moment,
    )


def _shown(
    project: Project, days: Sequence[date], diaries: Iterable[Diary], booked: Sequence[Booking]
) -> tuple[int, int]:
    """The first and the last hour of the wall that anything needs, the same for every column."""
    opens, closes = EARLIEST, LATEST
    spans = [span for diary in diaries for span in diary.hours]
    spans += [(minute_of(one.starts_at), minute_of(one.ends_at)) for one in booked]
    for day in days:
        start, end = (minute_of(bound) for bound in clock.day_bounds(day, project.tz))
        for a, b in spans:
            if a < end and b > start:
                opens = min(opens, (max(a, start) - start) // HOUR)
                closes = max(closes, -(-(min(b, end) - start) // HOUR))
    return opens, min(closes, 24)


def _column(
    project: Project,
    person: Resource,
    day: date,
    diary: Diary,
    *,
    booked: Sequence[Booking],
    closures: Sequence[Closure],
    opens: int,
    closes: int,
) -> Column:
    midnight = clock.day_bounds(day, project.tz)[0]
    first = midnight + timedelta(hours=opens)
    top, bottom = minute_of(first), minute_of(first) + (closes - opens) * HOUR
    own = [
        one for one in booked if one.resource_id == person.pk and minute_of(one.starts_at) < bottom
        and minute_of(one.ends_at) > top
    ]  # fmt: skip
    things = [_booked(project, one, top, bottom) for one in own]
    taken = [(minute_of(one.starts_at), minute_of(one.ends_at)) for one in own]
    for closure in closures:
        if closure.resource_id in (None, person.pk) and closure.service_id is None:
            span = (minute_of(closure.starts_at), minute_of(closure.ends_at))
            for a, b in _minus([_clip(span, top, bottom)], taken):
                things.append(_thing("off", a, b, closure.reason or _("Closed")))
    blocked = [*diary.closures, *diary.external]
    for a, b in _minus(merged(_clip(span, top, bottom) for span in diary.external), [*taken, *diary.closures]):
        things.append(_thing("off", a, b, _("Busy in another calendar")))
    is_open = [(a, b) for a, b in merged(_clip(span, top, bottom) for span in diary.hours) if a < b]
    for a, b in _minus([(top, bottom)], [*is_open, *taken, *blocked]):
        things.append(_thing("shut", a, b, _shut(project, a, b, top=top, bottom=bottom, has_hours=bool(is_open))))
    for a, b in _minus(is_open, [*taken, *diary.claims, *blocked]):
        for piece in range(a, b, HOUR):
            things.append(_thing("free", piece, min(piece + HOUR, b), is_first_of_gap=piece == a))
    things.sort(key=lambda thing: (thing.starts_at, thing.kind))
    moment = clock.now()
    is_now = first <= moment < first + timedelta(hours=closes - opens)
    return Column(person, day, first, things, len(own), moment if is_now else None)


def _booked(project: Project, booking: Booking, top: int, bottom: int) -> Thing:
    moment = clock.now()
    kind = "conf"
    if booking.status in (Booking.Status.REQUESTED, Booking.Status.HELD):
        kind = "req"
    elif booking.status == Booking.Status.NO_SHOW:
        kind = "noshow"
    elif booking.ends_at <= moment:
        kind = "done"
    elif booking.starts_at <= moment:
        kind = "here"
    start, end = max(minute_of(booking.starts_at), top), min(minute_of(booking.ends_at), bottom)
    text = f"{formats.clock(booking.starts_at, project)}–{formats.clock(booking.ends_at, project)}"
    return Thing(kind, instant_of(start), end - start, text, booking)


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
