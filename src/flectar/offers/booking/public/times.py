"""A strip of days with their free times, as a page shows it: the first free day open, full and closed days in words."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from flectar.core import clock
from flectar.offers.booking.availability import Reason
from flectar.offers.booking.deeds import queries
from flectar.offers.booking.deeds.lifecycle import Asked
from flectar.offers.booking.deeds.queries import FreeDay, Slot
from flectar.offers.booking.models import Booking, Closure, Hold, Resource, Service
from flectar.platform.projects.models import Project

DAYS_SHOWN = 7
NOON, EVENING = 12, 18


@dataclass(frozen=True, slots=True)
class Strip:
    """`days` in a row, one of them open, its starts by part of the day; and where the strip may go on."""

    days: Sequence[FreeDay]
    chosen: FreeDay | None
    parts: Sequence[tuple[str, Sequence[Slot]]]
    earlier: date | None
    later: date | None
    next_free: datetime | None


def strip(
    project: Project,
    service: Service,
    *,
    day: date | None = None,
    first: date | None = None,
    resource: Resource | None = None,
    for_team: bool = False,
    without: Booking | None = None,
    asked: Sequence[Asked] = (),
    party: int = 1,
    hold: Hold | None = None,
) -> Strip:
    """The week from `first` (default: that of the first free time), with `day` or its first free day open.

    `asked` says more than one service and person can: a visit of several, with their extras.
    """
    wanted_all = asked or [Asked(service, resource)]
    today = project.today
    last = today + timedelta(days=730 if for_team else service.horizon_days)
    begin = min(max(first or day or today, today if not for_team else date.min), last)
    if first is not None and day is not None and first <= day < first + timedelta(days=DAYS_SHOWN):
        begin = min(max(first, today if not for_team else date.min), last)

    def week(begin: date) -> list[FreeDay]:
        return queries.free_times(
            project,
            service,
            first_day=begin,
            days=DAYS_SHOWN,
            resource=wanted_all[0].resource,
            extras=wanted_all[0].extras,
            also=wanted_all[1:],
            party=party,
            for_team=for_team,
            without=without,
            hold=hold,
            location=wanted_all[0].location,
        )

    days = week(begin)
    upcoming = None
    if not any(one.slots for one in days):
        upcoming = queries.next_free_for(project, wanted_all, party=party)
        if upcoming and first is None and day is None and not for_team:
            begin = upcoming.astimezone(project.tz).date()
            days = week(begin)
    wanted = next((one for one in days if one.day == day), None)
    chosen = wanted or next((one for one in days if one.slots), None)
    after = begin + timedelta(days=DAYS_SHOWN)
    if not for_team and (chosen is None or not chosen.slots):
        # Rather what comes than what was: the visitor has gone this far.
        empty = chosen.day if chosen else days[-1].day
        later = next((one.slots[0].starts_at for one in days if one.day > empty and one.slots), None)
        beyond = clock.day_bounds(days[-1].day, project.tz)[1]
        later = later or queries.next_free_for(project, wanted_all, party=party, after=beyond)
        upcoming = later or upcoming or queries.next_free_for(project, wanted_all, party=party)
    return Strip(
        days=days,
        chosen=chosen,
        parts=_parts(chosen, project) if chosen else (),
        earlier=max(begin - timedelta(days=DAYS_SHOWN), today) if begin > today else None,
        later=after if after <= last else None,
        next_free=upcoming,
    )


def _parts(day: FreeDay, project: Project) -> list[tuple[str, list[Slot]]]:
    parts: dict[str, list[Slot]] = {_("Morning"): [], _("Afternoon"): [], _("Evening"): []}
    morning, afternoon, evening = parts
    for slot in day.slots:
        hour = slot.starts_at.astimezone(project.tz).hour
        parts[morning if hour < NOON else afternoon if hour < EVENING else evening].append(slot)
    return [(name, slots) for name, slots in parts.items() if slots]


def in_a_word(day: FreeDay) -> str:
    """4 free · Full · Closed: what stands under a day."""
    if day.slots:
        return ngettext("%(count)s free", "%(count)s free", len(day.slots)) % {"count": len(day.slots)}
    if day.is_full:
        return _("Full")
    return {
        Reason.TOO_SOON: _("Too soon"),
        Reason.PAST_HORIZON: _("Not yet"),
        Reason.CLOSURE: _("Away"),
    }.get(day.reason or Reason.CLOSED, _("Closed"))


def why_empty(project: Project, service: Service, day: FreeDay | None, resource: Resource | None = None) -> str:
    """The same as a sentence with a way on; empty for a day that has free times."""
    if day is None or day.slots:
        return ""
    if day.is_full:
        return _("This day is full. Choose another day.")
    if day.reason == Reason.CLOSURE and (said := _public_reason(project, service, day.day, resource)):
        return _("%(reason)s. Choose another day.") % {"reason": said.rstrip(".")}
    return {
        Reason.TOO_SOON: _("That is too soon for us to be ready. Choose a later day, or call us."),
        Reason.PAST_HORIZON: _("We do not take bookings for that day yet. Choose an earlier one."),
        Reason.CLOSURE: _("We are away that day. Choose another day."),
    }.get(day.reason or Reason.CLOSED, _("We are closed that day. Choose another day."))


def _public_reason(project: Project, service: Service, day: date, resource: Resource | None) -> str:
    """What the business lets customers know of why that day is blocked."""
    start, end = clock.day_bounds(day, project.tz)
    whose = Q(resource=None) | Q(resource=resource.pk) if resource else Q(resource=None)
    closures = Closure.objects.overlapping(start, end).filter(whose, is_public=True)
    found = closures.filter(Q(service=None) | Q(service=service.pk)).order_by("starts_at", "id").first()
    return str(found.reason) if found else ""


def written(instant: datetime) -> str:
    """An instant in an address: 2026-11-24T15:30Z."""
    return f"{instant.astimezone(UTC):%Y-%m-%dT%H:%MZ}"


def read_instant(text: str) -> datetime | None:
    try:
        return datetime.strptime(text, "%Y-%m-%dT%H:%MZ").replace(tzinfo=UTC)
    except ValueError:
        return None


def read_day(query: Mapping[str, str], name: str) -> date | None:
    """A date of the query string; nonsense and far-away years are as if it were not there."""
    try:
        day = date.fromisoformat(query.get(name, ""))
    except ValueError:
        return None
    return day if 2000 <= day.year <= 2200 else None


def uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def whole(text: str) -> int | None:
    """Digits, and not many of them."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 13 else None
