from django import template

from flectar.people.customers import contacts
from flectar.platform.projects.choices import countries

register = template.Library()


@register.filter
def spoken(number: str, region: str) -> str:
    """{{ phone.number|spoken:region }}: national at home, with the prefix from abroad."""
    return contacts.spoken(number, region) if number else ""


@register.filter
def country(code: str) -> str:
    """{{ row.country|country }}: its name in the reader's language."""
    return str(dict(countries()).get(code, code))
