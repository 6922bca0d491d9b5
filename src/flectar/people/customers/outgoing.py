"""What programs of the business hear of customers: the customer as the API shows them, when they change."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from flectar.people.customers.facts import CustomerAdded, CustomerChanged, CustomersMerged
from flectar.people.customers.models import Customer
from flectar.platform.webhooks.catalogue import EventType
from flectar.platform.webhooks.endpoints import emit

_NAMES: dict[type, str] = {CustomerAdded: "customer.added", CustomerChanged: "customer.changed"}
EVENTS = (
    EventType("customer.added", _("A customer was added"), "customers"),
    EventType("customer.changed", _("A customer’s details changed"), "customers"),
    EventType("customer.merged", _("Two customers became one"), "customers"),
)


def tell(fact: Any) -> None:
    """A reaction to either of the facts above."""
    emit(_NAMES[type(fact)], lambda: _shown(fact.customer_id))


def tell_merged(fact: CustomersMerged) -> None:
    """The one who stays, and the id that is nobody's any more."""
    emit("customer.merged", lambda: {**_shown(fact.kept_id), "merged_id": str(fact.gone_id)})


def _shown(customer_id: object) -> dict[str, Any]:
    # Loaded when it is needed: the API brings a library that the worker can do without.
    from flectar.people.customers.api import as_shown

    return as_shown(Customer.objects.whole().get(pk=customer_id)).model_dump(mode="json")
