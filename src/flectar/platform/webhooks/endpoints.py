"""What is done to endpoints, and what is sent to them."""

import json
from collections.abc import Callable, Collection, Mapping
from datetime import UTC
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import transaction
from django.utils.translation import gettext as _

from flectar.core import clock
from flectar.core.ids import new_token
from flectar.platform.audit.log import changes, record
from flectar.platform.webhooks import sealed
from flectar.platform.webhooks.catalogue import TEST
from flectar.platform.webhooks.models import Delivery, Endpoint

MOST = 20


class TooMany(Exception):
    """Fit to show."""

    def __init__(self) -> None:
        super().__init__(_("A project has %(count)s webhooks at most.") % {"count": MOST})


@transaction.atomic
def make(*, url: str, events: Collection[str], description: str = "") -> tuple[Endpoint, str]:
    """The endpoint and its secret, which is never shown again."""
    if Endpoint.objects.count() >= MOST:
        raise TooMany
    secret = sealed.fresh()
    endpoint: Endpoint = Endpoint.objects.create(url=url, events=sorted(events), description=description, secret=b"-")
    endpoint.secret = sealed.seal(endpoint, secret)
    endpoint.save(update_fields=["secret"])
    record("webhook.created", target=endpoint, new={"url": url, "events": endpoint.events})
    return endpoint, secret


@transaction.atomic
def change(endpoint: Endpoint, **values: Any) -> None:
    """url, description, events, is_on. Switched on again, it begins with a clean slate."""
    before = {name: getattr(endpoint, name) for name in values}
    for name, value in values.items():
        setattr(endpoint, name, sorted(value) if name == "events" else value)
    old, new = changes(before, {name: getattr(endpoint, name) for name in values})
    if not new:
        return
    if new.get("is_on"):
        endpoint.failing_since = endpoint.switched_off_at = None
    endpoint.save()
    record("webhook.changed", target=endpoint, old=old, new=new)


@transaction.atomic
def remove(endpoint: Endpoint) -> None:
    """With all that was delivered to it."""
    record("webhook.removed", target=endpoint, old={"url": endpoint.url, "events": endpoint.events})
    endpoint.delete()


@transaction.atomic
def roll(endpoint: Endpoint) -> str:
    """A new secret. For a day everything is signed with both, so that nothing is lost while the program changes."""
    secret = sealed.fresh()
    endpoint.old_secret, endpoint.old_secret_until = endpoint.secret, clock.now() + Endpoint.OVERLAP
    endpoint.secret = sealed.seal(endpoint, secret)
    endpoint.save(update_fields=["secret", "old_secret", "old_secret_until"])
    record("webhook.rolled", target=endpoint)
    return secret


def emit(event: str, data: Callable[[], Mapping[str, Any]]) -> None:
    """In the deed's own transaction: whoever wants this event will get it. `data` is asked only if somebody does."""
    for endpoint in Endpoint.objects.filter(is_on=True, events__contains=[event]):
        _queue(endpoint, event, data())


def send_test(endpoint: Endpoint) -> Delivery:
    """So that one sees whether it arrives."""
    return _queue(endpoint, TEST, {"message": "It works."})


@transaction.atomic
def replay(delivery: Delivery) -> None:
    """The same body under the same id, from the beginning of the schedule."""
    from flectar.platform.webhooks.jobs import queue_sending

    locked = Delivery.objects.select_for_update().get(pk=delivery.pk)
    locked.state, locked.tries, locked.next_at = Delivery.State.WAITING, 0, clock.now()
    locked.save(update_fields=["state", "tries", "next_at"])
    queue_sending(locked, None)
    record("webhook.replayed", target=locked, new={"event": locked.event})


def _queue(endpoint: Endpoint, event: str, data: Mapping[str, Any]) -> Delivery:
    from flectar.platform.webhooks.jobs import queue_sending

    now = clock.now()
    told = {"type": event, "timestamp": now.astimezone(UTC).isoformat(timespec="seconds"), "data": data}
    delivery: Delivery = Delivery.objects.create(
        endpoint=endpoint,
        event=event,
        message_id=f"msg_{new_token()}",
        body=json.dumps(told, cls=DjangoJSONEncoder, ensure_ascii=False),
        next_at=now,
    )
    queue_sending(delivery, None)
    return delivery
