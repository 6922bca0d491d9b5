"""The second step, as allauth has it, but for devices that we keep a list of instead of a cookie that nobody sees."""

from typing import Any

from allauth.mfa import stages
from allauth.mfa.models import Authenticator
from allauth.mfa.utils import is_mfa_enabled
from allauth.mfa.webauthn.internal.flows import did_use_passwordless_login

from flectar.platform.accounts import devices


class SecondStep(stages.AuthenticateStage):  # type: ignore[misc]  # allauth ships no types
    def _should_handle(self, request: Any) -> bool:
        user = self.login.user
        if user is None or not is_mfa_enabled(user, [Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN]):
            return False
        return not did_use_passwordless_login(request, user) and not devices.is_trusted(request, user)
