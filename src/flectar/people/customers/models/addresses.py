"""Where customers live, work, and want to be sent things and invoices."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from flectar.core.tenancy import TenantForeignKey
from flectar.people.customers.models.customers import ContactKind, Customer
from flectar.platform.projects.models import Address


class CustomerAddress(Address):
    """One of a customer's addresses. The first one is what letters and invoices bear."""

    customer = TenantForeignKey(Customer, models.CASCADE, related_name="addresses")
    kind = models.CharField(_("Kind"), max_length=10, choices=ContactKind, blank=True, default="")
    position = models.SmallIntegerField(default=0)
    key = models.CharField(max_length=600, db_collation="C", editable=False)  # folded: to tell apart and to search

    class Meta:
        ordering = ["position", "id"]
        verbose_name = _("address")
        verbose_name_plural = _("addresses")
        constraints = [
            models.UniqueConstraint(fields=["project", "customer", "key"], name="customers_address_once"),
            models.CheckConstraint(condition=~Q(key=""), name="customers_address_says_something"),
        ]

    def __str__(self) -> str:
        return ", ".join(self.lines)
