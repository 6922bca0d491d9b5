"""Questions about bookings that only this page asks."""

from flectar.core import clock
from flectar.offers.booking.models import Booking, Service, ServiceNeed
from flectar.platform.projects.models import Project


def next_booking(project: Project) -> Booking | None:
    """The next to come, whatever its day."""
    coming = Booking.objects.holding_time().filter(starts_at__gt=clock.now())
    found: Booking | None = coming.listed_with_people().order_by("starts_at", "id").first()
    return found


def services_without_people(project: Project) -> list[Service]:
    """On sale, but nobody who takes bookings does them."""
    done = ServiceNeed.objects.filter(resource__is_active=True).values("service_id")
    return list(Service.objects.active().exclude(pk__in=done).in_order()[:3])
