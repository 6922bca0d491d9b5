"""What a booking's money looks like to the team: its lines, what was paid, what is to be collected, what goes back."""

from dataclasses import dataclass

from flectar.core import clock
from flectar.core.money import Money
from flectar.money.payments.models import LedgerIntent, PaymentIntent
from flectar.offers.booking.models import Booking
from flectar.offers.booking.payment import charging
from flectar.offers.booking.prices import terms


@dataclass(frozen=True, slots=True)
class Sums:
    """`lines` are empty where there is only one. `kept` is what it would cost the customer to cancel now."""

    lines: list[tuple[str, Money]]
    total: Money
    due: Money | None
    paid: Money | None
    owed: Money | None  # None where nothing is collected any more
    ledger: list[LedgerIntent]
    payments: list[PaymentIntent]
    terms: list[str]
    kept: Money


_ENDED = (Booking.Status.CANCELLED, Booking.Status.DECLINED, Booking.Status.EXPIRED, Booking.Status.PAID_LATE)


def of(booking: Booking) -> Sums:
    currency = booking.price.currency
    lines = [
        (f"{line['label']} × {line['qty']}" if line["qty"] > 1 else line["label"], Money(line["minor"], currency))
        for line in booking.price_snapshot.get("lines", ())
    ]
    subject = charging.subject_of(booking)
    held = booking.status == Booking.Status.HELD
    return Sums(
        lines=lines if len(lines) > 1 else [],
        total=booking.price,
        due=Money(booking.due_minor - booking.paid_minor, currency) if held and booking.due_minor else None,
        paid=Money(booking.paid_minor, currency) if booking.paid_minor else None,
        owed=None if booking.status in _ENDED else booking.owed,
        ledger=list(
            LedgerIntent.objects.filter(subject=subject.kind, subject_id=subject.id).order_by("created_at", "id")
        ),
        payments=list(PaymentIntent.objects.of(subject.kind, subject.id).order_by("created_at", "id")),
        terms=terms.in_words(booking.policy_snapshot),
        kept=terms.cancellation_fee(booking, clock.now()),
    )
