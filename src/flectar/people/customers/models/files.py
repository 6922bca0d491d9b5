"""Files about a customer: photos, forms, results. Private: each download is a signed address of a few minutes."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from flectar.core import clock
from flectar.core.tenancy import TenantForeignKey
from flectar.people.customers.models.customers import Customer
from flectar.platform.projects.models import TenantModel


class CustomerFile(TenantModel):
    """One stored file. Taken away it stays for a day, so that it can be brought back."""

    customer = TenantForeignKey(Customer, models.CASCADE, related_name="files")
    name = models.CharField(_("File"), max_length=200)  # as people call it
    path = models.CharField(max_length=200)  # in the private files
    size = models.IntegerField()  # bytes
    content_type = models.CharField(max_length=100)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(default=clock.now)
    removed_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["project", "customer", "-created_at"], name="customers_file_newest")]

    def __str__(self) -> str:
        return self.name
