"""What Resend's events mean for our messages. `email.sent` and `email.delivered` may come in any order, or twice."""

import json
from datetime import datetime
from typing import Any
from uuid import UUID

from flectar.core import clock
from flectar.core.jobs import job
from flectar.platform.integrations.inbox import body_of
from flectar.platform.integrations.models import Inbox
from flectar.platform.outbox.scope import own_rows
from flectar.platform.outbox.statuses import note

KINDS = {
    "email.sent": "sent",
    "email.delivered": "delivered",
    "email.delivery_delayed": "delayed",
    "email.bounced": "bounced",
    "email.complained": "complained",
}


@job("resend.apply_event")
def apply_event(event_id: str) -> None:
    """Note the news at the message that the tags name. Running twice changes nothing."""
    event = Inbox.objects.get(pk=event_id)
    if event.state != Inbox.State.NEW:
        return
    problem = _apply(json.loads(body_of(event)))
    event.state = Inbox.State.IGNORED if problem else Inbox.State.DONE
    event.error = problem
    event.save(update_fields=["state", "error"])


def _apply(event: dict[str, Any]) -> str:
    """The reason why nothing was done, or ""."""
    kind = KINDS.get(event["type"])
    if kind is None:
        return "an event that we do not follow"
    data = event["data"]
    tags = data.get("tags") or {}
    if isinstance(tags, list):
        tags = {tag["name"]: tag["value"] for tag in tags}
    try:
        message_id = UUID(tags["outbox"])
        project_id = None if tags["project"] == "platform" else UUID(tags["project"])
    except (KeyError, ValueError):
        return "not a message of this installation"
    is_permanent = data.get("bounce", {}).get("type") == "Permanent"
    with own_rows(project_id):
        found = note(
            message_id,
            kind,
            _moment(event.get("created_at", "")),
            provider_id=str(data.get("email_id", ""))[:100],
            is_permanent=is_permanent,
        )
    return "" if found else "the message is no longer kept"


def _moment(text: str) -> datetime:
    """The time of the event; ours when it is missing or unreadable."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return clock.now()
    return moment if moment.tzinfo else clock.now()
