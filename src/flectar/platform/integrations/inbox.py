"""Take a verified event in: one row and one job however often the provider repeats it."""

from collections.abc import Iterator
from datetime import timedelta
from uuid import UUID

from django.db import connection, transaction

from flectar.core import clock
from flectar.core.crypto import open_sealed, rewrap, seal
from flectar.platform.integrations.models import Inbox

KEPT_FOR = timedelta(days=30)


def take_in(provider: str, line: str, event_key: str, kind: str, body: bytes) -> UUID | None:
    """The id of the new row; None if this event has been taken in before."""
    with connection.cursor() as cursor:
        cursor.execute(
            """INSERT INTO integrations_inbox (provider, connection, event_key, kind, body, state, error)
               VALUES (%s, %s, %s, %s, %s, 'new', '')
               ON CONFLICT (provider, connection, event_key) DO NOTHING RETURNING id""",
            [provider, line, event_key, kind[:60], seal(body, _context(provider, event_key))],
        )
        row = cursor.fetchone()
    return row[0] if row else None


def body_of(event: Inbox) -> bytes:
    return open_sealed(bytes(event.body), _context(event.provider, event.event_key))


def forget_old() -> int:
    deleted, _ = Inbox.objects.filter(received_at__lt=clock.now() - KEPT_FOR).delete()
    return deleted


def _context(provider: str, event_key: str) -> str:
    return f"integrations_inbox:{provider}:{event_key}:body"


def under_the_active_key() -> Iterator[int]:
    """The sealed bodies, for `flectar keys rotate`."""
    for pk in list(Inbox.objects.order_by("pk").values_list("pk", flat=True)):
        with transaction.atomic():
            event = Inbox.objects.select_for_update().filter(pk=pk).first()
            if event is None:
                continue
            event.body = rewrap(bytes(event.body), _context(event.provider, event.event_key))
            event.save(update_fields=["body"])
        yield 1
