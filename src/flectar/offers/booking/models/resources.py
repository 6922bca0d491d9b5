from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from flectar.core import clock
from flectar.core.tenancy import TenantForeignKey, TenantQuerySet
from flectar.core.text import fold
from flectar.platform.projects.models import MINUTES_A_DAY, Location, TenantModel


class Schedule(TenantModel):
    """Weekly hours that belong to a person or a thing. Without one, the business's own hours hold."""

    name = models.CharField(_("Name"), max_length=80)

    def __str__(self) -> str:
        return self.name


class ScheduleWindow(TenantModel):
    """Open on this weekday from `start_min` for `len_min` minutes of wall time; may run past midnight.

    With dates it holds from the one to the other, both included: summer hours beside winter hours.
    """

    schedule = TenantForeignKey(Schedule, models.CASCADE, related_name="windows")
    weekday = models.SmallIntegerField(_("Day"))  # 0 Monday … 6 Sunday
    start_min = models.SmallIntegerField(_("Opens"))
    len_min = models.SmallIntegerField(_("Open for"))
    valid_from = models.DateField(_("From"), null=True, blank=True)
    valid_until = models.DateField(_("Until"), null=True, blank=True)

    class Meta:
        ordering = ["weekday", "start_min"]
        constraints = [
            models.UniqueConstraint(
                fields=["project", "schedule", "weekday", "start_min", "valid_from"],
                name="booking_window_once",
                nulls_distinct=False,
            ),
            models.CheckConstraint(condition=Q(weekday__range=(0, 6)), name="booking_window_weekday"),
            models.CheckConstraint(condition=Q(start_min__range=(0, MINUTES_A_DAY - 1)), name="booking_window_start"),
            models.CheckConstraint(condition=Q(len_min__range=(1, MINUTES_A_DAY)), name="booking_window_length"),
        ]


class ResourceQuerySet(TenantQuerySet["Resource"]):
    def active(self) -> "ResourceQuerySet":
        return self.filter(is_active=True)

    def in_order(self) -> "ResourceQuerySet":
        return self.order_by("rank", "name_folded", "id")


LONG_STAY_DAYS = 400
"""The longest that anything is given away for in one piece."""


class Resource(TenantModel):
    """Who or what does a service. `rev` rises with every change of its calendar.

    A pool is one resource of several `units` that are alike: six tables, three rooms. `fixed`: a booking keeps the
    unit it was given; `floating`: which unit it is stays open until somebody arrives, so no gap is lost.
    """

    class Kind(models.TextChoices):
        STAFF = "staff", _("Person")
        ROOM = "room", _("Room")
        EQUIPMENT = "equipment", _("Equipment")
        TABLE = "table", _("Table")
        UNIT = "unit", _("Unit")
        PROPERTY = "property", _("Property")

    class Allocation(models.TextChoices):
        FIXED = "fixed", _("Each booking keeps its unit")
        FLOATING = "floating", _("The unit is chosen on arrival")

    LONG = (Kind.UNIT, Kind.PROPERTY)

    kind = models.CharField(max_length=12, choices=Kind, default=Kind.STAFF)
    name = models.CharField(_("Name"), max_length=80)
    name_folded = models.CharField(max_length=160, editable=False)
    account = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("Account")
    )
    schedule = TenantForeignKey(Schedule, models.RESTRICT, null=True, blank=True, related_name="resources")
    location = TenantForeignKey(
        Location, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("Location")
    )
    units = models.SmallIntegerField(_("How many of them"), default=1)
    allocation = models.CharField(_("Which unit"), max_length=8, choices=Allocation, default=Allocation.FIXED)
    seats_min = models.SmallIntegerField(_("From this many people"), default=1)
    seats_max = models.SmallIntegerField(_("Up to this many people"), null=True, blank=True)
    rank = models.SmallIntegerField(_("Order"), default=0)
    is_active = models.BooleanField(_("Takes bookings"), default=True)
    rev = models.BigIntegerField(default=0, editable=False)

    objects: ClassVar[Any] = ResourceQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["project", "name_folded"], name="booking_resource_name_once"),
            models.UniqueConstraint(fields=["project", "account"], name="booking_resource_account_once"),
            models.CheckConstraint(condition=~Q(name=""), name="booking_resource_has_a_name"),
            models.CheckConstraint(condition=Q(units__range=(1, 500)), name="booking_resource_units"),
            models.CheckConstraint(
                condition=Q(seats_min__gte=1) & (Q(seats_max__isnull=True) | Q(seats_max__gte=F("seats_min"))),
                name="booking_resource_seats",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def seats(self, party: int) -> bool:
        """Whether this many people fit, and are not too few for it."""
        return self.seats_min <= party and (self.seats_max is None or party <= self.seats_max)

    @property
    def first_name(self) -> str:
        """Of a person; a thing has but one name."""
        return self.name.split(" ", 1)[0] if self.kind == self.Kind.STAFF else self.name

    def rename(self, name: str) -> None:
        """Keeps the sort key beside the name."""
        self.name, self.name_folded = name, fold(name)[:160]


class ScheduleOverride(TenantModel):
    """One date with hours of its own for one resource. No windows: off all day."""

    resource = TenantForeignKey(Resource, models.CASCADE, related_name="overrides")
    day = models.DateField(_("Date"))
    windows = models.JSONField(_("Hours"), default=list)  # [[start_min, len_min], …]

    class Meta:
        constraints = [models.UniqueConstraint(fields=["project", "resource", "day"], name="booking_override_once")]


class ClosureQuerySet(TenantQuerySet["Closure"]):
    def overlapping(self, starts_at: object, ends_at: object) -> "ClosureQuerySet":
        """Closures that share time with [starts_at, ends_at); touching ends do not."""
        return self.filter(starts_at__lt=ends_at, ends_at__gt=starts_at)


class Closure(TenantModel):
    """Blocked time of the whole business, of one resource or of one service. Never cancels a booking by itself."""

    resource = TenantForeignKey(Resource, models.CASCADE, null=True, blank=True, related_name="closures")
    service = TenantForeignKey("booking.Service", models.CASCADE, null=True, blank=True, related_name="closures")
    starts_at = models.DateTimeField(_("From"))
    ends_at = models.DateTimeField(_("Until"))
    reason = models.CharField(_("Reason"), max_length=120, blank=True)
    is_public = models.BooleanField(_("Show the reason to customers"), default=False)

    objects: ClassVar[Any] = ClosureQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["project", "ends_at"], name="booking_closure_by_end")]
        constraints = [
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="booking_closure_ends_after_start"),
            models.CheckConstraint(
                condition=Q(resource__isnull=True) | Q(service__isnull=True), name="booking_closure_one_scope"
            ),
        ]


