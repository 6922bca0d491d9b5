"""Customers by what they booked: whether they came, how often, when last, what it was worth, and what is to come."""

from collections.abc import Mapping, Sequence
from datetime import date

from django.db.models import Exists, OuterRef, Q
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from flectar.core import clock
from flectar.core.money import Money, exponent, format_money
from flectar.offers.booking.deeds import no_shows
from flectar.offers.booking.models import Figures
from flectar.people.customers.models import CustomerQuerySet
from flectar.people.customers.narrowing import Narrowing
from flectar.platform.projects.models import Project
from flectar.ui.index import Filter

_WORTH = (100, 500, 1000, 5000)  # whole units of the currency


def _narrow(found: CustomerQuerySet, chosen: Mapping[str, str]) -> CustomerQuerySet:
    has, lacks = _asked(chosen)
    lines = Figures.objects.filter(customer=OuterRef("pk"))
    if has:
        found = found.filter(Exists(lines.filter(has, ~lacks) if lacks else lines.filter(has)))
    elif lacks:  # whoever has no line has none of it either
        found = found.filter(~Exists(lines.filter(lacks)))
    return found.filter(no_shows.is_ruled()) if chosen.get("no-shows") == "ruled" else found


def _asked(chosen: Mapping[str, str]) -> tuple[Q, Q]:
    """What their figures have, all of it, and what they lack, each of it."""
    ahead, missed, came = Q(last_start_at__gt=clock.now()), Q(no_shows__gt=0), Q(visits__gt=0)
    has = {
        ("visits", "1"): Q(visits=1),
        ("visits", "2-4"): Q(visits__range=(2, 4)),
        ("visits", "5+"): Q(visits__gte=5),
        ("no-shows", "some"): missed,
        ("no-shows", "ruled"): missed,
        ("next", "yes"): ahead,
    }
    lacks = {("visits", "0"): came, ("no-shows", "none"): missed, ("next", "no"): ahead}
    all_of, none_of = Q(), Q()
    for pair in chosen.items():
        all_of &= has.get(pair, Q())
        none_of |= lacks.get(pair, Q())
    if day := _day(chosen.get("last-from", "")):
        all_of &= Q(last_visit_on__gte=day)
    if day := _day(chosen.get("last-before", "")):
        all_of &= Q(last_visit_on__lt=day)
    if (worth := chosen.get("worth", "")).isdecimal() and len(worth) < 16:
        all_of &= Q(worth_minor__gte=int(worth))
    return all_of, none_of


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _filters(project: Project) -> Sequence[Filter]:
    visits = [("0", _("Never came")), ("1", _("One visit")), ("2-4", _("2 to 4 visits")), ("5+", _("5 visits or more"))]
    missed = [
        ("none", _("None missed")),
        ("some", _("One or more missed")),
        ("ruled", _("Your no-show rules hold for them")),
    ]
    ahead = [("yes", _("Has a booking to come")), ("no", _("Has none to come"))]
    return [
        Filter("visits", _("Visits"), _("Any number of visits"), visits),
        Filter("no-shows", _("No-shows"), _("Missed any or not"), missed),
        Filter("next", _("Next booking"), _("Booked again or not"), ahead),
        Filter("worth", _("Worth"), _("Any worth of visits"), _amounts(project)),
        Filter("last-from", _("Last visit from")),
        Filter("last-before", _("Last visit before")),
    ]


def _amounts(project: Project) -> list[tuple[str, str]]:
    # A hundred yen is no amount: where there are no cents, one counts in hundreds.
    unit: int = 10 ** (exponent(project.currency) or 2)
    amounts = [Money(step * unit, project.currency) for step in _WORTH]
    language = get_language() or "en"
    return [(str(one.minor), _("%(amount)s or more") % {"amount": format_money(one, language)}) for one in amounts]


NARROWING = Narrowing(
    names=("visits", "no-shows", "next", "worth", "last-from", "last-before"),
    permission="bookings.read",
    module="booking",
    filters=_filters,
    narrow=_narrow,
)
