"""What the database knows about a stretch of time, as the diaries that `availability` reads.

One query brings it all, through btree indexes and plain comparisons: under row-level security a range operator would
read every claim of the project.
"""

import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import connection

from flectar.core import clock
from flectar.offers.booking.availability import FAR, Diary, Need, Part, Rules
from flectar.offers.booking.hours import DAY_MIN, Span, Window, ceil_minute, instant_of, minute_of, opened
from flectar.offers.booking.models import Resource, Service, ServiceExtra
from flectar.offers.booking.models.bookings import LONGEST_CLAIM, LONGEST_STAY
from flectar.platform.projects.models import Location, Project

STAFF_STEP = 5
_EPOCH = date(1970, 1, 1)
_PADDING = timedelta(days=2)  # windows of the days around may reach into the stretch, or carry on behind it


@dataclass(frozen=True, slots=True)
class Group:
    """Resources any of which will do; `qty` of them, for `parts` of the service (empty: all of it)."""

    number: int
    members: tuple[Resource, ...]
    qty: int = 1
    parts: tuple[tuple[int, int], ...] = ()

    def at(self, location_id: UUID) -> "Group":
        return replace(self, members=tuple(one for one in self.members if one.location_id in (None, location_id)))


@dataclass(frozen=True, slots=True)
class Candidates:
    """Who could do a service: groups of resources, each group to be met by its members."""

    service: Service
    groups: tuple[Group, ...]
    stock: tuple[Group, ...] = ()
    """What the chosen extras use up."""
    is_limited: bool = False
    is_switched_off: bool = False
    """Of some group nothing is active: nobody can take it, however many they are."""

    @property
    def needed(self) -> tuple[Group, ...]:
        return (*self.groups, *self.stock)

    @property
    def all(self) -> dict[UUID, Resource]:
        return {resource.pk: resource for group in self.needed for resource in group.members}

    @property
    def people(self) -> tuple[Resource, ...]:
        """Whom a customer may choose among: the first group."""
        return self.groups[0].members if self.groups else ()

    @property
    def exist(self) -> bool:
        return bool(self.groups) and all(group.members for group in self.needed)

    @property
    def named(self) -> set[UUID]:
        """The locations to which some of them are bound."""
        return {one.location_id for group in self.needed for one in group.members if one.location_id}

    def seating(self, party: int) -> "Candidates":
        """Without those into which so many people do not fit, or are too few for."""
        seats = [replace(one, members=tuple(who for who in one.members if who.seats(party))) for one in self.groups]
        return replace(self, groups=tuple(seats))

    def at(self, location_id: UUID) -> "Candidates":
        """Those who work at this location, or at any."""
        return replace(
            self,
            groups=tuple(group.at(location_id) for group in self.groups),
            stock=tuple(group.at(location_id) for group in self.stock),
        )


def candidates(
    service: Service,
    resource: Resource | None = None,
    *,
    party: int | None = 1,
    extras: Mapping[ServiceExtra, int] | None = None,
    location: Location | None = None,
) -> Candidates:
    """The active resources that the service needs; with `resource`, only that one in the groups it belongs to.

    Those that the party does not fit into are left out (None: any fits). Extras that use up a stock need it, too. All
    of them are at the `location`, or at that of the resource.
    """
    members: dict[int, list[Resource]] = defaultdict(list)
    special: dict[int, tuple[int, tuple[tuple[int, int], ...]]] = {}
    is_limited = False
    for one in Resource.objects.raw(_NEEDED, {"project": service.project_id, "service": service.pk}):
        is_limited = one.is_limited
        if one.qty:
            count = one.qty * (party or 1) if one.is_per_person else one.qty
            special[one.group_no] = (count, tuple((int(a), int(b)) for a, b in json.loads(one.parts)))
        members[one.group_no] += [one] if one.is_active else []  # a group without anybody is a need that nobody meets
    if resource is not None:
        chosen = {number: [one for one in group if one.pk == resource.pk] for number, group in members.items()}
        if not any(chosen.values()):
            return Candidates(service, ())
        members = defaultdict(list, {number: chosen[number] or members[number] for number in members})
    groups = tuple(Group(number, tuple(members[number]), *special.get(number, ())) for number in sorted(members))
    is_switched_off = not all(members.values())
    stock = tuple(
        Group(-index, (extra.stock,) if extra.stock.is_active else (), qty)
        for index, (extra, qty) in enumerate((extras or {}).items(), 1)
        if extra.stock is not None and qty > 0
    )
    found = Candidates(service, groups, stock, is_limited, is_switched_off)
    found = found if party is None else found.seating(party)
    where = (resource.location_id if resource else None) or (location.pk if location else None)
    return found.at(where) if where else found


