"""A device in words that its owner knows it by."""

from babel import Locale, UnknownLocaleError
from django import template
from django.utils.translation import get_language
from django.utils.translation import gettext as _

register = template.Library()

# In this order: every browser also claims to be several others.
BROWSERS = (("Edg", "Edge"), ("OPR", "Opera"), ("Firefox", "Firefox"), ("Chrome", "Chrome"), ("Safari", "Safari"))
SYSTEMS = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("Mac OS X", "Mac"),
    ("CrOS", "ChromeOS"),
    ("Linux", "Linux"),
)


@register.filter
def device(user_agent: str) -> str:
    """Firefox on Linux; the raw words of a program that we do not know."""
    browser = next((name for mark, name in BROWSERS if mark in user_agent), "")
    system = next((name for mark, name in SYSTEMS if mark in user_agent), "")
    if browser and system:
        return _("%(browser)s on %(system)s") % {"browser": browser, "system": system}
    return browser or system or user_agent[:80] or _("An unknown program")


@register.filter
def country(code: str | None) -> str:
    """ES is Spain; nothing is nothing."""
    try:
        names = Locale.parse(get_language() or "en", sep="-").territories
    except (ValueError, UnknownLocaleError):
        return code or ""
    return str(names.get(code or "", code or ""))
