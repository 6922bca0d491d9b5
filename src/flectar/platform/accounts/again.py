"""Proving once more who one is, for people whose account has neither password nor second step: a code by mail.

allauth takes such people for proven at any time; an open session alone would then be enough to change how the account
opens.
"""

import time
from typing import Any

from allauth.account import app_settings
from allauth.account.adapter import get_adapter
from allauth.account.internal.flows.login import get_authentication_records, record_authentication
from allauth.account.internal.flows.reauthentication import get_reauthentication_flows
from allauth.core.internal.cryptokit import compare_user_code
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from flectar.platform.accounts.letters import tell
from flectar.platform.accounts.models import User

GOOD_FOR = 600  # seconds
TRIES = 3
_KEPT = "code to prove it again"


def method() -> dict[str, Any]:
    return {"id": "code", "description": _("Email me a code"), "url": reverse("account_reauthenticate_by_code")}


def is_missing(request: Any) -> bool:
    """Whether this person has no other way, and has not gone this one just now."""
    user = request.user
    if not user.is_authenticated or get_reauthentication_flows(user):
        return False
    proven = [each["at"] for each in get_authentication_records(request, user) if each.get("reauthenticated")]
    return not proven or time.time() - max(proven) >= app_settings.REAUTHENTICATION_TIMEOUT


def send(request: Any, user: User) -> None:
    code = get_adapter(request).generate_login_code()
    request.session[_KEPT] = {"code": code, "at": time.time(), "tries": 0}
    tell(user, "account.reauthentication_code", {"code": code})


def is_waiting(request: Any) -> bool:
    kept = request.session.get(_KEPT)
    return bool(kept) and time.time() - kept["at"] < GOOD_FOR and kept["tries"] < TRIES


def take(request: Any, user: User, code: str) -> bool:
    """Whether it is the code of the mail; counts the try."""
    if not is_waiting(request):
        return False
    kept = request.session[_KEPT]
    request.session[_KEPT] = {**kept, "tries": kept["tries"] + 1}
    if not compare_user_code(actual=code, expected=kept["code"]):
        return False
    del request.session[_KEPT]
    record_authentication(request, user, method="code", reauthenticated=True)
    return True
