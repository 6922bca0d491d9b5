from datetime import datetime, timedelta
from typing import Any, ClassVar
from zoneinfo import ZoneInfo

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateTimeRangeField, RangeOperators
from django.db import models
from django.db.models import F, Func, Q
from django.db.models.fields.json import KT
from django.db.models.functions import Cast
from django.db.models.lookups import GreaterThan
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from flectar.core import clock
from flectar.core.ids import new_code, new_token
from flectar.core.money import Money
from flectar.core.tenancy import TenantForeignKey, TenantQuerySet
from flectar.offers.booking.models.resources import LONG_STAY_DAYS, Resource
from flectar.offers.booking.models.services import Requirement, Service, ServiceExtra
from flectar.people.customers.models import Customer
from flectar.platform.projects.models import Location, TenantModel
from flectar.ui import formats

LONGEST_CLAIM = timedelta(days=2)
"""A day's service and half a day of buffer on each side. Readers look back no further for what is not a stay."""
LONGEST_STAY = timedelta(days=LONG_STAY_DAYS + 2)
"""A stay, preparation and cleaning included."""


class BookingQuerySet(TenantQuerySet["Booking"]):
    def holding_time(self) -> "BookingQuerySet":
        return self.filter(status__in=Booking.HOLDING)

    def standing(self) -> "BookingQuerySet":
        """What a calendar draws: it takes its time, or took it. A hold that has run out is nothing any more."""
        Status = Booking.Status
        ended = self.exclude(status__in=[Status.CANCELLED, Status.DECLINED, Status.EXPIRED, Status.PAID_LATE])
        return ended.exclude(status__in=[Status.REQUESTED, Status.HELD], hold_until__lte=clock.now())

    def overlapping(self, starts_at: datetime, ends_at: datetime) -> "BookingQuerySet":
        """Bookings that share time with [starts_at, ends_at); touching ends do not overlap."""
        return self.ending_after(starts_at).filter(starts_at__lt=ends_at)

    def ending_after(self, at: datetime) -> "BookingQuerySet":
        """The look back is bounded, so that the index of starts skips the years before; stays have their own index."""
        recent = Q(starts_at__gt=at - LONGEST_CLAIM) | Q(nights__isnull=False)
        return self.filter(recent, ends_at__gt=at, starts_at__gt=at - LONGEST_STAY)

    def with_people(self) -> "BookingQuerySet":
        """For one booking, found by a key."""
        return self.select_related("customer", "service", "resource", "location")

    def listed_with_people(self) -> "BookingQuerySet":
        """For many; what the service was is frozen in the row. Joined, the planner would begin at the far end,
        because it takes each project for an average one, and read every booking there is."""
        return self.prefetch_related("customer", "resource")


class Series(TenantModel):
    """Bookings that repeat by wall time: each is an ordinary booking, made in one transaction with the others."""

    rrule = models.CharField(max_length=200)  # RFC 5545: FREQ=WEEKLY;COUNT=12
    tz = models.CharField(max_length=64)
    local_start = models.CharField(max_length=16)
    created_at = models.DateTimeField(default=clock.now)


