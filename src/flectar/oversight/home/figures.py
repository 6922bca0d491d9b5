"""Eight weeks in four numbers: what was booked, how often, and who is new."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from flectar.core import clock
from flectar.core.money import Money, format_money
from flectar.oversight.home.weeks import booked_by_week, new_by_week
from flectar.platform.projects.access import can
from flectar.platform.projects.models import Project
from flectar.ui import formats

WEEKS = 8


@dataclass(frozen=True, slots=True)
class Figure:
    """`points` go from the oldest week to this one; `change` says the difference to last week in words."""

    label: str | Promise
    value: str
    points: tuple[int, ...]
    change: str
    direction: str  # up, down or "": an arrow's name, not a judgement

    @property
    def line(self) -> str:
        """The path of the drawing, 100 wide and 34 high."""
        top = max(self.points) or 1
        step = 100 / (len(self.points) - 1)
        return "M" + "L".join(f"{n * step:.1f} {30 - 26 * point / top:.1f}" for n, point in enumerate(self.points))

    @property
    def end(self) -> str:
        return f"M{self.line.rpartition('L')[2]}h.01"


def of(user: Any, project: Project) -> list[Figure]:
    """Nothing for a business that has no past yet."""
    weeks = _weeks(project)
    since = clock.day_bounds(weeks[0], project.tz)[0]
    until = clock.day_bounds(weeks[-1] + timedelta(days=6), project.tz)[1]
    found: list[Figure] = []
    if project.has("booking") and can(user, "bookings.read", project):
        booked = booked_by_week(project, since=since, until=until)
        sums = [booked.get(week, (0, 0))[0] for week in weeks]
        counts = [booked.get(week, (0, 0))[1] for week in weeks]
        found += [_money(project, sums), _count(_("Bookings this week"), counts)]
    if project.has("customers") and can(user, "customers.read", project):
        new = new_by_week(project, since=since)
        found.append(_count(_("New customers"), [new.get(week, 0) for week in weeks]))
    return found if any(any(figure.points) for figure in found) else []


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
    return _figure(_("Booked this week"), said(points[-1]), points, more, less)


def _count(label: str | Promise, points: list[int]) -> Figure:
    number = abs(points[-1] - points[-2])
    more = ngettext("%(number)s more than last week", "%(number)s more than last week", number) % {"number": number}
    less = ngettext("%(number)s fewer than last week", "%(number)s fewer than last week", number) % {"number": number}
    return _figure(label, str(points[-1]), points, more, less)


def _figure(label: str | Promise, value: str, points: list[int], more: str, less: str) -> Figure:
    if points[-1] > points[-2]:
        return Figure(label, value, tuple(points), more, "up")
    if points[-1] < points[-2]:
        return Figure(label, value, tuple(points), less, "down")
    return Figure(label, value, tuple(points), gettext("As last week"), "")
