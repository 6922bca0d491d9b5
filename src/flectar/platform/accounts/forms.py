"""django-allauth's forms in our words, and the person's own details."""

import struct
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import phonenumbers
from allauth.account import forms as account
from allauth.account.adapter import get_adapter
from allauth.core import context, ratelimit
from allauth.mfa.adapter import get_adapter as mfa_adapter
from allauth.mfa.base import forms as mfa
from allauth.mfa.models import Authenticator
from allauth.mfa.totp import forms as totp
from allauth.mfa.totp.internal.auth import TOTP
from allauth.mfa.webauthn import forms as webauthn
from allauth.socialaccount import forms as elsewhere
from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from flectar.core import storage
from flectar.platform.accounts import again, devices
from flectar.platform.accounts.models import User
from flectar.platform.accounts.passwords import length_hint
from flectar.platform.accounts.pictures import LONGEST_SIDE

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

    _UserForm = forms.ModelForm[User]
else:
    _UserForm = forms.ModelForm  # takes no type at run time

# Label and help of each field, whichever form it stands in.
WORDS: "dict[str, tuple[StrOrPromise, StrOrPromise]]" = {
    "login": (_("Email"), ""),
    "email": (_("Email"), ""),
    "password": (_("Password"), ""),
    "oldpassword": (_("Present password"), ""),
    "password1": (_("Password"), ""),
    "password2": (_("The same again"), ""),
    "remember": (_("Keep me signed in on this computer"), ""),
    "code": (_("Code"), ""),
}


class InOurWords:
    """Labels instead of placeholders, and what a phone's keyboard needs to know."""

    fields: dict[str, forms.Field]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            field.widget.attrs.pop("placeholder", None)
            if name in WORDS:
                field.label, field.help_text = WORDS[name]
        if "password1" in self.fields:
            self.fields["password1"].help_text = length_hint(getattr(self, "user", None))
        if "code" in self.fields:
            self.fields["code"].widget.attrs |= {"class": "code", "autocomplete": "one-time-code"}


# In the session: the address of somebody whom we have just asked to sign in again.
ADDRESS_KNOWN = "address known"


class LoginForm(InOurWords, account.LoginForm):  # type: ignore[misc]  # allauth ships no types
    """Email and password."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if known := self.request.session.get(ADDRESS_KNOWN):
            self.fields["login"].initial = known


class OldEnough(forms.Form):
    """Children run no business here: without this tick there is no account, and nothing of the form is kept."""

    is_old_enough = forms.BooleanField(
        label=_("I am 16 or older"),
        error_messages={"required": _("You can open an account once you are 16. We have kept nothing of this.")},
    )


class SignupForm(InOurWords, OldEnough, account.SignupForm):  # type: ignore[misc]  # allauth ships no types
    """Email, password and age; the code comes by mail."""


class GoogleSignupForm(InOurWords, OldEnough, elsewhere.SignupForm):  # type: ignore[misc]  # allauth ships no types
    """Age, and nothing else: the address is the one that Google has confirmed."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["email"].disabled = True


class AddEmailForm(InOurWords, account.AddEmailForm):  # type: ignore[misc]  # allauth ships no types
    """The new address."""


class ChangeEmailForm(InOurWords, account.ChangeEmailForm):  # type: ignore[misc]  # allauth ships no types
    """Another address, while the first is not confirmed yet."""


class ChangePasswordForm(InOurWords, account.ChangePasswordForm):  # type: ignore[misc]  # allauth ships no types
    """The present password and the new one."""


class SetPasswordForm(InOurWords, account.SetPasswordForm):  # type: ignore[misc]  # allauth ships no types
    """A first password."""


class ResetPasswordForm(InOurWords, account.ResetPasswordForm):  # type: ignore[misc]  # allauth ships no types
    """Where to send the code."""


class ResetPasswordKeyForm(InOurWords, account.ResetPasswordKeyForm):  # type: ignore[misc]  # allauth ships no types
    """The new password, after the code."""


class ReauthenticateForm(InOurWords, account.ReauthenticateForm):  # type: ignore[misc]  # allauth ships no types
    """The password, once more."""


class RequestLoginCodeForm(InOurWords, account.RequestLoginCodeForm):  # type: ignore[misc]  # allauth ships no types
    """Where to send the code. On a device of one's own others' asking does not count."""

    def clean_email(self) -> Any:
        email = self.cleaned_data["email"]
        if email and (device := devices.known_by_address(context.request, email)):
            self._user = device.user
            is_often = not ratelimit.consume(
                context.request, action="request_login_code_on_known_device", key=str(device.pk)
            )
            if is_often:
                raise get_adapter().validation_error("too_many_login_attempts")
            return email
        return super().clean_email()


class ConfirmLoginCodeForm(InOurWords, account.ConfirmLoginCodeForm):  # type: ignore[misc]  # allauth ships no types
    """The code of the mail."""


class ConfirmEmailForm(InOurWords, account.ConfirmEmailVerificationCodeForm):  # type: ignore[misc]  # allauth ships no types
    """The code of the mail."""


class ConfirmPasswordResetCodeForm(InOurWords, account.ConfirmPasswordResetCodeForm):  # type: ignore[misc]  # allauth ships no types
    """The code of the mail."""


class AuthenticateForm(InOurWords, mfa.AuthenticateForm):  # type: ignore[misc]  # allauth ships no types
    """Six digits of the app, or a recovery code."""


