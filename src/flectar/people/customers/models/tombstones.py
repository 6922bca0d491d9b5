"""Who was erased: nothing but an id, so that an older backup does not bring them back."""

from django.db import models

from flectar.core import clock
from flectar.platform.projects.models import TenantModel


class Tombstone(TenantModel):
    """`flectar restore` carries these over from the database that it replaces, and has them erased again."""

    erased_id = models.UUIDField()  # of a customer who is no more
    at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["project", "erased_id"], name="customers_tombstone_once"),
        ]

    def __str__(self) -> str:
        return str(self.erased_id)
