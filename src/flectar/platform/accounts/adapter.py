"""Where django-allauth asks us: mail, words, addresses, secrets at rest."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core import context
from allauth.core.exceptions import ReauthenticationRequired
from allauth.core.internal import ratelimit
from allauth.mfa.adapter import DefaultMFAAdapter
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from flectar.core import crypto, switches
from flectar.platform.accounts import again, by_link, closing, devices, parked, passwords
from flectar.platform.accounts.models import User
from flectar.platform.accounts.sealed import SECOND_FACTOR
from flectar.platform.accounts.templatetags.devices import device
from flectar.platform.audit.log import record
from flectar.platform.legal.acceptance import accept_terms
from flectar.platform.outbox import send_mail


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth ships no types
    """Sign-up, sign-in and their mail."""

    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "account_inactive": _("This account is closed."),
        "duplicate_email": _("This is the address you have now."),
        "email_password_mismatch": _("The email or the password isn’t right."),
        "email_taken": _("This address can’t be used."),
        "enter_current_password": _("That isn’t your present password."),
        "incorrect_code": _("That code isn’t right, or has run out. Check the newest mail."),
        "incorrect_password": _("That password isn’t right."),
        "invalid_login": _("The email or the password isn’t right."),
        "invalid_password_reset": _("This way to a new password has run out. Ask for a new code."),
        "rate_limited": _("That was very often. Wait a minute."),
        "same_as_current": _("This is the address you have now."),
        "too_many_login_attempts": _("Too many tries. Wait five minutes, or have a code sent to you."),
        "unverified_primary_email": _("Confirm your address first."),
    }

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Through the outbox. allauth's "account/email/login_code" is our event `account.login_code`."""
        user = context.get("user") or User.objects.filter(email=email.lower()).first()
        facts = {name: value for name, value in context.items() if name != "user"}
        event = f"account.{template_prefix.rpartition('/')[2]}"
        if event == "account.login_code":
            facts["link"] = by_link.address(context["request"], email, context["code"])
        send_mail(
            event=event,
            to=(user.name if isinstance(user, User) and user.first_name else "", email),
            locale=user.locale if isinstance(user, User) else get_language() or settings.LANGUAGE_CODE,
            context={**facts, "email": email},
        )

    def send_notification_mail(
        self, template_prefix: str, user: User, context: dict[str, Any] | None = None, email: str | None = None
    ) -> None:
        """allauth calls this for each change of how somebody signs in: where the log hears of it."""
        facts = context or {}
        old = {"email": facts.get("from_email") or facts.get("deleted_email")}
        new = {"email": facts.get("to_email") or facts.get("google_email"), "device": facts.get("device")}
        record(
            f"account.{template_prefix.rpartition('/')[2]}",
            target=user,
            old={name: value for name, value in old.items() if value},
            new={name: value for name, value in new.items() if value},
        )
        super().send_notification_mail(template_prefix, user, context, email)

    def save_user(self, request: HttpRequest, user: User, form: Any, commit: bool = True) -> User:
        user.locale = get_language() or settings.LANGUAGE_CODE
        saved: User = super().save_user(request, user, form, commit)
        record("account.opened", target=saved, new={"email": saved.email, "is_old_enough": True})
        # The sign-up page says that to continue is to agree.
        accept_terms(saved.pk, saved.email)
        return saved

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Unless the operator has switched it off."""
        return switches.SIGN_UP.value()

    def post_login(self, request: HttpRequest, user: User, **kwargs: Any) -> HttpResponse:
        """The person's own language and look come along to whatever device this is, and a new device is told of."""
        response: HttpResponse = super().post_login(request, user, **kwargs)
        wear(response, user)
        devices.greet(request, user, response, is_new_account=bool(kwargs.get("signup")))
        parked.came_in(request, user)
        if getattr(request, "has_short_password", False):
            words = _(
                "Your password has fewer than %(least)d characters. Make it longer, or switch two-step sign-in on."
            )
            messages.warning(request, words % {"least": passwords.ALONE})
        if closing.think_again(user):
            messages.success(request, _("Good to have you back. Your account stays open."))
        if settings.ACCOUNTS_COOKIE in request.COOKIES:
            parked.leave_cookie(request, response)
        return response

    def authenticate(self, request: HttpRequest, **credentials: Any) -> Any:
        """The one moment at which we see how long a password is that was chosen by other rules."""
        user = super().authenticate(request, **credentials)
        if user is not None and len(str(credentials.get("password", ""))) < passwords.least_length(user):
            request.has_short_password = True  # type: ignore[attr-defined]  # a mark of ours, which post_login reads
        return user

    def get_login_stages(self) -> list[str]:
        ours = {"allauth.mfa.stages.AuthenticateStage": "flectar.platform.accounts.stages.SecondStep"}
        return [ours.get(stage, stage) for stage in super().get_login_stages()]

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Guesses are counted by address. A device that its owner has signed in with before counts by itself, so that
        nobody's guesses lock the owner out there."""
        device = devices.known_by_address(request, str(credentials.get("email", "")))
        if device is None:
            super().pre_authenticate(request, **credentials)
            return
        self._login_failed_rl_usage = ratelimit.consume(
            request, app="allauth.account", action="login_failed_on_known_device", key=str(device.pk)
        )
        if not self._login_failed_rl_usage:
            raise self.validation_error("too_many_login_attempts")

    def is_reauthentication_required(self, *, app: str, **kwargs: Any) -> bool:
        is_required: bool = super().is_reauthentication_required(app=app, **kwargs)
        if is_required and again.is_missing(self.request):
            raise ReauthenticationRequired
        return is_required

    def get_reauthentication_methods(self, user: Any) -> list[dict[str, Any]]:
        methods: list[dict[str, Any]] = super().get_reauthentication_methods(user)
        return methods or ([again.method()] if user.is_authenticated else [])

    def get_client_ip(self, request: Any) -> str:
        """As far as the trusted-proxy setting reaches, and no farther."""
        return str(getattr(request, "client_address", "") or request.META.get("REMOTE_ADDR", ""))


