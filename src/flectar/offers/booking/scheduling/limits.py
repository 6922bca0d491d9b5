"""How many a day, a week, a quarter of an hour or a customer may book: counted from the bookings, never in a counter.

A start belongs to the day on which its opening hours began: half past midnight still counts for the evening before.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Q

from flectar.core import clock
from flectar.offers.booking.availability import Need, Quota
from flectar.offers.booking.hours import Span, instant_of, minute_of
from flectar.offers.booking.models import Booking, Limit, Resource, Service
from flectar.people.customers.models import Customer
from flectar.platform.projects.models import Project

QUARTER_MIN = 15
_FIRST_MONDAY = date(1969, 12, 29)


def of(
    project: Project,
    service: Service,
    resources: Sequence[Resource],
    needs: Sequence[Need],
    *,
    first: int,
    until: int,
    party: int = 1,
    customer: Customer | None = None,
    without: Sequence[UUID] = (),
    lock: bool = False,
) -> list[Quota]:
    """The limits that hold for this service, with what is used in [first, until) and around it.

    `lock` waits for their rows first, so that two bookings cannot both take the last place. Limits for each customer
    are left out while nobody knows who is asking.
    """
    found = Limit.objects.filter(
        Q(service=service) | Q(resource__in=resources) | Q(service=None, resource=None)
    ).order_by("pk")
    if lock:
        found = found.select_for_update(no_key=True)
    limits = [one for one in found if customer is not None or not one.per.startswith("customer")]
    if not limits:
        return []
    day_of = _opening_days(project, needs)
    quotas = []
    for limit in limits:
        bucket = _bucket(limit, day_of)
        used: Counter[int] = Counter()
        for start, party_size in _booked(limit, first, until, customer, without):
            used[bucket(start)] += party_size if limit.counts_people else 1
        quotas.append(Quota(limit.most, used, bucket, party if limit.counts_people else 1))
    return quotas


def _bucket(limit: Limit, day_of: Callable[[int], date]) -> Callable[[int], int]:
    match limit.per:
        case Limit.Per.QUARTER:
            return lambda start: start // QUARTER_MIN
        case Limit.Per.DAY | Limit.Per.CUSTOMER_DAY:
            return lambda start: day_of(start).toordinal()
        case Limit.Per.WEEK | Limit.Per.CUSTOMER_WEEK:
            return lambda start: (day_of(start) - _FIRST_MONDAY).days // 7
        case _:
            return lambda _start: 0


def _opening_days(project: Project, needs: Sequence[Need]) -> Callable[[int], date]:
    windows: list[Span] = sorted({span for need in needs[:1] for diary in need.diaries for span in diary.hours})

    def day_of(start: int) -> date:
        began = next((opens for opens, closes in reversed(windows) if opens <= start < closes), start)
        return instant_of(began).astimezone(project.tz).date()

    return day_of


def _booked(
    limit: Limit, first: int, until: int, customer: Customer | None, without: Sequence[UUID]
) -> list[tuple[int, int]]:
    """The start and the party of what counts, a week wider than asked on both sides."""
    now = clock.now()
    held = Booking.objects.exclude(pk__in=without).exclude(
        status__in=(Booking.Status.CANCELLED, Booking.Status.DECLINED, Booking.Status.EXPIRED)
    )
    waiting = (Booking.Status.REQUESTED, Booking.Status.HELD)
    held = held.exclude(status__in=waiting, hold_until__lte=now)
    if limit.per == Limit.Per.CUSTOMER_OPEN:
        held = held.filter(starts_at__gt=now)
    else:
        week = timedelta(days=8)
        held = held.filter(starts_at__gte=instant_of(first) - week, starts_at__lt=instant_of(until) + week)
    if limit.per.startswith("customer"):
        held = held.filter(customer=customer)
    if limit.service_id:
        held = held.filter(service=limit.service_id)
    if limit.resource_id:
        held = held.filter(resource=limit.resource_id)
    rows: Any = held.values_list("starts_at", "party")
    return [(minute_of(starts_at), party) for starts_at, party in rows]
