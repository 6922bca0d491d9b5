from datetime import timedelta
from typing import TYPE_CHECKING, Any, ClassVar

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from flectar.core.money import Money
from flectar.core.tenancy import TenantForeignKey, TenantQuerySet
from flectar.offers.booking.models.resources import Resource
from flectar.platform.projects.models import MINUTES_A_DAY, TenantModel

if TYPE_CHECKING:
    from flectar.offers.booking.availability import Rules

HALF_A_DAY = MINUTES_A_DAY // 2


class ServiceQuerySet(TenantQuerySet["Service"]):
    def active(self) -> "ServiceQuerySet":
        return self.filter(is_active=True)

    def in_order(self) -> "ServiceQuerySet":
        return self.order_by("position", "name_folded", "id")


def _between(low: int, high: int) -> list[Any]:
    return [MinValueValidator(low), MaxValueValidator(high)]


class Policy(TenantModel):
    """What it costs to cancel late or not to come. Frozen into each booking, so a change touches only new ones."""

    name = models.CharField(_("Name"), max_length=80)
    # [{"hours": 48, "percent": 0}, {"hours": 0, "percent": 50}]: from so many hours before the start on, this part of
    # the price is kept. Later than the last tier: all of it. Without tiers nothing is kept.
    tiers = models.JSONField(_("Fees"), default=list)
    no_show_percent = models.SmallIntegerField(_("Fee for not coming"), default=0, validators=_between(0, 100))
    most_moves = models.SmallIntegerField(_("How often a customer may move it"), null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["project", "name"], name="booking_policy_name_once"),
            models.CheckConstraint(condition=Q(no_show_percent__range=(0, 100)), name="booking_policy_percent"),
        ]

    def __str__(self) -> str:
        return self.name


