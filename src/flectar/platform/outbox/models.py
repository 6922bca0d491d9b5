"""Messages on their way, addresses that are not to be written to, and connections that need a rest."""

from datetime import datetime, timedelta
from email.headerregistry import Address
from typing import Any

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from flectar.core.ids import UUIDv7
from flectar.core.tenancy import PlatformOrTenantIsolation, current_project_id

# A provider remembers an idempotency key for a day; a little less is safe.
REPEATABLE_FOR = timedelta(hours=23)


class MessageQuerySet(models.QuerySet["Message"]):
    def needing_a_look(self) -> "MessageQuerySet":
        """Not sent, of unknown fate, bounced or marked as spam."""
        gone_wrong = models.Q(bounced_at__isnull=False) | models.Q(complained_at__isnull=False)
        return self.filter(gone_wrong | models.Q(state__in=[Message.State.DEAD, Message.State.UNKNOWN]))


class OwnRows(models.Manager[Any]):
    """The rows of the project being served; outside any project, the platform's own."""

    def get_queryset(self) -> Any:
        project_id = current_project_id()
        rows = super().get_queryset()
        return rows.filter(project_id__isnull=True) if project_id is None else rows.filter(project_id=project_id)


class Message(models.Model):
    """One message to one person. `sending` seen by a new attempt means that the last one died on the way."""

    class Channel(models.TextChoices):
        EMAIL = "email", _("Email")
        SMS = "sms", _("Text message")

    class State(models.TextChoices):
        PENDING = "pending", _("Waiting")
        SENDING = "sending", _("On its way")
        SENT = "sent", _("Sent")
        UNKNOWN = "unknown", _("Not sure it left")
        FAILED = "failed", _("Will be tried again")
        DEAD = "dead", _("Not sent")
        OVERTAKEN = "overtaken", _("No longer needed")

    id = models.UUIDField(primary_key=True, db_default=UUIDv7(), editable=False)
    project_id = models.UUIDField(null=True, default=current_project_id, editable=False)
    channel = models.CharField(max_length=10, choices=Channel, default=Channel.EMAIL)
    event = models.CharField(max_length=80)
    locale = models.CharField(max_length=10)
    to_name = models.CharField(max_length=200, blank=True)
    to_address = models.CharField(max_length=254)  # of a text message: the number, E.164
    sender = models.CharField(max_length=320)
    reply_to = models.CharField(max_length=254, blank=True)
    subject = models.CharField(max_length=300)
    text = models.TextField()
    html = models.TextField(blank=True)
    # What it is about, until its words are found: subject, text, html and attachments are empty as long.
    facts = models.JSONField(null=True)
    attachments = models.JSONField(default=list, blank=True)  # [{"name", "content_type", "content": base64, "cid"?}]
    headers = models.JSONField(default=dict, blank=True, db_default={})  # that its words brought
    dedupe_key = models.CharField(max_length=200, null=True, editable=False)  # noqa: DJ001 - many rows have none
    message_id = models.CharField(max_length=254, editable=False)  # RFC 5322, the same at every attempt
    state = models.CharField(max_length=10, choices=State, default=State.PENDING)
    attempt = models.PositiveSmallIntegerField(default=0)
    first_tried_at = models.DateTimeField(null=True)
    next_at = models.DateTimeField(null=True)
    provider = models.CharField(max_length=20, blank=True)
    provider_id = models.CharField(max_length=100, blank=True)
    error = models.CharField(max_length=300, blank=True)
    sent_at = models.DateTimeField(null=True)
    delayed_at = models.DateTimeField(null=True)
    delivered_at = models.DateTimeField(null=True)
    bounced_at = models.DateTimeField(null=True)
    complained_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    objects = OwnRows.from_queryset(MessageQuerySet)()

    class Meta:
        db_table = "outbox_message"
        constraints = [
            PlatformOrTenantIsolation(name="outbox_message_tenant"),
            models.UniqueConstraint(
                fields=["project_id", "dedupe_key"],
                name="outbox_message_written_once",
                nulls_distinct=False,
                condition=models.Q(dedupe_key__isnull=False),
            ),
        ]
        indexes = [models.Index(fields=["project_id", "-created_at"], name="outbox_message_newest")]

    @property
    def to(self) -> str:
        return str(Address(self.to_name, addr_spec=self.to_address)) if self.to_name else self.to_address

    @property
    def idempotency_key(self) -> str:
        return f"outbox/{self.pk}"

    @property
    def outcome(self) -> str:
        """The furthest thing known, whatever order the news came in: a word for the person who looks at the list."""
        for happened, word in (
            (self.complained_at, _("Marked as spam")),
            (self.bounced_at, _("Bounced")),
            (self.delivered_at, _("Delivered")),
            (self.delayed_at and self.state == self.State.SENT, _("Delayed")),
        ):
            if happened:
                return str(word)
        return str(self.State(self.state).label)

    @property
    def needs_a_look(self) -> bool:
        return bool(self.bounced_at or self.complained_at) or self.state in {self.State.DEAD, self.State.UNKNOWN}

    @property
    def is_waiting(self) -> bool:
        return self.state in {self.State.PENDING, self.State.FAILED}

    def may_be_repeated(self, at: datetime) -> bool:
        """Whether the provider would still recognise a second sending as the first."""
        return self.first_tried_at is None or at - self.first_tried_at < REPEATABLE_FOR


class Suppression(models.Model):
    """An address that a project (or the platform) must not write to."""

    class Reason(models.TextChoices):
        BOUNCE = "bounce", _("The address does not exist")
        COMPLAINT = "complaint", _("The person marked a mail as spam")

    id = models.UUIDField(primary_key=True, db_default=UUIDv7(), editable=False)
    project_id = models.UUIDField(null=True, default=current_project_id, editable=False)
    channel = models.CharField(max_length=10, choices=Message.Channel, default=Message.Channel.EMAIL)
    address = models.CharField(max_length=254)  # folded by `folded`
    reason = models.CharField(max_length=10, choices=Reason)
    source = models.UUIDField(null=True)  # the message whose news it was
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    objects = OwnRows()

    class Meta:
        db_table = "outbox_suppression"
        constraints = [
            PlatformOrTenantIsolation(name="outbox_suppression_tenant"),
            models.UniqueConstraint(
                fields=["project_id", "channel", "address", "reason"],
                name="outbox_suppression_once",
                nulls_distinct=False,
            ),
        ]

    @staticmethod
    def folded(address: str) -> str:
        return address.strip().casefold()


class Circuit(models.Model):
    """A connection to a provider that fails again and again is left alone for a while. Holds nobody's data."""

    connection = models.CharField(max_length=40, primary_key=True)
    failures = models.PositiveIntegerField(default=0)
    open_until = models.DateTimeField(null=True)

    class Meta:
        db_table = "outbox_circuit"
