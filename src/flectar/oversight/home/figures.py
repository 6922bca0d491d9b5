"""Eight weeks in four numbers: what was booked, how often, and who is new."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from flectar.core import clock
from flectar.core.money import Money, format_money
from flectar.offers.booking import reach
from flectar.oversight.home.weeks import by_week
from flectar.platform.projects.access import can
from flectar.platform.projects.models import Project
from flectar.ui import formats
from flectar.ui.charts import Chart, Series

WEEKS = 8


@dataclass(frozen=True, slots=True)
class Figure:
    """`change` says the difference to last week in words."""

    series: Series
    change: str
    direction: str  # up, down or "": an arrow's name, not a judgement

    @property
    def label(self) -> str | Promise:
        return self.series.label

    @property
    def value(self) -> str:
        return self.series.said[-1]


@dataclass(frozen=True, slots=True)
class Figures:
    figures: list[Figure]
    chart: Chart


def of(user: Any, project: Project) -> Figures | None:
    """Nothing for a business that has no past yet."""
    weeks = _weeks(project)
    # The numbers of the business are for who sees all of its calendars.
    sees_bookings = (
        project.has("booking") and can(user, "bookings.read", project) and not reach.is_limited(user, project)
    )
    sees_customers = project.has("customers") and can(user, "customers.read", project)
    found = by_week(
        project,
        since=clock.day_bounds(weeks[0], project.tz)[0],
        until=clock.day_bounds(weeks[-1] + timedelta(days=6), project.tz)[1],
        bookings=sees_bookings,
        customers=sees_customers,
    )
    figures: list[Figure] = []
    if sees_bookings:
        figures.append(_money(project, [found.booked.get(week, (0, 0))[0] for week in weeks]))
        figures.append(_count(_("Bookings this week"), [found.booked.get(week, (0, 0))[1] for week in weeks]))
    if sees_customers:
        figures.append(_count(_("New customers"), [found.new.get(week, 0) for week in weeks]))
    if not any(any(figure.series.points) for figure in figures):
        return None
    steps = [formats.short_day(week) for week in weeks]
    return Figures(figures, Chart(_("Week from"), steps, [figure.series for figure in figures]))


def _weeks(project: Project) -> list[date]:
    """The Mondays of the last eight weeks, this one last."""
    monday = project.today - timedelta(days=project.today.weekday())
    return [monday - timedelta(weeks=n) for n in reversed(range(WEEKS))]


def _money(project: Project, points: list[int]) -> Figure:
    def said(minor: int) -> str:
        return format_money(Money(minor, project.currency), str(formats.locale()))

    difference = points[-1] - points[-2]
    amount = {"amount": said(abs(difference))}
    more, less = gettext("%(amount)s more than last week") % amount, gettext("%(amount)s less than last week") % amount
    return _figure(Series(_("Booked this week"), points, [said(minor) for minor in points]), more, less)


def _count(label: str | Promise, points: list[int]) -> Figure:
    number = abs(points[-1] - points[-2])
    more = ngettext("%(number)s more than last week", "%(number)s more than last week", number) % {"number": number}
    less = ngettext("%(number)s fewer than last week", "%(number)s fewer than last week", number) % {"number": number}
    return _figure(Series(label, points, [str(point) for point in points]), more, less)


def _figure(series: Series, more: str, less: str) -> Figure:
    now, before = series.points[-1], series.points[-2]
    if now > before:
        return Figure(series, more, "up")
    if now < before:
        return Figure(series, less, "down")
    return Figure(series, gettext("As last week"), "")
