"""Nights as the database knows them: which stays of a service are free, and who takes one.

One query brings everything that fills the places, through btree indexes and plain comparisons. `nights.py` judges it;
the calendar on the page and `find`, which the writers ask under their lock, are the same judgement.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from django.db import connection
from django.utils.translation import gettext as _

from flectar.core import clock
from flectar.offers.booking import errors
from flectar.offers.booking import nights as rules
from flectar.offers.booking.availability import Reason
from flectar.offers.booking.hours import Span, ceil_minute, instant_of, minute_of
from flectar.offers.booking.models import Booking, Claim, Resource, Season, Service
from flectar.offers.booking.models.bookings import LONGEST_STAY
from flectar.offers.booking.nights import DAY, Group, Night, Place, Taken, Terms
from flectar.platform.projects.models import Project

MOST_NIGHTS = 365


class Piece(NamedTuple):
    """What a stay takes of one place. `others` are the claims that must change their unit first, with the new one."""

    resource: Resource
    unit: int
    starts_at: datetime
    ends_at: datetime
    others: tuple[tuple[UUID, int], ...] = ()


def calendar(
    project: Project, service: Service, first: date, days: int, *, party: int = 1, now: datetime | None = None
) -> list[Night]:
    """The three facts of `days` dates from `first`, for so many people."""
    return read(project, service, first, first + days * DAY, party=party, now=now).calendar(first, days)


def find(
    project: Project,
    service: Service,
    arrival: date,
    nights: int,
    *,
    party: int,
    resource: Resource | None = None,
    without: Booking | None = None,
    now: datetime | None = None,
    by_team: bool = False,
) -> list[Piece] | Reason:
    """Who takes the stay, or why nobody can. `by_team` lifts notice, horizon and the rules of seasons.

    `without`: as if that booking were not. With `resource`, only there.
    """
    if not 1 <= nights <= MOST_NIGHTS:
        return Reason.MIN_NIGHTS if nights < 1 else Reason.MAX_NIGHTS
    book = read(
        project, service, arrival, arrival, party=party, only=resource, without=without, now=now, by_team=by_team
    )
    departure = arrival + nights * DAY
    if reason := book.why_not(arrival, departure):
        return reason
    chosen = rules.choose(book.groups, book.terms, arrival, departure)
    if isinstance(chosen, Reason):
        return chosen
    start, end = book.terms.span(arrival, departure)
    pieces: list[Piece] = []
    for group, (place, units) in zip(book.groups, chosen, strict=True):
        others: tuple[tuple[UUID, int], ...] = ()
        if not units:
            units, others = _moved_together(project, place, [(start, end)] * group.qty, without=without, now=now)
            if max(units) > place.units:  # only for nights that are over already, where nobody can move
                return Reason.CLAIMED
        pieces += [
            Piece(book.resources[place.who], unit, instant_of(start), instant_of(end), others if not number else ())
            for number, unit in enumerate(units)
        ]
    return pieces


def make_room(pieces: Iterable[Piece]) -> None:
    """Move together those who have not come yet, before the new claims are written; under the lock of the places.

    Deleted and written again: two neighbours cannot change places one after the other.
    """
    for piece in pieces:
        if not piece.others:
            continue
        units = dict(piece.others)
        moved = list(Claim.objects.filter(pk__in=units))
        Claim.objects.filter(pk__in=units).delete()
        for claim in moved:
            claim.unit = units[claim.pk]
        Claim.objects.bulk_create(moved)


def sentence(reason: Reason) -> str:
    """What to tell the person who wanted these nights: there is no "nearest time" for a stay."""
    taken = _("Some of these nights are taken. Choose others.")
    return {
        Reason.CLOSED: _("These nights cannot be booked. Choose others."),
        Reason.TOO_SOON: _("That is too soon for us to be ready. Choose a later day, or call us."),
        Reason.CLOSURE: _("We are closed on some of these nights. Choose others."),
        Reason.EXTERNAL: taken,
        Reason.BUFFER: _("There is no time to make everything ready between two stays. Choose other nights."),
        Reason.CLAIMED: taken,
        Reason.CAPACITY: taken,
    }.get(reason) or errors.sentence(reason)


# --- The facts --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Book:
    """Everything that is known about the stays of one service, for arrivals on some dates and a number of people."""

    groups: Sequence[Group]
    terms: Terms
    resources: dict[Any, Resource]
    is_for_nobody: bool  # no place takes so many people, or so few

    def calendar(self, first: date, days: int) -> list[Night]:
        return rules.calendar(self.groups, self.terms, first, days)

    def departures(self, arrival: date) -> list[date]:
        return rules.departures(self.groups, self.terms, arrival)

    def why_not(self, arrival: date, departure: date) -> Reason | None:
        reason = rules.why_not(self.groups, self.terms, arrival, departure)
        return Reason.PARTY if reason and self.is_for_nobody else reason


def read(
    project: Project,
    service: Service,
    first: date,
    last: date,
    *,
    party: int = 1,
    only: Resource | None = None,
    without: Booking | None = None,
    now: datetime | None = None,
    by_team: bool = False,
) -> Book:
    """Complete for stays that arrive from `first` to `last`."""
    moment = now or clock.now()
    seasons = [] if by_team else list(Season.objects.filter(service=service, last__gte=first))
    terms = _terms(project, service, seasons, moment, by_team=by_team)
    longest = max([terms.max_nights, *(max(one.min_nights or 0, one.max_nights or 0) for one in terms.seasons)])
    is_welcome = by_team or service.min_party <= party <= service.max_party
    needed = _needed(service, only)
    seated = {
        number: [one for one in members if is_welcome and one.seats(-(-party // _quantity(one, party)))]
        for number, members in needed.items()
    }
    resources = {one.pk: one for members in seated.values() for one in members}
    since = terms.starts(first - 2 * DAY)  # dates of other calendars may reach half a day further than they say
    until = terms.ends(last + (longest + 1) * DAY)
    taken, closures, external = _facts(project, service, list(resources), since, until, without=without, now=moment)
    places = {
        pk: Place(
            pk,
            units=one.units,
            is_floating=one.allocation == Resource.Allocation.FLOATING,
            rank=one.rank,
            claims=taken[pk],
            closures=[_as_nights(span, terms) for span in (*closures[None], *closures[pk])],
            external=[_as_guests(span, terms) for span in external[pk]],
        )
        for pk, one in resources.items()
    }
    groups = [
        Group([places[one.pk] for one in members], qty=max((_quantity(one, party) for one in members), default=1))
        for members in seated.values()
    ]
    is_for_nobody = any(members and not seated[number] for number, members in needed.items())
    return Book(groups, terms, resources, is_for_nobody)


def _terms(project: Project, service: Service, seasons: Sequence[Season], now: datetime, *, by_team: bool) -> Terms:
    terms = Terms(
        zone=project.tz,
        check_in=service.check_in_min,
        check_out=service.check_out_min,
        before=service.buffer_before,
        after=service.buffer_after,
        max_nights=MOST_NIGHTS,
    )
    if by_team:
        return terms
    return replace(
        terms,
        min_nights=service.min_nights,
        max_nights=service.max_nights,
        seasons=tuple(
            rules.Season(
                one.first,
                one.last,
                one.min_nights,
                one.max_nights,
                frozenset(one.arrival_days),
                frozenset(one.departure_days),
                one.fills_gaps,
            )
            for one in seasons
        ),
        earliest=ceil_minute(now + service.notice),
        latest=now.astimezone(project.tz).date() + timedelta(days=service.horizon_days),
    )


def _needed(service: Service, only: Resource | None) -> dict[int, list[Any]]:
    """The active places of each group, in order; `only` stands alone in the groups it belongs to."""
    groups: dict[int, list[Any]] = defaultdict(list)
    for one in Resource.objects.raw(_NEEDED, {"project": service.project_id, "service": service.pk}):
        if one.is_active:
            groups[one.group_no].append(one)
        else:
            groups[one.group_no] += []  # a group whose members are all switched off is met by nobody
    if only is None:
        return dict(groups)
    if not any(one.pk == only.pk for members in groups.values() for one in members):
        return {}
    return {number: [one for one in members if one.pk == only.pk] or members for number, members in groups.items()}


def _quantity(one: Any, party: int) -> int:
    qty: int = one.qty
    return qty * party if one.is_per_person else qty


def _as_nights(span: Span, terms: Terms) -> Span:
    """Whole days that are blocked are the nights from the first one's check-in to the end's check-out."""
    first, last = (instant_of(minute).astimezone(terms.zone) for minute in span)
    if (first.hour, first.minute, last.hour, last.minute) != (0, 0, 0, 0):
        return span
    return terms.slept(first.date(), last.date())


def _as_guests(span: Span, terms: Terms) -> Span:
    """Nights that another calendar has sold are guests like ours: they need preparation and cleaning as well."""
    first, last = (instant_of(minute).astimezone(terms.zone) for minute in span)
    is_stay = last.date() > first.date() and (
        {first.hour * 60 + first.minute, last.hour * 60 + last.minute} == {0}
        or (first.hour * 60 + first.minute, last.hour * 60 + last.minute) == (terms.check_in, terms.check_out)
    )
    return terms.span(first.date(), last.date()) if is_stay else span


type _ByPlace = defaultdict[UUID | None, list[Any]]


def _facts(
    project: Project,
    service: Service,
    resources: list[UUID],
    since: int,
    until: int,
    *,
    without: Booking | None,
    now: datetime,
) -> tuple[_ByPlace, _ByPlace, _ByPlace]:
    """Claims, closures and busy time of other calendars, by place; those of the whole business under None."""
    found: dict[str, _ByPlace] = {kind: defaultdict(list) for kind in ("claim", "closure", "busy")}
    values: dict[str, Any] = {
        "project": project.pk,
        "resources": resources,
        "service": service.pk,
        "without": without.pk if without else None,
        "first": instant_of(since),
        "until": instant_of(until),
        "lookback": instant_of(since) - LONGEST_STAY,
        "now": now,
    }
    with connection.cursor() as cursor:
        cursor.execute(_FACTS, values)
        for kind, who, unit, start, end in cursor.fetchall():
            found[kind][who].append(Taken(unit, start, end) if kind == "claim" else (start, end))
    return found["claim"], found["closure"], found["busy"]


def _moved_together(
    project: Project, place: Place, wanted: list[Span], *, without: Booking | None, now: datetime | None
) -> tuple[tuple[int, ...], tuple[tuple[UUID, int], ...]]:
    """The units for `wanted`, and who must move: all who have not left yet, because one move pushes the next."""
    moment = now or clock.now()
    since = min(moment, instant_of(wanted[0][0]))
    values: dict[str, Any] = {
        "project": project.pk,
        "resource": place.who,
        "without": without.pk if without else None,
        "now": moment,
        "first": since,
        "lookback": since - LONGEST_STAY,
    }
    with connection.cursor() as cursor:
        cursor.execute(_LIVING, values)
        claims = {pk: Taken(unit, start, end) for pk, unit, start, end in cursor.fetchall()}
    units = rules.moved_together(claims, wanted, minute_of(moment))
    others = tuple((pk, units[pk]) for pk, claim in claims.items() if units[pk] != claim.unit)
    return tuple(units[number] for number in range(len(wanted))), others


_NEEDED = """
SELECT r.*, n.group_no, coalesce(g.qty, 1) AS qty, coalesce(g.is_per_person, false) AS is_per_person
  FROM booking_serviceneed n
  JOIN booking_resource r ON r.project_id = n.project_id AND r.id = n.resource_id
  LEFT JOIN booking_needgroup g
    ON g.project_id = n.project_id AND g.service_id = n.service_id AND g.group_no = n.group_no
 WHERE n.project_id = %(project)s AND n.service_id = %(service)s
 ORDER BY n.group_no, r.rank, r.name_folded, r.id
