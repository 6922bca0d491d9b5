"""What can go wrong with a customer, in sentences fit to show."""

from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

if TYPE_CHECKING:
    from flectar.people.customers.models import Customer


class EmailTaken(Exception):
    """The email belongs to another customer of the project, who may be archived."""

    def __init__(self, email: str, customer: "Customer") -> None:
        self.email = email
        self.customer = customer
        super().__init__(_("%(name)s already has %(email)s.") % {"name": customer.name, "email": email})