class Booking(TenantModel):
    """A promise to a customer. What was sold is frozen here: later changes of the service never touch it.

    Three axes that never mix: `status` (states.py has every way from one to the next), what was paid, and whether
    they came.
    """

    class Status(models.TextChoices):
        REQUESTED = "requested", _("Request")
        HELD = "held", _("Held")
        CONFIRMED = "confirmed", _("Confirmed")
        IN_PROGRESS = "in_progress", _("In progress")
        COMPLETED = "completed", _("Done")
        NO_SHOW = "no_show", _("No-show")
        CANCELLED = "cancelled", _("Cancelled")
        DECLINED = "declined", _("Declined")
        EXPIRED = "expired", _("Expired")
        PAID_LATE = "paid_late", _("Paid late")

    class Attendance(models.TextChoices):
        EXPECTED = "expected", _("Expected")
        ARRIVED = "arrived", _("Arrived")
        ATTENDED = "attended", _("Was there")
        NO_SHOW = "no_show", _("Did not come")
        EXCUSED = "excused", _("Excused")

    HOLDING = (Status.REQUESTED, Status.HELD, Status.CONFIRMED, Status.IN_PROGRESS)

    class Source(models.TextChoices):
        SITE = "site", _("Your page")
        STAFF = "staff", _("The team")
        API = "api", _("The API")
        IMPORT = "import", _("An import")

    code = models.CharField(_("Code"), max_length=12)
    token = models.CharField(max_length=64, default=new_token)
    service = TenantForeignKey(Service, models.RESTRICT, related_name="bookings")
    resource = TenantForeignKey(Resource, models.RESTRICT, related_name="bookings")
    customer = TenantForeignKey(Customer, models.RESTRICT, related_name="bookings")
    location = TenantForeignKey(  # where the customer was told to come; null: at the business
        Location, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("Location")
    )
    status = models.CharField(max_length=12, choices=Status, default=Status.CONFIRMED)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    tz = models.CharField(max_length=64)
    local_start = models.CharField(max_length=16)  # the wall time agreed, 2026-11-24T16:30, for when zone rules change
    service_name = models.CharField(max_length=120)
    price_snapshot = models.JSONField()  # {"minor": 5800, "currency": "EUR"}
    policy_snapshot = models.JSONField()  # {"change_notice_min": 60}
    note = models.TextField(_("Note"), max_length=1000, blank=True)
    locale = models.CharField(max_length=10, default="en")
    customer_zone = models.CharField(max_length=64, blank=True, default="", db_default="")  # if they said one
    source = models.CharField(max_length=10, choices=Source, default=Source.SITE)
    idempotency_key = models.CharField(max_length=120, null=True, blank=True)  # noqa: DJ001 - many without one
    version = models.IntegerField(default=1)
    mode = models.CharField(max_length=12, choices=Service.Mode, default=Service.Mode.APPOINTMENT)
    party = models.SmallIntegerField(_("People"), default=1)
    nights = models.SmallIntegerField(_("Nights"), null=True, blank=True)
    # Until when an unpaid or unanswered booking keeps its time; after it whoever comes next may have it.
    hold_until = models.DateTimeField(null=True, blank=True)
    due_minor = models.BigIntegerField(default=0)  # what must be paid for the booking to be confirmed
    paid_minor = models.BigIntegerField(default=0)  # what the payments say is here, refunds taken off
    total_minor = models.GeneratedField(
        expression=Cast(KT("price_snapshot__minor"), models.BigIntegerField()),
        output_field=models.BigIntegerField(),
        db_persist=True,
    )
    attendance = models.CharField(max_length=9, choices=Attendance, default=Attendance.EXPECTED)
    arrived_at = models.DateTimeField(null=True, blank=True)
    moves = models.SmallIntegerField(default=0)  # how often the customer has moved it
    series = TenantForeignKey(Series, models.RESTRICT, null=True, blank=True, related_name="bookings")
    visit = models.UUIDField(null=True, blank=True)  # bookings of one visit share it
    session = TenantForeignKey("booking.Session", models.RESTRICT, null=True, blank=True, related_name="bookings")
    is_proposed = models.BooleanField(default=False)  # a request that now waits for the customer's yes to our time
    is_rule_bypassed = models.BooleanField(default=False)  # the team booked outside the rules, on purpose
    created_at = models.DateTimeField(default=clock.now)
    brought_by = TenantForeignKey(
        "booking.BookingImport", models.SET_NULL, null=True, blank=True, related_name="brought"
    )

    objects: ClassVar[Any] = BookingQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["project", "starts_at", "id"], name="booking_by_start"),
            models.Index(fields=["project", "status", "starts_at", "id"], name="booking_by_status_and_start"),
            models.Index(fields=["project", "customer", "starts_at"], name="booking_by_customer"),
            models.Index(
                fields=["project", "ends_at"], condition=Q(nights__isnull=False), name="booking_stay_by_departure"
            ),
            models.Index(fields=["project", "series"], condition=Q(series__isnull=False), name="booking_by_series"),
            models.Index(fields=["project", "visit"], condition=Q(visit__isnull=False), name="booking_by_visit"),
            models.Index(fields=["project", "session"], condition=Q(session__isnull=False), name="booking_by_session"),
            models.Index(
                fields=["project", "brought_by"], condition=Q(brought_by__isnull=False), name="booking_by_import"
            ),
        ]
        constraints = [
            models.UniqueConstraint(fields=["project", "code"], name="booking_code_once"),
            models.UniqueConstraint(fields=["project", "token"], name="booking_token_once"),
            models.UniqueConstraint(fields=["project", "idempotency_key"], name="booking_idempotency_key_once"),
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="booking_ends_after_it_starts"),
            models.CheckConstraint(
                condition=Q(nights__isnull=True, ends_at__lte=F("starts_at") + LONGEST_CLAIM)
                | Q(nights__isnull=False, nights__gte=1, ends_at__lte=F("starts_at") + LONGEST_STAY),
                name="booking_length",
            ),
            models.CheckConstraint(condition=Q(party__gte=1), name="booking_party_is_positive"),
            models.CheckConstraint(condition=Q(due_minor__gte=0), name="booking_due_is_not_negative"),
            models.CheckConstraint(
                condition=Q(hold_until__isnull=False) | ~Q(status="held"), name="booking_held_until_some_time"
            ),
            models.CheckConstraint(
                condition=Q(
                    status__in=[
                        "requested", "held", "confirmed", "in_progress", "completed",
                        "no_show", "cancelled", "declined", "expired", "paid_late",
                    ]
                ),
                name="booking_status_is_known",
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.code} {self.service_name}"

    @property
    def price(self) -> Money:
        """As it was sold."""
        return Money(int(self.price_snapshot["minor"]), str(self.price_snapshot["currency"]))

    @property
    def minutes(self) -> int:
        return int((self.ends_at - self.starts_at).total_seconds() // 60)

    @property
    def length_said(self) -> str:
        """4 nights · 45 min"""
        if self.nights:
            return ngettext("%(count)s night", "%(count)s nights", self.nights) % {"count": self.nights}
        return formats.length(self.minutes)

    @property
    def changeable_until(self) -> Any:
        """Until when the customer may move it, by the terms at the time of booking."""
        return self.starts_at - timedelta(minutes=int(self.policy_snapshot.get("change_notice_min", 0)))

    @property
    def is_hold_over(self) -> bool:
        """Its time may be given to somebody else, though nobody has written that down yet."""
        return (
            self.status in (self.Status.REQUESTED, self.Status.HELD)
            and self.hold_until is not None
            and self.hold_until <= clock.now()
        )

    @property
    def owed(self) -> Money:
        """What is still to be paid of the whole price."""
        return Money(max(0, self.price.minor - self.paid_minor), self.price.currency)

    @property
    def paid(self) -> Money:
        return Money(self.paid_minor, self.price.currency)

    @property
    def due(self) -> Money:
        """What is still to be paid for it to be confirmed."""
        return Money(max(0, self.due_minor - self.paid_minor), self.price.currency)

    @property
    def is_over(self) -> bool:
        return self.ends_at <= clock.now()

    @property
    def has_ended_without(self) -> bool:
        """It never took place and will not: its time is struck through."""
        gone = (self.Status.CANCELLED, self.Status.DECLINED, self.Status.EXPIRED, self.Status.PAID_LATE)
        return self.status in gone or self.is_hold_over

    @property
    def is_open_request(self) -> bool:
        """Whether it waits for the team's answer."""
        return self.status == self.Status.REQUESTED and not self.is_proposed and not self.is_hold_over

    @property
    def is_confirmed(self) -> bool:
        return self.status == self.Status.CONFIRMED

    @property
    def is_cancelled(self) -> bool:
        return self.status == self.Status.CANCELLED

    @property
    def is_happening(self) -> bool:
        return self.is_confirmed and self.starts_at <= clock.now() < self.ends_at

    def can_be_changed_by_customer(self) -> bool:
        return self.is_confirmed and clock.now() < self.changeable_until

    @property
    def where(self) -> ZoneInfo:
        """The zone of the place where it is: what its own clock says."""
        return ZoneInfo(self.location.zone if self.location else self.project.zone)

    @property
    def own_zone(self) -> ZoneInfo | None:
        """The customer's, if they have said it."""
        return ZoneInfo(self.customer_zone) if self.customer_zone else None

    @property
    def uid(self) -> str:
        """What calendars know this booking by: the same in every file we send."""
        return f"{self.pk}@booking.flectar"


def unused_code() -> str:
    """Seven letters that can be read aloud; the constraint has the last word."""
    return new_code(7)


class TsTzRange(Func):
    function = "tstzrange"
    output_field = DateTimeRangeField()


class Hold(TenantModel):
    """A time kept for ten minutes while somebody types; without a name, because nobody has said one yet.

    Whose link has the token may turn it into a booking; nobody else may have the time meanwhile.
    """

    token = models.CharField(max_length=64, default=new_token)
    service = TenantForeignKey(Service, models.CASCADE, related_name="holds")
    resource = TenantForeignKey(Resource, models.CASCADE, related_name="holds")
    starts_at = models.DateTimeField()
    until = models.DateTimeField()
    created_at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["project", "token"], name="booking_hold_token_once")]

    @property
    def is_over(self) -> bool:
        return self.until <= clock.now()