"""

_MINUTES = "(date_part('epoch', {0}) / 60)::int"
_LIVES = (
    "(expires_at IS NULL OR expires_at > %(now)s)"
    " AND (%(without)s::uuid IS NULL OR booking_id IS DISTINCT FROM %(without)s)"
)

_FACTS = f"""
SELECT 'claim', resource_id, unit, {_MINUTES.format("starts_at")}, {_MINUTES.format("ends_at")}
  FROM booking_claim
 WHERE project_id = %(project)s AND resource_id = ANY(%(resources)s)
   AND starts_at >= %(lookback)s AND starts_at < %(until)s AND ends_at > %(first)s AND {_LIVES}
UNION ALL
SELECT 'busy', resource_id, 0, floor(date_part('epoch', starts_at) / 60)::int,
       ceil(date_part('epoch', ends_at) / 60)::int
  FROM booking_externalbusy
 WHERE project_id = %(project)s AND resource_id = ANY(%(resources)s)
   AND ends_at > %(first)s AND starts_at < %(until)s
UNION ALL
SELECT 'closure', resource_id, 0, floor(date_part('epoch', starts_at) / 60)::int,
       ceil(date_part('epoch', ends_at) / 60)::int
  FROM booking_closure
 WHERE project_id = %(project)s AND ends_at > %(first)s AND starts_at < %(until)s
   AND (resource_id IS NULL OR resource_id = ANY(%(resources)s))
   AND (service_id IS NULL OR service_id = %(service)s)
"""  # noqa: S608 - made of constants

_LIVING = f"""
SELECT id, unit, {_MINUTES.format("starts_at")}, {_MINUTES.format("ends_at")}
  FROM booking_claim
 WHERE project_id = %(project)s AND resource_id = %(resource)s
   AND starts_at >= %(lookback)s AND ends_at > %(first)s AND {_LIVES}
"""  # noqa: S608 - made of constants
