"""One transaction on a project's own messages, or on the platform's."""

from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID

from django.db import transaction

from flectar.core.tenancy import project_scope


@contextmanager
def own_rows(project_id: UUID | None) -> Iterator[None]:
    with project_scope(project_id) if project_id else transaction.atomic():
        yield
