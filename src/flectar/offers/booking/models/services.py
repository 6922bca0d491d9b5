from datetime import timedelta
from typing import TYPE_CHECKING, Any, ClassVar

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
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


class Service(TenantModel):
    """What is sold by the hour: how long it takes, what it costs, how a time may be chosen. Lengths are minutes."""

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
    is_active = models.BooleanField(_("Can be booked"), default=True)
    position = models.IntegerField(_("Order"), default=0)
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

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["project", "service", "group_no", "resource"], name="booking_need_once")
        ]
