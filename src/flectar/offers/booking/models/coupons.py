from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from flectar.core import clock
from flectar.core.tenancy import TenantForeignKey
from flectar.offers.booking.models.bookings import Booking
from flectar.offers.booking.models.services import Service
from flectar.people.customers.models import Customer
from flectar.platform.projects.models import TenantModel


class Coupon(TenantModel):
    """A code that makes something cheaper. How often it was used is counted from its uses, under a lock on this row."""

    code = models.CharField(_("Code"), max_length=40)
    code_folded = models.CharField(max_length=80, editable=False)  # how it is compared: without case and spaces
    name = models.CharField(_("What for"), max_length=120, blank=True)
    percent = models.SmallIntegerField(_("Percent off"), null=True, blank=True)
    amount_minor = models.BigIntegerField(_("Amount off"), null=True, blank=True)
    starts_at = models.DateTimeField(_("Valid from"), null=True, blank=True)
    ends_at = models.DateTimeField(_("Valid until"), null=True, blank=True)
    max_uses = models.IntegerField(_("How often in all"), null=True, blank=True)
    max_per_customer = models.SmallIntegerField(_("How often for each customer"), null=True, blank=True)
    least_minor = models.BigIntegerField(_("From a price of"), default=0)
    services = models.JSONField(_("For these services"), default=list, blank=True)  # ids; empty: all
    stacks = models.BooleanField(_("Together with other codes"), default=False)
    is_active = models.BooleanField(_("Valid"), default=True)
    created_at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["project", "code_folded"], name="booking_coupon_code_once"),
            models.CheckConstraint(
                condition=Q(percent__isnull=False, percent__range=(1, 100), amount_minor__isnull=True)
                | Q(percent__isnull=True, amount_minor__isnull=False, amount_minor__gt=0),
                name="booking_coupon_takes_something_off",
            ),
            models.CheckConstraint(
                condition=Q(starts_at__isnull=True) | Q(ends_at__isnull=True) | Q(ends_at__gt=F("starts_at")),
                name="booking_coupon_ends_after_it_starts",
            ),
            models.CheckConstraint(condition=Q(max_uses__isnull=True) | Q(max_uses__gte=1), name="booking_coupon_uses"),
        ]

    def __str__(self) -> str:
        return self.code


class CouponUse(TenantModel):
    """A coupon in a booking. While the booking is held, so is the use; when the hold ends without payment, it is free
    again. What was cancelled too late to be free stays used."""

    class State(models.TextChoices):
        TAKEN = "taken", _("Used")
        RETURNED = "returned", _("Given back")

    coupon = TenantForeignKey(Coupon, models.RESTRICT, related_name="uses")
    booking = TenantForeignKey(Booking, models.CASCADE, related_name="coupon_uses")
    customer = TenantForeignKey(Customer, models.RESTRICT, related_name="coupon_uses")
    state = models.CharField(max_length=8, choices=State, default=State.TAKEN)
    off_minor = models.BigIntegerField()  # what it took off
    at = models.DateTimeField(default=clock.now)

    class Meta:
        indexes = [models.Index(fields=["project", "coupon", "state"], name="booking_coupon_use_by_coupon")]
        constraints = [
            models.UniqueConstraint(fields=["project", "coupon", "booking"], name="booking_coupon_use_once"),
            models.CheckConstraint(condition=Q(off_minor__gte=0), name="booking_coupon_use_off"),
        ]


class Entitlement(TenantModel):
    """What somebody has bought beforehand: so many times of a service (a package), or an amount (a gift voucher)."""

    class Kind(models.TextChoices):
        PACKAGE = "package", _("Package")
        VOUCHER = "voucher", _("Gift voucher")

    kind = models.CharField(max_length=8, choices=Kind)
    name = models.CharField(_("Name"), max_length=120)
    code = models.CharField(_("Code"), max_length=40)
    code_folded = models.CharField(max_length=80, editable=False)
    customer = TenantForeignKey(Customer, models.RESTRICT, null=True, blank=True, related_name="entitlements")
    service = TenantForeignKey(Service, models.RESTRICT, null=True, blank=True, related_name="entitlements")
    units = models.IntegerField(_("Times"), default=0)
    amount_minor = models.BigIntegerField(_("Amount"), default=0)
    valid_until = models.DateTimeField(_("Valid until"), null=True, blank=True)
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField(default=clock.now)

    class Meta:
        indexes = [models.Index(fields=["project", "customer"], name="booking_entitlement_of")]
        constraints = [
            models.UniqueConstraint(fields=["project", "code_folded"], name="booking_entitlement_code_once"),
            models.CheckConstraint(
                condition=Q(kind="package", units__gte=1, amount_minor=0)
                | Q(kind="voucher", units=0, amount_minor__gt=0),
                name="booking_entitlement_is_worth_something",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class EntitlementUse(TenantModel):
    """What a booking takes from an entitlement; given back by state, as with coupons."""

    entitlement = TenantForeignKey(Entitlement, models.RESTRICT, related_name="uses")
    booking = TenantForeignKey(Booking, models.CASCADE, related_name="entitlement_uses")
    units = models.IntegerField(default=0)
    amount_minor = models.BigIntegerField(default=0)
    state = models.CharField(max_length=8, choices=CouponUse.State, default=CouponUse.State.TAKEN)
    at = models.DateTimeField(default=clock.now)

    class Meta:
        indexes = [models.Index(fields=["project", "entitlement", "state"], name="booking_entitlement_use_of")]
        constraints = [
            models.UniqueConstraint(fields=["project", "entitlement", "booking"], name="booking_entitlement_use_once"),
            models.CheckConstraint(condition=Q(units__gte=0, amount_minor__gte=0), name="booking_entitlement_use_size"),
        ]
