"""What a booking costs, and what of it must be paid now. The one place that knows (docs/build/pricing.md).

The order is fixed:

1. The base: the rate of the person or thing booked, else the season's price (of two seasons the shorter), else the
   service's. For each person where the service says so; by the night each night has its own season's price.
2. Extras: each, where they say so for each person and each night.
3. Coupons: those in percent of what is left first, then those of an amount. Of coupons that do not go together the
   one that takes most off counts. Nothing falls below zero.
4. Packages: one unit pays one base (one person's, one night's), as the coupons have left it.
5. Vouchers: pay what is left.

Amounts are minor units of the project's currency. Where a percentage does not come out even, the price that remains
is rounded half up, and so is a deposit: 30 % of 120.99 are 36.30.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum
from typing import Any
from uuid import UUID

from django.db import connection
from django.utils.translation import gettext as _

from flectar.core.money import Money
from flectar.money.payments.asking import takes_payments
from flectar.offers.booking.errors import BookingError
from flectar.offers.booking.models import Coupon, Entitlement, Resource, Service, ServiceExtra
from flectar.offers.booking.prices import usage
from flectar.platform.projects.models import Project


class NotOffered(BookingError):
    """An extra that the service does not have, or not so often."""

    def __init__(self, name: str = "", most: int = 0) -> None:
        super().__init__(
            _("“%(name)s” can be added %(most)s times at most.") % {"name": name, "most": most}
            if name
            else _("One of the extras is no longer offered. Choose again.")
        )


class Kind(StrEnum):
    BASE = "base"
    EXTRA = "extra"
    DISCOUNT = "discount"
    ENTITLEMENT = "entitlement"


@dataclass(frozen=True, slots=True)
class Line:
    """`amount` is of the whole line, negative where it takes something off. `source` is the extra, the coupon or the
    entitlement behind it; `units` are those taken of a package."""

    label: str
    kind: Kind
    qty: int
    amount: Money
    tax: str = ""  # a hint for invoices
    source: UUID | None = None
    units: int = 0


@dataclass(frozen=True, slots=True)
class Quote:
    lines: tuple[Line, ...]
    total: Money
    due: Money  # to be paid now, for the booking to be confirmed

    def taken_off_by(self, source: UUID) -> int:
        """Minor units that this coupon or entitlement takes off."""
        return -sum(line.amount.minor for line in self.lines if line.source == source and line.amount.minor < 0)

    def units_of(self, entitlement: UUID) -> int:
        return sum(line.units for line in self.lines if line.source == entitlement)

    def snapshot(self) -> dict[str, Any]:
        """What a booking keeps for good (`Booking.price_snapshot`)."""
        return {
            "minor": self.total.minor,
            "currency": self.total.currency,
            "lines": [
                {
                    "label": line.label,
                    "kind": str(line.kind),
                    "qty": line.qty,
                    "minor": line.amount.minor,
                    **({"tax": line.tax} if line.tax else {}),
                }
                for line in self.lines
            ],
        }


def quote(
    project: Project,
    service: Service,
    *,
    starts_at: datetime,
    minutes: int | None = None,
    resource: Resource | None = None,
    party: int = 1,
    nights: int = 0,
    extras: Mapping[UUID, int] | None = None,
    coupons: Sequence[Coupon] = (),
    entitlements: Sequence[Entitlement] = (),
    without: UUID | None = None,
) -> Quote:
    """Reads, never locks. `minutes` changes nothing today: no price depends on the length.

    A coupon that does not fit this service or this price is left out; `coupons.must_fit` says why. `without` is a
    booking whose own uses do not count: when it is priced again.
    """
    asked = _Asked(project, service, resource, starts_at.astimezone(project.tz).date(), party, max(nights, 1), without)
    bases, added = _bases(asked), _extras(asked, extras or {})
    sold = sum(line.amount.minor for line in (*bases, *added))
    off = _discounts(asked, coupons, sold)
    left = sold + sum(line.amount.minor for line in off)
    paid = _entitled(asked, entitlements, bases, sold, left)
    total = asked.money(left + sum(line.amount.minor for line in paid))
    return Quote((*bases, *added, *off, *paid), total, due(service, total, party))


@dataclass(frozen=True, slots=True)
class _Asked:
    project: Project
    service: Service
    resource: Resource | None
    day: date
    party: int
    nights: int  # 1 where nobody sleeps
    without: UUID | None

    def money(self, minor: int) -> Money:
        return Money(minor, self.project.currency)


def due(service: Service, total: Money, party: int = 1) -> Money:
    """What must be paid now: never more than the whole, nothing where nothing can take payments.

    A deposit in percent is of the whole; one of an amount is for each person where the price is.
    """
    asked = 0
    if takes_payments():
        if service.pay == Service.Pay.FULL:
            asked = total.minor
        elif service.pay == Service.Pay.DEPOSIT:
            people = party if service.is_priced_per_person else 1
            asked = _percent(total.minor, service.deposit_percent) or service.deposit_minor * people
    return Money(min(asked, total.minor), total.currency)


# --- 1 and 2: what is sold --------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Season:
    """A span of dates with a price of its own."""

    pk: UUID
    name: str
    first: date
    last: date
    price_minor: int


def _bases(asked: _Asked) -> list[Line]:
    service = asked.service
    people = asked.party if service.is_priced_per_person else 1
    rate, seasons = _rates(service, asked.resource)
    counted: dict[tuple[str, int], int] = defaultdict(int)
    for night in range(asked.nights):
        counted[_of_day(service, rate, seasons, asked.day + timedelta(days=night))] += people
    return [
        Line(label, Kind.BASE, qty, asked.money(price * qty), service.tax_category)
        for (label, price), qty in counted.items()
    ]


# Written out and in one: each booking asks it while others wait for the calendar.
_RATES = """
SELECT NULL, NULL, NULL::date, NULL::date, price_minor
  FROM (SELECT price_minor FROM booking_serviceneed
         WHERE project_id = %(project)s AND service_id = %(service)s AND resource_id = %(resource)s
           AND price_minor IS NOT NULL
         ORDER BY group_no LIMIT 1) own
