"""Art. 18 GDPR: somebody asks that their data be kept but neither changed nor used, until a question is settled."""

from django.db import transaction

from flectar.core import clock
from flectar.core.text import clean
from flectar.people.customers.models import Customer
from flectar.platform.audit.log import record


@transaction.atomic
def restrict(customer: Customer, because: str) -> None:
    locked = Customer.objects.select_for_update().get(pk=customer.pk)
    if not locked.is_open_to_change:
        return
    locked.restricted_at, locked.restricted_because = clock.now(), " ".join(clean(because).split())[:300]
    locked.save(update_fields=["restricted_at", "restricted_because"])
    record("customer.restricted", target=locked, new={"because": locked.restricted_because})


@transaction.atomic
def lift(customer: Customer) -> None:
    locked = Customer.objects.select_for_update().get(pk=customer.pk)
    if locked.restricted_at is None:
        return
    locked.restricted_at, locked.restricted_because = None, ""
    locked.save(update_fields=["restricted_at", "restricted_because"])
    record("customer.restriction_lifted", target=locked)
