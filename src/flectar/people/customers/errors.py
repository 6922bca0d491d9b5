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


class Restricted(Exception):
    """The customer asked that their data be left alone, or was erased: nothing of them is changed."""

    def __init__(self, customer: "Customer") -> None:
        self.customer = customer
        super().__init__(_("%(name)s is restricted: nothing is changed until you lift that.") % {"name": customer.name})


def leave_alone_if_restricted(customer: "Customer") -> None:
    """Raises Restricted."""
    if not customer.is_open_to_change:
        raise Restricted(customer)
