"""What imports added to customers who were known already: as long as it can be taken back."""

from django.db import models

from flectar.core.tenancy import TenantForeignKey
from flectar.people.customers.models.customers import Customer, CustomerImport
from flectar.platform.projects.models import TenantModel


class Completion(TenantModel):
    """Of one customer by one chunk of an import. Rows are named by id, with a keyed hash of what they said: what was
    changed since is told apart, and nothing is kept twice."""

    brought_by = TenantForeignKey(CustomerImport, models.CASCADE, related_name="completions")
    customer = TenantForeignKey(Customer, models.CASCADE, related_name="completions")
    rows = models.JSONField(default=dict)  # relation → id → hash
    locale = models.CharField(max_length=10, blank=True, default="")
    picture = models.CharField(max_length=200, blank=True, default="")
    is_back = models.BooleanField(default=False)  # from the archive

    class Meta:
        indexes = [
            models.Index(fields=["project", "brought_by", "id"], name="customers_completed_by"),
            models.Index(fields=["project", "customer"], name="customers_completions_of"),
        ]

    def __str__(self) -> str:
        return str(self.customer_id)
