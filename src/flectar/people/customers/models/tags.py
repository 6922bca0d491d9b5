"""The words by which a team puts its customers together."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from flectar.core import clock
from flectar.core.tenancy import TenantForeignKey
from flectar.people.customers.models.customers import Customer
from flectar.platform.projects.models import TenantModel


class Tag(TenantModel):
    """One word of the team's own. The same word in other letters is the same tag."""

    name = models.CharField(_("Tag"), max_length=40)
    sort_key = models.CharField(max_length=80, db_collation="C", editable=False)
    created_at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["project", "sort_key"], name="customers_tag_once"),
            models.CheckConstraint(condition=~Q(name="") & ~Q(sort_key=""), name="customers_tag_has_a_name"),
        ]

    def __str__(self) -> str:
        return self.name


class CustomerTag(TenantModel):
    """A customer bears a tag."""

    customer = TenantForeignKey(Customer, models.CASCADE, related_name="tags")
    tag = TenantForeignKey(Tag, models.CASCADE, related_name="bearers")

    class Meta:
        constraints = [
            # The customer last: a tag's bearers are read by it.
            models.UniqueConstraint(fields=["project", "tag", "customer"], name="customers_tag_borne_once"),
        ]
        indexes = [models.Index(fields=["project", "customer"], name="customers_tags_of_customer")]

    def __str__(self) -> str:
        return str(self.tag)
