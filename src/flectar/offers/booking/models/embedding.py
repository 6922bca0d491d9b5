from django.db import models
from django.utils.translation import gettext_lazy as _

from flectar.platform.projects.models import TenantModel


class Embedding(TenantModel):
    """On which other websites the booking pages may stand in a frame. One a project; none: on no other."""

    class Allows(models.TextChoices):
        NONE = "none", _("No other website")
        LISTED = "listed", _("Only these websites")
        ANY = "any", _("Any website")

    allows = models.CharField(max_length=8, choices=Allows, default=Allows.NONE)
    origins = models.JSONField(default=list)  # "https://www.example.com"; kept while others are let in too

    class Meta:
        constraints = [models.UniqueConstraint(fields=["project"], name="booking_embedding_one")]

    def __str__(self) -> str:
        return str(self.get_allows_display())
