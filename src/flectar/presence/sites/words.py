"""The few words of a page that depend on the trade: what the button says, what stands above the services."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True)
class Words:
    trade: str | Promise  # as in "Brizna: hair and beauty in Valencia"
    action: str | Promise
    services: str | Promise
    people: str | Promise
    find: str | Promise
    schema_type: str  # of schema.org, the most specific that always holds


OTHER = Words("", _("Book a time"), _("What we do"), _("Who you will meet"), _("Find us"), "LocalBusiness")

WORDS = {
    "salon": Words(
        _("hair and beauty"),
        _("Book a chair"),
        _("What we do"),
        _("Who you will meet"),
        _("Come by"),
        "HealthAndBeautyBusiness",
    ),
    "clinic": Words(
        _("care and therapy"),
        _("Book a visit"),
        _("Visits and prices"),
        _("Who you will meet"),
        _("Find us"),
        "MedicalBusiness",
    ),
    "studio": Words(_("classes"), _("Book a class"), _("Classes"), _("Who teaches"), _("Find us"), "LocalBusiness"),
    "consultant": Words(
        _("advice"),
        _("Book a talk"),
        _("How we can work together"),
        _("Who you will meet"),
        _("Find us"),
        "ProfessionalService",
    ),
    "restaurant": Words(
        _("restaurant"),
        _("Reserve a table"),
        _("What we offer"),
        _("Who looks after you"),
        _("Find us"),
        "Restaurant",
    ),
    "stay": Words(
        _("a place to stay"), _("Check nights"), _("What we offer"), _("Your hosts"), _("Find us"), "LodgingBusiness"
    ),
}


def words_for(kind: str) -> Words:
    return WORDS.get(kind, OTHER)
