"""What the log tells others: that something touched an organization's safety."""

from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True, slots=True)
class SafetyTouched:
    """Announced with the entry, in the transaction of the deed."""

    organization_id: UUID
    action: str
    target: str  # the name of whom or what it was done to
    by: str
    project_id: UUID | None  # on whose page it was done, if on one
