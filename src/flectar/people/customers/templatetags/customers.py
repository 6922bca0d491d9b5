from django import template

from flectar.people.customers import contacts

register = template.Library()


@register.filter
def spoken(number: str, region: str) -> str:
    """{{ phone.number|spoken:region }}: national at home, with the prefix from abroad."""
    return contacts.spoken(number, region) if number else ""
