"""What the database knows about a stretch of time, as the diaries that `availability` reads.

One query brings it all, through btree indexes and plain comparisons: under row-level security a range operator would
read every claim of the project.
"""

from collections import defaultdict
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import connection

from flectar.core import clock
from flectar.offers.booking.availability import FAR, Diary, Rules
from flectar.offers.booking.hours import Span, Window, ceil_minute, instant_of, minute_of, opened
from flectar.offers.booking.models import Booking, Resource, Service
from flectar.offers.booking.models.bookings import LONGEST_CLAIM
from flectar.platform.projects.models import Project

STAFF_STEP = 5
_EPOCH = date(1970, 1, 1)
_PADDING = timedelta(days=2)  # windows of the days around may reach into the stretch, or carry on behind it


@dataclass(frozen=True, slots=True)
class Candidates:
    """Who could do a service: groups of resources, each group to be met by one of its members."""

    service: Service
    groups: tuple[tuple[Resource, ...], ...]

    @property
    def all(self) -> dict[UUID, Resource]:
        return {resource.pk: resource for group in self.groups for resource in group}

    @property
    def exist(self) -> bool:
        return bool(self.groups) and all(self.groups)


def candidates(service: Service, resource: Resource | None = None) -> Candidates:
    """The active resources that the service needs; with `resource`, only that one in the groups it belongs to."""
    groups: dict[int, list[Resource]] = defaultdict(list)
    for one in Resource.objects.raw(_NEEDED, {"project": service.project_id, "service": service.pk}):
        groups[one.group_no].append(one)
    if resource is not None:
        chosen = {number: [one for one in group if one.pk == resource.pk] for number, group in groups.items()}
        groups = defaultdict(list, {number: chosen[number] or groups[number] for number in groups})
        if not any(chosen.values()):
            groups.clear()
    return Candidates(service, tuple(tuple(groups[number]) for number in sorted(groups)))


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


def read_groups(
    project: Project, chosen: Candidates, rules: Rules, first: int, until: int, *, without: Booking | None = None
) -> list[list[Diary]]:
    """The diaries of the candidates, complete for starts in [first, until). `without`: as if that booking were not."""
    resources = chosen.all
    diaries = read(
        project,
        list(resources.values()),
        first - rules.before,
        until + rules.duration + rules.after,
        service=chosen.service,
        without=without,
    )
    return [[diaries[resource.pk] for resource in group] for group in chosen.groups]


def read(
    project: Project,
    resources: list[Resource],
    first: int,
    until: int,
    *,
    service: Service | None = None,
    without: Booking | None = None,
) -> dict[UUID, Diary]:
    """Each resource's hours and everything that fills them in [first, until)."""
    zone = project.tz
    from_day = instant_of(first).astimezone(zone).date() - _PADDING
    to_day = instant_of(until).astimezone(zone).date() + _PADDING
    facts: dict[str, dict[UUID | None, list[Any]]] = defaultdict(lambda: defaultdict(list))
    with connection.cursor() as cursor:
        cursor.execute(
            _FACTS,
            {
                "project": project.pk,
                "resources": [resource.pk for resource in resources],
                "service": service.pk if service else None,
                "without": without.pk if without else None,
                "first": instant_of(first),
                "until": instant_of(until),
                "lookback": instant_of(first) - LONGEST_CLAIM,
                "from_day": from_day,
                "to_day": to_day,
            },
        )
        for kind, who, a, b, c, windows in cursor.fetchall():
            if kind == "claim":
                facts["claim"][who].append((a, b))
            else:
                facts[kind][who].append((a, b, c, windows))

    own_schedule = {resource.pk for resource in resources if resource.schedule_id}
    by_hours: dict[object, list[Span]] = {}
    diaries = {}
    for resource in resources:
        key = resource.pk if resource.pk in own_schedule or facts["override"][resource.pk] else None
        if key not in by_hours:
            by_hours[key] = _hours(facts, resource, from_day, to_day, project)
        closures = facts["closure"][None] + facts["closure"][resource.pk]
        diaries[resource.pk] = Diary(
            who=resource.pk,
            hours=by_hours[key],
            claims=sorted(facts["claim"][resource.pk]),
            closures=sorted((a, b) for a, b, _, _ in closures),
            external=sorted((a, b) for a, b, _, _ in facts["busy"][resource.pk]),
        )
    return diaries


