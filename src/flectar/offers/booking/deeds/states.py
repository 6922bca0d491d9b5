"""From one state of a booking to the next: every way there is, and the one function that goes it.

Three axes that never mix. `status` moves along these ways; what was paid follows the payments; whether people came is
attendance. "Refunded" and "moved" are events, not states.
"""

from datetime import UTC
from enum import StrEnum
from typing import Any, Final
from uuid import UUID

from django.db.models import F

from flectar.core import clock
from flectar.core.text import clean
from flectar.offers.booking.deeds import figures
from flectar.offers.booking.errors import ChangedMeanwhile, NotChangeable
from flectar.offers.booking.models import Booking, BookingEvent
from flectar.platform.audit.log import current_actor, record

Status = Booking.Status
Kind = BookingEvent.Kind


class By(StrEnum):
    """Who goes a way. The view or the job says so; rights were looked at before."""

    CUSTOMER = "customer"
    TEAM = "team"
    SYSTEM = "system"
    PAYMENT = "payment"  # a verified message of a provider, never a browser that comes back


WAYS: Final[dict[tuple[str, str], frozenset[By]]] = {
    (Status.REQUESTED, Status.HELD): frozenset({By.TEAM, By.CUSTOMER}),
    (Status.REQUESTED, Status.CONFIRMED): frozenset({By.TEAM, By.CUSTOMER}),  # the customer: yes to our proposal
    (Status.REQUESTED, Status.DECLINED): frozenset({By.TEAM}),
    (Status.REQUESTED, Status.EXPIRED): frozenset({By.SYSTEM}),
    (Status.REQUESTED, Status.CANCELLED): frozenset({By.CUSTOMER, By.TEAM}),
    (Status.HELD, Status.CONFIRMED): frozenset({By.PAYMENT, By.TEAM}),  # the team: paid at the counter
    (Status.HELD, Status.EXPIRED): frozenset({By.SYSTEM}),
    (Status.HELD, Status.CANCELLED): frozenset({By.CUSTOMER, By.TEAM}),
    (Status.EXPIRED, Status.CONFIRMED): frozenset({By.PAYMENT}),
    (Status.EXPIRED, Status.HELD): frozenset({By.CUSTOMER}),  # held anew in one tap
    (Status.EXPIRED, Status.PAID_LATE): frozenset({By.PAYMENT}),
    (Status.PAID_LATE, Status.CANCELLED): frozenset({By.SYSTEM, By.TEAM}),
    (Status.PAID_LATE, Status.CONFIRMED): frozenset({By.TEAM}),
    (Status.CONFIRMED, Status.CANCELLED): frozenset({By.CUSTOMER, By.TEAM, By.SYSTEM}),
    (Status.CONFIRMED, Status.IN_PROGRESS): frozenset({By.TEAM, By.CUSTOMER}),
    (Status.CONFIRMED, Status.COMPLETED): frozenset({By.TEAM, By.SYSTEM}),
    (Status.CONFIRMED, Status.NO_SHOW): frozenset({By.TEAM}),  # never the system alone
    (Status.IN_PROGRESS, Status.COMPLETED): frozenset({By.TEAM, By.SYSTEM}),
    (Status.IN_PROGRESS, Status.CONFIRMED): frozenset({By.TEAM}),
    (Status.COMPLETED, Status.CONFIRMED): frozenset({By.TEAM}),
    (Status.COMPLETED, Status.NO_SHOW): frozenset({By.TEAM}),
    (Status.NO_SHOW, Status.COMPLETED): frozenset({By.TEAM}),
    (Status.NO_SHOW, Status.CONFIRMED): frozenset({By.TEAM}),
    (Status.CANCELLED, Status.CONFIRMED): frozenset({By.TEAM}),  # undo
    (Status.DECLINED, Status.REQUESTED): frozenset({By.TEAM}),  # undo
}


def may(booking: Booking, to: str, by: By) -> bool:
    return by in WAYS.get((booking.status, to), ())


def go(
    booking: Booking,
    to: str,
    kind: str,
    by: By,
    *,
    reason: str = "",
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
    **values: Any,
) -> None:
    """Move the booking along one way and remember it. NotChangeable if there is no such way for this one;
    ChangedMeanwhile if somebody was quicker."""
    if not may(booking, to, by):
        raise NotChangeable
    was = booking.status
    change(booking, status=to, **values)
    remember(booking, kind, from_status=was, reason=reason, before=before, after=after)


def change(booking: Booking, **values: Any) -> None:
    """Change the row only if it is still the version that we looked at."""
    changed = Booking.objects.filter(pk=booking.pk, version=booking.version).update(version=F("version") + 1, **values)
    if not changed:
        raise ChangedMeanwhile
    booking.version += 1
    for name, value in values.items():
        setattr(booking, name, value)


def remember(
    booking: Booking,
    kind: str,
    *,
    from_status: str = "",
    reason: str = "",
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
) -> None:
    """Into the booking's history and into the audit log."""
    actor = current_actor()
    BookingEvent.objects.create(
        project_id=booking.project_id,
        booking=booking,
        kind=kind,
        at=clock.now(),
        actor_kind=actor.kind,
        actor_id=actor.id,
        actor_name=actor.name[:200],
        from_status=from_status,
        to_status=booking.status,
        reason=clean(reason).strip()[:300],
        before=before or {},
        after=after or {},
    )
    record(_ACTIONS[kind], target=booking, old=before, new=after or {"status": booking.status})
    if kind not in _COUNTS_AS_BEFORE:
        figures.later(booking.project_id, [booking.customer_id])


_COUNTS_AS_BEFORE: Final = frozenset(
    {Kind.NOTED, Kind.REQUESTED, Kind.PROPOSED, Kind.HELD, Kind.DECLINED, Kind.EXPIRED, Kind.PAID, Kind.PAID_LATE}
)


def facts_of(booking: Booking) -> dict[str, Any]:
    """When and with whom: what a history compares."""
    return {
        "starts_at": booking.starts_at.astimezone(UTC).isoformat(),
        "ends_at": booking.ends_at.astimezone(UTC).isoformat(),
        "resource": str(booking.resource_id),
        "with": booking.resource.name,
    }


_ACTIONS: Final[dict[str, str]] = {
    Kind.BOOKED: "booking.confirmed",
    Kind.MOVED: "booking.moved",
    Kind.CANCELLED: "booking.cancelled",
    Kind.RESTORED: "booking.restored",
    Kind.NOTED: "booking.noted",
    Kind.REQUESTED: "booking.requested",
    Kind.HELD: "booking.held",
    Kind.CONFIRMED: "booking.accepted",
    Kind.DECLINED: "booking.declined",
    Kind.EXPIRED: "booking.expired",
    Kind.PAID: "booking.paid",
    Kind.PAID_LATE: "booking.paid_late",
    Kind.ARRIVED: "booking.arrived",
    Kind.COMPLETED: "booking.completed",
    Kind.NO_SHOW: "booking.no_show",
    Kind.CORRECTED: "booking.corrected",
    Kind.PROPOSED: "booking.proposed",
}


def expire(ids: list[UUID]) -> list[Booking]:
    """Say in their rows that these holds have run out; those that were held or asked for until now."""
    gone = []
    held = Booking.objects.select_related("resource", "customer", "service", "project")
    for booking in held.filter(pk__in=ids, status__in=(Status.HELD, Status.REQUESTED)).order_by("pk"):
        if booking.is_hold_over:
            go(booking, Status.EXPIRED, Kind.EXPIRED, By.SYSTEM)
            gone.append(booking)
    return gone