class ReauthenticateByCodeForm(InOurWords, mfa.ReauthenticateForm):  # type: ignore[misc]  # allauth ships no types
    """The same, once more."""


class ActivateTOTPForm(InOurWords, totp.ActivateTOTPForm):  # type: ignore[misc]  # allauth ships no types
    """The first code of a new app. It is used up by this, and signs nobody in."""

    def clean_code(self) -> Any:
        code = super().clean_code()
        if not TOTP(Authenticator(user=self.user))._mark_code_used(code):
            raise mfa_adapter().validation_error("incorrect_code")
        return code


class AgainByCodeForm(InOurWords, forms.Form):
    """The code of the mail, before a change to how one signs in."""

    code = forms.CharField(max_length=20)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self.request = kwargs.pop("request")
        super().__init__(*args, **kwargs)

    def clean_code(self) -> str:
        code: str = self.cleaned_data["code"]
        if not again.take(self.request, self.request.user, code):
            raise get_adapter().validation_error("incorrect_code")
        return code


class Untrusted:
    """What a browser hands in as a credential may be anything. The library trusts its shape, and breaks on others."""

    def clean(self) -> Any:
        with _taken_for_a_wrong_code():
            return super().clean()  # type: ignore[misc]  # a mixin: the form beside it has it

    def clean_credential(self) -> Any:
        with _taken_for_a_wrong_code():
            credential = self.cleaned_data["credential"]  # type: ignore[attr-defined]  # a mixin: the form beside it has it
            if not isinstance(credential, dict) or not isinstance(credential.get("response"), dict):
                raise TypeError
            checked = getattr(super(), "clean_credential", lambda: credential)
            return checked()


@contextmanager
def _taken_for_a_wrong_code() -> Iterator[None]:
    try:
        yield
    except forms.ValidationError:
        raise
    except (TypeError, ValueError, LookupError, AttributeError, struct.error) as error:
        raise forms.ValidationError(_("This passkey can’t be used here.")) from error


class AddPasskeyForm(Untrusted, webauthn.AddWebAuthnForm):  # type: ignore[misc]  # allauth ships no types
    """A passkey that signs in by itself: the device must have asked for finger, face or PIN."""

    name = forms.CharField(label=_("Name"), max_length=60, required=False, help_text=_("To tell your passkeys apart."))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields.pop("passwordless", None)

    def clean(self) -> Any:
        self.cleaned_data["passwordless"] = True
        return super().clean()


class AuthenticateByPasskeyForm(Untrusted, webauthn.AuthenticateWebAuthnForm):  # type: ignore[misc]  # allauth ships no types
    """After the password."""


class ReauthenticateByPasskeyForm(Untrusted, webauthn.ReauthenticateWebAuthnForm):  # type: ignore[misc]  # allauth ships no types
    """Once more."""


class LoginByPasskeyForm(Untrusted, webauthn.LoginWebAuthnForm):  # type: ignore[misc]  # allauth ships no types
    """Instead of email and password."""


class RenamePasskeyForm(webauthn.EditWebAuthnForm):  # type: ignore[misc]  # allauth ships no types
    """What its owner calls it."""

    name = forms.CharField(label=_("Name"), max_length=60)


class PictureForm(forms.Form):
    """A picture of the person; as bytes and suffix once it is clean."""

    picture = forms.FileField(
        label=_("Picture"),
        help_text=_("JPEG, PNG or WebP, up to 20 MB."),
        widget=forms.FileInput(attrs={"accept": "image/jpeg,image/png,image/webp"}),
    )

    def clean_picture(self) -> tuple[bytes, str]:
        try:
            return storage.accept_image(self.cleaned_data["picture"], longest_side=LONGEST_SIDE)
        except storage.BadUpload as error:
            raise forms.ValidationError(str(error)) from error


class PhoneForm(forms.Form):
    """A number to be proven."""

    phone = forms.CharField(
        label=_("Number"), max_length=30, widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "tel"})
    )

    def clean_phone(self) -> str:
        """E.164."""
        try:
            number = phonenumbers.parse(self.cleaned_data["phone"])
        except phonenumbers.NumberParseException:
            number = None
        if number is None or not phonenumbers.is_valid_number(number):
            raise forms.ValidationError(_("Write it with + and the number of the country, such as +34 612 34 56 78."))
        return str(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164))


class PhoneCodeForm(InOurWords, forms.Form):
    """The code of the text message."""

    code = forms.CharField(max_length=20)


class ProfileForm(_UserForm):
    """What we call a person, and how we speak to them."""

    class Meta:
        model = User
        fields = ["first_name", "last_name", "locale", "theme"]
        widgets = {
            "first_name": forms.TextInput(attrs={"autocomplete": "given-name"}),
            "last_name": forms.TextInput(attrs={"autocomplete": "family-name"}),
            "locale": forms.Select(choices=settings.LANGUAGES),
            "theme": forms.RadioSelect(
                choices=[("system", _("As the device")), ("light", _("Light")), ("dark", _("Dark"))]
            ),
        }

    def clean_locale(self) -> str:
        locale: str = self.cleaned_data["locale"]
        if locale not in dict(settings.LANGUAGES):
            raise forms.ValidationError(_("Choose one of the languages of the list."))
        return locale

    def clean_theme(self) -> str:
        theme: str = self.cleaned_data["theme"]
        if theme not in {"system", "light", "dark"}:
            raise forms.ValidationError(_("Choose one of the three."))
        return theme
