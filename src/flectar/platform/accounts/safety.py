"""What a person can do for the safety of their account, and whether it is done."""

from collections.abc import Iterator
from dataclasses import dataclass

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.urls import reverse
from django.utils.translation import gettext as _

from flectar.platform.accounts.models import User

FEW_CODES = 3


@dataclass(frozen=True, slots=True)
class Check:
    """One sentence; `url` is where to do something about it."""

    text: str
    is_done: bool
    url: str


def checks(user: User) -> Iterator[Check]:
    factors = {each.type: each for each in Authenticator.objects.filter(user=user)}
    has_second = Authenticator.Type.TOTP in factors or Authenticator.Type.WEBAUTHN in factors
    yield Check(
        _("A stolen password alone opens nothing.") if has_second else _("Switch two-step sign-in on."),
        has_second,
        reverse("mfa_index"),
    )
    if has_second:
        codes = factors.get(Authenticator.Type.RECOVERY_CODES)
        has_codes = codes is not None and len(codes.wrap().get_unused_codes()) >= FEW_CODES
        yield Check(
            _("You have recovery codes for the day the phone is gone.") if has_codes else _("Make new recovery codes."),
            has_codes,
            reverse("mfa_view_recovery_codes" if has_codes else "mfa_generate_recovery_codes"),
        )
    has_spare = EmailAddress.objects.filter(user=user, verified=True).count() > 1
    yield Check(
        _("A second address opens the account if you lose the first.")
        if has_spare
        else _("Add a second address, for the day you lose the first."),
        has_spare,
        reverse("account_email"),
    )
