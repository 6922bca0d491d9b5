"""The phone of an account, proven by a code in a text message where the installation sends any.

Text messages cost money and reach strangers, so they are few: to one number, from one person, and from the house.
"""

import time
from typing import Any

from allauth.account.adapter import get_adapter
from allauth.core.internal.cryptokit import compare_user_code
from django.conf import settings
from django.db import transaction

from flectar.core import clock, limits
from flectar.platform.accounts.models import User
from flectar.platform.audit.log import record
from flectar.platform.outbox import send_text

GOOD_FOR = 600  # seconds
TRIES = 3
_KEPT = "code of a phone"
_HOUR, _DAY = 3600, 86400


class TooMany(Exception):
    """No more text messages for now."""


def can_be_proven() -> bool:
    return bool(settings.TEXT_PROVIDER)


def send_code(request: Any, phone: str) -> None:
    """Raises `TooMany`."""
    user: User = request.user
    for key, limit, seconds in (
        (f"text by {user.pk}", 3, _HOUR),
        (f"text to {phone}", 3, _DAY),
        ("text by anybody", 100, _HOUR),
    ):
        if not limits.hit(key, limit=limit, per_seconds=seconds).allowed:
            raise TooMany
    code = get_adapter(request).generate_login_code()
    request.session[_KEPT] = {"phone": phone, "code": code, "at": time.time(), "tries": 0}
    send_text(event="account.phone_code", to=(user.name, phone), locale=user.locale, context={"code": code})


def waiting(request: Any) -> str:
    """The number whose code is waited for, or nothing."""
    kept = request.session.get(_KEPT)
    is_good = kept and time.time() - kept["at"] < GOOD_FOR and kept["tries"] < TRIES
    return str(kept["phone"]) if is_good else ""


def take(request: Any, code: str) -> bool:
    """Whether it is the code of the text message; then the number is proven. Counts the try."""
    phone = waiting(request)
    if not phone:
        return False
    kept = request.session[_KEPT]
    request.session[_KEPT] = {**kept, "tries": kept["tries"] + 1}
    if not compare_user_code(actual=code, expected=kept["code"]):
        return False
    del request.session[_KEPT]
    put(request.user, phone, is_proven=True)
    return True


@transaction.atomic
def put(user: User, phone: str, *, is_proven: bool) -> None:
    before = user.phone
    user.phone, user.phone_verified_at = phone, clock.now() if is_proven else None
    user.save(update_fields=["phone", "phone_verified_at"])
    record("account.phone_changed", target=user, old={"phone": before}, new={"phone": phone})
