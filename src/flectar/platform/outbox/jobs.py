"""The sending job. Its project goes by the name `of_project`, so that no scope is open while the provider is called."""

from datetime import datetime
from uuid import UUID

from flectar.core.jobs import job
from flectar.platform.outbox.models import Message


@job("outbox.send")
def send(message_id: str, of_project: str) -> None:
    from flectar.platform.outbox.delivery import attempt

    again_at = attempt(UUID(message_id), UUID(of_project) if of_project else None)
    if again_at:
        _queue(message_id, of_project, again_at)


def queue_sending(message: Message) -> None:
    """In the transaction that wrote the message, so that one never exists without the other."""
    _queue(str(message.pk), str(message.project_id or ""), None)


def _queue(message_id: str, of_project: str, at: datetime | None) -> None:
    ids = {"message_id": message_id, "of_project": of_project}
    if at:
        send.defer_at(at, _lock=f"outbox:{message_id}", **ids)
    else:
        send.defer(_lock=f"outbox:{message_id}", **ids)
