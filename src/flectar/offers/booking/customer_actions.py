"""What a customer's page offers besides its own: a new booking for this person."""

from collections.abc import Iterable

from django.urls import reverse
from django.utils.translation import gettext as _

from flectar.people.customers.actions import Action
from flectar.people.customers.models import Customer
from flectar.platform.projects.models import Project


def for_customer(project: Project, customer: Customer) -> Iterable[Action]:
    if project.has("booking") and not customer.is_archived:
        url = reverse("booking:new", kwargs={"project": project.slug})
        yield Action(_("New booking"), "plus", f"{url}?customer={customer.pk}", "bookings.write", is_first=True)
        url = reverse("booking:new_prepaid", kwargs={"project": project.slug})
        yield Action(_("Give a package or a voucher"), "gift", f"{url}?customer={customer.pk}", "services.write")
