"""What services were before each of their changes."""

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models

from flectar.core import clock
from flectar.core.tenancy import TenantForeignKey
from flectar.offers.booking.models.services import Service
from flectar.platform.projects.models import TenantModel


class ServiceVersion(TenantModel):
    """A service whole, with all that it is made of, as it was before one change. Who changed it, and what, stands in
    the log, under `entry_id`."""

    service = TenantForeignKey(Service, models.CASCADE, related_name="versions")
    entry_id = models.UUIDField()
    at = models.DateTimeField(default=clock.now)
    state = models.JSONField(encoder=DjangoJSONEncoder)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["project", "service", "entry_id"], name="booking_service_version_once")
        ]
