"""What others ask about bookings: free times, today, and the three deeds. These names stay.

Everything runs inside the project's scope. Times are instants (aware, UTC).
"""

from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from uuid import UUID

from flectar.core import clock
from flectar.offers.booking import availability
from flectar.offers.booking.availability import Need, Quota, Reason
from flectar.offers.booking.deeds.lifecycle import Asked, book, cancel, move, restore
from flectar.offers.booking.errors import BookingError
from flectar.offers.booking.hours import instant_of, minute_of
from flectar.offers.booking.models import Booking, Hold, Resource, Service, ServiceExtra, ServiceNeed, Session
from flectar.offers.booking.scheduling import locations, seats, stays
from flectar.offers.booking.scheduling.diaries import Candidates, candidates, customer_rules, team_rules
from flectar.offers.booking.scheduling.wish import Wish, visit
from flectar.platform.projects.models import Location, Project

__all__ = [
    "FreeDay",
    "Slot",
    "book",
    "cancel",
    "free_times",
    "move",
    "next_free",
    "restore",
    "services",
]

SEARCH_STEP_DAYS = 31


@dataclass(frozen=True, slots=True)
class Slot:
    """A free start and the ids of those who could take it (of the first group: the people)."""

    starts_at: datetime
    resource_ids: tuple[UUID, ...]


@dataclass(frozen=True, slots=True)
class FreeDay:
    """One local day of the business: its free starts, or the reason why it has none."""

    day: date
    slots: tuple[Slot, ...]
    reason: Reason | None

    @property
    def is_full(self) -> bool:
        return self.reason in (Reason.CLAIMED, Reason.BUFFER, Reason.EXTERNAL, Reason.CAPACITY, Reason.LIMIT)


def free_times(
    project: Project,
    service: Service,
    *,
    first_day: date,
    days: int,
    resource: Resource | None = None,
    extras: Mapping[ServiceExtra, int] | None = None,
    party: int = 1,
    now: datetime | None = None,
    for_team: bool = False,
    without: Booking | None = None,
    also: Sequence[Asked] = (),
    hold: Hold | None = None,
    location: Location | None = None,
) -> list[FreeDay]:
    """The free starts of `days` local days. Listed means bookable: booking asks the same function.

    `for_team` lifts notice, horizon and the step; `without` looks as if that booking were gone, to move it; `also` are
    services that follow in the same visit; `hold` is the visitor's own.
    """
    rules = customer_rules(project, service, now)
    if for_team:  # on the service's own steps, or the list would be endless; booking takes every five minutes
        rules = replace(team_rules(service), step=service.step_min)
    bounds = [minute_of(clock.day_bounds(first_day + timedelta(days=n), project.tz)[0]) for n in range(days + 1)]
    if service.mode == Service.Mode.STAY:
        chosen = candidates(service, resource, party=party, location=location)
        return _arrivals(project, chosen, first_day, days, party=party, now=now, for_team=for_team)
    if service.mode == Service.Mode.SESSION:
        found = _planned(project, service, bounds, party=party, now=now, for_team=for_team)
        wanted = [one for one in found if _is_asked_for(one, resource, location)]
        return _dates(wanted, first_day, bounds, party=party)
    needs: list[Need] = []
    quotas: list[Quota] = []
    if wish := _wish(
        project,
        [Asked(service, resource, extras or {}, location), *also],
        party,
        for_team=for_team,
        without=without,
        hold=hold,
    ):
        rules = replace(rules, duration=wish.minutes)
        needs = wish.needs(rules, bounds[0], bounds[-1])
        quotas = wish.quotas(needs, bounds[0], bounds[-1])
        if location is None and (places := locations.apart(wish.items[0].chosen)):
            return _merged(
                free_times(
                    project,
                    service,
                    first_day=first_day,
                    days=days,
                    resource=resource,
                    extras=extras,
                    party=party,
                    now=now,
                    for_team=for_team,
                    without=without,
                    also=also,
                    hold=hold,
                    location=place,
                )
                for place in places
            )
    # All days in one go, and then each its own: the facts of a month are walked through once.
    free = availability.free_starts(needs, rules, bounds[0], bounds[-1], quotas)
    by_day: list[list[Slot]] = [[] for _ in range(days)]
    for start, who in free.items():
        by_day[bisect_right(bounds, start) - 1].append(Slot(instant_of(start), who[0]))  # type: ignore[arg-type]  # the ids that `diaries` put in
    return [
        FreeDay(
            first_day + timedelta(days=n),
            tuple(slots),
            None if slots else availability.why_empty(needs, rules, bounds[n], bounds[n + 1], quotas),
        )
        for n, slots in enumerate(by_day)
    ]


