"""What apps above ask of payments: money for something, no longer, some of it back, a fee.

Locks: a capture holds the intent's row and then whatever the apps above lock. So nothing here waits for an intent that
is not paid yet: one that is being captured at this moment is passed over, and the capture tells what it finds.
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.db.models import Sum

from flectar.core import clock
from flectar.core.money import Money
from flectar.money.payments.models import LedgerIntent, PaymentIntent
from flectar.platform.audit.log import record
from flectar.platform.projects.links import site_url
from flectar.platform.projects.models import Project

State, Purpose = PaymentIntent.State, PaymentIntent.Purpose


@dataclass(frozen=True, slots=True)
class Subject:
    """What is paid for: `kind` names the app's table, "booking"."""

    kind: str
    id: UUID


class TooMuch(Exception):
    """More would go back than has come in. A fault of the caller: nothing is written."""

    def __init__(self, wanted: Money, left: Money) -> None:
        super().__init__(f"cannot refund {wanted.minor} of {left.minor} {left.currency} minor units")


def takes_payments() -> bool:
    """Whether anything can take a payment online. Without it, services are paid for at the business."""
    return bool(settings.TEST_PAYMENTS)


def ask(
    subject: Subject, *, purpose: str, amount: Money, expires_at: datetime, return_path: str, label: str
) -> PaymentIntent:
    """An open intent: the present one, with more time, if it asks for the same amount; else a new one in its place."""
    if not return_path.startswith("/") or return_path.startswith("//"):
        raise ValueError(f"{return_path!r} is not a path on the project's own host")
    asked = PaymentIntent.objects.of(subject.kind, subject.id).filter(
        purpose=purpose, state__in=PaymentIntent.UNSETTLED
    )
    known: PaymentIntent
    for known in asked.select_for_update(no_key=True, skip_locked=True):
        if known.amount == amount:
            known.expires_at, known.return_path, known.label = expires_at, return_path, label[:200]
            known.save(update_fields=["expires_at", "return_path", "label"])
            return known
        _settle(known, State.CANCELLED)
    made: PaymentIntent = PaymentIntent.objects.create(
        subject=subject.kind,
        subject_id=subject.id,
        purpose=purpose,
        label=label[:200],
        amount_minor=amount.minor,
        currency=amount.currency,
        expires_at=expires_at,
        return_path=return_path,
    )
    record("payment.asked", target=made, new={"amount": amount.minor, "currency": amount.currency, "purpose": purpose})
    return made


def url_of(project: Project, intent: PaymentIntent) -> str:
    """Where it is paid."""
    return site_url(project, "payments:pay", token=intent.token)


def waiting_for(subject: Subject) -> PaymentIntent | None:
    """The newest intent that can still be paid in time."""
    found: PaymentIntent | None = (
        PaymentIntent.objects.of(subject.kind, subject.id).waiting().order_by("-created_at", "-id").first()
    )
    return found


def expire_open(subject: Subject, *, state: str = State.EXPIRED) -> int:
    """Nothing more is asked for; how many intents that ends. A payment under way may still arrive."""
    unsettled = PaymentIntent.objects.of(subject.kind, subject.id).filter(state__in=PaymentIntent.UNSETTLED)
    found = list(unsettled.select_for_update(no_key=True, skip_locked=True))
    for intent in found:
        _settle(intent, state)
    return len(found)


def left_to_refund(subject: Subject, currency: str) -> int:
    """Minor units that have come in for it and are not on their way back."""
    paid = PaymentIntent.objects.of(subject.kind, subject.id).filter(state=State.CAPTURED, currency=currency)
    came = sum(intent.amount_minor for intent in paid.order_by("pk").select_for_update(no_key=True))
    back = LedgerIntent.objects.filter(kind=LedgerIntent.Kind.REFUND, subject=subject.kind, subject_id=subject.id)
    return int(came - (back.aggregate(sum=Sum("amount_minor"))["sum"] or 0))


def refund(subject: Subject, amount: Money, *, reason: str, key: str) -> LedgerIntent | None:
    """Send money back, once for each `key`; None where there is nothing to send. TooMuch beyond what has come in."""
    if not amount:
        return None
    known: LedgerIntent | None = LedgerIntent.objects.filter(key=key).first()
    if known is not None:
        return known
    left = left_to_refund(subject, amount.currency)
    if amount.minor > left:
        raise TooMuch(amount, Money(left, amount.currency))
    made = _write(LedgerIntent.Kind.REFUND, subject, amount, reason, key)
    if takes_payments():
        from flectar.money.payments.jobs import carry_out

        carry_out.defer(of_project=made.project_id, ledger_id=made.pk)
    return made


def fee(subject: Subject, amount: Money, *, reason: str, key: str) -> LedgerIntent | None:
    """Note that a fee is owed, once for each `key`; one that was waived is owed again. Nothing collects it yet."""
    if not amount:
        return None
    known: LedgerIntent | None = LedgerIntent.objects.filter(key=key).first()
    if known is not None and known.state == LedgerIntent.State.WAIVED:
        known.state, known.amount_minor = LedgerIntent.State.QUEUED, amount.minor
        known.save(update_fields=["state", "amount_minor"])
        record("payment.fee_noted", target=known, new={"amount": amount.minor, "currency": amount.currency})
    return known or _write(LedgerIntent.Kind.FEE, subject, amount, reason, key)


def waive(key: str) -> bool:
    """A fee that is not collected yet is owed no more; whether there was one."""
    owed = LedgerIntent.objects.filter(key=key, kind=LedgerIntent.Kind.FEE, state=LedgerIntent.State.QUEUED)
    found = owed.select_for_update(no_key=True).first()
    if found is None:
        return False
    found.state = LedgerIntent.State.WAIVED
    found.save(update_fields=["state"])
    record("payment.fee_waived", target=found, old={"amount": found.amount_minor})
    return True


def _write(kind: str, subject: Subject, amount: Money, reason: str, key: str) -> LedgerIntent:
    made: LedgerIntent = LedgerIntent.objects.create(
        key=key,
        kind=kind,
        subject=subject.kind,
        subject_id=subject.id,
        amount_minor=amount.minor,
        currency=amount.currency,
        reason=reason[:300],
    )
    action = "payment.refund_asked" if kind == LedgerIntent.Kind.REFUND else "payment.fee_noted"
    record(action, target=made, new={"amount": amount.minor, "currency": amount.currency, "reason": reason[:300]})
    return made


def _settle(intent: PaymentIntent, state: str) -> None:
    old, intent.state = intent.state, state
    intent.save(update_fields=["state"])
    record("payment.ended", target=intent, old={"state": old}, new={"state": state, "at": clock.now().isoformat()})
