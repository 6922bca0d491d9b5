"""What happened to an organization that others react to."""

from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True, slots=True)
class OwnershipOffered:
    """Somebody may take the organization over, if they wish."""

    organization_id: UUID
    handover_id: UUID
    taker_id: UUID
    organization: str
    giver: str
