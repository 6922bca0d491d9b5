"""What a business writes to its customers in its own words: before they come, and afterwards."""

from datetime import time

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from flectar.core.tenancy import TenantForeignKey
from flectar.offers.booking.models.services import Service
from flectar.platform.projects.models import TenantModel

MOST_HOURS = 24 * 180


class Letter(TenantModel):
    """The words of a reminder, or a mail some hours after the end. `words`: {"en": {"subject": …, "text": …}, …}."""

    class Kind(models.TextChoices):
        REMINDER = "reminder", _("Reminder")
        FOLLOW_UP = "follow_up", _("Afterwards")
        REVIEW = "review", _("Asking for a review")

    kind = models.CharField(_("Kind"), max_length=10, choices=Kind)
    service = TenantForeignKey(
        Service, models.CASCADE, null=True, blank=True, related_name="letters", verbose_name=_("Service")
    )
    after_hours = models.SmallIntegerField(_("Hours after the end"), default=24)  # unused for reminders: the service's
    words = models.JSONField(default=dict)
    review_url = models.URLField(_("Address of the review page"), max_length=500, blank=True)
    is_advertising = models.BooleanField(_("It advertises something"), default=False)
    is_on = models.BooleanField(_("Is sent"), default=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["project", "service"],
                condition=Q(kind="reminder"),
                name="booking_letter_one_reminder",
                nulls_distinct=False,
            ),
            models.CheckConstraint(condition=Q(after_hours__range=(0, MOST_HOURS)), name="booking_letter_hours"),
        ]

    def __str__(self) -> str:
        return str(self.get_kind_display())

    @property
    def needs_consent(self) -> bool:
        """Whoever asks for a review, or sells, writes only to those who agreed to it."""
        return self.kind == self.Kind.REVIEW or self.is_advertising


class QuietHours(TenantModel):
    """When no letter goes out, on the clock of where somebody was. One a project; none: these defaults."""

    is_on = models.BooleanField(_("Quiet hours"), default=True)
    begins = models.TimeField(_("From"), default=time(21))
    ends = models.TimeField(_("Until"), default=time(9))  # before `begins`: of the next day

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["project"], name="booking_quiethours_one"),
            models.CheckConstraint(condition=~Q(begins=F("ends")), name="booking_quiethours_end"),
        ]

    def __str__(self) -> str:
        return f"{self.begins:%H:%M}–{self.ends:%H:%M}"

    def has(self, at: time) -> bool:
        if not self.is_on:
            return False
        if self.begins < self.ends:
            return self.begins <= at < self.ends
        return at >= self.begins or at < self.ends
