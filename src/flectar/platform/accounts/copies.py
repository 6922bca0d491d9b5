"""Asking for a copy of one's own data."""

from datetime import timedelta

from django.db import transaction

from flectar.core import clock
from flectar.platform.accounts.jobs import pack
from flectar.platform.accounts.models import Copy, User
from flectar.platform.audit.log import record

_BEING_MADE_FOR = timedelta(hours=1)


def being_made(user: User) -> Copy | None:
    return Copy.objects.filter(user=user, path="", asked_at__gt=clock.now() - _BEING_MADE_FOR).first()


@transaction.atomic
def ask(user: User) -> None:
    """One at a time: who asks again while one is being made waits for that one."""
    User.objects.select_for_update().get(pk=user.pk)
    if being_made(user):
        return
    copy = Copy.objects.create(user=user)
    record("account.copy_asked", target=user)
    pack.defer(copy_id=str(copy.pk))
