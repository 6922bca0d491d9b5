"""What other apps hear about accounts."""

from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True, slots=True)
class AccountErased:
    """About to be emptied for good, in this transaction; memberships are still there."""

    user_id: UUID
