"""Codes: coupons, packages and gift vouchers. Found, checked, taken with a booking and given back.

A use is taken in the booking's own transaction, after the resources' locks: the code's row is locked, the uses that
count are counted (usage.py), and one more is written or the booking is refused. Lock order: resource, coupon,
entitlement, each by id.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import UUID

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from flectar.core import clock
from flectar.core.money import Money, format_money
from flectar.core.text import clean, fold
from flectar.offers.booking.errors import BookingError
from flectar.offers.booking.models import Booking, Coupon, CouponUse, Entitlement, EntitlementUse, Service
from flectar.offers.booking.prices import terms, usage
from flectar.offers.booking.prices.pricing import Kind, Quote
from flectar.people.customers.models import Customer

type Code = Coupon | Entitlement


class BadCode(BookingError):
    """A code that cannot be used here. The sentence says what to do."""


class CodeGone(BookingError):
    """Somebody else used it between the look and the deed."""

    def __init__(self, code: str) -> None:
        self.code = code
        super().__init__(_("The code %(code)s has just been used up. Go on without it.") % {"code": code})


def folded(code: str) -> str:
    """How codes are compared: without case, accents and spaces."""
    return fold(clean(code)).replace(" ", "")[:80]


def look_up(code: str) -> Code:
    """The coupon, package or voucher of that code, or BadCode.

    Both tables are asked in any case, so that the time tells nothing. The caller limits how often one may ask.
    """
    wanted = folded(code)
    coupon: Coupon | None = Coupon.objects.filter(code_folded=wanted, is_active=True).first()
    entitlement: Entitlement | None = Entitlement.objects.filter(code_folded=wanted, is_active=True).first()
    found: Code | None = coupon or entitlement
    if found is None:
        raise BadCode(_("We do not know this code. Check its letters, or go on without it."))
    return found


def look_up_all(codes: Iterable[str]) -> tuple[list[Coupon], list[Entitlement]]:
    """Several, each once; empty ones are left out."""
    found = {one.pk: one for code in codes if code.strip() for one in [look_up(code)]}
    coupons = [one for one in found.values() if isinstance(one, Coupon)]
    entitlements = [one for one in found.values() if isinstance(one, Entitlement)]
    must_go_together(coupons)
    return coupons, entitlements


def must_be_left(codes: Iterable[str]) -> None:
    """BadCode if one of them is none or has been used up: known before anybody waits for a calendar. `take` has the
    last word."""
    coupons, _entitlements = look_up_all(codes)
    limited = [one for one in coupons if one.max_uses is not None]
    used = usage.times_used([one.pk for one in limited]) if limited else {}
    if gone := next((one for one in limited if _is_used_up(one, used)), None):
        raise BadCode(_("%(code)s has been used up. Go on without it.") % {"code": gone.code})


def must_go_together(coupons: Sequence[Coupon]) -> None:
    """BadCode if one of several coupons stands alone."""
    if len(coupons) > 1 and (alone := next((one for one in coupons if not one.stacks), None)):
        raise BadCode(_("%(code)s does not go together with other codes. Take one of them out.") % {"code": alone.code})


def must_fit(
    code: Code, *, service: Service, total: Money, customer: Customer | None = None, without: UUID | None = None
) -> None:
    """BadCode if it cannot be used for this. `total` is the price before any code.

    `customer` None: not known yet; whose it is and how often they used it is asked again when it is taken. `without`
    is a booking whose own use does not count.
    """
    if isinstance(code, Coupon):
        _coupon_must_fit(code, service, total, customer, without)
    else:
        _entitlement_must_fit(code, service, customer, without)


def _coupon_must_fit(
    coupon: Coupon, service: Service, total: Money, customer: Customer | None, without: UUID | None
) -> None:
    _must_be_valid_now(coupon.code, coupon.starts_at, coupon.ends_at)
    if coupon.services and str(service.pk) not in coupon.services:
        raise BadCode(
            _("%(code)s is not for %(service)s. Choose another service, or go on without it.")
            % {"code": coupon.code, "service": service.name}
        )
    if total.minor < coupon.least_minor:
        least = format_money(Money(coupon.least_minor, total.currency), get_language() or "en")
        raise BadCode(_("%(code)s is for bookings of %(least)s or more.") % {"code": coupon.code, "least": least})
    if _is_used_up(coupon, usage.times_used([coupon.pk], without=without)):
        raise BadCode(_("%(code)s has been used up. Go on without it.") % {"code": coupon.code})
    if customer is not None and _is_used_up_by(coupon, usage.times_used_by(customer.pk, [coupon.pk], without=without)):
        raise BadCode(_("You have used %(code)s already. Go on without it.") % {"code": coupon.code})


def _entitlement_must_fit(
    entitlement: Entitlement, service: Service, customer: Customer | None, without: UUID | None
) -> None:
    _must_be_valid_now(entitlement.code, None, entitlement.valid_until)
    if entitlement.service_id not in (None, service.pk):
        raise BadCode(
            _("%(code)s is not for %(service)s. Choose another service, or go on without it.")
            % {"code": entitlement.code, "service": service.name}
        )
    if _belongs_to_another(entitlement, customer):
        raise BadCode(
            _("%(code)s belongs to somebody else. Use the address with which it was bought.")
            % {"code": entitlement.code}
        )
    if not usage.left_of([entitlement], without=without)[entitlement.pk]:
        raise BadCode(_("Nothing is left on %(code)s. Go on without it.") % {"code": entitlement.code})


def _must_be_valid_now(code: str, starts_at: datetime | None, ends_at: datetime | None) -> None:
    if starts_at is not None and clock.now() < starts_at:
        raise BadCode(_("%(code)s is not valid yet. Come back later, or go on without it.") % {"code": code})
    if ends_at is not None and clock.now() >= ends_at:
        raise BadCode(_("%(code)s is no longer valid. Go on without it.") % {"code": code})


# --- Taken and given back --------------------------------------------------------------------------------------------


def take(booking: Booking, quote: Quote) -> None:
    """Write down what the quote's codes took off, or CodeGone. In the booking's transaction, resources locked."""
    discounts = [line for line in quote.lines if line.kind == Kind.DISCOUNT]
    paid = [line for line in quote.lines if line.kind == Kind.ENTITLEMENT]
    for coupon in _locked_coupons(line.source for line in discounts):
        _must_be_free(coupon, booking)
        CouponUse.objects.update_or_create(
            coupon=coupon,
            booking=booking,
            defaults={
                "customer_id": booking.customer_id,
                "state": CouponUse.State.TAKEN,
                "off_minor": quote.taken_off_by(coupon.pk),
                "at": clock.now(),
            },
        )
    for entitlement in _locked_entitlements(line.source for line in paid):
        units, minor = quote.units_of(entitlement.pk), quote.taken_off_by(entitlement.pk)
        _must_hold(entitlement, booking, units, minor)
        EntitlementUse.objects.update_or_create(
            entitlement=entitlement,
            booking=booking,
            defaults={"units": units, "amount_minor": minor, "state": CouponUse.State.TAKEN, "at": clock.now()},
        )


def keep(booking: Booking) -> None:
    """Before a held, requested or expired booking is confirmed: its uses count for good, or CodeGone.

    Under the same locks as `take`: whoever takes the code at the moment the hold ends waits here.
    """
    uses = list(CouponUse.objects.filter(booking=booking))
    for coupon in _locked_coupons(use.coupon_id for use in uses):
        _must_be_free(coupon, booking)
    paid = {use.entitlement_id: use for use in EntitlementUse.objects.filter(booking=booking)}
    for entitlement in _locked_entitlements(paid):
        use = paid[entitlement.pk]
        _must_hold(entitlement, booking, use.units, use.amount_minor)
    _set_state(booking, CouponUse.State.TAKEN)


def give_back(booking: Booking, *, at: datetime, always: bool = False) -> bool:
    """When a booking has ended without taking place: whether its codes are free again.

    What expired, was declined or was cancelled in time is given back; what was cancelled after the cut-off stays used.
    `always`: it was never confirmed, or the business itself cancelled.
    """
    if not always and booking.status == Booking.Status.CANCELLED and not terms.is_in_time(booking, at):
        return False
    _set_state(booking, CouponUse.State.RETURNED)
    return True


def _set_state(booking: Booking, state: CouponUse.State) -> None:
    CouponUse.objects.filter(booking=booking).exclude(state=state).update(state=state)
    EntitlementUse.objects.filter(booking=booking).exclude(state=state).update(state=state)


def _must_be_free(coupon: Coupon, booking: Booking) -> None:
    used = usage.times_used([coupon.pk], without=booking.pk)
    by_them = usage.times_used_by(booking.customer_id, [coupon.pk], without=booking.pk)
    if not coupon.is_active or _is_used_up(coupon, used) or _is_used_up_by(coupon, by_them):
        raise CodeGone(coupon.code)


def _must_hold(entitlement: Entitlement, booking: Booking, units: int, minor: int) -> None:
    left = usage.left_of([entitlement], without=booking.pk)[entitlement.pk]
    is_package = entitlement.kind == Entitlement.Kind.PACKAGE
    is_enough = left.units >= units if is_package else left.minor >= minor
    if not entitlement.is_active or not is_enough or _belongs_to_another(entitlement, booking.customer):
        raise CodeGone(entitlement.code)


def _is_used_up(coupon: Coupon, used: dict[UUID, int]) -> bool:
    return coupon.max_uses is not None and used.get(coupon.pk, 0) >= coupon.max_uses


def _is_used_up_by(coupon: Coupon, used: dict[UUID, int]) -> bool:
    return coupon.max_per_customer is not None and used.get(coupon.pk, 0) >= coupon.max_per_customer


def _belongs_to_another(entitlement: Entitlement, customer: Customer | None) -> bool:
    """A voucher is a present: whoever has its code may use it. A package is its buyer's."""
    is_personal = entitlement.kind == Entitlement.Kind.PACKAGE and entitlement.customer_id is not None
    return is_personal and customer is not None and entitlement.customer_id != customer.pk


def _locked_coupons(ids: Iterable[UUID | None]) -> list[Coupon]:
    wanted = {pk for pk in ids if pk}
    return list(Coupon.objects.filter(pk__in=wanted).order_by("pk").select_for_update(no_key=True)) if wanted else []


def _locked_entitlements(ids: Iterable[UUID | None]) -> list[Entitlement]:
    wanted = {pk for pk in ids if pk}
    rows = Entitlement.objects.filter(pk__in=wanted).order_by("pk").select_for_update(no_key=True)
    return list(rows) if wanted else []
