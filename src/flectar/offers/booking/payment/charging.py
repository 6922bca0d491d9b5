"""Between bookings and payments: what is asked for, what is sent back, what is owed besides. All of it by facts.

What is paid for is a booking, a visit of several, or a series of dates: one payment then covers them all. A deed that
sends money has a key of its own, `booking:<id>:<deed>`, so that nothing is sent twice, and so that we know whose money
came back.
"""

from collections.abc import Sequence
from uuid import UUID

from flectar.core import clock
from flectar.core.money import Money
from flectar.money.payments import asking
from flectar.money.payments.asking import Subject
from flectar.money.payments.facts import PaymentCaptured, RefundDone
from flectar.money.payments.models import PaymentIntent
from flectar.offers.booking.facts import (
    BookingCancelled,
    BookingClosed,
    BookingDeclined,
    BookingExpired,
    BookingHeld,
    BookingPaidLate,
)
from flectar.offers.booking.messages import notices
from flectar.offers.booking.models import Booking, BookingEvent, Claim
from flectar.offers.booking.payment import paying
from flectar.offers.booking.prices import terms
from flectar.offers.booking.scheduling import claiming
from flectar.platform.audit.log import current_actor
from flectar.platform.projects.links import site_path, speaking
from flectar.platform.projects.models import Project

ONE, VISIT, SERIES = "booking", "visit", "series"
Status = Booking.Status
_GONE = (Status.CANCELLED, Status.DECLINED)


def subject_of(booking: Booking) -> Subject:
    if booking.series_id:
        return Subject(SERIES, booking.series_id)
    return Subject(VISIT, booking.visit) if booking.visit else Subject(ONE, booking.pk)


def pay_url(project: Project, booking: Booking) -> str:
    """Where the customer pays what is due; empty where nothing is, or no longer can be."""
    if booking.status != Status.HELD or booking.is_hold_over:
        return ""
    intent = asking.waiting_for(subject_of(booking))
    if intent is None:
        return ""
    with speaking(project, booking.locale):
        return asking.url_of(project, intent)


# --- What bookings tell -----------------------------------------------------------------------------------------------


def ask(fact: BookingHeld) -> None:
    """A time is kept until it is paid. What waits for another answer than money asks for nothing."""
    _ask_for(_booking(fact.booking_id))


def end(fact: BookingExpired | BookingDeclined) -> None:
    """It is not to be paid any more."""
    asking.expire_open(subject_of(_booking(fact.booking_id)))


def cancelled(fact: BookingCancelled) -> None:
    """The customer pays the fee of the terms; what was paid beyond it goes back. Who never had the booking for sure
    pays nothing, nor does anybody whom the business itself cancels."""
    booking = _booking(fact.booking_id)
    asking.expire_open(subject_of(booking), state=PaymentIntent.State.CANCELLED)
    others = [one for one in _together(booking) if one.status == Status.HELD]
    if others:
        _ask_for(others[0])
    last = booking.events.filter(kind=BookingEvent.Kind.CANCELLED).order_by("-at", "-id").first()
    was_certain = last is not None and last.from_status in (Status.CONFIRMED, Status.IN_PROGRESS)
    fee = Money(0, booking.price.currency)
    if was_certain and current_actor().kind in ("visitor", "customer"):
        fee = terms.cancellation_fee(booking, clock.now())
    _send_back(booking, terms.to_give_back(booking, fee), "cancelled", reason=f"{booking.code} cancelled")
    asking.fee(
        subject_of(booking),
        terms.to_ask_for(booking, fee),
        reason=f"{booking.code} cancelled late",
        key=_key(booking, f"fee-{booking.version}"),
    )


def paid_late(fact: BookingPaidLate) -> None:
    """The money came when the time was gone: all of it goes back, in the same transaction that says so."""
    booking = _booking(fact.booking_id)
    paid = Money(booking.paid_minor, booking.price.currency)
    _send_back(booking, paid, "late", reason=f"{booking.code} paid when the time was gone")


def closed(fact: BookingClosed) -> None:
    """Who did not come owes what the terms say, as far as it is not paid. Corrected, they owe nothing."""
    booking = _booking(fact.booking_id)
    key = _key(booking, "no-show")
    if booking.status == Status.NO_SHOW:
        owed = terms.to_ask_for(booking, terms.no_show_fee(booking))
        asking.fee(subject_of(booking), owed, reason=f"{booking.code} did not come", key=key)
    else:
        asking.waive(key)


