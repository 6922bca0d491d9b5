from datetime import timedelta

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from flectar.core import clock
from flectar.platform.projects.models.project import TenantModel


class Export(TenantModel):
    """A copy of everything that a project holds, made for somebody who asked; kept for a week."""

    class State(models.TextChoices):
        RUNNING = "running", _("Being made")
        DONE = "done", _("Ready")
        FAILED = "failed", _("Stopped")

    KEPT = timedelta(days=7)

    state = models.CharField(_("State"), max_length=10, choices=State, default=State.RUNNING)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    asked_at = models.DateTimeField(default=clock.now)
    path = models.CharField(max_length=200, blank=True)  # of the private file
    size = models.BigIntegerField(default=0)  # bytes
    done_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["project"], condition=models.Q(state="running"), name="projects_export_one_at_a_time"
            )
        ]
