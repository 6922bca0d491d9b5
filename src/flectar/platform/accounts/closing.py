"""Closing an account: fourteen days to think again, then everything about the person goes (erasure.py).

Whoever signs in meanwhile stays. A sole owner hands the organization over first.
"""

from datetime import timedelta

from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.db import transaction

from flectar.core import clock
from flectar.platform.accounts import obstacles
from flectar.platform.accounts.jobs import close
from flectar.platform.accounts.letters import tell
from flectar.platform.accounts.models import ParkedAccount, User
from flectar.platform.audit.log import record

GRACE = timedelta(days=14)


@transaction.atomic
def ask(user: User) -> User:
    """From now on the account waits to be erased, and everybody is signed out of it. Raises `CannotClose`."""
    locked = User.objects.select_for_update().get(pk=user.pk)
    if found := obstacles.of(locked):
        raise obstacles.CannotClose(found)
    locked.closes_at = clock.now() + GRACE
    locked.save(update_fields=["closes_at"])
    record("account.closing_asked", target=locked, new={"closes_at": locked.closes_at})
    tell(locked, "account.closing", {"closes_on": locked.closes_at.date()})
    sign_out_everywhere(locked)
    close.defer_at(locked.closes_at, user_id=str(locked.pk))
    return locked


def sign_out_everywhere(user: User) -> None:
    sessions, parked = UserSession.objects.filter(user=user), ParkedAccount.objects.filter(user=user)
    for each in (sessions, parked):
        Session.objects.filter(session_key__in=list(each.values_list("session_key", flat=True))).delete()
        each.delete()


def think_again(user: User) -> bool:
    """Somebody who signs in stays. Whether there was anything to take back."""
    if user.closes_at is None:
        return False
    user.closes_at = None
    user.save(update_fields=["closes_at"])
    record("account.closing_cancelled", target=user)
    tell(user, "account.closing_cancelled", {})
    return True