class ClaimQuerySet(TenantQuerySet["Claim"]):
    def meeting(self, begin: datetime, end: datetime) -> "ClaimQuerySet":
        """Claims that share time with [begin, end). The look back is short but for those of stays, which are few."""
        is_long = GreaterThan(F("ends_at") - F("starts_at"), LONGEST_CLAIM)
        recent = Q(starts_at__gte=begin - LONGEST_CLAIM) | Q(is_long)
        return self.filter(recent, starts_at__gte=begin - LONGEST_STAY, starts_at__lt=end, ends_at__gt=begin)


class Claim(TenantModel):
    """Time of a resource that is given away, buffers inside. The database lets no two claims on one unit overlap.

    A moved or cancelled booking deletes its claims; what happened is told by `BookingEvent`.
    """

    resource = TenantForeignKey(Resource, models.RESTRICT, related_name="claims")
    unit = models.SmallIntegerField(default=1)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    booking = TenantForeignKey(Booking, models.CASCADE, null=True, related_name="claims")
    session = TenantForeignKey("booking.Session", models.CASCADE, null=True, related_name="claims")
    held_by = TenantForeignKey(Hold, models.CASCADE, null=True, related_name="claims")
    # A hold: from this moment on readers do as if the claim were not there, and writers delete it.
    expires_at = models.DateTimeField(null=True)
    is_forced = models.BooleanField(default=False)

    objects: ClassVar[Any] = ClaimQuerySet.as_manager()

    class Meta:
        indexes = [
            # All reads: plain comparisons are leakproof, so this index works under row-level security. Ranges do not.
            models.Index(
                fields=["project", "resource", "starts_at"],
                include=["ends_at", "unit", "expires_at", "booking"],
                name="booking_claim_of_resource",
            ),
            models.Index(
                fields=["project", "resource", "expires_at"],
                condition=Q(expires_at__isnull=False),
                name="booking_claim_by_expiry",
            ),
            # A room that a stay takes is looked up by the hour, too: what is longer than a look back is found by this.
            models.Index(
                fields=["project", "resource", "starts_at"],
                condition=Q(GreaterThan(F("ends_at") - F("starts_at"), LONGEST_CLAIM)),
                name="booking_claim_that_is_long",
            ),
            models.Index(fields=["project", "booking"], name="booking_claim_of_booking"),
            models.Index(
                fields=["project", "held_by"], condition=Q(held_by__isnull=False), name="booking_claim_of_hold"
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("starts_at"), ends_at__lte=F("starts_at") + LONGEST_STAY),
                name="booking_claim_length",
            ),
            models.CheckConstraint(
                condition=Q(booking__isnull=False, session__isnull=True, held_by__isnull=True)
                | Q(booking__isnull=True, session__isnull=False, held_by__isnull=True)
                | Q(booking__isnull=True, session__isnull=True, held_by__isnull=False),
                name="booking_claim_of_one",
            ),
            models.CheckConstraint(
                condition=Q(held_by__isnull=True) | Q(expires_at__isnull=False), name="booking_claim_of_a_hold_ends"
            ),
            models.CheckConstraint(condition=Q(unit__gte=1), name="booking_claim_unit"),
            ExclusionConstraint(
                name="booking_claims_never_overlap",
                expressions=[
                    ("project", RangeOperators.EQUAL),
                    ("resource", RangeOperators.EQUAL),
                    ("unit", RangeOperators.EQUAL),
                    (TsTzRange("starts_at", "ends_at"), RangeOperators.OVERLAPS),
                ],
            ),
        ]


