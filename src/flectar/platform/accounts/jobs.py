"""What of accounts runs later."""

from uuid import UUID

from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session

from flectar.core import clock
from flectar.core.jobs import every, job
from flectar.platform.accounts import devices, erasure, packing, parked
from flectar.platform.accounts.models import User


@every("37 3 * * *", name="accounts.forget_old")
def forget_old() -> None:
    """Sessions that have run out, and what hung on them; copies that nobody fetched; accounts whose day has passed
    while no job could run."""
    for user in User.objects.filter(closes_at__lte=clock.now()):
        erasure.finish(user)
    parked.forget_old()
    devices.forget_old()
    packing.forget_old()
    Session.objects.filter(expire_date__lt=clock.now()).delete()
    UserSession.objects.exclude(session_key__in=Session.objects.values("session_key")).delete()


@job("accounts.close")
def close(user_id: str) -> None:
    """The day has come, unless the person has thought again."""
    user = User.objects.filter(pk=user_id).first()
    if user is not None:
        erasure.finish(user)


@job("accounts.pack")
def pack(copy_id: str) -> None:
    packing.make(UUID(copy_id))
