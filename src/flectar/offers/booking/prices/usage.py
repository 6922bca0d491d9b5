"""How often a code was used and what is left of it, counted from its uses.

No counter is kept, so nothing can drift: a use counts while its state is taken, unless its booking is a hold or a
request whose time is over. The count is safe to act on under a lock on the code's own row (`coupons.take`).
"""

from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Count, F, Q, Sum
from django.db.models.functions import Coalesce

from flectar.core import clock
from flectar.offers.booking.models import Booking, CouponUse, Entitlement, EntitlementUse

_UNDECIDED = (Booking.Status.REQUESTED, Booking.Status.HELD)


def counts() -> Q:
    """Uses that count now. Nobody need have written down that a hold is over."""
    over = Q(booking__status__in=_UNDECIDED, booking__hold_until__isnull=False, booking__hold_until__lte=clock.now())
    return Q(state=CouponUse.State.TAKEN) & ~over


def times_used(coupons: Collection[UUID], *, without: UUID | None = None) -> dict[UUID, int]:
    """Coupon → uses that count; `without` leaves one booking out. A coupon without a use is missing."""
    uses = CouponUse.objects.filter(counts(), coupon__in=coupons).exclude(booking=without)
    return dict(uses.order_by().values_list("coupon").annotate(times=Count("pk")))


def times_used_by(customer_id: UUID, coupons: Collection[UUID], *, without: UUID | None = None) -> dict[UUID, int]:
    """The same, of one customer."""
    uses = CouponUse.objects.filter(counts(), coupon__in=coupons, customer=customer_id).exclude(booking=without)
    return dict(uses.order_by().values_list("coupon").annotate(times=Count("pk")))


@dataclass(frozen=True, slots=True)
class Left:
    """What an entitlement still holds: times of a package, minor units of a voucher."""

    units: int
    minor: int

    def __bool__(self) -> bool:
        return self.units > 0 or self.minor > 0


def left_of(entitlements: Collection[Entitlement], *, without: UUID | None = None) -> dict[UUID, Left]:
    """Entitlement → what is left; `without` leaves one booking out."""
    uses = (
        EntitlementUse.objects.filter(counts(), entitlement__in=[one.pk for one in entitlements])
        .exclude(booking=without)
        .order_by()
        .values("entitlement")
        .annotate(used_units=Coalesce(Sum(F("units")), 0), used_minor=Coalesce(Sum(F("amount_minor")), 0))
    )
    used = {use["entitlement"]: (use["used_units"], use["used_minor"]) for use in uses}
    return {
        one.pk: Left(max(0, one.units - units), max(0, one.amount_minor - minor))
        for one in entitlements
        for units, minor in [used.get(one.pk, (0, 0))]
    }