class Service(TenantModel):
    """What is sold: how long it takes, what it costs, how a time may be chosen. Lengths are minutes."""

    class Mode(models.TextChoices):
        APPOINTMENT = "appointment", _("Appointment")
        SESSION = "session", _("Class with places")
        STAY = "stay", _("Stay by the night")
        COVERS = "covers", _("Table")
        REQUEST = "request", _("Request without a fixed time")

    class Align(models.TextChoices):
        OPENING = "opening", _("From opening on")
        CLOCK = "clock", _("At even times of the clock")

    class Approval(models.TextChoices):
        NONE = "none", _("Booked at once")
        ALL = "all", _("I accept each one")
        NEW_CUSTOMERS = "new_customers", _("I accept people who are new")
        FLAGGED = "flagged", _("I accept people who did not come before")

    class Pay(models.TextChoices):
        NONE = "none", _("Later, at the business")
        DEPOSIT = "deposit", _("A deposit when booking")
        FULL = "full", _("All of it when booking")
        CARD_ON_FILE = "card_on_file", _("A card as a guarantee")

    name = models.CharField(_("Name"), max_length=120)
    name_folded = models.CharField(max_length=240, editable=False)
    slug = models.SlugField(_("Address"), max_length=60)
    group = models.CharField(_("Group"), max_length=60, blank=True)
    description = models.TextField(_("Description"), max_length=1000, blank=True)
    duration_min = models.IntegerField(_("Length"), default=60, validators=_between(5, MINUTES_A_DAY))
    price_minor = models.BigIntegerField(_("Price"), default=0, validators=_between(0, 10**11))
    buffer_before = models.IntegerField(_("Free time before"), default=0, validators=_between(0, HALF_A_DAY))
    buffer_after = models.IntegerField(_("Free time after"), default=0, validators=_between(0, HALF_A_DAY))
    buffer_inside_hours = models.BooleanField(_("Keep that free time inside opening hours"), default=False)
    notice_min = models.IntegerField(_("Notice"), default=120, validators=_between(0, 90 * MINUTES_A_DAY))
    horizon_days = models.IntegerField(_("Bookable days ahead"), default=60, validators=_between(1, 730))
    step_min = models.IntegerField(_("Start every"), default=30, validators=_between(5, MINUTES_A_DAY))
    change_notice_min = models.IntegerField(
        _("Customers may move or cancel until"), default=60, validators=_between(0, 90 * MINUTES_A_DAY)
    )
    remind_min = models.IntegerField(  # 0: no reminder
        _("Reminder"), default=MINUTES_A_DAY, db_default=MINUTES_A_DAY, validators=_between(0, 14 * MINUTES_A_DAY)
    )
    most_dates = models.SmallIntegerField(  # 1: customers do not repeat it
        _("Dates at once"), default=1, db_default=1, validators=_between(1, 52)
    )
    is_active = models.BooleanField(_("Can be booked"), default=True)
    position = models.IntegerField(_("Order"), default=0)
    mode = models.CharField(_("Kind"), max_length=12, choices=Mode, default=Mode.APPOINTMENT)
    align = models.CharField(_("Times begin"), max_length=8, choices=Align, default=Align.OPENING)
    approval = models.CharField(_("Acceptance"), max_length=14, choices=Approval, default=Approval.NONE)
    is_reserved_by_requests = models.BooleanField(_("A request keeps the time"), default=True)
    request_hours = models.SmallIntegerField(_("Requests wait for"), default=48, validators=_between(1, 720))
    pay = models.CharField(_("Payment"), max_length=12, choices=Pay, default=Pay.NONE)
    deposit_percent = models.SmallIntegerField(_("Deposit"), default=0, validators=_between(0, 100))
    deposit_minor = models.BigIntegerField(_("Deposit"), default=0, validators=_between(0, 10**11))
    hold_min = models.SmallIntegerField(_("Time to pay"), default=15, validators=_between(5, 120))
    min_party = models.SmallIntegerField(_("Fewest people"), default=1, validators=_between(1, 1000))
    max_party = models.SmallIntegerField(_("Most people"), default=1, validators=_between(1, 1000))
    is_priced_per_person = models.BooleanField(_("The price is for each person"), default=False)
    capacity = models.SmallIntegerField(_("Places"), default=10, validators=_between(1, 1000))
    has_waiting_list = models.BooleanField(_("Keeps a waiting list"), default=False)
    check_in_min = models.SmallIntegerField(_("Arrival from"), default=15 * 60)
    check_out_min = models.SmallIntegerField(_("Departure until"), default=11 * 60)
    min_nights = models.SmallIntegerField(_("Fewest nights"), default=1, validators=_between(1, 365))
    max_nights = models.SmallIntegerField(_("Most nights"), default=28, validators=_between(1, 365))
    tax_category = models.CharField(_("Tax"), max_length=20, blank=True)  # a hint for invoices: "standard", "reduced"
    is_completed_by_itself = models.BooleanField(_("Done a day after its end"), default=True)
    policy = TenantForeignKey(
        Policy, models.RESTRICT, null=True, blank=True, related_name="services", verbose_name=_("Terms")
    )
    version = models.IntegerField(default=1, editable=False)

    objects: ClassVar[Any] = ServiceQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["project", "slug"], name="booking_service_slug_once"),
            models.CheckConstraint(condition=~Q(name=""), name="booking_service_has_a_name"),
            models.CheckConstraint(
                condition=Q(duration_min__range=(5, MINUTES_A_DAY)), name="booking_service_fits_a_day"
            ),
            models.CheckConstraint(condition=Q(step_min__range=(5, MINUTES_A_DAY)), name="booking_service_steps"),
            models.CheckConstraint(condition=Q(price_minor__gte=0), name="booking_service_price_not_negative"),
            models.CheckConstraint(
                condition=Q(buffer_before__range=(0, HALF_A_DAY), buffer_after__range=(0, HALF_A_DAY)),
                name="booking_service_buffers",
            ),
            models.CheckConstraint(
                condition=Q(notice_min__gte=0, change_notice_min__gte=0, horizon_days__range=(1, 730)),
                name="booking_service_notice_and_horizon",
            ),
            models.CheckConstraint(
                condition=Q(min_party__gte=1, max_party__gte=F("min_party")), name="booking_service_party"
            ),
            models.CheckConstraint(
                condition=Q(
                    check_in_min__range=(0, MINUTES_A_DAY - 1),
                    check_out_min__range=(0, MINUTES_A_DAY - 1),
                    min_nights__gte=1,
                    max_nights__gte=F("min_nights"),
                    max_nights__lte=365,
                ),
                name="booking_service_nights",
            ),
            models.CheckConstraint(
                condition=Q(deposit_percent__range=(0, 100), deposit_minor__gte=0), name="booking_service_deposit"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def price(self, currency: str) -> Money:
        return Money(self.price_minor, currency)

    @property
    def notice(self) -> timedelta:
        return timedelta(minutes=self.notice_min)

    @property
    def change_notice(self) -> timedelta:
        return timedelta(minutes=self.change_notice_min)

    def rules(self, *, earliest: int, latest: int) -> "Rules":
        """For `availability`: notice and horizon already turned into the first and the first-too-late minute."""
        from flectar.offers.booking.availability import Rules

        return Rules(
            duration=self.duration_min,
            step=self.step_min,
            before=self.buffer_before,
            after=self.buffer_after,
            buffers_inside_hours=self.buffer_inside_hours,
            earliest=earliest,
            latest=latest,
        )


class ServiceNeed(TenantModel):
    """A service needs one resource of each group: every group must be met, any resource in it will do."""

    service = TenantForeignKey(Service, models.CASCADE, related_name="needs")
    group_no = models.SmallIntegerField(default=1)
    resource = TenantForeignKey(Resource, models.CASCADE, related_name="needed_by")
    price_minor = models.BigIntegerField(null=True, blank=True)  # what this person or thing costs instead

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["project", "service", "group_no", "resource"], name="booking_need_once")
        ]


