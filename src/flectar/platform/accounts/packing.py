"""The copy of what the platform holds about somebody: made by a job, kept for a week."""

import io
import json
import zipfile
from datetime import timedelta
from uuid import UUID

from django.db import transaction

from flectar.core import clock, storage
from flectar.core.origins import platform_origin
from flectar.platform.accounts import personal
from flectar.platform.accounts.letters import tell
from flectar.platform.accounts.models import Copy, User

KEPT_FOR = timedelta(days=7)


@transaction.atomic
def make(copy_id: UUID) -> None:
    """May run twice: the second time there is nothing to do."""
    copy = Copy.objects.select_for_update().filter(pk=copy_id, path="").first()
    if copy is None:
        return
    user = User.objects.get(pk=copy.user_id)
    copy.path = storage.save_private(f"accounts/{user.pk}", "copy.zip", _packed(user))
    copy.made_at = clock.now()
    copy.save(update_fields=["path", "made_at"])
    link = f"{platform_origin()}/account/data/copy/"
    tell(user, "account.copy_ready", {"link": link, "until": (copy.made_at + KEPT_FOR).date()})


def _packed(user: User) -> bytes:
    """One file a table, and the picture."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for table, rows in personal.copy_of(user).items():
            archive.writestr(f"{table}.json", json.dumps(rows, ensure_ascii=False, indent=2))
        if user.picture:
            with storage.public_files().open(user.picture) as picture:
                archive.writestr(f"picture.{user.picture.rpartition('.')[2]}", picture.read())
    return out.getvalue()


def ready(user: User) -> Copy | None:
    """The newest one that can be fetched."""
    return Copy.objects.filter(user=user, made_at__gt=clock.now() - KEPT_FOR).order_by("-made_at").first()


def forget_old() -> None:
    for copy in Copy.objects.filter(asked_at__lt=clock.now() - KEPT_FOR):
        if copy.path:
            storage.private_files().delete(copy.path)
        copy.delete()
