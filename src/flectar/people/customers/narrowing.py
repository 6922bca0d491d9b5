"""Filters of the list of customers that other modules add, through `register` called by config/apps.py: by bookings,
by invoices. They combine with the list's own, and so with its saved views, segments, deeds on many and export."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass

from flectar.people.customers.models import CustomerQuerySet
from flectar.platform.projects.models import Project
from flectar.ui.index import Filter


@dataclass(frozen=True, slots=True)
class Narrowing:
    """The filters of one module. `narrow` gets those of `names` that somebody has chosen, all at once, because one
    look at a customer's line is cheaper than two; a value that it does not know changes nothing."""

    names: Collection[str]  # in the address
    permission: str
    module: str  # the switch they hang on
    filters: Callable[[Project], Sequence[Filter]]
    narrow: Callable[[CustomerQuerySet, Mapping[str, str]], CustomerQuerySet]


_known: list[Narrowing] = []


def register(*narrowings: Narrowing) -> None:
    """Called once at the start."""
    _known.extend(one for one in narrowings if one not in _known)


def names(may: Callable[[str], bool] | None = None) -> list[str]:
    """Those that this reader may use; all of them where nobody in particular asks."""
    return [name for one in _known if may is None or may(one.permission) for name in one.names]


def narrowed(found: CustomerQuerySet, chosen: Mapping[str, str]) -> CustomerQuerySet:
    for one in _known:
        if its := {name: value for name, value in chosen.items() if name in one.names}:
            found = one.narrow(found, its)
    return found


def filters(project: Project, may: Callable[[str], bool]) -> list[Filter]:
    return [each for one in _known if may(one.permission) and project.has(one.module) for each in one.filters(project)]
