"""Bookings of a former system on their way in."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from flectar.core import clock
from flectar.platform.projects.models import TenantModel


class BookingImport(TenantModel):
    """A file with bookings: uploaded, looked at, then brought in by a job, and undone by one. The file is forgotten
    when it is done."""

    class State(models.TextChoices):
        UPLOADED = "uploaded", _("Waiting for you to check it")
        RUNNING = "running", _("Running")
        DONE = "done", _("Done")
        FAILED = "failed", _("Stopped")
        UNDOING = "undoing", _("Being undone")
        UNDONE = "undone", _("Undone")

    file_name = models.CharField(max_length=200)
    content = models.BinaryField(null=True)
    says = models.JSONField(default=list)  # one meaning a column, as in former.Says
    names = models.JSONField(default=dict)  # "service:<folded name>", "person:…" → id; "": left out; or adding.NEW
    state = models.CharField(max_length=10, choices=State, default=State.UPLOADED)
    rows = models.IntegerField(default=0)
    bookings = models.IntegerField(default=0)  # rows that can become bookings
    done = models.IntegerField(default=0)  # of those, handled so far
    past = models.IntegerField(default=0)
    coming = models.IntegerField(default=0)
    known = models.IntegerField(default=0)  # stood there already
    kept = models.IntegerField(default=0)  # stayed when it was undone: changed since
    remarks = models.JSONField(default=list)  # [line, outcome, reason, [cells…]], as of an import of customers
    headers = models.JSONField(default=list)
    problem = models.TextField(blank=True)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(default=clock.now)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["project", "-created_at"], name="booking_former_newest")]

    def __str__(self) -> str:
        return self.file_name

    @property
    def can_be_repeated(self) -> bool:
        """It stopped, and its file is still here."""
        return self.state == self.State.FAILED and self.content is not None