def wear(response: HttpResponse, user: User) -> None:
    """Leave the person's language and theme with the browser."""
    year = 365 * 24 * 3600
    for name, value in ((settings.LANGUAGE_COOKIE_NAME, user.locale), (settings.THEME_COOKIE, user.theme)):
        response.set_cookie(name, value, max_age=year, samesite="Lax", secure=settings.HTTPS, httponly=True)


class MFAAdapter(DefaultMFAAdapter):  # type: ignore[misc]  # allauth ships no types
    """allauth keeps TOTP secrets and the seed of recovery codes in clear; ours are sealed."""

    error_messages = {
        **DefaultMFAAdapter.error_messages,
        "incorrect_code": _("That code has run out or isn’t right. Type the new one."),
        "unverified_email": _("Confirm your address first."),
    }

    def encrypt(self, text: str) -> str:
        return crypto.seal_text(text, SECOND_FACTOR)

    def decrypt(self, encrypted_text: str) -> str:
        return crypto.open_text(encrypted_text, SECOND_FACTOR)

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        """Passkeys are bound to the platform's host, without port; never to a site's."""
        return {"id": settings.PLATFORM_HOST.partition(":")[0], "name": settings.MFA_TOTP_ISSUER}

    def generate_authenticator_name(self, user: User, type: str) -> str:
        """After the device that it is made on: Chrome on Mac."""
        return device(context.request.META.get("HTTP_USER_AGENT", ""))

    def build_totp_svg(self, url: str) -> str:
        """Dark on white in both themes: phones read no inverted codes."""
        import segno  # drawn once in the life of an account

        drawing: str = segno.make(url, error="m").svg_inline(scale=4, border=3, dark="#000", light="#fff")
        return drawing.replace("<svg ", '<svg xmlns="http://www.w3.org/2000/svg" ', 1)