class BookedExtra(TenantModel):
    """An extra as it was sold."""

    booking = TenantForeignKey(Booking, models.CASCADE, related_name="extras")
    extra = TenantForeignKey(ServiceExtra, models.RESTRICT, related_name="+")
    name = models.CharField(max_length=120)
    qty = models.SmallIntegerField(default=1)
    price_minor = models.BigIntegerField(default=0)  # for all of them
    add_min = models.IntegerField(default=0)  # for all of them

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["project", "booking", "extra"], name="booking_booked_extra_once"),
            models.CheckConstraint(condition=Q(qty__gte=1), name="booking_booked_extra_qty"),
        ]


class RequirementAnswer(TenantModel):
    """What somebody answered. Sensitive answers are sealed with the key ring, and kept for a shorter time."""

    booking = TenantForeignKey(Booking, models.CASCADE, related_name="answers")
    requirement = TenantForeignKey(Requirement, models.RESTRICT, related_name="answers")
    label = models.CharField(max_length=300)  # the question as it was worded
    wording = models.IntegerField(default=1)  # the version of the wording
    text = models.TextField(max_length=4000, blank=True)
    sealed = models.BinaryField(null=True)
    file = models.CharField(max_length=200, blank=True)  # the key of a private stored file
    file_name = models.CharField(max_length=200, blank=True)
    at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["project", "booking", "requirement"], name="booking_answer_once")
        ]


