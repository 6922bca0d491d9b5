"""Intents for tests. Call inside the project's scope."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from flectar.core import clock
from flectar.core.money import Money
from flectar.money.payments import asking
from flectar.money.payments.asking import Subject
from flectar.money.payments.models import PaymentIntent

FIFTY = Money(5000, "EUR")


def subject(pk: UUID | None = None) -> Subject:
    return Subject("booking", pk or uuid4())


def intent(about: Subject | None = None, **values: Any) -> PaymentIntent:
    values = {
        "purpose": "full",
        "amount": FIFTY,
        "expires_at": in_minutes(15),
        "return_path": "/booking/abc",
        "label": "Curl cut, Tuesday 10:00",
        **values,
    }
    return asking.ask(about or subject(), **values)


def in_minutes(minutes: int) -> datetime:
    return clock.now() + timedelta(minutes=minutes)
