"""What leaves this house or stays in a browser: cookies, storage keys, other hosts. A test compares it with the code,
and the cookie table and the list of processors are made from it."""

from dataclasses import dataclass

from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True, slots=True)
class BrowserItem:
    """A cookie or a storage key that we set."""

    name: str
    where: str  # cookie, localStorage, sessionStorage
    purpose: str | Promise
    lasts: str | Promise
    is_essential: bool = True


@dataclass(frozen=True, slots=True)
class Processor:
    """Another company's server that we call, when the operator or a project has switched it on."""

    name: str
    hosts: tuple[str, ...]
    role: str | Promise
    data: tuple[str, ...]
    country: str
    safeguard: str


BROWSER_ITEMS = (
    BrowserItem(settings.SESSION_COOKIE_NAME, "cookie", _("Keeps you signed in"), _("14 days")),
    BrowserItem(settings.CSRF_COOKIE_NAME, "cookie", _("Proves that a form is ours"), _("1 year")),
    BrowserItem(
        settings.DEVICE_COOKIE,
        "cookie",
        _("Knows a device of yours again, so that you are told of new ones and can trust your own"),
        _("1 year"),
    ),
    BrowserItem(settings.ACCOUNTS_COOKIE, "cookie", _("Finds your other accounts in this browser"), _("14 days")),
    BrowserItem(
        settings.DRAFT_COOKIE,
        "cookie",
        _("Finds what you typed into a form that could not be sent before you had signed in"),
        _("1 hour"),
    ),
    BrowserItem(
        settings.WRITER_COOKIE,
        "cookie",
        _("Knows whose such a form is, so that nobody else who uses this browser is shown it"),
        _("14 days"),
    ),
    BrowserItem(
        settings.HOLD_COOKIE,
        "cookie",
        _("Finds the time that is kept for you while you book, so that another one takes its place"),
        _("30 minutes"),
    ),
    BrowserItem(
        settings.VISITOR_COOKIE,
        "cookie",
        _("Your name and address for the next booking, sealed, if you have ticked “Remember me”"),
        _("1 year"),
    ),
    BrowserItem(settings.THEME_COOKIE, "cookie", _("Light or dark, as you chose"), _("1 year")),
    BrowserItem(settings.LANGUAGE_COOKIE_NAME, "cookie", _("The language of the dashboard"), _("1 year")),
    BrowserItem("flectar.hotkeys", "localStorage", _("That you use no single-letter keys"), _("Until you clear it")),
)

PROCESSORS = (
    Processor(
        "Resend",
        ("api.resend.com",),
        _("Sends email"),
        ("user.contact.email", "user.name", "user.content"),
        "US",
        "EU-US Data Privacy Framework; standard contractual clauses",
    ),
    Processor(
        "Twilio",
        ("api.twilio.com",),
        _("Sends text messages"),
        ("user.contact.phone_number", "user.content"),
        "US",
        "EU-US Data Privacy Framework; standard contractual clauses",
    ),
    Processor(
        "Google",
        ("accounts.google.com", "oauth2.googleapis.com", "www.googleapis.com"),
        _("Says who signs in, for people who choose it"),
        ("user.unique_id", "user.contact.email", "user.name"),
        "US",
        "EU-US Data Privacy Framework",
    ),
)
