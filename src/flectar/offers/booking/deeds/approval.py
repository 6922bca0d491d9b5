"""Whom a business accepts one by one, and what may become of a request: accepted, declined, another time proposed."""

from datetime import timedelta

from flectar.core import clock
from flectar.offers.booking.deeds import no_shows
from flectar.offers.booking.models import Booking, Service
from flectar.people.customers.models import Customer

REMEMBERED = timedelta(days=365)


def is_needed(service: Service, customer: Customer) -> bool:
    """Whether the business looks at this customer's booking before it holds."""
    if no_shows.consequence(customer) in (no_shows.Does.APPROVAL, no_shows.Does.NO_BOOKING):
        return True
    match service.approval:
        case Service.Approval.ALL:
            return True
        case Service.Approval.NEW_CUSTOMERS:
            return not _came(customer)
        case Service.Approval.FLAGGED:
            return no_shows.counted_since(customer, clock.now() - REMEMBERED) > 0
        case _:
            return False


def _came(customer: Customer) -> bool:
    been = (Booking.Status.COMPLETED, Booking.Status.IN_PROGRESS)
    known = Booking.objects.filter(customer=customer)
    return bool(
        known.filter(status__in=been).exists()
        or known.filter(status=Booking.Status.CONFIRMED, ends_at__lt=clock.now()).exists()
    )