# --- What payments tell -----------------------------------------------------------------------------------------------


def captured(fact: PaymentCaptured) -> None:
    """Money is here: for one booking, or shared out over a visit. What nobody owed goes back."""
    bookings = _of_subject(fact.subject, fact.subject_id)
    if not bookings:
        return
    claims = Claim.objects.filter(booking__in=bookings).values_list("resource_id", flat=True)
    if len(bookings) > 1:
        # Each of them locks its own calendar; together they are locked in order, so that no two visits wait crosswise.
        claiming.lock_calendars({*claims, *(one.resource_id for one in bookings)})
    left, confirmed = fact.amount_minor, []
    for number, booking in enumerate(bookings, 1):
        part = left if number == len(bookings) else min(left, max(0, booking.due_minor - booking.paid_minor))
        if part:
            was_held = booking.status == Status.HELD
            fresh = paying.paid(booking, part, notify=fact.subject != SERIES)
            if was_held and fresh.status == Status.CONFIRMED:
                confirmed.append(fresh)
            _return_what_nobody_owes(_booking(booking.pk), fact.intent_id)
        left -= part
    if fact.subject == SERIES and confirmed:
        notices.series_booked(confirmed[0].project, confirmed)
    if not any(one.status == Status.HELD for one in _of_subject(fact.subject, fact.subject_id)):
        # Somebody who asked for more time in this very moment was asked for the money once more.
        asking.expire_open(Subject(fact.subject, fact.subject_id), state=PaymentIntent.State.CANCELLED)


def refunded(fact: RefundDone) -> None:
    """Money is back with the customer."""
    kind, _colon, rest = fact.key.partition(":")
    if kind == ONE:
        paying.refunded(_booking(UUID(rest.partition(":")[0])), fact.amount_minor)


# ----------------------------------------------------------------------------------------------------------------------


def _ask_for(booking: Booking) -> None:
    held = [one for one in _together(booking) if one.status == Status.HELD and one.hold_until]
    due = sum(max(0, one.due_minor - one.paid_minor) for one in held)
    if not due:
        return
    whole = sum(one.owed.minor for one in held)
    purpose = PaymentIntent.Purpose.FULL if due == whole else PaymentIntent.Purpose.DEPOSIT
    with speaking(booking.project, booking.locale):
        back = site_path("booking:manage", token=booking.token)
    names = ", ".join(dict.fromkeys(one.service_name for one in held))
    asking.ask(
        subject_of(booking),
        purpose=purpose,
        amount=Money(due, booking.price.currency),
        expires_at=min(one.hold_until for one in held if one.hold_until),
        return_path=back,
        label=f"{names} · {booking.code}",
    )


def _return_what_nobody_owes(booking: Booking, intent_id: UUID) -> None:
    currency = booking.price.currency
    too_much = booking.paid_minor if booking.status in _GONE else booking.paid_minor - booking.price.minor
    if too_much > 0 and booking.status != Status.PAID_LATE:
        _send_back(booking, Money(too_much, currency), f"unowed-{intent_id}", reason=f"{booking.code} paid too much")


def _send_back(booking: Booking, amount: Money, deed: str, *, reason: str) -> None:
    """As far as it came by us: what was paid at the counter is handed back there."""
    subject = subject_of(booking)
    possible = min(amount.minor, asking.left_to_refund(subject, amount.currency))
    key = _key(booking, f"{deed}-{booking.version}")
    asking.refund(subject, Money(possible, amount.currency), reason=reason, key=key)


def _key(booking: Booking, deed: str) -> str:
    return f"{ONE}:{booking.pk}:{deed}"


def _booking(pk: UUID) -> Booking:
    found: Booking = Booking.objects.select_related("project", "service", "customer", "resource").get(pk=pk)
    return found


def _together(booking: Booking) -> Sequence[Booking]:
    """The bookings of its series or its visit, or itself alone."""
    subject = subject_of(booking)
    return [booking] if subject.kind == ONE else _of_subject(subject.kind, subject.id)


def _of_subject(kind: str, pk: UUID) -> Sequence[Booking]:
    if kind not in (ONE, VISIT, SERIES):
        return []
    found = Booking.objects.select_related("project", "service", "customer", "resource")
    return list(found.filter(**{"pk" if kind == ONE else kind: pk}).order_by("starts_at", "id"))
