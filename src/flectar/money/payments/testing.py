"""The provider that there is before there is one: it takes no money and says so.

It does what a real one does, and no more: it signs a message for each thing that happens, sends it to our webhook over
HTTP, sends it again while it hears no 200, repeats itself and comes late when it is asked to. Nothing else knows that
it is not real. `settings.TEST_PAYMENTS` switches it on; without it every address here answers 404.
"""

import hashlib
import hmac
import json
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings

from flectar.core import clock
from flectar.core.crypto import blind_index
from flectar.core.text import clean
from flectar.money.payments.capturing import Event
from flectar.money.payments.models import LedgerIntent, PaymentIntent

PROVIDER = "test"
HEADER = "Test-Payments-Signature"
TOLERANCE = timedelta(seconds=300)
LONGEST_KEY = 120


class Refused(Exception):
    """The message is not the provider's, or not one."""


# --- Its messages -----------------------------------------------------------------------------------------------------


def message(kind: str, key: str, about: PaymentIntent | LedgerIntent) -> bytes:
    told = {"id": key, "type": kind, "about": str(about.pk), "amount": about.amount_minor, "currency": about.currency}
    return json.dumps(told).encode()


def signature(project_id: UUID, body: bytes, at: datetime) -> str:
    """`t=<seconds>,v1=<hex>`: HMAC-SHA256 over `t.body`, by a secret of this project."""
    seconds = int(at.timestamp())
    return f"t={seconds},v1={_digest(project_id, seconds, body)}"


def verified(project_id: UUID, header: str, body: bytes) -> Event:
    """The message as an event, or Refused. Five minutes old or ahead at most."""
    parts = dict(part.partition("=")[::2] for part in header.split(","))
    given, seconds = parts.get("v1", ""), parts.get("t", "")
    if not (seconds.isascii() and seconds.isdigit() and len(seconds) < 12):
        raise Refused("no time")
    expected = _digest(project_id, int(seconds), body)
    if not hmac.compare_digest(expected.encode(), given.encode()):
        raise Refused("wrong signature")
    if abs(clock.now() - datetime.fromtimestamp(int(seconds), UTC)) > TOLERANCE:
        raise Refused("too old or from the future")
    return _read(body)


def _read(body: bytes) -> Event:
    try:
        told: Any = json.loads(body)
        key, kind, currency = (clean(str(told[name])) for name in ("id", "type", "currency"))
        if not 0 < len(key) <= LONGEST_KEY:
            raise ValueError("an id of another length")
        return Event(PROVIDER, key, kind, UUID(told["about"]), int(told["amount"]), currency)
    except (ValueError, TypeError, KeyError) as error:
        raise Refused("not an event") from error


def _digest(project_id: UUID, seconds: int, body: bytes) -> str:
    secret = blind_index(str(project_id), "test payments").encode()
    return hmac.new(secret, f"{seconds}.".encode() + body, hashlib.sha256).hexdigest()


# --- Its post ---------------------------------------------------------------------------------------------------------


def deliver(project_id: UUID, body: bytes) -> None:
    """To our own webhook, as from outside. An error of ours raises, and the job sends again."""
    from flectar.core import http

    address = f"/webhooks/test-payments/{project_id}"
    headers = {
        "Content-Type": "application/json",
        "Host": settings.PLATFORM_HOST,
        HEADER: signature(project_id, body, clock.now()),
    }
    # The address is this machine's own, and the provider exists only where nothing real is at stake.
    with http.client(base_url=f"http://127.0.0.1:{settings.PORT}", allow_private=True) as client:
        client.post(address, content=body, headers=headers).raise_for_status()
