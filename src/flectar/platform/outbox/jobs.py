"""The sending job. Its project goes by the name `of_project`, so that no scope is open while the provider is called."""

from collections.abc import Sequence
from uuid import UUID

from flectar.core.jobs import job, together
from flectar.platform.outbox.models import Message


def _gave_up(message_id: str, of_project: str) -> None:
    """Its words cannot be found: the mistake is ours, and stands with the failed jobs."""
    from flectar.platform.outbox.delivery import give_up

    give_up(UUID(message_id), _id(of_project))


@job("outbox.send", gave_up=_gave_up)
def send(message_id: str, of_project: str) -> None:
    from flectar.platform.outbox.delivery import attempt

    again_at = attempt(UUID(message_id), _id(of_project))
    if again_at:
        send.defer_at(again_at, _lock=_lock(message_id), message_id=message_id, of_project=of_project)


def queue_sending(messages: Sequence[Message]) -> None:
    """In the transaction that wrote them, so that none exists without its job."""
    with together():
        for message in messages:
            ids = {"message_id": str(message.pk), "of_project": str(message.project_id or "")}
            send.defer(_lock=_lock(ids["message_id"]), **ids)


def _id(of_project: str) -> UUID | None:
    return UUID(of_project) if of_project else None


def _lock(message_id: str) -> str:
    return f"outbox:{message_id}"
