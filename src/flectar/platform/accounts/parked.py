"""Up to five accounts in one browser. One is in front; the others are parked and can be switched to.

The browser's cookie holds a signed random value and nothing else; the keys of the parked sessions are in the database.
Each is looked at again before it comes to the front: ended, of another password, of a closed account, it is dropped.
"""

import re
from datetime import timedelta
from importlib import import_module
from typing import Any

from allauth.core.internal.sessionkit import get_session_user
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.db.models import QuerySet
from django.http import HttpResponse
from django.middleware.csrf import rotate_token

from flectar.core import clock, crypto
from flectar.core.ids import new_token
from flectar.platform.accounts.models import ParkedAccount, User

MOST = 5  # the one in front is among them
IDLE = timedelta(hours=12)  # after that, who comes back proves again who they are
LASTS = timedelta(days=14)
_TOKEN = re.compile(r"[A-Za-z0-9_-]{32}")


class Refused(Exception):
    """Not an account of this browser, or not any more."""


class TooMany(Exception):
    """No room for another one."""


class WasIdle(Exception):
    """It was parked for so long that its session has been ended: `user` signs in again."""

    def __init__(self, user: User) -> None:
        self.user = user
        super().__init__()


def others(request: Any) -> list[User]:
    """The parked accounts of this browser, by name. Asks the database nothing without a cookie."""
    found = [each.user for each in _parked(request).select_related("user")]
    return sorted((user for user in found if user != request.user), key=lambda user: user.sort_key)


def make_room(request: Any) -> None:
    """Park the account in front, and leave a browser in which nobody is signed in."""
    if len(others(request)) + 2 > MOST:
        raise TooMany
    _park(request)
    request.session = _store(None)
    request.user = AnonymousUser()


def switch(request: Any, user_id: Any) -> User:
    """Bring a parked account to the front. Raises `Refused` or `WasIdle`."""
    found = _parked(request).select_related("user").filter(user=user_id).first()
    if found is None:
        raise Refused
    session = _store(found.session_key)
    is_right = session.exists(found.session_key) and get_session_user(session) == found.user
    if not is_right or not found.user.is_active:
        found.delete()
        raise Refused
    if clock.now() - found.parked_at > IDLE:
        _end(found)
        raise WasIdle(found.user)
    if request.user.is_authenticated:
        _park(request)
    _bring(request, found, session)
    return found.user


def _bring(request: Any, found: ParkedAccount, session: Any) -> None:
    found.delete()
    request.session = session
    request.session.modified = True  # so that its cookie is sent
    request.user = found.user
    rotate_token(request)


def end(request: Any, user_id: Any) -> None:
    """Sign a parked account out of this browser."""
    found = _parked(request).filter(user=user_id).first()
    if found is None:
        raise Refused
    _end(found)


def end_all(request: Any) -> None:
    for found in _parked(request):
        _end(found)


def _end(found: ParkedAccount) -> None:
    _store(None).delete(found.session_key)
    UserSession.objects.filter(session_key=found.session_key).delete()
    found.delete()


def came_in(request: Any, user: User) -> None:
    """Somebody has signed in: if they were parked here, that session is of no more use."""
    for found in _parked(request).filter(user=user):
        _end(found)


def _park(request: Any) -> None:
    request.accounts_token = _token(request) or new_token()
    ParkedAccount.objects.update_or_create(
        browser=_digest(request.accounts_token),
        user=request.user,
        defaults={
            "session_key": request.session.session_key,
            "parked_at": clock.now(),
            "is_kept": not request.session.get_expire_at_browser_close(),
        },
    )


def _parked(request: Any) -> QuerySet[ParkedAccount]:
    token = _token(request)
    return ParkedAccount.objects.filter(browser=_digest(token)) if token else ParkedAccount.objects.none()


def _token(request: Any) -> str:
    if fresh := getattr(request, "accounts_token", ""):
        return str(fresh)
    try:
        token = crypto.unsign("accounts", request.COOKIES.get(settings.ACCOUNTS_COOKIE, ""), within=LASTS)
    except (crypto.BadSignature, crypto.Expired):
        return ""
    return token if _TOKEN.fullmatch(token) else ""


def _digest(token: str) -> str:
    return crypto.blind_index(token, "accounts in one browser")


def _store(key: str | None) -> Any:
    return import_module(settings.SESSION_ENGINE).SessionStore(key)


def leave_cookie(request: Any, response: HttpResponse) -> None:
    """With the browser; gone when nobody is parked. As short-lived as the shortest of those parked."""
    entries = list(_parked(request))
    if not entries:
        response.delete_cookie(settings.ACCOUNTS_COOKIE, samesite="Lax")
        return
    response.set_cookie(
        settings.ACCOUNTS_COOKIE,
        crypto.sign("accounts", _token(request)),
        max_age=LASTS if all(each.is_kept for each in entries) else None,
        samesite="Lax",
        secure=settings.HTTPS,
        httponly=True,
    )


def forget_old() -> None:
    ParkedAccount.objects.filter(parked_at__lt=clock.now() - LASTS).delete()