class CalendarSource(TenantModel):
    """Where busy time comes from: a file that was imported, or a calendar that is read again and again."""

    class Kind(models.TextChoices):
        FILE = "file", _("File")
        FEED = "feed", _("Subscribed calendar")

    resource = TenantForeignKey(Resource, models.CASCADE, related_name="calendar_sources")
    kind = models.CharField(max_length=12, choices=Kind, default=Kind.FILE)
    name = models.CharField(_("Name"), max_length=200)
    synced_at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["project", "resource", "kind", "name"], name="booking_source_once")
        ]


class ExternalBusy(TenantModel):
    """A stretch in which another calendar says busy. Written by imports and subscriptions only; no title is
    kept, nobody needs it."""

    resource = TenantForeignKey(Resource, models.CASCADE, related_name="external_busy")
    source = TenantForeignKey(CalendarSource, models.CASCADE, related_name="busy")
    uid = models.CharField(max_length=200)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["project", "resource", "ends_at"], name="booking_external_by_end")]
        constraints = [
            models.UniqueConstraint(fields=["project", "source", "uid", "starts_at"], name="booking_external_once"),
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="booking_external_ends_after_start"),
        ]


class CalendarImport(TenantModel):
    """A calendar file on its way in: one job reads it, its owner looks at what it says, another job brings it in. The
    file is forgotten when done."""

    class State(models.TextChoices):
        READING = "reading", _("Being read")
        UPLOADED = "uploaded", _("Waiting for you to check it")
        RUNNING = "running", _("Running")
        DONE = "done", _("Done")
        FAILED = "failed", _("Stopped")

    resource = TenantForeignKey(Resource, models.CASCADE, related_name="calendar_imports")
    file_name = models.CharField(max_length=200)
    content = models.BinaryField(null=True)
    state = models.CharField(max_length=10, choices=State, default=State.READING)
    series = models.IntegerField(default=0)
    done = models.IntegerField(default=0)  # series read so far
    events = models.IntegerField(default=0)
    busy = models.IntegerField(default=0)
    skipped = models.JSONField(default=list)  # [line, title, why], as in calendar_file.Skipped
    clashes = models.JSONField(default=list)  # ids of the bookings that lie in its busy time
    problem = models.TextField(blank=True)  # why it stopped
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(default=clock.now)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["project", "-created_at"], name="booking_import_newest")]

    def __str__(self) -> str:
        return self.file_name

    @property
    def is_under_way(self) -> bool:
        return self.state in (self.State.READING, self.State.RUNNING)

    @property
    def can_be_repeated(self) -> bool:
        """It stopped, and its file is still here."""
        return self.state == self.State.FAILED and self.content is not None