class NeedGroup(TenantModel):
    """What is special about a group of needs; a group without this row is needed once, from start to end."""

    service = TenantForeignKey(Service, models.CASCADE, related_name="need_groups")
    group_no = models.SmallIntegerField()
    qty = models.SmallIntegerField(_("How many"), default=1, validators=_between(1, 500))
    is_per_person = models.BooleanField(_("For each person"), default=False)
    # [[offset, length], …] in minutes from the start, or empty for the whole length. Staff of a colouring are needed
    # for [[0, 45], [75, 30]]: in between the colour develops, and they are free for somebody else.
    parts = models.JSONField(_("When"), default=list, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["project", "service", "group_no"], name="booking_need_group_once"),
            models.CheckConstraint(condition=Q(qty__range=(1, 500)), name="booking_need_group_qty"),
        ]


class ServiceExtra(TenantModel):
    """Something added to a service: it may cost, take longer, and use up a resource of which there are so many."""

    service = TenantForeignKey(Service, models.CASCADE, related_name="extras")
    name = models.CharField(_("Name"), max_length=120)
    price_minor = models.BigIntegerField(_("Price"), default=0, validators=_between(0, 10**11))
    is_per_person = models.BooleanField(_("For each person"), default=False)
    is_per_night = models.BooleanField(_("For each night"), default=False)
    add_min = models.IntegerField(_("Takes longer by"), default=0, validators=_between(0, HALF_A_DAY))
    max_qty = models.SmallIntegerField(_("At most"), default=1, validators=_between(1, 100))
    stock = TenantForeignKey(
        Resource, models.RESTRICT, null=True, blank=True, related_name="extras", verbose_name=_("Uses")
    )
    position = models.SmallIntegerField(_("Order"), default=0)
    is_active = models.BooleanField(_("Offered"), default=True)

    class Meta:
        ordering = ["position", "id"]
        constraints = [
            models.CheckConstraint(condition=~Q(name=""), name="booking_extra_has_a_name"),
            models.CheckConstraint(
                condition=Q(price_minor__gte=0, add_min__range=(0, HALF_A_DAY), max_qty__range=(1, 100)),
                name="booking_extra_bounds",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Requirement(TenantModel):
    """A question or a proof that a service asks for: before it is booked, on arrival, or afterwards."""

    class Kind(models.TextChoices):
        TEXT = "text", _("Text")
        CHOICE = "choice", _("Choice")
        FILE = "file", _("File")
        CONSENT = "consent", _("Agreement")
        ID = "id", _("Identity document")
        AGE = "age", _("Least age")

    class When(models.TextChoices):
        BEFORE = "before", _("Before booking")
        AT = "at", _("On arrival")
        AFTER = "after", _("Afterwards")

    service = TenantForeignKey(Service, models.CASCADE, related_name="requirements")
    kind = models.CharField(_("Kind"), max_length=8, choices=Kind, default=Kind.TEXT)
    when = models.CharField(_("When"), max_length=6, choices=When, default=When.BEFORE)
    label = models.CharField(_("Question"), max_length=300)
    help = models.CharField(_("Explanation"), max_length=300, blank=True)
    choices = models.JSONField(_("Choices"), default=list, blank=True)
    least_age = models.SmallIntegerField(_("Age"), null=True, blank=True)
    is_required = models.BooleanField(_("Must be answered"), default=False)
    is_sensitive = models.BooleanField(_("Sensitive (health, beliefs)"), default=False)
    position = models.SmallIntegerField(_("Order"), default=0)
    version = models.IntegerField(default=1, editable=False)  # of the wording: an agreement names what was agreed to
    is_active = models.BooleanField(_("Asked"), default=True)

    class Meta:
        ordering = ["position", "id"]
        constraints = [models.CheckConstraint(condition=~Q(label=""), name="booking_requirement_has_a_label")]

    def __str__(self) -> str:
        return self.label


class Season(TenantModel):
    """Dates (both included) on which a service has another price or other rules. Of two that overlap, the shorter."""

    service = TenantForeignKey(Service, models.CASCADE, related_name="seasons")
    name = models.CharField(_("Name"), max_length=80)
    first = models.DateField(_("From"))
    last = models.DateField(_("Until"))
    price_minor = models.BigIntegerField(_("Price"), null=True, blank=True)
    min_nights = models.SmallIntegerField(_("Fewest nights"), null=True, blank=True)
    max_nights = models.SmallIntegerField(_("Most nights"), null=True, blank=True)
    arrival_days = models.JSONField(_("Arrival on"), default=list, blank=True)  # [5] only Saturdays; empty: every day
    departure_days = models.JSONField(_("Departure on"), default=list, blank=True)
    fills_gaps = models.BooleanField(_("Shorter stays may fill a gap"), default=False)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(last__gte=F("first")), name="booking_season_ends_after_it_starts"),
            models.CheckConstraint(
                condition=Q(price_minor__isnull=True) | Q(price_minor__gte=0), name="booking_season_price"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Limit(TenantModel):
    """At most so many bookings, people or minutes in a stretch of time: of a service, of a resource, or of all.

    Counted from the bookings themselves, under a lock on this row; no counter is kept that could drift.
    """

    class Per(models.TextChoices):
        QUARTER = "quarter", _("Quarter of an hour")
        DAY = "day", _("Day")
        WEEK = "week", _("Week")
        CUSTOMER_DAY = "customer_day", _("Day and customer")
        CUSTOMER_WEEK = "customer_week", _("Week and customer")
        CUSTOMER_OPEN = "customer_open", _("Customer, still to come")

    service = TenantForeignKey(Service, models.CASCADE, null=True, blank=True, related_name="limits")
    resource = TenantForeignKey(Resource, models.CASCADE, null=True, blank=True, related_name="limits")
    per = models.CharField(_("For each"), max_length=14, choices=Per, default=Per.DAY)
    most = models.IntegerField(_("At most"), validators=_between(1, 100_000))
    counts_people = models.BooleanField(_("Count people, not bookings"), default=False)
    # Of a resource only: how long it is taken, free time around included.
    counts_minutes = models.BooleanField(_("Count minutes, not bookings"), default=False, db_default=False)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(most__gte=1), name="booking_limit_is_positive"),
            models.CheckConstraint(
                condition=Q(resource__isnull=True) | Q(service__isnull=True), name="booking_limit_one_scope"
            ),
            models.CheckConstraint(
                condition=Q(counts_minutes=False) | Q(resource__isnull=False, counts_people=False),
                name="booking_limit_counts_one_thing",
            ),
        ]
