"""Calendars that are read from an address, and addresses at which ours are read."""

from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from flectar.core import clock
from flectar.core.tenancy import TenantForeignKey, TenantOneToOneField, TenantQuerySet
from flectar.offers.booking.models.resources import CalendarSource, Resource
from flectar.platform.projects.models import TenantModel


class Subscription(TenantModel):
    """The address of a calendar that is read again and again, and how the last reading went. What it says of busy time
    stands in `ExternalBusy`, and stays there while the address fails."""

    class Trouble(models.TextChoices):
        """Why the last reading brought nothing. `subscriptions.py` says what to do about each."""

        NONE = ""
        UNREACHABLE = "unreachable"
        FORBIDDEN = "forbidden"
        REDIRECTS = "redirects"
        DENIED = "denied"
        MISSING = "missing"
        BUSY = "busy"
        REFUSED = "refused"
        SLOW = "slow"
        LARGE = "large"
        EMPTY = "empty"
        PAGE = "page"
        OTHER = "other"
        CUT = "cut"
        SHRUNK = "shrunk"
        OURS = "ours"

    source = TenantOneToOneField(CalendarSource, models.CASCADE, related_name="subscription")
    url = models.TextField()  # sealed: whoever has it reads the calendar
    url_index = models.CharField(max_length=64)  # to find the same address by
    host = models.CharField(max_length=253)
    etag = models.CharField(max_length=500, blank=True)
    last_modified = models.CharField(max_length=100, blank=True)
    digest = models.CharField(max_length=64, blank=True)  # SHA-256 of the answer that was read last
    zone = models.CharField(max_length=64, blank=True)  # in which its floating times were taken
    covers_until = models.DateTimeField(null=True)  # busy time is known up to here
    checked_at = models.DateTimeField(null=True)
    succeeded_at = models.DateTimeField(null=True)
    next_at = models.DateTimeField(null=True)
    trouble = models.CharField(max_length=12, choices=Trouble, default=Trouble.NONE, blank=True)
    answered = models.SmallIntegerField(null=True)  # the status of the answer, where there was one
    failures = models.IntegerField(default=0)  # one after the other
    failing_since = models.DateTimeField(null=True)
    told_at = models.DateTimeField(null=True)  # when the team heard of the failures
    events = models.IntegerField(default=0)
    unread = models.JSONField(default=list)  # [line, title, why] of events that say nothing we understand

    @property
    def is_new(self) -> bool:
        return self.checked_at is None


class FeedQuerySet(TenantQuerySet["Feed"]):
    def in_order(self) -> "FeedQuerySet":
        return self.order_by("created_at", "id")


class Feed(TenantModel):
    """An address at which one calendar, or all of them, can be read without signing in. Only a hash of its secret is
    stored: it has 192 random bits, so a plain SHA-256 cannot be guessed back."""

    class Shows(models.TextChoices):
        TIMES = "times", _("Only that the time is taken")
        SERVICE = "service", _("The service and the customer’s first name")
        ALL = "all", _("Everything: name, phone, email, note")

    resource = TenantForeignKey(
        Resource, models.CASCADE, null=True, blank=True, related_name="feeds"
    )  # none: everybody
    name = models.CharField(_("What it is for"), max_length=80)
    shows = models.CharField(_("What it shows"), max_length=10, choices=Shows, default=Shows.SERVICE)
    digest = models.CharField(max_length=64)
    locale = models.CharField(max_length=10, default="en")  # whose words it speaks
    account = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")  # who made it
    created_at = models.DateTimeField(default=clock.now)
    last_used_at = models.DateTimeField(null=True)  # to the quarter of an hour

    objects: ClassVar[Any] = FeedQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["project", "digest"], name="booking_feed_digest_once")]

    def __str__(self) -> str:
        return self.name
