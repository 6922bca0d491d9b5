"""Asking for a copy of one's own data."""

from datetime import timedelta

from django.db import transaction

from flectar.core import clock
from flectar.platform.accounts.jobs import pack
from flectar.platform.accounts.models import Copy, User
from flectar.platform.audit.log import record

EVERY = timedelta(hours=1)


def latest(user: User) -> Copy | None:
    """The one asked for within the last hour: there is no other before that hour is over."""
    return Copy.objects.filter(user=user, asked_at__gt=clock.now() - EVERY).order_by("-asked_at").first()


@transaction.atomic
def ask(user: User) -> None:
    """Once an hour: who asks again gets the one that is being made, or has just been made."""
    User.objects.select_for_update().get(pk=user.pk)
    if latest(user):
        return
    copy = Copy.objects.create(user=user)
    record("account.copy_asked", target=user)
    pack.defer(copy_id=str(copy.pk))
