"""What providers told us: each event once, kept for a month so that it can be looked at and repeated."""

from django.db import models
from django.db.models.functions import Now

from flectar.core.ids import UUIDv7


class Inbox(models.Model):
    """A verified webhook. The body is sealed: it names people of many projects."""

    class State(models.TextChoices):
        NEW = "new"
        DONE = "done"
        IGNORED = "ignored"

    id = models.UUIDField(primary_key=True, db_default=UUIDv7(), editable=False)
    provider = models.CharField(max_length=20)
    connection = models.CharField(max_length=40)
    event_key = models.CharField(max_length=200)
    kind = models.CharField(max_length=60)
    body = models.BinaryField()
    state = models.CharField(max_length=10, choices=State, default=State.NEW)
    error = models.CharField(max_length=300, blank=True)
    received_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        db_table = "integrations_inbox"
        verbose_name_plural = "inboxes"
        constraints = [
            models.UniqueConstraint(fields=["provider", "connection", "event_key"], name="integrations_inbox_once")
        ]
        indexes = [models.Index(fields=["received_at"], name="integrations_inbox_oldest")]