UNION ALL
SELECT id, name, first, last, price_minor
  FROM booking_season WHERE project_id = %(project)s AND service_id = %(service)s AND price_minor IS NOT NULL
"""


def _rates(service: Service, resource: Resource | None) -> tuple[int | None, list[_Season]]:
    """What this person or thing takes, if it has a price of its own, and the seasons that have one."""
    rate, seasons = None, []
    about = {"project": service.project_id, "service": service.pk, "resource": resource.pk if resource else None}
    with connection.cursor() as cursor:
        cursor.execute(_RATES, about)
        for pk, name, first, last, minor in cursor.fetchall():
            if pk is None:
                rate = minor
            else:
                seasons.append(_Season(pk, name, first, last, minor))
    return rate, seasons


def _of_day(service: Service, rate: int | None, seasons: Iterable[_Season], day: date) -> tuple[str, int]:
    """Label and price of one unit on that day."""
    if rate is not None:
        return service.name, rate
    around = [season for season in seasons if season.first <= day <= season.last]
    if not around:
        return service.name, service.price_minor
    shortest = min(around, key=lambda season: (season.last - season.first, season.first, str(season.pk)))
    return f"{service.name} · {shortest.name}", shortest.price_minor


def _extras(asked: _Asked, wanted: Mapping[UUID, int]) -> list[Line]:
    counted = {pk: qty for pk, qty in wanted.items() if qty > 0}
    if not counted:
        return []
    found = list(ServiceExtra.objects.filter(service=asked.service, is_active=True, pk__in=counted))
    if len(found) < len(counted):
        raise NotOffered
    lines = []
    for extra in found:
        qty = counted[extra.pk]
        if qty > extra.max_qty:
            raise NotOffered(extra.name, extra.max_qty)
        times = qty * (asked.party if extra.is_per_person else 1) * (asked.nights if extra.is_per_night else 1)
        amount = asked.money(extra.price_minor * times)
        lines.append(Line(extra.name, Kind.EXTRA, times, amount, asked.service.tax_category, extra.pk))
    return lines


# --- 3: coupons -------------------------------------------------------------------------------------------------------


def fits(coupon: Coupon, service: Service, sold_minor: int) -> bool:
    """Whether it is for this service and this price."""
    return (not coupon.services or str(service.pk) in coupon.services) and sold_minor >= coupon.least_minor


def _discounts(asked: _Asked, coupons: Sequence[Coupon], sold: int) -> list[Line]:
    fitting = list({one.pk: one for one in coupons if fits(one, asked.service, sold)}.values())
    together = [one for one in fitting if one.stacks]
    alone = [[one] for one in fitting if not one.stacks]
    tried = [_taken_off(asked, chosen, sold) for chosen in [together, *alone]]
    return min(tried, key=lambda lines: sum(line.amount.minor for line in lines))


def _taken_off(asked: _Asked, coupons: Sequence[Coupon], sold: int) -> list[Line]:
    lines, left = [], sold
    for coupon in sorted(coupons, key=lambda one: (one.percent is None, one.code_folded)):
        if coupon.percent is not None:
            after = asked.money(left).minus_percent(coupon.percent).minor
        else:
            after = max(0, left - (coupon.amount_minor or 0))
        if after < left:
            lines.append(Line(coupon.code, Kind.DISCOUNT, 1, asked.money(after - left), source=coupon.pk))
        left = after
    return lines


# --- 4 and 5: what was bought beforehand ------------------------------------------------------------------------------


def _entitled(
    asked: _Asked, entitlements: Sequence[Entitlement], bases: Sequence[Line], sold: int, left: int
) -> list[Line]:
    known = {one.pk: one for one in entitlements if one.service_id in (None, asked.service.pk)}
    if not known:
        return []
    holds = usage.left_of(list(known.values()), without=asked.without)
    lines: list[Line] = []
    # The dear units are paid by packages first.
    units = sorted(_unit_prices(bases, sold, left), reverse=True)
    for one in sorted(known.values(), key=_soonest_gone):
        if one.kind == Entitlement.Kind.PACKAGE:
            count = min(holds[one.pk].units, sum(price > 0 for price in units))
            amount, units = sum(units[:count]), units[count:]
        else:
            count, amount = 0, min(holds[one.pk].minor, left)
        if amount:
            lines.append(Line(one.name, Kind.ENTITLEMENT, count or 1, asked.money(-amount), source=one.pk, units=count))
        left -= amount
    return lines


def _unit_prices(bases: Sequence[Line], sold: int, left: int) -> list[int]:
    """What each unit of the base costs after the coupons: rounded so that the units of all add up to the whole."""
    prices, so_far, rounded = [], 0, 0
    for line in bases:
        for _unit in range(line.qty):
            so_far += line.amount.minor // line.qty
            upto = _rounded(Decimal(so_far) * left / sold) if sold else 0
            prices.append(upto - rounded)
            rounded = upto
    return prices


def _soonest_gone(one: Entitlement) -> tuple[bool, bool, float, str]:
    """Packages before vouchers; what lapses first is used first."""
    ends = one.valid_until
    return one.kind == Entitlement.Kind.VOUCHER, ends is None, ends.timestamp() if ends else 0.0, str(one.pk)


def _percent(minor: int, percent: int) -> int:
    return _rounded(Decimal(minor) * percent / 100)


def _rounded(amount: Decimal) -> int:
    return int(amount.to_integral_value(ROUND_HALF_UP))
