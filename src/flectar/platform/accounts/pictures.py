"""The picture beside a name. Decoded and drawn anew by us, so that no place and no camera is in it."""

from django.db import transaction

from flectar.core import storage
from flectar.platform.accounts.models import User
from flectar.platform.audit.log import record

LONGEST_SIDE = 512  # points


@transaction.atomic
def put(user: User, content: bytes, suffix: str) -> None:
    """`content` comes from `storage.accept_image`."""
    _replace(user, storage.save_public("people", suffix, content))


@transaction.atomic
def remove(user: User) -> None:
    if user.picture:
        _replace(user, "")


def _replace(user: User, path: str) -> None:
    locked = User.objects.select_for_update().get(pk=user.pk)
    before, user.picture = locked.picture, path
    user.save(update_fields=["picture"])
    record("account.picture_changed", target=user)
    if before:
        transaction.on_commit(lambda: storage.public_files().delete(before))