class BookingEvent(TenantModel):
    """What happened to a booking, in order. Rows are added, never changed: the role that serves may not."""

    class Kind(models.TextChoices):
        BOOKED = "booked", _("Booked")
        MOVED = "moved", _("Moved")
        CANCELLED = "cancelled", _("Cancelled")
        RESTORED = "restored", _("Brought back")
        NOTED = "noted", _("Note changed")
        REQUESTED = "requested", _("Asked for")
        HELD = "held", _("Held until paid")
        CONFIRMED = "confirmed", _("Confirmed")
        DECLINED = "declined", _("Declined")
        EXPIRED = "expired", _("Time to pay or answer ran out")
        PAID = "paid", _("Paid")
        PAID_LATE = "paid_late", _("Paid when the time was gone")
        ARRIVED = "arrived", _("Arrived")
        COMPLETED = "completed", _("Done")
        NO_SHOW = "no_show", _("Did not come")
        CORRECTED = "corrected", _("Corrected")
        PROPOSED = "proposed", _("Another time proposed")

    booking = TenantForeignKey(Booking, models.CASCADE, related_name="events")
    kind = models.CharField(max_length=12, choices=Kind)
    at = models.DateTimeField(default=clock.now)
    actor_kind = models.CharField(max_length=20)  # team, customer, api, system
    actor_id = models.UUIDField(null=True)
    actor_name = models.CharField(max_length=200, blank=True)
    from_status = models.CharField(max_length=12, blank=True)
    to_status = models.CharField(max_length=12)
    reason = models.CharField(max_length=300, blank=True)
    before = models.JSONField(default=dict)  # {"starts_at": …, "resource": …}
    after = models.JSONField(default=dict)

    class Meta:
        indexes = [models.Index(fields=["project", "booking", "at"], name="booking_event_in_order")]
