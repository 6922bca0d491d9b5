from typing import Any, ClassVar
from uuid import UUID

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from flectar.core import clock
from flectar.core.ids import new_token
from flectar.core.money import Money
from flectar.core.tenancy import TenantForeignKey, TenantQuerySet
from flectar.platform.projects.models import TenantModel


class IntentQuerySet(TenantQuerySet["PaymentIntent"]):
    def of(self, kind: str, subject_id: UUID) -> "IntentQuerySet":
        return self.filter(subject=kind, subject_id=subject_id)

    def waiting(self) -> "IntentQuerySet":
        """Those that can still be paid in time."""
        return self.filter(state__in=PaymentIntent.UNSETTLED, expires_at__gt=clock.now())


class PaymentIntent(TenantModel):
    """One amount that is asked for. `captured` is never undone: what goes back is a ledger intent of its own."""

    class State(models.TextChoices):
        OPEN = "open", _("Waits for payment")
        FAILED = "failed", _("Payment failed")  # may be tried again
        CAPTURED = "captured", _("Paid")
        EXPIRED = "expired", _("Not paid in time")
        CANCELLED = "cancelled", _("No longer asked for")

    UNSETTLED = (State.OPEN, State.FAILED)

    class Purpose(models.TextChoices):
        DEPOSIT = "deposit", _("Deposit")
        FULL = "full", _("All of it")
        BALANCE = "balance", _("The rest")
        FEE = "fee", _("Fee")

    subject = models.CharField(max_length=20)  # "booking"
    subject_id = models.UUIDField()
    purpose = models.CharField(max_length=8, choices=Purpose)
    label = models.CharField(max_length=200)  # what the payer reads
    amount_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    state = models.CharField(max_length=9, choices=State, default=State.OPEN)
    expires_at = models.DateTimeField()  # later than this nobody may begin to pay; a payment under way may still arrive
    token = models.CharField(max_length=64, default=new_token)
    return_path = models.CharField(max_length=300)  # on the project's own host
    created_at = models.DateTimeField(default=clock.now)
    captured_at = models.DateTimeField(null=True, blank=True)

    objects: ClassVar[Any] = IntentQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["project", "subject", "subject_id"], name="payments_intent_of_subject"),
            models.Index(fields=["project", "created_at", "id"], name="payments_intent_by_time"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["project", "token"], name="payments_intent_token_once"),
            models.CheckConstraint(condition=Q(amount_minor__gt=0), name="payments_intent_amount"),
            models.CheckConstraint(condition=Q(return_path__startswith="/"), name="payments_intent_returns_to_us"),
            models.CheckConstraint(
                condition=Q(state="captured", captured_at__isnull=False)
                | (~Q(state="captured") & Q(captured_at__isnull=True)),
                name="payments_intent_captured_at_some_time",
            ),
        ]

    def __str__(self) -> str:
        return self.label

    @property
    def amount(self) -> Money:
        return Money(self.amount_minor, self.currency)

    @property
    def is_payable(self) -> bool:
        return self.state in self.UNSETTLED and clock.now() < self.expires_at

    @property
    def is_captured(self) -> bool:
        return self.state == self.State.CAPTURED

    @property
    def shown_state(self) -> "PaymentIntent.State":
        """What ran out is said to have run out, whether or not anybody has written it down."""
        state = PaymentIntent.State(self.state)
        if state in self.UNSETTLED and not self.is_payable:
            return PaymentIntent.State.EXPIRED
        return state


class PaymentEvent(TenantModel):
    """A provider's verified message and what became of it: the inbox, and the "why" of each payment."""

    class Outcome(models.TextChoices):
        APPLIED = "applied", _("Done")
        REPEATED = "repeated", _("Known already")
        OVERTAKEN = "overtaken", _("Came after something newer: ignored")
        MISMATCH = "mismatch", _("Another amount or currency than asked for: ignored")
        UNKNOWN = "unknown", _("Names nothing that we know: ignored")

    provider = models.CharField(max_length=20)
    event_key = models.CharField(max_length=120)
    kind = models.CharField(max_length=40)
    intent = TenantForeignKey(PaymentIntent, models.CASCADE, null=True, blank=True, related_name="events")
    amount_minor = models.BigIntegerField(null=True)
    currency = models.CharField(max_length=3, blank=True)
    outcome = models.CharField(max_length=9, choices=Outcome)
    received_at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["project", "provider", "event_key"], name="payments_event_once")]
        indexes = [models.Index(fields=["project", "intent", "received_at"], name="payments_event_of_intent")]


class LedgerIntent(TenantModel):
    """A refund or a fee that was decided and has still to be carried out."""

    class Kind(models.TextChoices):
        REFUND = "refund", _("Refund")
        FEE = "fee", _("Fee")

    class State(models.TextChoices):
        QUEUED = "queued", _("To be done")
        DONE = "done", _("Done")
        WAIVED = "waived", _("Waived")

    key = models.CharField(max_length=120)  # the deed behind it: the same deed twice is one
    kind = models.CharField(max_length=6, choices=Kind)
    subject = models.CharField(max_length=20)
    subject_id = models.UUIDField()
    amount_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    reason = models.CharField(max_length=300, blank=True)
    state = models.CharField(max_length=6, choices=State, default=State.QUEUED)
    created_at = models.DateTimeField(default=clock.now)
    done_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["project", "key"], name="payments_ledger_key_once"),
            models.CheckConstraint(condition=Q(amount_minor__gt=0), name="payments_ledger_amount"),
        ]
        indexes = [models.Index(fields=["project", "subject", "subject_id"], name="payments_ledger_of_subject")]

    def __str__(self) -> str:
        return str(self.get_kind_display())

    @property
    def amount(self) -> Money:
        return Money(self.amount_minor, self.currency)
