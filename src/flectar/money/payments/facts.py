"""What happened to money, for the apps above. Announced in the transaction in which it was learned."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID


@dataclass(frozen=True, slots=True)
class PaymentCaptured:
    """The money of an intent is here. `at` is when we learned it; the time to pay may be over by then."""

    project_id: UUID
    subject: str
    subject_id: UUID
    intent_id: UUID
    amount_minor: int
    currency: str
    at: datetime


@dataclass(frozen=True, slots=True)
class RefundDone:
    """`key` is the deed behind it, as whoever asked for it named it."""

    project_id: UUID
    subject: str
    subject_id: UUID
    ledger_id: UUID
    key: str
    amount_minor: int
    currency: str
    at: datetime
