"""The sending job. Its project goes by the name `of_project`, so that no scope is open while the receiver is called."""

from datetime import datetime
from uuid import UUID

from flectar.core.jobs import job
from flectar.platform.webhooks.models import Delivery


@job("webhooks.send")
def send(delivery_id: str, of_project: str) -> None:
    from flectar.platform.webhooks.sending import attempt

    again_at = attempt(UUID(delivery_id), UUID(of_project))
    if again_at:
        _queue(delivery_id, of_project, again_at)


def queue_sending(delivery: Delivery, at: datetime | None) -> None:
    """In the transaction that wrote it, so that one never exists without the other."""
    _queue(str(delivery.pk), str(delivery.project_id), at)


def _queue(delivery_id: str, of_project: str, at: datetime | None) -> None:
    ids = {"delivery_id": delivery_id, "of_project": of_project}
    if at:
        send.defer_at(at, _lock=f"webhooks:{delivery_id}", **ids)
    else:
        send.defer(_lock=f"webhooks:{delivery_id}", **ids)
