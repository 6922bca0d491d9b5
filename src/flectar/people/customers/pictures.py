"""The picture of a customer: decoded and drawn anew by us, so that no place and no camera is in it."""

import io

from django.db import transaction

from flectar.core import storage
from flectar.people.customers.errors import leave_alone_if_restricted
from flectar.people.customers.models import Customer
from flectar.platform.audit.log import record

LONGEST_SIDE = 512  # points


def put(customer: Customer, content: bytes) -> None:
    """Raises BadUpload."""
    drawn, suffix = storage.accept_image(io.BytesIO(content), longest_side=LONGEST_SIDE)
    _replace(customer, storage.save_public(f"{customer.project_id}/customers", suffix, drawn))


@transaction.atomic
def change(customer: Customer, content: bytes) -> None:
    """By hand. Raises BadUpload, Restricted."""
    customer = Customer.objects.select_for_update().get(pk=customer.pk)
    leave_alone_if_restricted(customer)
    put(customer, content)
    record("customer.pictured", target=customer)


@transaction.atomic
def remove(customer: Customer) -> None:
    """Raises Restricted."""
    customer = Customer.objects.select_for_update().get(pk=customer.pk)
    leave_alone_if_restricted(customer)
    if customer.picture:
        _replace(customer, "")
        record("customer.picture_removed", target=customer)


def _replace(customer: Customer, path: str) -> None:
    before, customer.picture = customer.picture, path
    customer.save(update_fields=["picture"])
    forget(before)


def forget(path: str) -> None:
    if path:
        transaction.on_commit(lambda: storage.public_files().delete(path))
