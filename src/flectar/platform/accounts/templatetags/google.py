"""Whether pages offer Google."""

from django import template

from flectar.platform.accounts.google import is_on

register = template.Library()


@register.simple_tag
def google_is_on() -> bool:
    return is_on()
