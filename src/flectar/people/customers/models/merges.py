"""Two customers that became one, for as long as that can be undone; and pairs that are not the same."""

from django.conf import settings
from django.db import models

from flectar.core import clock
from flectar.core.tenancy import TenantForeignKey
from flectar.people.customers.models.customers import Customer
from flectar.platform.projects.models import TenantModel


class Merge(TenantModel):
    """What undoing needs: the row that went with all that was left in it, and which rows went over. Forgotten after
    thirty days but for the two ids: an old address leads on to the one who was kept."""

    kept = TenantForeignKey(Customer, models.CASCADE, related_name="merges")
    gone_id = models.UUIDField()
    gone_name = models.CharField(max_length=200, blank=True)
    rows = models.JSONField(default=list)  # the rows that are gone, as Django serialises them; the customer first
    moved = models.JSONField(default=dict)  # model → field → ids of what went over
    before = models.JSONField(default=dict)  # of the one who was kept
    after = models.JSONField(default=dict)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField(default=clock.now)
    undone_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["project", "kept"], name="customers_merges_of"),
            models.Index(fields=["project", "gone_id"], name="customers_merged_away"),
        ]

    def __str__(self) -> str:
        return self.gone_name


class Unlike(TenantModel):
    """Somebody said that these two are not the same person: nobody is asked again. The lesser id stands first."""

    one = TenantForeignKey(Customer, models.CASCADE, related_name="+")
    other = TenantForeignKey(Customer, models.CASCADE, related_name="+")
    created_at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["project", "one", "other"], name="customers_unlike_once"),
        ]
        indexes = [models.Index(fields=["project", "other"], name="customers_unlike_other")]

    def __str__(self) -> str:
        return f"{self.one_id} {self.other_id}"
