"""What of accounts runs by the clock."""

from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session

from flectar.core import clock
from flectar.core.jobs import every
from flectar.platform.accounts import devices, parked


@every("37 3 * * *", name="accounts.forget_old")
def forget_old() -> None:
    """Sessions that have run out, and what hung on them."""
    parked.forget_old()
    devices.forget_old()
    Session.objects.filter(expire_date__lt=clock.now()).delete()
    UserSession.objects.exclude(session_key__in=Session.objects.values("session_key")).delete()
