from datetime import timedelta
from typing import Any, ClassVar
from urllib.parse import urlsplit

from django.db import models
from django.utils.translation import gettext_lazy as _

from flectar.core import clock
from flectar.core.tenancy import TenantForeignKey, TenantQuerySet
from flectar.platform.projects.models import TenantModel


class Endpoint(TenantModel):
    """Where to send, what, and the secret that proves it is us. The secret before it stays good for a day."""

    OVERLAP = timedelta(hours=24)

    url = models.URLField(_("Address"), max_length=500)
    description = models.CharField(_("What it is for"), max_length=120, blank=True)
    events = models.JSONField(_("Events"), default=list)  # names of the catalogue
    secret = models.BinaryField()  # sealed
    old_secret = models.BinaryField(null=True)  # sealed; good until the moment below
    old_secret_until = models.DateTimeField(null=True)
    is_on = models.BooleanField(default=True)
    failing_since = models.DateTimeField(null=True)  # the first failure after the last success
    switched_off_at = models.DateTimeField(null=True)  # by us, after days of failure
    created_at = models.DateTimeField(default=clock.now)

    def __str__(self) -> str:
        return self.description or urlsplit(self.url).hostname or self.url


class DeliveryQuerySet(TenantQuerySet["Delivery"]):
    def newest(self) -> "DeliveryQuerySet":
        return self.order_by("-created_at", "-id")


class Delivery(TenantModel):
    """One event for one endpoint. The body is made with the deed and sent as it is, however often."""

    class State(models.TextChoices):
        WAITING = "waiting", _("On its way")
        DELIVERED = "delivered", _("Delivered")
        FAILED = "failed", _("Given up")

    endpoint = TenantForeignKey(Endpoint, models.CASCADE, related_name="deliveries")
    message_id = models.CharField(max_length=40)  # webhook-id: the same at every attempt and replay
    event = models.CharField(max_length=60)
    body = models.TextField()
    state = models.CharField(max_length=10, choices=State, default=State.WAITING)
    tries = models.PositiveSmallIntegerField(default=0)  # of this round; a replay begins a new one
    next_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(default=clock.now)

    objects: ClassVar[Any] = DeliveryQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "deliveries"
        indexes = [
            models.Index(fields=["project", "endpoint", "-created_at", "-id"], name="webhooks_delivery_newest"),
            models.Index(fields=["project", "created_at"], name="webhooks_delivery_oldest"),
        ]

    def __str__(self) -> str:
        return self.message_id


class Attempt(TenantModel):
    """One request, and what came back: capped, secrets masked."""

    delivery = TenantForeignKey(Delivery, models.CASCADE, related_name="attempts")
    at = models.DateTimeField(default=clock.now)
    took_ms = models.PositiveIntegerField(default=0)
    status = models.PositiveSmallIntegerField(null=True)  # none where no answer came
    answer = models.TextField(blank=True)
    error = models.CharField(max_length=300, blank=True)

    class Meta:
        indexes = [models.Index(fields=["project", "delivery", "at"], name="webhooks_attempt_of_delivery")]
