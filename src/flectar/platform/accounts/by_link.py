"""The link beside the code to sign in: the same pending login, the same ten minutes, once.

It opens nothing in another browser, as the code opens nothing there. Whoever reads the mail on the way, or is sent it,
has no use for it; nobody can sign a person in to a foreign account by sending a link; and what follows links in a
mailbox (scanners, previews) has no pending login. Somebody who reads mail on another device types the code.

The link is made from the code, so that it ends with it: used, run out, tried too often, or replaced by a new one.
"""

import hmac
from typing import Any
from urllib.parse import urlencode

from allauth.account.internal.flows.login_by_code import LoginCodeVerificationProcess
from allauth.account.stages import LoginByCodeStage, LoginStageController
from allauth.utils import get_request_param
from django.contrib.auth import REDIRECT_FIELD_NAME
from django.urls import reverse

from flectar.core import crypto


def address(request: Any, email: str, code: str) -> str:
    """To be put in the mail with the code. It leads on to where the person wanted to go."""
    path = reverse("account_login_by_link", kwargs={"token": _token(email, code)})
    wanted = get_request_param(request, REDIRECT_FIELD_NAME)
    query = f"?{urlencode({REDIRECT_FIELD_NAME: wanted})}" if wanted else ""
    return str(request.build_absolute_uri(path + query))


def waiting(request: Any) -> LoginCodeVerificationProcess | None:
    """The login of this browser that waits for a code."""
    stage = LoginStageController.enter(request, LoginByCodeStage.key)
    return LoginCodeVerificationProcess.resume(stage) if stage else None


def opens(process: LoginCodeVerificationProcess, token: str) -> bool:
    """Whether the link belongs to the newest code of this login. Nobody has an account: nothing opens."""
    if process.user is None or not process.code:
        return False
    return hmac.compare_digest(_token(process.state["email"], process.code).encode(), token.encode())


def _token(email: str, code: str) -> str:
    return crypto.blind_index(f"{email} {code}", "login link")
