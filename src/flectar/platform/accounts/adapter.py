"""Where django-allauth asks us: mail, secrets at rest."""

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter

from flectar.core import crypto


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth ships no types
    """Sign-up, sign-in and their mail."""


class MFAAdapter(DefaultMFAAdapter):  # type: ignore[misc]  # allauth ships no types
    """allauth keeps TOTP secrets and the seed of recovery codes in clear; ours are sealed."""

    def encrypt(self, text: str) -> str:
        return crypto.seal_text(text, "accounts.second_factor")

    def decrypt(self, encrypted_text: str) -> str:
        return crypto.open_text(encrypted_text, "accounts.second_factor")
