"""What a business wants to know of its customers beyond what all want to: fields of its own, and their values."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from flectar.core import clock
from flectar.core.tenancy import TenantForeignKey
from flectar.people.customers.models.customers import Customer
from flectar.platform.projects.models import TenantModel


class CustomField(TenantModel):
    """A question that the owner has added. Removed it keeps its answers for thirty days."""

    class Kind(models.TextChoices):
        TEXT = "text", _("Text")
        NUMBER = "number", _("Number")
        DATE = "date", _("Date")
        CHOICE = "choice", _("One of several")
        YES_NO = "yes_no", _("Yes or no")

    name = models.CharField(_("Name"), max_length=60)
    sort_key = models.CharField(max_length=120, db_collation="C", editable=False)
    kind = models.CharField(_("Kind"), max_length=10, choices=Kind)
    choices = models.JSONField(default=list, blank=True)  # the words of a choice, in order
    position = models.SmallIntegerField(default=0)
    created_at = models.DateTimeField(default=clock.now)
    removed_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["position", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["project", "sort_key"], condition=Q(removed_at=None), name="customers_field_named_once"
            ),
            models.CheckConstraint(condition=~Q(name=""), name="customers_field_has_a_name"),
        ]

    def __str__(self) -> str:
        return self.name


class CustomValue(TenantModel):
    """The answer of one customer, in the column of its field's kind; `text` holds a choice too."""

    customer = TenantForeignKey(Customer, models.CASCADE, related_name="values")
    field = TenantForeignKey(CustomField, models.CASCADE, related_name="values")
    text = models.CharField(max_length=500, blank=True, default="")
    number = models.DecimalField(max_digits=18, decimal_places=4, null=True)
    day = models.DateField(null=True)
    is_yes = models.BooleanField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["project", "field", "customer"], name="customers_value_once"),
        ]
        indexes = [models.Index(fields=["project", "customer"], name="customers_values_of_customer")]

    def __str__(self) -> str:
        return self.text or str(self.number or self.day or self.is_yes)
