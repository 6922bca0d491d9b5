"""Files of a customer: kept, fetched, taken away and brought back."""

from datetime import timedelta
from pathlib import PurePosixPath
from typing import IO, Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from flectar.core import clock, documents, storage
from flectar.core.storage import BadUpload
from flectar.people.customers.contacts import shortened
from flectar.people.customers.errors import leave_alone_if_restricted
from flectar.people.customers.models import Customer, CustomerFile
from flectar.platform.audit.log import record

MOST = 200  # files of one customer
BACK_FOR = timedelta(days=1)


@transaction.atomic
def keep(customer: Customer, upload: IO[bytes], name: str, *, author: Any = None) -> CustomerFile:
    """Raises BadUpload and Restricted, and keeps nothing then."""
    leave_alone_if_restricted(customer)
    if customer.files.filter(removed_at=None).count() >= MOST:
        raise BadUpload(_("%(limit)s files on one customer are enough. Remove one first.") % {"limit": MOST})
    document = documents.accept(upload)
    shown = shortened(PurePosixPath(name.replace("\\", "/")).stem, 150) or _("File")
    path = storage.save_private(f"{customer.project_id}/customers", f"file{document.suffix}", document.content)
    kept = CustomerFile.objects.create(
        project_id=customer.project_id,
        customer=customer,
        name=f"{shown}{document.suffix}",
        path=path,
        size=len(document.content),
        content_type=document.content_type,
        author=author,
    )
    record("customer.file_added", target=customer, new={"file": kept.name})
    return kept


def address(file: CustomerFile) -> str:
    """Where it can be fetched for the next minutes. Whoever asks has checked the rights."""
    return storage.private_url(file.path, file.name)


@transaction.atomic
def remove(file: CustomerFile) -> None:
    """Taken away; `forget` deletes it for good a day later. Raises Restricted."""
    leave_alone_if_restricted(file.customer)
    if file.removed_at is None:
        file.removed_at = clock.now()
        file.save(update_fields=["removed_at"])
        record("customer.file_removed", target=file.customer, old={"file": file.name})


@transaction.atomic
def bring_back(file: CustomerFile) -> None:
    if file.removed_at is not None:
        file.removed_at = None
        file.save(update_fields=["removed_at"])
        record("customer.file_added", target=file.customer, new={"file": file.name})


def forget(file_id: UUID) -> None:
    """If it is still removed."""
    file = CustomerFile.objects.filter(pk=file_id, removed_at__lte=clock.now() - BACK_FOR).first()
    if file is not None:
        path = file.path
        file.delete()
        transaction.on_commit(lambda: storage.private_files().delete(path))
