"""Which passwords are good enough: long rather than odd, and not one that everybody guesses.

Length counts, composition does not (NIST SP 800-63B-4, OWASP ASVS 5.0 §6.2): 15 characters while the password alone
opens the account, 12 beside a second factor.
"""

from allauth.mfa.models import Authenticator
from django.contrib.auth.password_validation import CommonPasswordValidator
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from flectar.platform.accounts.models import User

ALONE = 15
WITH_SECOND_FACTOR = 12


class LongEnough:
    """A validator of AUTH_PASSWORD_VALIDATORS."""

    def validate(self, password: str, user: User | None = None) -> None:
        least = least_length(user)
        if len(password) < least:
            raise ValidationError(
                _("This password has %(length)d characters; it needs %(least)d.")
                % {"length": len(password), "least": least},
                code="password_too_short",
            )

    def get_help_text(self) -> str:
        return length_hint(None)


def least_length(user: User | None) -> int:
    return WITH_SECOND_FACTOR if user is not None and has_second_factor(user) else ALONE


def has_second_factor(user: User) -> bool:
    """An authenticator app or a passkey; recovery codes only stand in for one of them."""
    kinds = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)
    return not user._state.adding and Authenticator.objects.filter(user=user, type__in=kinds).exists()


def length_hint(user: User | None) -> str:
    if user is not None and has_second_factor(user):
        return _("At least 12 characters. A short sentence is easy to keep in mind.")
    return _("At least 15 characters. A short sentence is easy to keep in mind.")


class NotCommon(CommonPasswordValidator):
    """Not one of the 20,000 that are guessed first, also when it is written twice to make it longer."""

    def validate(self, password: str, user: User | None = None) -> None:
        word = password.lower().strip()
        smallest = word[: _period(word)]
        if word in self.passwords or smallest in self.passwords or len(smallest) < 4:
            raise ValidationError(_("Many people use this password, so it is guessed first."), code="password_common")


def _period(word: str) -> int:
    """The length of the piece that the word repeats; its own length if it repeats none."""
    # A word occurs in itself doubled, past the start, first after one period.
    found = (word + word).find(word, 1)
    return found if found > 0 else len(word)
