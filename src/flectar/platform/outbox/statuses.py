"""What a provider told us became of a message. In whatever order the news come, the row ends the same."""

from datetime import datetime
from uuid import UUID

from flectar.core.events import announce
from flectar.platform.outbox.facts import MessageLost
from flectar.platform.outbox.models import Message, Suppression
from flectar.platform.outbox.suppression import suppress

COLUMNS = {
    "sent": "sent_at",
    "delayed": "delayed_at",
    "delivered": "delivered_at",
    "bounced": "bounced_at",
    "complained": "complained_at",
}


def note(message_id: UUID, kind: str, at: datetime, *, provider_id: str = "", is_permanent: bool = False) -> bool:
    """Keep the earliest time of each kind; False if there is no such message in the project being served.

    Any news means that the provider has it, so a message of unknown fate is sent after all.
    """
    message: Message | None = Message.objects.select_for_update().filter(pk=message_id).first()
    if message is None:
        return False
    column = COLUMNS[kind]
    known = getattr(message, column)
    setattr(message, column, min(at, known) if known else at)
    message.sent_at = message.sent_at or at
    message.provider_id = message.provider_id or provider_id
    if message.state != Message.State.DEAD:
        message.state, message.next_at, message.error = Message.State.SENT, None, ""
    message.save(update_fields=[column, "sent_at", "provider_id", "state", "next_at", "error"])
    if kind == "bounced" and not known:
        announce(MessageLost(message.project_id, message.pk))
    if kind == "bounced" and is_permanent:
        suppress(message.to_address, Suppression.Reason.BOUNCE, source=message.pk)
    if kind == "complained":
        suppress(message.to_address, Suppression.Reason.COMPLAINT, source=message.pk)
    return True
