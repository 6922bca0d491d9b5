"""The picture of a customer: decoded and drawn anew by us, so that no place and no camera is in it."""

import io

from django.db import transaction

from flectar.core import storage
from flectar.people.customers.models import Customer

LONGEST_SIDE = 512  # points


def put(customer: Customer, content: bytes) -> None:
    """Raises BadUpload."""
    drawn, suffix = storage.accept_image(io.BytesIO(content), longest_side=LONGEST_SIDE)
    before = customer.picture
    customer.picture = storage.save_public(f"{customer.project_id}/customers", suffix, drawn)
    customer.save(update_fields=["picture"])
    forget(before)


def forget(path: str) -> None:
    if path:
        transaction.on_commit(lambda: storage.public_files().delete(path))
