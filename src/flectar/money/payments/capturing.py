"""A provider's verified message: kept once, applied once, whatever the order and however often it comes.

The event's row and all that follows from it are one transaction. If a reaction fails nothing is kept, the provider is
answered with an error, and it sends again.
"""

from dataclasses import dataclass
from uuid import UUID

from django.db import connection

from flectar.core import clock
from flectar.core.events import announce
from flectar.core.tenancy import current_project_id
from flectar.money.payments.facts import PaymentCaptured, RefundDone
from flectar.money.payments.models import LedgerIntent, PaymentEvent, PaymentIntent
from flectar.platform.audit.log import record

Outcome = PaymentEvent.Outcome
CAPTURED, FAILED, REFUNDED = "payment.captured", "payment.failed", "refund.done"


@dataclass(frozen=True, slots=True)
class Event:
    """What a provider said, its signature proven. `about` is the id of an intent, or of a refund."""

    provider: str
    key: str
    kind: str
    about: UUID
    amount_minor: int | None
    currency: str


def take_in(event: Event) -> str | None:
    """Apply an event inside the project's scope; its outcome, None for one that was taken in before."""
    pk = _keep(event)
    if pk is None:
        return None
    if event.kind in (CAPTURED, FAILED):
        outcome = _of_payment(event)
    elif event.kind == REFUNDED:
        outcome = _of_refund(event)
    else:
        outcome = Outcome.UNKNOWN
    PaymentEvent.objects.filter(pk=pk).update(outcome=outcome)
    return str(outcome)


def _keep(event: Event) -> UUID | None:
    """The new row's id. Whoever brings the same event at the same moment waits here, and then finds it."""
    intent = None if event.kind == REFUNDED else PaymentIntent.objects.filter(pk=event.about).first()
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO payments_paymentevent"
            " (project_id, provider, event_key, kind, intent_id, amount_minor, currency, outcome, received_at)"
            " VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s)"
            " ON CONFLICT (project_id, provider, event_key) DO NOTHING RETURNING id",
            [
                *(current_project_id(), event.provider, event.key, event.kind[:40], intent.pk if intent else None),
                *(event.amount_minor, event.currency[:3], Outcome.UNKNOWN, clock.now()),
            ],
        )
        row = cursor.fetchone()
    return row[0] if row else None


def _of_payment(event: Event) -> Outcome:
    intent: PaymentIntent | None = PaymentIntent.objects.select_for_update(no_key=True).filter(pk=event.about).first()
    if intent is None:
        return Outcome.UNKNOWN
    if intent.is_captured:
        return Outcome.REPEATED if event.kind == CAPTURED else Outcome.OVERTAKEN
    if event.kind == FAILED:
        return _fail(intent)
    if (event.amount_minor, event.currency) != (intent.amount_minor, intent.currency):
        record("payment.mismatched", target=intent, new={"amount": event.amount_minor, "currency": event.currency})
        return Outcome.MISMATCH
    old, at = intent.state, clock.now()
    intent.state, intent.captured_at = PaymentIntent.State.CAPTURED, at
    intent.save(update_fields=["state", "captured_at"])
    record("payment.captured", target=intent, old={"state": old}, new={"amount": intent.amount_minor})
    announce(
        PaymentCaptured(
            project_id=intent.project.pk,
            subject=intent.subject,
            subject_id=intent.subject_id,
            intent_id=intent.pk,
            amount_minor=intent.amount_minor,
            currency=intent.currency,
            at=at,
        )
    )
    return Outcome.APPLIED


def _fail(intent: PaymentIntent) -> Outcome:
    """A failed try may be followed by a good one; what has ended meanwhile stays ended."""
    if intent.state != PaymentIntent.State.OPEN:
        return Outcome.OVERTAKEN
    intent.state = PaymentIntent.State.FAILED
    intent.save(update_fields=["state"])
    record("payment.failed", target=intent)
    return Outcome.APPLIED


def _of_refund(event: Event) -> Outcome:
    refunds = LedgerIntent.objects.filter(kind=LedgerIntent.Kind.REFUND)
    refund = refunds.select_for_update(no_key=True).filter(pk=event.about).first()
    if refund is None:
        return Outcome.UNKNOWN
    if refund.state == LedgerIntent.State.DONE:
        return Outcome.REPEATED
    if (event.amount_minor, event.currency) != (refund.amount_minor, refund.currency):
        return Outcome.MISMATCH
    refund.state, refund.done_at = LedgerIntent.State.DONE, clock.now()
    refund.save(update_fields=["state", "done_at"])
    record("payment.refunded", target=refund, new={"amount": refund.amount_minor, "currency": refund.currency})
    announce(
        RefundDone(
            project_id=refund.project.pk,
            subject=refund.subject,
            subject_id=refund.subject_id,
            ledger_id=refund.pk,
            key=refund.key,
            amount_minor=refund.amount_minor,
            currency=refund.currency,
            at=refund.done_at,
        )
    )
    return Outcome.APPLIED
