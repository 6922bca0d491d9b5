"""What a customer's page offers and says besides its own: a new booking for this person, and whether they come."""

from collections.abc import Iterable

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from flectar.core.money import Money
from flectar.offers.booking.deeds import no_shows
from flectar.offers.booking.models import Figures
from flectar.people.customers.actions import Action
from flectar.people.customers.models import Customer
from flectar.people.customers.panels import Panel
from flectar.platform.projects.models import Project
from flectar.ui import formats


def for_customer(project: Project, customer: Customer) -> Iterable[Action]:
    if project.has("booking") and not customer.is_archived:
        url = reverse("booking:new", kwargs={"project": project.slug})
        yield Action(_("New booking"), "plus", f"{url}?customer={customer.pk}", "bookings.write", is_first=True)
        url = reverse("booking:new_prepaid", kwargs={"project": project.slug})
        yield Action(_("Give a package or a voucher"), "gift", f"{url}?customer={customer.pk}", "services.write")


def beside_customer(project: Project, customer: Customer) -> Iterable[Panel]:
    """Counts of the last year, and what follows from them; and of all the years."""
    if not project.has("booking") or customer.erased_at:
        return
    past = no_shows.past_of(project, customer)
    follows = no_shows.consequence(customer) if past.missed else ""
    facts = {
        "past": past,
        "follows": no_shows.Does(follows).label if follows else "",
        "pardon": no_shows.pardon_of(customer),
        "figures": (whole := Figures.objects.filter(customer=customer).first()),
        "worth": Money(whole.worth_minor, project.currency) if whole else None,
    }
    if past.kept or past.late or past.missed or facts["pardon"] or (whole and whole.visits + whole.no_shows):
        yield Panel("booking/parts/past.html", "bookings.read", facts, said=in_short(past))


def in_short(past: no_shows.Past) -> str:
    """12 visits, 1 no-show"""
    parts = [ngettext("%(count)s visit", "%(count)s visits", past.kept) % {"count": past.kept}]
    if past.late:
        parts.append(ngettext("%(count)s cancelled late", "%(count)s cancelled late", past.late) % {"count": past.late})
    if past.missed:
        parts.append(ngettext("%(count)s no-show", "%(count)s no-shows", past.missed) % {"count": past.missed})
    if past.last_visit:
        parts.append(_("last on %(day)s") % {"day": formats.short_day(past.last_visit)})
    return ", ".join(parts)
