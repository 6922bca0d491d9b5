"""The services that a new business of a trade begins with, in its own language, and who does them."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from django.utils.functional import Promise
from django.utils.text import slugify
from django.utils.translation import gettext, override
from django.utils.translation import gettext_lazy as _

from flectar.core.money import exponent
from flectar.core.text import fold
from flectar.offers.booking.models import Resource, Service, ServiceNeed
from flectar.platform.audit.log import current_actor, record
from flectar.platform.projects.facts import ProjectCreated
from flectar.platform.projects.models import Project


class Offer(NamedTuple):
    """`price` in whole units of the project's money."""

    group: str | Promise
    name: str | Promise
    minutes: int
    price: int


OFFERS: Mapping[str, Sequence[Offer]] = {
    "salon": (
        Offer(_("Cut"), _("Cut and finish"), 45, 35),
        Offer(_("Cut"), _("Fringe trim"), 15, 10),
        Offer(_("Colour"), _("Full colour"), 90, 60),
        Offer(_("Colour"), _("Highlights"), 120, 85),
        Offer(_("Care"), _("Treatment and blow-dry"), 40, 30),
    ),
    "clinic": (
        Offer(_("Visits"), _("First visit"), 60, 60),
        Offer(_("Visits"), _("Follow-up"), 45, 45),
        Offer(_("Visits"), _("Video visit"), 30, 40),
    ),
    "studio": (
        Offer(_("Classes"), _("Trial class"), 60, 0),
        Offer(_("Classes"), _("Single class"), 60, 15),
        Offer(_("Personal"), _("Personal training"), 60, 45),
    ),
    "consultant": (
        Offer(_("Talks"), _("First talk"), 20, 0),
        Offer(_("Talks"), _("One hour"), 60, 80),
        Offer(_("Talks"), _("Half a day"), 240, 280),
    ),
    "restaurant": (
        Offer(_("Tables"), _("Lunch"), 90, 0),
        Offer(_("Tables"), _("Dinner"), 120, 0),
    ),
}


def fill(fact: ProjectCreated) -> None:
    """Inside the project's scope; whoever makes the project does the work until they say otherwise."""
    offers = OFFERS.get(fact.starter, ())
    if not offers:
        return
    project = Project.objects.get(pk=fact.project_id)
    with override(project.locale):
        doer = _doer(fact.starter)
        for position, offer in enumerate(offers):
            service = Service.objects.create(
                name=str(offer.name),
                name_folded=fold(str(offer.name)),
                slug=slugify(str(offer.name)),
                group=str(offer.group),
                duration_min=offer.minutes,
                price_minor=offer.price * 10 ** exponent(project.currency),
                step_min=15 if offer.minutes % 30 else 30,
                position=position,
            )
            ServiceNeed.objects.create(service=service, resource=doer)
            record("service.created", target=service, new={"name": service.name, "price_minor": service.price_minor})


def _doer(starter: str) -> Resource:
    actor = current_actor()
    if starter == "restaurant":
        doer = Resource(kind=Resource.Kind.TABLE)
        doer.rename(gettext("Table 1"))
    else:
        doer = Resource(account_id=actor.id if actor.kind == "person" else None)
        doer.rename(actor.name[:80] or gettext("Our team"))
    doer.save()
    record("staff.added", target=doer, new={"name": doer.name})
    return doer
