"""What a new project may begin with, by its trade: hours and modules here; services come from booking and the look from
the site, each by reacting to ProjectCreated."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from flectar.platform.projects.hours import Window
from flectar.platform.projects.models import BusinessProfile

Kind = BusinessProfile.Kind
ALL_MODULES = ("booking", "customers", "site")
MORNING, EVENING = (9 * 60, 14 * 60), (16 * 60, 20 * 60)
LUNCH, DINNER = (13 * 60, 16 * 60), (20 * 60, 23 * 60 + 30)


@dataclass(frozen=True, slots=True)
class Starter:
    """`brings` says it to people, in one line; `days` are minutes of opening and closing by weekday, 0 Monday."""

    brings: str | Promise
    days: Mapping[int, Sequence[tuple[int, int]]]
    modules: Sequence[str] = ALL_MODULES

    @property
    def week(self) -> list[Window]:
        return [Window.between(day, *times) for day, windows in self.days.items() for times in windows]


STARTERS: Mapping[str, Starter] = {
    Kind.SALON: Starter(
        _("Cut, colour and care; Tuesday to Saturday; a poster in your colour"),
        dict.fromkeys(range(1, 6), ((10 * 60, 20 * 60),)),
    ),
    Kind.CLINIC: Starter(
        _("First visit and follow-up; mornings and afternoons; round and calm"),
        dict.fromkeys(range(5), (MORNING, EVENING)),
    ),
    Kind.STUDIO: Starter(
        _("Trial, single and personal class; early to late; people who move"),
        dict.fromkeys(range(5), ((7 * 60, 21 * 60),)) | {5: ((9 * 60, 13 * 60),)},
    ),
    Kind.CONSULTANT: Starter(
        _("A free first talk and paid hours; office hours; words on a quiet field"),
        dict.fromkeys(range(5), ((9 * 60, 17 * 60),)),
    ),
    Kind.RESTAURANT: Starter(
        _("Tables for lunch and dinner; Wednesday to Sunday; a tiled wall"),
        dict.fromkeys(range(2, 7), (LUNCH, DINNER)),
    ),
    Kind.STAY: Starter(
        _("Page and guests, without the calendar of hours; a landscape and much air"),
        dict.fromkeys(range(7), ((10 * 60, 20 * 60),)),
        modules=("customers", "site"),
    ),
}
NOTHING: str | Promise = _("Nothing yet: you write everything yourself")


def brings(kind: str) -> str | Promise:
    return STARTERS[kind].brings if kind in STARTERS else NOTHING