def customer_rules(project: Project, service: Service, now: datetime | None = None) -> Rules:
    """What a customer may choose: notice in elapsed time, the horizon in whole days of the business."""
    moment = now or clock.now()
    last_day = moment.astimezone(project.tz).date() + timedelta(days=service.horizon_days)
    return service.rules(
        earliest=ceil_minute(moment + timedelta(minutes=service.notice_min)),
        latest=minute_of(clock.day_bounds(last_day, project.tz)[1]),
    )


def team_rules(service: Service) -> Rules:
    """The team may book at short notice, far ahead, in the past, and every five minutes; never twice, never closed."""
    return replace(service.rules(earliest=-FAR, latest=FAR), step=STAFF_STEP)


@dataclass(frozen=True, slots=True)
class Item:
    """One service of a visit: it begins `offset` minutes after the visit and takes `minutes`."""

    chosen: Candidates
    minutes: int
    offset: int = 0
    is_first: bool = True
    is_last: bool = True

    def parts_of(self, group: Group) -> tuple[Part, ...]:
        """When a group is needed, counted from the start of the visit. What extras add lengthens its last part.

        Free time before and after lies around the whole visit, not between its services.
        """
        service = self.chosen.service
        spans = list(group.parts) or [(0, service.duration_min)]
        added = self.minutes - service.duration_min
        if spans[-1][0] + spans[-1][1] == service.duration_min:
            spans[-1] = (spans[-1][0], max(5, spans[-1][1] + added))
        end = max(offset + length for offset, length in spans)
        return tuple(
            Part(
                self.offset + offset,
                length,
                service.buffer_before if offset == 0 and self.is_first else 0,
                service.buffer_after if offset + length == end and self.is_last else 0,
            )
            for offset, length in spans
        )


def read_needs(
    project: Project,
    items: Sequence[Item],
    rules: Rules,
    first: int,
    until: int,
    *,
    without: Sequence[UUID] = (),
    now: datetime | None = None,
) -> list[Need]:
    """The needs of these services with their diaries, complete for starts in [first, until).

    `without`: as if these bookings and holds were not.
    """
    resources = {pk: one for item in items for pk, one in item.chosen.all.items()}
    reach = max((part.offset + part.length + part.after for _, _, parts in _each(items) for part in parts), default=0)
    diaries = read(
        project,
        list(resources.values()),
        first - max((item.chosen.service.buffer_before for item in items), default=0),
        until + max(reach, rules.duration + rules.after),
        services=[item.chosen.service for item in items],
        without=without,
        now=now,
    )
    return [Need([diaries[one.pk] for one in group.members], parts, group.qty) for _, group, parts in _each(items)]


def _each(items: Sequence[Item]) -> list[tuple[Item, Group, tuple[Part, ...]]]:
    return [(item, group, item.parts_of(group)) for item in items for group in item.chosen.needed]


def read(
    project: Project,
    resources: Sequence[Resource],
    first: int,
    until: int,
    *,
    services: Sequence[Service] = (),
    without: Sequence[UUID] = (),
    now: datetime | None = None,
) -> dict[UUID, Diary]:
    """Each resource's hours and everything that fills them in [first, until). A hold that has run out fills nothing."""
    from_day = instant_of(first).astimezone(project.tz).date() - _PADDING
    to_day = instant_of(until).astimezone(project.tz).date() + _PADDING
    facts = _Facts(project, from_day, to_day)
    with connection.cursor() as cursor:
        cursor.execute(
            _FACTS_WITHOUT if without else _FACTS,
            {
                "project": project.pk,
                "resources": [resource.pk for resource in resources],
                "services": [service.pk for service in services],
                "without": list(without),
                "first": instant_of(first),
                "until": instant_of(until),
                "now": now or clock.now(),
                "lately": instant_of(first) - LONGEST_CLAIM,
                "long_ago": instant_of(first) - LONGEST_STAY,
                "from_day": from_day,
                "to_day": to_day,
            },
        )
        facts.take(cursor.fetchall())
    is_on_the_clock = bool(services) and services[0].align == Service.Align.CLOCK
    return {resource.pk: facts.diary(resource, is_on_the_clock=is_on_the_clock) for resource in resources}


