from typing import ClassVar

from django.conf import settings
from django.db import models

from flectar.core import clock
from flectar.core.tenancy import TenantQuerySet
from flectar.platform.projects.models import TenantModel


class NotificationQuerySet(TenantQuerySet["Notification"]):
    def unread(self) -> "NotificationQuerySet":
        return self.filter(read_at=None)

    def newest(self) -> "NotificationQuerySet":
        return self.order_by("-at", "-id")


class Notification(TenantModel):
    """One thing that one person is told. The words are made when it is read, in the reader's language."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    kind = models.CharField(max_length=40)
    facts = models.JSONField(default=dict)  # plain values, what the kind's `say` takes
    is_shown = models.BooleanField(default=True)  # behind the bell; otherwise it waits for the morning email only
    in_digest = models.BooleanField(default=False)
    at = models.DateTimeField(default=clock.now)
    read_at = models.DateTimeField(null=True)

    objects: ClassVar[NotificationQuerySet] = NotificationQuerySet.as_manager()  # type: ignore[assignment]  # a manager of that queryset

    class Meta:
        indexes = [
            models.Index(fields=["project", "user", "-at", "-id"], name="notifications_newest"),
            models.Index(
                fields=["project", "user"],
                name="notifications_unread",
                condition=models.Q(read_at=None, is_shown=True),
            ),
        ]


class Preference(TenantModel):
    """What one person chose about one kind and one channel. Without a row the kind's default holds."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    kind = models.CharField(max_length=40)
    channel = models.CharField(max_length=20)
    is_on = models.BooleanField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["project", "user", "kind", "channel"], name="notifications_preference_once")
        ]
