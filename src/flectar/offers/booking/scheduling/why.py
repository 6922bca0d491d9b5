"""Why a time is not free, for the owner: every need, everybody who could meet it, all that speaks against it.

The same rules, the same facts and the same function as booking; only told whole instead of stopping at one reason.
`now` is the moment from which it is looked at, so that another day can be tried.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Q

from flectar.core import clock
from flectar.offers.booking import availability
from flectar.offers.booking.availability import FAR, Diary, Need, Quota, Reason, Rules
from flectar.offers.booking.hours import Span, instant_of, merged, minute_of
from flectar.offers.booking.models import Booking, Claim, Closure, ExternalBusy, Limit, Resource, Service, Session
from flectar.offers.booking.scheduling import limits, seats
from flectar.offers.booking.scheduling.diaries import customer_rules, read_needs, team_rules
from flectar.offers.booking.scheduling.wish import Wish, unbooked, visit
from flectar.people.customers.models import Customer
from flectar.platform.projects.models import Project


@dataclass(slots=True)
class Because:
    """One thing that speaks against it, and what is behind it: a booking, a class, a closure or another calendar."""

    reason: Reason
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    booking: Booking | None = None
    session_id: UUID | None = None
    closure: Closure | None = None
    calendar: str = ""
    limit: Limit | None = None


@dataclass(slots=True)
class Seen:
    """One person or place. `hours` are when they work on that day."""

    resource: Resource
    because: list[Because]
    hours: list[tuple[datetime, datetime]]

    @property
    def is_free(self) -> bool:
        return not self.because


@dataclass(slots=True)
class NeedSeen:
    qty: int
    starts_at: datetime
    ends_at: datetime
    seen: list[Seen]
    is_met: bool


@dataclass(slots=True)
class Answer:
    starts_at: datetime
    is_free: bool
    told: Reason | None  # what a customer reads
    general: list[Because] = field(default_factory=list)  # of the service: notice, horizon, limits
    needs: list[NeedSeen] = field(default_factory=list)


def ask(
    project: Project,
    service: Service,
    starts_at: datetime,
    *,
    party: int = 1,
    resource: Resource | None = None,
    customer: Customer | None = None,
    by_team: bool = False,
    now: datetime | None = None,
) -> Answer:
    """Of everything but nights. A BookingError where nobody does the service, or nothing seats so many."""
    moment = now or clock.now()
    if service.mode == Service.Mode.SESSION:
        rules = team_rules(service) if by_team else customer_rules(project, service, moment)
        dates = Session.objects.filter(service=service, starts_at=starts_at, is_cancelled=False)
        date = dates.filter(resource=resource).first() if resource else dates.order_by("pk").first()
        quotas = (
            []
            if by_team
            else limits.of(
                project,
                [service],
                {},
                {},
                first=minute_of(starts_at),
                until=minute_of(starts_at) + 1,
                party=party,
                customer=customer,
            ).general
        )
        return _of_class(starts_at, date, rules, quotas, party)
    items = visit([(service, resource, {})], party=party)
    wish = Wish(project, items, starts_at, by_team=by_team, is_limited=not by_team, party=party, customer=customer)
    base = team_rules(service) if by_team else customer_rules(project, service, moment)
    rules = replace(base, duration=wish.minutes)
    start = minute_of(wish.starts_at)
    needs = read_needs(project, items, rules, start, start + 1, now=moment)
    if wish.only_asks:
        needs = unbooked(needs)
    quotas = wish.quotas(needs, start, start + 1)
    is_free = start in availability.free_starts(needs, rules, start, start + 1, quotas)
    told = None if is_free else availability.why_not(needs, rules, start, quotas) or Reason.CLAIMED
    general = _general(rules, start)
    general += _full(quotas, start)
    question = _Question(project, service, wish.resources, rules, start, moment)
    behind = _Behind(question, needs)
    seen = [_need(question, need, behind, is_first=index == 0) for index, need in enumerate(needs)]
    return Answer(wish.starts_at, is_free, told, general, seen)


def _of_class(starts_at: datetime, date: Session | None, rules: Rules, quotas: Sequence[Quota], party: int) -> Answer:
    """A class has the times that are planned, whoever is free beside them; what fills it are its places."""
    start = minute_of(starts_at)
    general = _general(rules, start) + _full(quotas, start)
    if date is None:
        general.append(Because(Reason.CLOSED))
    elif seats.left([date])[date.pk] < party:
        general.append(Because(Reason.CAPACITY, session_id=date.pk))
    return Answer(starts_at, not general, general[-1].reason if general else None, general)


@dataclass(frozen=True, slots=True)
class _Question:
    project: Project
    service: Service
    resources: dict[Any, Resource]
    rules: Rules
    start: int  # a minute since 1970
    moment: datetime


def _general(rules: Rules, start: int) -> list[Because]:
    found = []
    if start < rules.earliest:
        found.append(Because(Reason.TOO_SOON, ends_at=instant_of(rules.earliest)))
    if start >= rules.latest:
        found.append(Because(Reason.PAST_HORIZON, starts_at=instant_of(rules.latest)))
    return found


def _full(quotas: Sequence[Quota], start: int) -> list[Because]:
    return [Because(Reason.LIMIT, limit=quota.what) for quota in quotas if quota.is_full(start)]


def _need(question: _Question, need: Need, behind: "_Behind", *, is_first: bool) -> NeedSeen:
    rules, start = question.rules, question.start
    parts = need.parts or rules.whole
    seen = []
    for diary in need.diaries:
        said = diary.against(replace(rules, earliest=-FAR, latest=FAR), start, parts, needs_grid=is_first)
        resource = question.resources[diary.who]
        because = [*behind.explain(resource, (one for one in said if one[0] != Reason.LIMIT))]
        because += _full(diary.quotas, start)
        seen.append(Seen(resource, because, _hours(question.project, diary, start)))
    able = sum(diary.free_units_at(parts, start) for diary, one in zip(need.diaries, seen, strict=True) if one.is_free)
    spans = [part.of(start) for part in parts]
    begins, ends = min(a for a, _ in spans), max(b for _, b in spans)
    return NeedSeen(need.qty, instant_of(begins), instant_of(ends), seen, able >= need.qty)


def _hours(project: Project, diary: Diary, start: int) -> list[tuple[datetime, datetime]]:
    day = instant_of(start).astimezone(project.tz).date()
    first, last = (minute_of(bound) for bound in clock.day_bounds(day, project.tz))
    return [(instant_of(a), instant_of(b)) for a, b in merged(diary.hours) if first <= a < last]


class _Behind:
    """The rows behind the stretches, read once for everybody."""

    def __init__(self, question: _Question, needs: Sequence[Need]) -> None:
        rules, start, resources = question.rules, question.start, question.resources
        parts = [part for need in needs for part in need.parts or rules.whole]
        spans = [part.with_buffers(start) for part in parts]
        begins = instant_of(min((a for a, _ in spans), default=start))
        ends = instant_of(max((b for _, b in spans), default=start + 1))
        among = list(resources)
        still = Q(expires_at=None) | Q(expires_at__gt=question.moment)
        self.claims = list(
            Claim.objects.filter(still, resource__in=among)
            .meeting(begins, ends)
            .prefetch_related("booking__customer")
            .order_by("starts_at", "id")
        )
        self.closures = list(
            Closure.objects.overlapping(begins, ends).filter(
                Q(resource=None) | Q(resource__in=among), Q(service=None) | Q(service=question.service.pk)
            )
        )
        self.busy = list(
            ExternalBusy.objects.filter(resource__in=among, ends_at__gt=begins, starts_at__lt=ends).select_related(
                "source"
            )
        )

    def explain(self, resource: Resource, said: Iterable[tuple[Reason, Span]]) -> Iterable[Because]:
        """Each thing once, however many parts it speaks against."""
        known: set[Any] = set()
        for reason, span in said:
            for one in self._one(resource, reason, span):
                rows = (one.booking and one.booking.pk, one.session_id, one.closure and one.closure.pk)
                key = (one.reason, rows, one.calendar, one.starts_at)
                if key not in known:
                    known.add(key)
                    yield one

    def _one(self, resource: Resource, reason: Reason, span: Span) -> Iterable[Because]:
        if reason == Reason.CLOSED:
            return [Because(reason)]
        begins, ends = instant_of(span[0]), instant_of(span[1])
        found: list[Because] = []
        if reason in (Reason.CLAIMED, Reason.BUFFER):
            for claim in self.claims:
                if claim.resource_id == resource.pk and _same(claim, begins, ends):
                    found.append(Because(reason, claim.starts_at, claim.ends_at, claim.booking, claim.session_id))
        elif reason == Reason.CLOSURE:
            for closure in self.closures:
                if closure.resource_id in (None, resource.pk) and closure.starts_at < ends and closure.ends_at > begins:
                    found.append(Because(reason, closure.starts_at, closure.ends_at, closure=closure))
        elif reason == Reason.EXTERNAL:
            for busy in self.busy:
                if busy.resource_id == resource.pk and busy.starts_at < ends and busy.ends_at > begins:
                    found.append(Because(reason, busy.starts_at, busy.ends_at, calendar=busy.source.name))
        return found or [Because(reason, begins, ends)]


def _same(claim: Claim, begins: datetime, ends: datetime) -> bool:
    return claim.starts_at == begins and claim.ends_at == ends
