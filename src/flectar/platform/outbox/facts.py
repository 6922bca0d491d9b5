"""What the outbox tells others."""

from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True, slots=True)
class MessageLost:
    """A mail was given up or came back: it will not arrive by itself."""

    project_id: UUID | None
    message_id: UUID
