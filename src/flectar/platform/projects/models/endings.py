"""What can end a site, for a while or for good: a suspension by the platform, another owner, its own deletion."""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from flectar.core import clock
from flectar.core.ids import UUIDv7
from flectar.platform.projects.models.project import Project


class SuspensionQuerySet(models.QuerySet["Suspension"]):
    def standing(self) -> "SuspensionQuerySet":
        return self.filter(lifted_at=None)

    def appealed(self) -> "SuspensionQuerySet":
        """Whoever runs the installation owes these an answer, the oldest first."""
        return self.standing().filter(appealed_at__isnull=False, answered_at=None).order_by("appealed_at")


class Suspension(models.Model):
    """The platform has closed a site, with its reason; the team may appeal. Data, dashboard and export stay open."""

    class Reason(models.TextChoices):
        ABUSE = "abuse", _("Abuse: spam, fraud or deceit")
        LEGAL = "legal", _("Against the law, or another's rights")
        SECURITY = "security", _("A danger to visitors")
        PAYMENT = "payment", _("Unpaid")
        OTHER = "other", _("Another reason")

    id = models.UUIDField(primary_key=True, db_default=UUIDv7(), editable=False)
    holder = models.ForeignKey(Project, models.CASCADE, related_name="suspensions")
    reason = models.CharField(_("Reason"), max_length=10, choices=Reason)
    notice = models.TextField(_("What exactly, and what would help"), max_length=2000)
    suspended_at = models.DateTimeField(default=clock.now)
    suspended_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    appeal = models.TextField(_("Your appeal"), max_length=4000, blank=True)
    appealed_at = models.DateTimeField(null=True)
    appealed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    answer = models.TextField(_("Answer"), max_length=4000, blank=True)
    answered_at = models.DateTimeField(null=True)
    lifted_at = models.DateTimeField(null=True)

    objects = SuspensionQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["holder"], condition=models.Q(lifted_at=None), name="projects_suspension_one_standing"
            )
        ]

    def __str__(self) -> str:
        return str(self.get_reason_display())


class TransferQuerySet(models.QuerySet["Transfer"]):
    def waiting(self) -> "TransferQuerySet":
        return self.filter(accepted_at=None, withdrawn_at=None)


class Transfer(models.Model):
    """A project is offered to somebody who owns another organization, by mail; good for a week, once."""

    GOOD_FOR = timedelta(days=7)

    id = models.UUIDField(primary_key=True, db_default=UUIDv7(), editable=False)
    holder = models.ForeignKey(Project, models.CASCADE, related_name="transfers")
    email = models.EmailField(_("Email"))
    digest = models.CharField(max_length=64, unique=True)  # SHA-256 of the link's secret, which is in the mail alone
    offered_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    offered_at = models.DateTimeField(default=clock.now)
    accepted_at = models.DateTimeField(null=True)
    withdrawn_at = models.DateTimeField(null=True)

    objects = TransferQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["holder"],
                condition=models.Q(accepted_at=None, withdrawn_at=None),
                name="projects_transfer_one_waiting",
            )
        ]

    def __str__(self) -> str:
        return self.email

    @property
    def expires_at(self) -> datetime:
        return self.offered_at + self.GOOD_FOR

    @property
    def is_expired(self) -> bool:
        return self.expires_at <= clock.now()
