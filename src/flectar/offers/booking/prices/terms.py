"""What it costs to cancel late or not to come: frozen into each booking, said in words, worked out when it is due.

A policy has tiers, each "so many hours before the start or earlier, this part of the price is kept". Later than the
last tier all of it is kept; without tiers nothing is. Parts of a price are rounded half up.
"""

from collections.abc import Mapping
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from flectar.core.money import Money
from flectar.offers.booking.models import Booking, Policy, Service

ALL = 100


def snapshot(service: Service) -> dict[str, Any]:
    """What a booking keeps for good (`Booking.policy_snapshot`): later changes touch only new bookings."""
    policy = service.policy
    return {
        "change_notice_min": service.change_notice_min,
        **(of_policy(policy) if policy is not None else {}),
        "versions": {"service": service.version},
    }


def of_policy(policy: Policy) -> dict[str, Any]:
    return {
        "policy": policy.name,
        "tiers": _in_order(policy.tiers),
        "no_show_percent": policy.no_show_percent,
        "most_moves": policy.most_moves,
    }


def cancellation_percent(booking: Booking, at: datetime) -> int:
    """The part of the price that is kept if the customer cancels at that moment."""
    tiers = _in_order(booking.policy_snapshot.get("tiers", ()))
    if not tiers:
        return 0
    hours = (booking.starts_at - at).total_seconds() / 3600
    return next((tier["percent"] for tier in tiers if hours >= tier["hours"]), ALL)


def cancellation_fee(booking: Booking, at: datetime) -> Money:
    return _part(booking.price, cancellation_percent(booking, at))


def no_show_fee(booking: Booking) -> Money:
    return _part(booking.price, int(booking.policy_snapshot.get("no_show_percent", 0)))


def is_in_time(booking: Booking, at: datetime) -> bool:
    """Whether cancelling then is still free, and before the customer's own deadline: codes are given back."""
    return at <= booking.changeable_until and not cancellation_percent(booking, at)


def to_give_back(booking: Booking, fee: Money) -> Money:
    """What was paid beyond the fee."""
    return Money(max(0, booking.paid_minor - fee.minor), fee.currency)


def to_ask_for(booking: Booking, fee: Money) -> Money:
    """What of the fee is not covered by what was paid."""
    return Money(max(0, fee.minor - booking.paid_minor), fee.currency)


def in_words(frozen: Mapping[str, Any]) -> list[str]:
    """Sentences for the customer, the same that the owner sees beside the numbers."""
    said = [_tier_in_words(tier["hours"], tier["percent"]) for tier in _in_order(frozen.get("tiers", ()))]
    if said:
        said.append(_("Cancelled later than that: the whole price is charged."))
    if no_show := int(frozen.get("no_show_percent", 0)):
        said.append(_("If you do not come, %(percent)s%% of the price is charged.") % {"percent": no_show})
    if (moves := frozen.get("most_moves")) is not None:
        said.append(
            ngettext("You can move it once.", "You can move it %(count)s times.", moves) % {"count": moves}
            if moves
            else _("It cannot be moved.")
        )
    return said


def _tier_in_words(hours: int, percent: int) -> str:
    if percent == 0:
        if hours == 0:
            return _("Cancelling is free until the start.")
        return ngettext(
            "Cancelling is free until %(count)s hour before the start.",
            "Cancelling is free until %(count)s hours before the start.",
            hours,
        ) % {"count": hours}
    if hours == 0:
        return _("Cancelled before the start: %(percent)s%% of the price is charged.") % {"percent": percent}
    return ngettext(
        "Cancelled until %(count)s hour before the start: %(percent)s%% of the price is charged.",
        "Cancelled until %(count)s hours before the start: %(percent)s%% of the price is charged.",
        hours,
    ) % {"count": hours, "percent": percent}


def _in_order(tiers: Any) -> list[dict[str, int]]:
    """The earliest tier first."""
    cleaned = [{"hours": int(tier["hours"]), "percent": int(tier["percent"])} for tier in tiers]
    return sorted(cleaned, key=lambda tier: -tier["hours"])


def _part(price: Money, percent: int) -> Money:
    return Money(int((Decimal(price.minor) * percent / 100).to_integral_value(ROUND_HALF_UP)), price.currency)
