"""What an operator does to an account. Each is in the audit log; the person is told by mail."""

from collections.abc import Mapping

from allauth.usersessions.models import UserSession
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from flectar.core.origins import platform_origin
from flectar.platform.accounts.models import User
from flectar.platform.audit.log import record
from flectar.platform.outbox import send_mail


class NotOneself(Exception):
    """Fit to show."""

    def __init__(self) -> None:
        super().__init__(_("You can’t do this to your own account."))


@transaction.atomic
def close_account(user: User, *, reason: str, by: User) -> None:
    """Nobody signs in with it any more, and whoever is in is out. What it made stays."""
    locked = _locked(user, by)
    if not locked.is_active:
        return
    locked.is_active = False
    locked.save(update_fields=["is_active"])
    ended = _end_sessions(locked)
    record("account.suspended", target=locked, new={"reason": reason, "sessions": ended})
    _tell(locked, "operations.account_closed", {"reason": reason})


@transaction.atomic
def open_account(user: User, *, by: User) -> None:
    """It works as before; the person signs in anew."""
    locked = _locked(user, by)
    if locked.is_active:
        return
    locked.is_active = True
    locked.save(update_fields=["is_active"])
    record("account.reactivated", target=locked)
    _tell(locked, "operations.account_opened", {})


@transaction.atomic
def end_sessions(user: User, *, by: User) -> int:
    """Sign the person out everywhere. How many devices that were."""
    locked = _locked(user, by)
    ended = _end_sessions(locked)
    record("account.signed_out", target=locked, new={"sessions": ended})
    return ended


@transaction.atomic
def ask_for_new_password(user: User, *, by: User) -> None:
    """The present password is dead, whoever knows it; the mail says how to set a new one."""
    locked = _locked(user, by)
    locked.set_unusable_password()
    locked.save(update_fields=["password"])
    ended = _end_sessions(locked)
    record("account.password_ended", target=locked, new={"sessions": ended})
    _tell(locked, "operations.new_password", {"address": platform_origin() + reverse("account_reset_password")})


def _locked(user: User, by: User) -> User:
    if user.pk == by.pk:
        raise NotOneself
    return User.objects.select_for_update().get(pk=user.pk)


def _end_sessions(user: User) -> int:
    sessions = list(UserSession.objects.filter(user=user))
    for session in sessions:
        session.end()
    return len(sessions)


def _tell(user: User, event: str, facts: Mapping[str, object]) -> None:
    send_mail(event=event, to=(user.name, user.email), locale=user.locale, context=facts)
