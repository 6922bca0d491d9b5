"""Browsers that somebody has signed in with before: told of the first time, kept in, and spared the second step.

Each browser holds one random value in a cookie for a year. A device that its owner trusts is asked for no second step
for 30 days, as long as neither the password nor the second factors change. Whoever signs a device out forgets it too.
"""

import re
from datetime import timedelta
from typing import Any

from allauth.account.adapter import get_adapter
from allauth.mfa.internal.flows.trust import create_config_fingerprint
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.db.models import QuerySet
from django.http import HttpResponse

from flectar.core import clock
from flectar.core.crypto import blind_index
from flectar.core.ids import new_token
from flectar.platform.accounts.models import Device, User
from flectar.platform.accounts.templatetags.devices import device as in_words
from flectar.platform.audit.log import Actor, acting_as

TRUSTED_FOR = timedelta(days=30)
FORGOTTEN_AFTER = timedelta(days=400)
_COOKIE_LASTS = 365 * 24 * 3600  # seconds
_TOKEN = re.compile(r"[A-Za-z0-9_-]{32}")


def known(request: Any, user: User) -> Device | None:
    """This browser, if this person has signed in with it before."""
    token = _token(request)
    return Device.objects.filter(user=user, digest=_digest(user, token)).first() if token else None


def known_by_address(request: Any, email: str) -> Device | None:
    """The same for whoever says that this is their address. Asks the database nothing without a cookie.

    Confirmed addresses only: nobody makes an address their own by typing it.
    """
    token = _token(request)
    if not token or not email:
        return None
    user = User.objects.filter(emailaddress__email=email.strip().lower(), emailaddress__verified=True).first()
    return known(request, user) if user else None


def greet(request: Any, user: User, response: HttpResponse, *, is_new_account: bool) -> Device:
    """Somebody has signed in: remember the browser, and tell them if it is a new one."""
    token = _token(request) or new_token()
    request.device_token = token
    seen = {
        "user_agent": request.META.get("HTTP_USER_AGENT", "")[:200],
        "country": getattr(request, "client_country", ""),
        "last_seen_at": clock.now(),
    }
    device, is_new = Device.objects.update_or_create(
        user=user, digest=_digest(user, token), defaults=seen, create_defaults={**seen, "first_seen_at": clock.now()}
    )
    response.set_cookie(
        settings.DEVICE_COOKIE, token, max_age=_COOKIE_LASTS, samesite="Lax", secure=settings.HTTPS, httponly=True
    )
    if is_new and not is_new_account:
        with acting_as(Actor(kind="person", id=user.pk, name=user.name)):
            facts = {"country": device.country, "device": in_words(device.user_agent)}
            get_adapter(request).send_notification_mail("account/email/new_device", user, facts)
    return device


def _token(request: Any) -> str:
    token = getattr(request, "device_token", "") or request.COOKIES.get(settings.DEVICE_COOKIE, "")
    return token if _TOKEN.fullmatch(token) else ""


def _digest(user: User, token: str) -> str:
    return blind_index(f"{user.pk} {token}", "device")


# Trust


def trusted(user: User) -> QuerySet[Device]:
    """Those that are spared the second step, the latest first."""
    return user.devices.filter(trusted_until__gt=clock.now(), trusted_for=create_config_fingerprint(user)).order_by(
        "-last_seen_at"
    )


def is_trusted(request: Any, user: User) -> bool:
    device = known(request, user)
    return device is not None and trusted(user).filter(pk=device.pk).exists()


def trust(request: Any, user: User) -> None:
    Device.objects.filter(user=user, digest=_digest(user, _token(request))).update(
        trusted_until=clock.now() + TRUSTED_FOR, trusted_for=create_config_fingerprint(user)
    )


def distrust(device: Device) -> None:
    device.trusted_until, device.trusted_for = None, ""
    device.save(update_fields=["trusted_until", "trusted_for"])


# Sessions


def note(request: Any) -> None:
    """Beside the session's own line: which device it is on, and roughly where."""
    device = known(request, request.user)
    data = {"device": str(device.pk) if device else "", "country": getattr(request, "client_country", "")}
    UserSession.objects.filter(session_key=request.session.session_key).update(data=data)


def forget_with(sessions: list[UserSession]) -> None:
    """What is signed out is no device of theirs any more: it may be the one that was stolen."""
    ids = [session.data.get("device") for session in sessions if session.data.get("device")]
    Device.objects.filter(pk__in=ids).delete()


def forget_old() -> None:
    Device.objects.filter(last_seen_at__lt=clock.now() - FORGOTTEN_AFTER).delete()