@dataclass(slots=True)
class _Facts:
    """The rows of the one query, sorted by what they are about."""

    project: Project
    from_day: date
    to_day: date
    claims: dict[UUID, dict[int, list[Span]]] = field(default_factory=lambda: defaultdict(lambda: defaultdict(list)))
    others: Any = field(default_factory=lambda: defaultdict(lambda: defaultdict(list)))
    hours: dict[object, tuple[list[Span], list[int]]] = field(default_factory=dict)

    def take(self, rows: list[Any]) -> None:
        for kind, who, a, b, c, more in rows:
            if kind == "claim":
                self.claims[who][c].append((a, b))
            else:
                self.others[kind][who].append((a, b, c, more))

    def diary(self, resource: Resource, *, is_on_the_clock: bool) -> Diary:
        own = resource.schedule_id or self.others["override"][resource.pk]
        key = resource.pk if own else resource.location_id
        if key not in self.hours:
            self.hours[key] = self._hours(resource)
        spans, wall = self.hours[key]
        away = self.others["closure"][None] + self.others["closure"][resource.pk]
        return Diary(
            who=resource.pk,
            hours=spans,
            closures=sorted((a, b) for a, b, _, _ in away),
            external=sorted((a, b) for a, b, _, _ in self.others["busy"][resource.pk]),
            anchors=[opens - at for (opens, _), at in zip(spans, wall, strict=True)] if is_on_the_clock else (),
            is_floating=resource.allocation == Resource.Allocation.FLOATING,
            **self._lanes(resource),
        )

    def _lanes(self, resource: Resource) -> dict[str, Any]:
        """By unit. What was booked twice on purpose stands on a unit that there is not: it fills one of the others."""
        by_unit = self.claims.get(resource.pk, {})
        if resource.units == 1:
            return {"claims": sorted(span for spans in by_unit.values() for span in spans)}
        lanes: list[list[Span]] = [[] for _ in range(resource.units)]
        for unit, spans in by_unit.items():
            lanes[(unit - 1) % resource.units] += spans
        return {"lanes": [sorted(lane) for lane in lanes]}

    def _hours(self, resource: Resource) -> tuple[list[Span], list[int]]:
        """A person's own week and dates; without an own week, that of the place, and its special days."""
        zone, house = self._place(resource)
        own = self.others["weekly"][resource.pk] if resource.schedule_id else None
        dated = any(more for _, _, _, more in own) if own else False
        weekly: dict[int, list[Window]] = defaultdict(list)
        special: dict[date, list[Window]] = {}
        if dated and own:
            for day in (self.from_day + timedelta(days=n) for n in range((self.to_day - self.from_day).days + 1)):
                special[day] = [(a, b) for weekday, a, b, more in own if weekday == day.weekday() and _holds(more, day)]
        for weekday, start, length, _more in house if own is None and not resource.schedule_id else own or ():
            weekly[weekday].append((start, length))
        for number, _, _, windows in self.others["special"][None]:
            day, hours = _day(number), _windows(windows)
            # A special day of the business shortens a person's own hours and never makes them longer.
            special[day] = _both(hours, special.get(day, weekly[day.weekday()])) if resource.schedule_id else hours
        special |= {_day(day): _windows(windows) for day, _, _, windows in self.others["override"][resource.pk]}
        spans = opened(weekly, special, zone, self.from_day, (self.to_day - self.from_day).days + 1)
        walls = [instant_of(opens).astimezone(zone) for opens, _ in spans]
        return spans, [(wall.hour * 60 + wall.minute) % DAY_MIN for wall in walls]

    def _place(self, resource: Resource) -> tuple[ZoneInfo, list[Any]]:
        """The zone and the week of where the resource is. The first location keeps the hours of the business."""
        for is_first, _, _, more in self.others["place"][resource.location_id] if resource.location_id else ():
            place = json.loads(more) if isinstance(more, str) else more
            week = [(int(day), int(start), int(length), None) for day, start, length in place["week"]]
            return ZoneInfo(place["zone"]), self.others["house"][None] if is_first else week
        return self.project.tz, self.others["house"][None]


def _holds(more: Any, day: date) -> bool:
    """Whether a window of summer, or of winter, holds on this day."""
    dates = (json.loads(more) if isinstance(more, str) else more) or (None, None)
    first, last = (date.fromisoformat(one) if one else None for one in dates)
    return (first is None or first <= day) and (last is None or day <= last)


def _both(some: list[Window], others: list[Window]) -> list[Window]:
    """The time that both lists of windows share."""
    shared = [(max(a, b), min(a + a_len, b + b_len)) for a, a_len in some for b, b_len in others]
    return [(start, end - start) for start, end in shared if start < end]


def _day(number: int) -> date:
    return _EPOCH + timedelta(days=number)


def _windows(value: Any) -> list[Window]:
    pairs = json.loads(value) if isinstance(value, str) else value
    return [(int(start), int(length)) for start, length in pairs]


