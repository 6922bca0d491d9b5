"""What a business does about people who do not come, and whom it lets begin anew."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from flectar.core import clock
from flectar.core.tenancy import TenantForeignKey
from flectar.people.customers.models import Customer
from flectar.platform.projects.models import TenantModel


class NoShowRule(TenantModel):
    """After so many no-shows within so many months a customer's own bookings are taken in another way."""

    class Does(models.TextChoices):
        APPROVAL = "approval", _("Their bookings wait for your yes")
        PREPAYMENT = "prepayment", _("They pay the whole price beforehand")
        NO_BOOKING = "no_booking", _("They cannot book online")

    does = models.CharField(max_length=12, choices=Does)
    times = models.SmallIntegerField()
    months = models.SmallIntegerField(default=6)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["project", "does"], name="booking_no_show_rule_once"),
            models.CheckConstraint(
                condition=Q(times__range=(1, 20), months__range=(1, 36)), name="booking_no_show_rule_bounds"
            ),
        ]

    def __str__(self) -> str:
        return self.does


class Pardon(TenantModel):
    """No-shows before that moment no longer count for the rules. They stay in the history."""

    customer = TenantForeignKey(Customer, models.CASCADE, related_name="pardons")
    reason = models.CharField(_("Reason"), max_length=300)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField(default=clock.now)

    class Meta:
        indexes = [models.Index(fields=["project", "customer", "-at"], name="booking_pardon_newest")]

    def __str__(self) -> str:
        return self.reason
