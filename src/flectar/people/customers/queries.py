"""What other modules ask about customers: segments, and whether somebody may be written to. These names stay.

A segment is a view of the list that somebody has kept and shows to the whole team. Inside the project's scope.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.http import QueryDict

from flectar.people.customers import listing
from flectar.people.customers.consents import has_consent
from flectar.people.customers.consents import of_those as who_agreed
from flectar.people.customers.models import Customer, CustomerQuerySet
from flectar.platform.lists.models import SavedView

__all__ = ["Segment", "customers_of_segment", "has_consent", "segments", "who_agreed"]


@dataclass(frozen=True, slots=True)
class Segment:
    id: UUID
    name: str


def segments() -> Sequence[Segment]:
    """By name."""
    views = SavedView.objects.filter(list="customers", is_shared=True).order_by("name", "id")
    return [Segment(view.pk, view.name) for view in views]


def customers_of_segment(segment_id: UUID) -> CustomerQuerySet:
    """Everybody in it now; nobody when the segment is gone. Who is restricted is in none."""
    view = SavedView.objects.filter(pk=segment_id, list="customers", is_shared=True).first()
    if view is None:
        return Customer.objects.none()  # type: ignore[no-any-return]  # the manager is made from our queryset
    found: CustomerQuerySet = listing.matching(listing.read(QueryDict(view.query)))
    return found.filter(restricted_at=None, erased_at=None)
