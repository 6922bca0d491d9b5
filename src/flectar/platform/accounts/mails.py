"""The mails about an account, with facts to look at them by."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from flectar.core import clock
from flectar.platform.outbox.catalogue import MailEvent


def _code() -> Mapping[str, Any]:
    return {"code": "RTQ-7XK", "email": "lucia@nacar.example"}


def _code_and_link() -> Mapping[str, Any]:
    return {**_code(), "link": "https://flectar.example/account/login/link/5f2c9a/"}


def _notice() -> Mapping[str, Any]:
    return {
        "email": "lucia@nacar.example",
        "timestamp": clock.now(),
        "ip": "203.0.113.7",
        "user_agent": "Firefox on Linux",
        "from_email": "lucia@nacar.example",
        "to_email": "lucia@brizna.example",
        "deleted_email": "lucia@nacar.example",
        "country": "ES",
        "google_email": "lucia.nacar@gmail.example",
    }


def _closing() -> Mapping[str, Any]:
    day = clock.now().date()
    sentences = [_("%(organization)s needs an owner. Make someone else an owner first.") % {"organization": "Nácar SL"}]
    link = "https://flectar.example/account/data/copy/"
    return {"email": "lucia@nacar.example", "closes_on": day, "until": day, "link": link, "sentences": sentences}


def _links() -> Mapping[str, Any]:
    return {
        "email": "lucia@nacar.example",
        "signup_url": "https://flectar.example/account/signup/",
        "password_reset_url": "https://flectar.example/account/password/reset/",
    }


MAILS = [
    MailEvent("account.email_confirmation_signup", _("Code to open an account"), _code, of_platform=True),
    MailEvent("account.email_confirmation", _("Code to confirm an address"), _code, of_platform=True),
    MailEvent("account.login_code", _("Code to sign in"), _code_and_link, of_platform=True),
    MailEvent("account.password_reset_code", _("Code for a new password"), _code, of_platform=True),
    MailEvent("account.reauthentication_code", _("Code to go on"), _code, of_platform=True),
    MailEvent("account.account_already_exists", _("There is an account already"), _links, of_platform=True),
    MailEvent("account.unknown_account", _("There is no account"), _links, of_platform=True),
    MailEvent("account.email_confirm", _("Address confirmed"), _notice, of_platform=True),
    MailEvent("account.email_changed", _("Address changed"), _notice, of_platform=True),
    MailEvent("account.email_deleted", _("Address removed"), _notice, of_platform=True),
    MailEvent("account.password_changed", _("Password changed"), _notice, of_platform=True),
    MailEvent("account.password_reset", _("New password"), _notice, of_platform=True),
    MailEvent("account.password_set", _("First password"), _notice, of_platform=True),
    MailEvent("account.totp_activated", _("Two-step sign-in is on"), _notice, of_platform=True),
    MailEvent("account.totp_deactivated", _("Two-step sign-in is off"), _notice, of_platform=True),
    MailEvent("account.webauthn_added", _("New passkey"), _notice, of_platform=True),
    MailEvent("account.webauthn_removed", _("Passkey removed"), _notice, of_platform=True),
    MailEvent("account.new_device", _("Signed in on a new device"), _notice, of_platform=True),
    MailEvent("account.closing", _("Account closing"), _closing, of_platform=True),
    MailEvent("account.closing_cancelled", _("Account stays open"), _closing, of_platform=True),
    MailEvent("account.not_closed", _("Account could not be closed"), _closing, of_platform=True),
    MailEvent("account.copy_ready", _("Copy of the data"), _closing, of_platform=True),
    MailEvent("account.google_linked", _("Google account linked"), _notice, of_platform=True),
    MailEvent("account.google_unlinked", _("Google account unlinked"), _notice, of_platform=True),
    MailEvent("account.recovery_codes_generated", _("New recovery codes"), _notice, of_platform=True),
]
