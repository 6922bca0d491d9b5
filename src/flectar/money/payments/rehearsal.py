"""What somebody can have happen on the test provider's page: paid, failed, too late, told again and again."""

from datetime import datetime, timedelta

from flectar.core.ids import new_token
from flectar.money.payments.capturing import CAPTURED, FAILED
from flectar.money.payments.jobs import send_test_event
from flectar.money.payments.models import PaymentIntent

LATE_BY = timedelta(minutes=1)


def pay(intent: PaymentIntent) -> None:
    _send(intent, CAPTURED, new_token())


def fail(intent: PaymentIntent) -> None:
    _send(intent, FAILED, new_token())


def pay_late(intent: PaymentIntent) -> None:
    """The money arrives when the time to pay is over."""
    _send(intent, CAPTURED, new_token(), at=intent.expires_at + LATE_BY)


def pay_thrice(intent: PaymentIntent) -> None:
    """The same message three times, and between them one that says the opposite."""
    key = new_token()
    _send(intent, CAPTURED, key)
    _send(intent, FAILED, new_token())
    _send(intent, CAPTURED, key)
    _send(intent, CAPTURED, key)


def _send(intent: PaymentIntent, kind: str, key: str, *, at: datetime | None = None) -> None:
    if at is None:
        # One after another, as they were sent.
        lock = f"payments:{intent.pk}"
        send_test_event.defer(_lock=lock, of_project=intent.project_id, about=intent.pk, kind=kind, event_key=key)
    else:
        send_test_event.defer_at(at, of_project=intent.project_id, about=intent.pk, kind=kind, event_key=key)
