"""Whom a business accepts one by one, and what may become of a request: accepted, declined, another time proposed."""

from datetime import timedelta

from flectar.core import clock
from flectar.offers.booking.models import Booking, Service
from flectar.people.customers.models import Customer

REMEMBERED = timedelta(days=365)


def is_needed(service: Service, customer: Customer) -> bool:
    """Whether the business looks at this customer's booking before it holds."""
    match service.approval:
        case Service.Approval.ALL:
            return True
        case Service.Approval.NEW_CUSTOMERS:
            return not _came(customer)
        case Service.Approval.FLAGGED:
            return did_not_come(customer) > 0
        case _:
            return False


def _came(customer: Customer) -> bool:
    been = (Booking.Status.COMPLETED, Booking.Status.IN_PROGRESS)
    known = Booking.objects.filter(customer=customer)
    return bool(
        known.filter(status__in=been).exists()
        or known.filter(status=Booking.Status.CONFIRMED, ends_at__lt=clock.now()).exists()
    )


def did_not_come(customer: Customer) -> int:
    """How often in the last year."""
    since = clock.now() - REMEMBERED
    missed = Booking.objects.filter(customer=customer, status=Booking.Status.NO_SHOW, starts_at__gte=since)
    return int(missed.count())
