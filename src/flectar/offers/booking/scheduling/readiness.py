"""Whether a service can ever be booked: what its owner should mend before customers find nothing."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from flectar.core import clock
from flectar.offers.booking import availability
from flectar.offers.booking.availability import FAR, Diary
from flectar.offers.booking.hours import minute_of
from flectar.offers.booking.models import Resource, Service, ServiceNeed
from flectar.offers.booking.scheduling.diaries import Candidates, Group, candidates, read_needs
from flectar.offers.booking.scheduling.wish import visit
from flectar.platform.projects.models import Project

LOOKED_AHEAD = timedelta(days=14)


def troubles(project: Project, service: Service) -> list[str]:
    """Sentences, the worst first; none when all is well."""
    rows = list(service.needs.select_related("resource").order_by("group_no", "resource__name_folded"))
    if not rows:
        return [_("Nobody does this service, so nobody can book it. Tick who does it.")]
    off = _switched_off(rows)
    if off:
        return off
    found = _too_few(service, rows)
    if found or service.mode in (Service.Mode.STAY, Service.Mode.SESSION):
        return found
    return [] if _is_ever_open(project, service) else [_never_open(rows)]


def _by_group(rows: Sequence[ServiceNeed]) -> list[list[Resource]]:
    groups: dict[int, list[Resource]] = {}
    for row in rows:
        groups.setdefault(row.group_no, []).append(row.resource)
    return list(groups.values())


def _switched_off(rows: Sequence[ServiceNeed]) -> list[str]:
    return [
        _("%(names)s: all switched off, so nobody can book it. Tick somebody else, or switch one on.")
        % {"names": ", ".join(one.name for one in group)}
        for group in _by_group(rows)
        if not any(one.is_active for one in group)
    ]


def _too_few(service: Service, rows: Sequence[ServiceNeed]) -> list[str]:
    """The smallest party must fit, with as many as are needed."""
    chosen = candidates(service, party=service.min_party)
    found = []
    for group in chosen.groups:
        if not group.members:
            found.append(
                ngettext(
                    "None of what is ticked seats %(count)s person.",
                    "None of what is ticked seats %(count)s people.",
                    service.min_party,
                )
                % {"count": service.min_party}
            )
        elif _units(group) < group.qty:
            found.append(
                _("It needs %(qty)s of %(names)s, but there are only %(count)s.")
                % {"qty": group.qty, "names": ", ".join(one.name for one in group.members), "count": _units(group)}
            )
    return found


def _units(group: Group) -> int:
    return sum(one.units for one in group.members)


def _is_ever_open(project: Project, service: Service) -> bool:
    """As if nothing were booked, blocked or busy: whether the hours of all needs leave room for it."""
    chosen: Candidates = candidates(service, party=service.min_party)
    items = visit([(service, None, {})], party=service.min_party)
    if not chosen.exist:
        return False
    first = minute_of(clock.now())
    until = first + int(LOOKED_AHEAD.total_seconds()) // 60
    rules = replace(service.rules(earliest=-FAR, latest=FAR), duration=items[0].minutes)
    needs = [
        replace(need, diaries=[_empty(one) for one in need.diaries])
        for need in read_needs(project, items, rules, first, until)
    ]
    return bool(availability.free_starts(needs, rules, first, until))


def _empty(diary: Diary) -> Diary:
    return replace(diary.unbooked(), closures=(), external=())


def _never_open(rows: Sequence[ServiceNeed]) -> str:
    if len(_by_group(rows)) > 1:
        return _("In the next two weeks all that it needs is never open at the same time. Look at their hours.")
    return _("In the next two weeks nobody who does it is there for long enough. Look at their hours and its length.")