def _merged(each: Iterable[list[FreeDay]]) -> list[FreeDay]:
    """The same days at several locations as one list: what is free at one of them is free."""
    together = []
    for same_day in zip(*each, strict=True):
        able: dict[datetime, tuple[UUID, ...]] = {}
        for slot in (slot for one in same_day for slot in one.slots):
            able[slot.starts_at] = (*able.get(slot.starts_at, ()), *slot.resource_ids)
        slots = tuple(Slot(at, able[at]) for at in sorted(able))
        full = next((one.reason for one in same_day if one.is_full), same_day[0].reason)
        together.append(FreeDay(same_day[0].day, slots, None if slots else full))
    return together


def _arrivals(
    project: Project,
    chosen: Candidates,
    first: date,
    days: int,
    *,
    party: int = 1,
    now: datetime | None = None,
    for_team: bool = False,
) -> list[FreeDay]:
    """Of stays: the check-in of each day on which one may begin, and the places that could take its first night."""
    book = stays.read(project, chosen, first, first + timedelta(days=days), party=party, now=now, by_team=for_team)
    return [
        FreeDay(
            night.day,
            (Slot(stays.check_in(project, chosen.service, night.day), tuple(one.pk for one in chosen.people)),)
            if night.may_arrive
            else (),
            night.reason,
        )
        for night in book.calendar(first, days)
    ]


def _planned(
    project: Project, service: Service, bounds: Sequence[int], *, party: int, now: datetime | None, for_team: bool
) -> list[Session]:
    first, until = instant_of(bounds[0]), instant_of(bounds[-1])
    if for_team:
        return seats.planned(service, first, until)
    return seats.open_for_customers(project, service, first, until, party=party, now=now)


def _is_asked_for(one: Session, resource: Resource | None, location: Location | None) -> bool:
    is_theirs = resource is None or one.resource_id == resource.pk
    return is_theirs and (location is None or one.resource.location_id in (None, location.pk))


def _dates(wanted: Sequence[Session], first_day: date, bounds: Sequence[int], *, party: int) -> list[FreeDay]:
    """Of a class: its dates with enough places, by local day; a day whose dates are all full says so."""
    places = seats.left(wanted)
    days = []
    for n in range(len(bounds) - 1):
        those = [one for one in wanted if bounds[n] <= minute_of(one.starts_at) < bounds[n + 1]]
        able = tuple(Slot(one.starts_at, (one.resource_id,)) for one in those if places[one.pk] >= party)
        reason = None if able else Reason.CAPACITY if those else Reason.CLOSED
        days.append(FreeDay(first_day + timedelta(days=n), able, reason))
    return days


def _wish(
    project: Project,
    asked: Sequence[Asked],
    party: int = 1,
    *,
    for_team: bool = False,
    without: Booking | None = None,
    hold: Hold | None = None,
) -> Wish | None:
    """None when nobody does it, or nothing seats the party."""
    wanted = [(one.service, one.resource, dict(one.extras)) for one in asked]
    minutes = without.minutes if without else None
    items = visit(wanted, party=party, minutes=minutes, location=asked[0].location)
    try:
        return Wish(
            project,
            items,
            clock.now(),
            by_team=for_team,
            is_limited=not for_team,
            party=party,
            moving=[without] if without else [],
            hold=hold,
        )
    except BookingError:
        return None


def next_free(project: Project, service: Service | None = None, *, now: datetime | None = None) -> datetime | None:
    """The first free start of the service, or of any active service; None when the whole horizon is full."""
    found = next_free_of(project, [service] if service else services(project), now=now)
    return found[1] if found else None