# Written out, as the facts below: every look at free times begins here.
_NEEDED = """
SELECT r.*, n.group_no, g.qty, g.is_per_person, g.parts::text AS parts,
       EXISTS (SELECT FROM booking_limit l WHERE l.project_id = n.project_id
                AND (l.service_id IS NULL OR l.service_id = n.service_id)) AS is_limited
  FROM booking_serviceneed n
  JOIN booking_resource r ON r.project_id = n.project_id AND r.id = n.resource_id
  LEFT JOIN booking_needgroup g
    ON g.project_id = n.project_id AND g.service_id = n.service_id AND g.group_no = n.group_no
 WHERE n.project_id = %(project)s AND n.service_id = %(service)s
 ORDER BY n.group_no, r.rank, r.name_folded, r.id
"""

_MINUTES = "(date_part('epoch', {0}) / 60)::int"

# Two looks: what began within two days, by the index of all claims, and the few that are longer, by their own.
_CLAIMS = f"""\
SELECT 'claim', resource_id, {_MINUTES.format("starts_at")}, {_MINUTES.format("ends_at")}, unit, NULL::jsonb
  FROM booking_claim
 WHERE project_id = %(project)s AND resource_id = ANY(%(resources)s)
   AND {{begun}} AND ends_at > %(first)s
   AND (expires_at IS NULL OR expires_at > %(now)s)
   AND (booking_id IS NULL OR booking_id <> ALL(%(without)s::uuid[]))
"""  # noqa: S608 - made of constants
_LATELY = "starts_at >= %(lately)s AND starts_at < %(until)s"
_LONG_AGO = "starts_at >= %(long_ago)s AND starts_at < %(lately)s AND (ends_at - starts_at) > interval '2 days'"

_FACTS = f"""
{_CLAIMS.format(begun=_LATELY)}
UNION ALL
{_CLAIMS.format(begun=_LONG_AGO)}
UNION ALL
SELECT 'busy', resource_id, floor(date_part('epoch', starts_at) / 60)::int,
       ceil(date_part('epoch', ends_at) / 60)::int, 0, NULL
  FROM booking_externalbusy
 WHERE project_id = %(project)s AND resource_id = ANY(%(resources)s)
   AND ends_at > %(first)s AND starts_at < %(until)s
UNION ALL
SELECT 'closure', resource_id, floor(date_part('epoch', starts_at) / 60)::int,
       ceil(date_part('epoch', ends_at) / 60)::int, 0, NULL
  FROM booking_closure
 WHERE project_id = %(project)s AND ends_at > %(first)s AND starts_at < %(until)s
   AND (resource_id IS NULL OR resource_id = ANY(%(resources)s))
   AND (service_id IS NULL OR service_id = ANY(%(services)s::uuid[]))
UNION ALL
SELECT 'weekly', r.id, w.weekday, w.start_min, w.len_min,
       CASE WHEN w.valid_from IS NULL AND w.valid_until IS NULL THEN NULL
            ELSE jsonb_build_array(w.valid_from, w.valid_until) END
  FROM booking_resource r JOIN booking_schedulewindow w ON w.project_id = r.project_id AND w.schedule_id = r.schedule_id
 WHERE r.project_id = %(project)s AND r.id = ANY(%(resources)s)
UNION ALL
SELECT 'house', NULL, weekday, start_min, len_min, NULL FROM projects_openinghours WHERE project_id = %(project)s
UNION ALL
SELECT 'place', l.id, l.is_first::int, 0, 0, jsonb_build_object('zone', l.zone, 'week', l.week)
  FROM projects_location l
 WHERE l.project_id = %(project)s
   AND l.id IN (SELECT location_id FROM booking_resource
                 WHERE project_id = %(project)s AND id = ANY(%(resources)s) AND location_id IS NOT NULL)
UNION ALL
SELECT 'special', NULL, day - DATE '1970-01-01', 0, 0, windows
  FROM projects_specialday WHERE project_id = %(project)s AND day BETWEEN %(from_day)s AND %(to_day)s
UNION ALL
SELECT 'override', resource_id, day - DATE '1970-01-01', 0, 0, windows
  FROM booking_scheduleoverride
 WHERE project_id = %(project)s AND resource_id = ANY(%(resources)s) AND day BETWEEN %(from_day)s AND %(to_day)s
"""  # noqa: S608 - made of constants

# `held_by` is not in the index that answers the look of every visitor; only whoever holds a time asks for it.
_OTHERS = "booking_id <> ALL(%(without)s::uuid[]))"
_FACTS_WITHOUT = _FACTS.replace(
    _OTHERS, f"{_OTHERS}\n   AND (held_by_id IS NULL OR held_by_id <> ALL(%(without)s::uuid[]))"
)
