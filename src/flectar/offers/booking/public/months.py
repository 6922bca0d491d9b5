"""The nights of a service, or its days, as months on a page: what stands on each date, and where a tap on it leads.

Two taps choose a stay: the first says when one arrives, the second when one leaves; a third begins anew.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from babel import dates
from django.utils.translation import gettext as _

from flectar.offers.booking.availability import Reason
from flectar.offers.booking.deeds.queries import FreeDay
from flectar.offers.booking.public import times
from flectar.offers.booking.public.choice import Choice
from flectar.offers.booking.scheduling.nights import DAY, Night
from flectar.offers.booking.scheduling.stays import Book
from flectar.platform.projects.models import Project
from flectar.ui import formats

SHOWN = 2


@dataclass(frozen=True, slots=True)
class Cell:
    """One date: where it leads (nowhere: it cannot be chosen), how it looks, and what is said besides its number."""

    day: date
    query: str = ""
    look: str = ""
    said: str = ""


@dataclass(frozen=True, slots=True)
class Month:
    name: str
    weekdays: Sequence[tuple[str, str]]  # short, and whole for the ear
    weeks: Sequence[Sequence[Cell | None]]


def first_of(day: date) -> date:
    return day.replace(day=1)


def months_on(first: date, count: int) -> date:
    """The first of the month so many months later."""
    number = first.year * 12 + first.month - 1 + count
    return date(number // 12, number % 12 + 1, 1)


def read_month(text: str) -> date | None:
    try:
        month = date.fromisoformat(f"{text}-01")
    except ValueError:
        return None
    return month if 2000 <= month.year <= 2200 else None


def months(project: Project, book: Book, first: date, chosen: Choice, *, fixed: int = 0) -> list[Month]:
    """The months from `first`. With `fixed` nights one tap on an arrival is the whole choice: a stay that moves."""
    until = months_on(first, SHOWN)
    nights = {night.day: night for night in book.calendar(first, (until - first).days)}
    leaves = set(book.departures(chosen.arrival)) if chosen.arrival and not chosen.nights else set()

    def cell(day: date) -> Cell:
        if fixed:
            return _movable(book, nights[day], chosen, fixed)
        return _cell(nights[day], chosen, leaves, project.today)

    return [_month(project, months_on(first, n), cell) for n in range(SHOWN)]


def _month(project: Project, first: date, cell: Callable[[date], Cell]) -> Month:
    following = months_on(first, 1)
    begin = project.week_of(first)
    weeks = []
    while begin < following:
        week = [begin + n * DAY for n in range(7)]
        weeks.append([cell(day) if day.month == first.month else None for day in week])
        begin += timedelta(days=7)
    spoken = formats.locale()
    names = [begin + n * DAY for n in range(7)]
    return Month(
        name=name_of(first),
        weekdays=[(_short(day), str(dates.format_date(day, "EEEE", locale=spoken))) for day in names],
        weeks=weeks,
    )


def name_of(day: date) -> str:
    """November 2026"""
    return str(dates.format_skeleton("yMMMM", day, locale=formats.locale())).capitalize()


def _short(day: date) -> str:
    return str(dates.format_date(day, "EEE", locale=formats.locale())).rstrip(".").capitalize()


def _cell(night: Night, chosen: Choice, leaves: set[date], today: date) -> Cell:
    day = night.day
    if chosen.arrival and chosen.departure and chosen.arrival <= day <= chosen.departure:
        look = "from" if day == chosen.arrival else "to" if day == chosen.departure else "in"
        return Cell(day, _arrive(day) if night.may_arrive else "", look, _LOOKS[look]())
    if day == chosen.arrival:
        return Cell(day, "", "from", _("arrival"))
    if chosen.arrival and day in leaves:
        count = (day - chosen.arrival).days
        return Cell(day, f"arrive={chosen.arrival:%Y-%m-%d}&nights={count}", "may", _("leave"))
    if night.may_arrive:
        return Cell(day, _arrive(day), "", _("arrive"))
    return _shut(night, today)


def of_days(project: Project, days: Sequence[FreeDay], first: date) -> list[Month]:
    """The months from `first` of what is booked by the hour. Only a day with a free time leads anywhere; the others
    say in a word why not."""
    by_day = {one.day: one for one in days}

    def cell(day: date) -> Cell:
        found = by_day[day]
        if found.slots:
            return Cell(day, f"day={day:%Y-%m-%d}", "may", times.in_a_word(found))
        if day < project.today:
            return Cell(day, "", "shut", _("past"))
        return Cell(day, "", "off" if found.is_full else "shut", times.in_a_word(found))

    return [_month(project, months_on(first, n), cell) for n in range(SHOWN)]


def _movable(book: Book, night: Night, chosen: Choice, fixed: int) -> Cell:
    day = night.day
    can = night.may_arrive and day + fixed * DAY in book.departures(day)
    query = _arrive(day) if can else ""
    if chosen.arrival and chosen.departure and chosen.arrival <= day <= chosen.departure:
        look = "from" if day == chosen.arrival else "to" if day == chosen.departure else "in"
        return Cell(day, query, look, _LOOKS[look]())
    if can:
        return Cell(day, query, "", _("arrive"))
    return Cell(day, "", "shut", _("too few nights")) if night.may_arrive else _shut(night, date.min)


_LOOKS: dict[str, Callable[[], str]] = {
    "from": lambda: _("arrival"),
    "to": lambda: _("departure"),
    "in": lambda: _("yours"),
}


def _arrive(day: date) -> str:
    return f"arrive={day:%Y-%m-%d}"


_TAKEN = (Reason.CLAIMED, Reason.EXTERNAL, Reason.CAPACITY, Reason.CLOSURE, Reason.LIMIT)


def _shut(night: Night, today: date) -> Cell:
    """A date that cannot be chosen: struck when it is taken, pale when it only does not suit."""
    if night.day < today:
        return Cell(night.day, "", "shut", _("past"))
    if not night.is_free and night.reason in _TAKEN:
        if night.may_leave:
            return Cell(night.day, "", "off", _("taken, others arrive"))
        return Cell(night.day, "", "off", _("taken"))
    said = {
        Reason.TOO_SOON: _("too soon"),
        Reason.PAST_HORIZON: _("not yet"),
        Reason.MIN_NIGHTS: _("too few nights"),
        Reason.BUFFER: _("being made ready"),
    }.get(night.reason or Reason.CLOSED, _("no arrival"))
    return Cell(night.day, "", "shut", said)


def range_of(arrival: date, departure: date) -> str:
    """Fri 11 – Tue 15 Dec"""
    return str(dates.format_interval(arrival, departure, "MMMEd", locale=formats.locale())).replace(",", "")


def plain_range_of(arrival: date, departure: date) -> str:
    """11–15 December"""
    return str(dates.format_interval(arrival, departure, "MMMMd", locale=formats.locale()))