def next_free_for(
    project: Project, asked: Sequence[Asked], *, party: int = 1, after: datetime | None = None
) -> datetime | None:
    """The first free start of a whole wish, from `after` on: several services, people, extras, so many of them."""
    wish = _wish(project, asked, party)
    return next(iter(_next_of(project, wish, after=after)), None) if wish else None


def next_free_of(
    project: Project, wanted: Sequence[Service], *, now: datetime | None = None
) -> tuple[Service, datetime] | None:
    """The first free start of any of these services, and which one it is."""
    firsts = [(found[0], index) for index, one in enumerate(wanted) if (found := next_starts(project, one, now=now))]
    if not firsts:
        return None
    first, index = min(firsts)
    return wanted[index], first


def next_starts(project: Project, service: Service, *, days: int = 1, now: datetime | None = None) -> list[datetime]:
    """The first free start of the service, and that of the following days with free time as far as the same reading
    tells of them: `days` at most, and no more questions than for one."""
    if service.mode == Service.Mode.STAY:
        found = _next_arrivals(project, service, now)
    elif service.mode == Service.Mode.SESSION:
        found = seats.next_open(project, service, now=now)
    else:
        wish = _wish(project, [Asked(service)])
        places = locations.apart(wish.items[0].chosen) if wish else []
        wishes = [_wish(project, [Asked(service, location=place)]) for place in places] or [wish]
        found = sorted(start for one in wishes if one for start in _next_of(project, one, now))
    firsts: dict[date, datetime] = {}
    for start in found:
        firsts.setdefault(start.astimezone(project.tz).date(), start)
    return list(firsts.values())[:days]


def _next_of(
    project: Project, wish: Wish, now: datetime | None = None, after: datetime | None = None
) -> list[datetime]:
    """The free starts of the first stretch that has any, from `after` on."""
    rules = replace(customer_rules(project, wish.service, now), duration=wish.minutes)
    # A week answers almost always; only a full calendar is read on, month by month.
    start, step = max(rules.earliest, minute_of(after) if after else rules.earliest), 7 * 1440
    while start < rules.latest:
        until = min(start + step, rules.latest)
        needs = wish.needs(rules, start, until)
        if free := availability.free_starts(needs, rules, start, until, wish.quotas(needs, start, until)):
            return [instant_of(one) for one in free]
        start, step = until, SEARCH_STEP_DAYS * 1440
    return []


def _next_arrivals(project: Project, service: Service, now: datetime | None) -> list[datetime]:
    first, left = (now or clock.now()).astimezone(project.tz).date(), service.horizon_days + 1
    chosen = candidates(service, party=service.min_party)
    while left > 0:
        step = min(left, SEARCH_STEP_DAYS)
        days = _arrivals(project, chosen, first, step, party=service.min_party, now=now)
        if found := [one.slots[0].starts_at for one in days if one.slots]:
            return found
        first, left = first + timedelta(days=step), left - step
    return []


def services(project: Project) -> Sequence[Service]:
    """What can be booked, in the owner's order."""
    return list(Service.objects.active().in_order())


def in_groups(*, also_off: bool = False) -> list[Service]:
    """What can be booked, members of a group together, groups in the order of their first member."""
    services = Service.objects.all() if also_off else Service.objects.active()
    found = list(services.in_order())
    order = {name: index for index, name in reversed(list(enumerate(one.group for one in found)))}
    return sorted(found, key=lambda one: order[one.group])


def done_by(wanted: str, among: Sequence[Service]) -> tuple[Resource | None, list[Service]]:
    """The person of that id, and which of these services they do; nobody for nonsense."""
    try:
        person = Resource.objects.active().filter(pk=UUID(wanted), kind=Resource.Kind.STAFF).first()
    except ValueError:
        return None, []
    if person is None:
        return None, []
    theirs = set(ServiceNeed.objects.filter(resource=person).values_list("service_id", flat=True))
    return person, [one for one in among if one.pk in theirs]


def people_of(found: Candidates) -> tuple[Resource, ...]:
    """Whom a customer may choose among; none where not everything the service needs is there."""
    people = found.people if found.exist else ()
    return tuple(one for one in people if one.kind == Resource.Kind.STAFF)


GONE = (Booking.Status.CANCELLED, Booking.Status.DECLINED, Booking.Status.EXPIRED)
