"""What happened to a customer that other apps react to. Announced in the deed's own transaction; an import of many
announces nothing."""

from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True, slots=True)
class CustomerAdded:
    customer_id: UUID


@dataclass(frozen=True, slots=True)
class CustomerChanged:
    """Their details, also when a booking completed them."""

    customer_id: UUID


@dataclass(frozen=True, slots=True)
class CustomersMerged:
    """`gone_id` is nobody's any more. Rows that refer to customers have gone over by themselves."""

    kept_id: UUID
    gone_id: UUID


@dataclass(frozen=True, slots=True)
class CustomersSplit:
    """A merge was undone: `gone_id` is somebody again, and what was theirs has gone back."""

    kept_id: UUID
    gone_id: UUID


@dataclass(frozen=True, slots=True)
class CustomerErased:
    """Everything that the data inventory names is gone already. Whoever keeps something outside of it, forgets it."""

    customer_id: UUID