def _hours(facts: Any, resource: Resource, from_day: date, to_day: date, project: Project) -> list[Span]:
    """A person's own week and dates; without an own week, the business's week and its special days."""
    weekly: dict[int, list[Window]] = defaultdict(list)
    for weekday, start, length, _ in facts["weekly"][resource.pk] if resource.schedule_id else facts["house"][None]:
        weekly[weekday].append((start, length))
    special = {_day(day): _windows(windows) for day, _, _, windows in facts["special"][None]}
    if resource.schedule_id:
        # A special day of the business shortens a person's own hours and never makes them longer.
        special = {day: _both(windows, weekly[day.weekday()]) for day, windows in special.items()}
    special |= {_day(day): _windows(windows) for day, _, _, windows in facts["override"][resource.pk]}
    return opened(weekly, special, project.tz, from_day, (to_day - from_day).days + 1)


def _both(some: list[Window], others: list[Window]) -> list[Window]:
    """The time that both lists of windows share."""
    shared = [(max(a, b), min(a + a_len, b + b_len)) for a, a_len in some for b, b_len in others]
    return [(start, end - start) for start, end in shared if start < end]


def _day(number: int) -> date:
    return _EPOCH + timedelta(days=number)


def _windows(value: Any) -> list[Window]:
    import json

    pairs = json.loads(value) if isinstance(value, str) else value
    return [(int(start), int(length)) for start, length in pairs]


# Written out, as the facts below: every look at free times begins here.
_NEEDED = """
SELECT r.*, n.group_no FROM booking_serviceneed n
  JOIN booking_resource r ON r.project_id = n.project_id AND r.id = n.resource_id
 WHERE n.project_id = %(project)s AND n.service_id = %(service)s AND r.is_active
 ORDER BY n.group_no, r.rank, r.name_folded, r.id
"""

_MINUTES = "(date_part('epoch', {0}) / 60)::int"

_FACTS = f"""
SELECT 'claim', resource_id, {_MINUTES.format("starts_at")}, {_MINUTES.format("ends_at")}, 0, NULL::jsonb
  FROM booking_claim
 WHERE project_id = %(project)s AND resource_id = ANY(%(resources)s) AND unit = 1
   AND starts_at >= %(lookback)s AND starts_at < %(until)s AND ends_at > %(first)s
   AND (%(without)s::uuid IS NULL OR booking_id <> %(without)s)
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
   AND (service_id IS NULL OR service_id = %(service)s)
UNION ALL
SELECT 'weekly', r.id, w.weekday, w.start_min, w.len_min, NULL
  FROM booking_resource r JOIN booking_schedulewindow w ON w.project_id = r.project_id AND w.schedule_id = r.schedule_id
 WHERE r.project_id = %(project)s AND r.id = ANY(%(resources)s)
UNION ALL
SELECT 'house', NULL, weekday, start_min, len_min, NULL FROM projects_openinghours WHERE project_id = %(project)s
UNION ALL
SELECT 'special', NULL, day - DATE '1970-01-01', 0, 0, windows
  FROM projects_specialday WHERE project_id = %(project)s AND day BETWEEN %(from_day)s AND %(to_day)s
UNION ALL
SELECT 'override', resource_id, day - DATE '1970-01-01', 0, 0, windows
  FROM booking_scheduleoverride
 WHERE project_id = %(project)s AND resource_id = ANY(%(resources)s) AND day BETWEEN %(from_day)s AND %(to_day)s
"""  # noqa: S608 - made of constants
