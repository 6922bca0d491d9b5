"""What else can be done with a customer: other modules add links to the customer's page through `register`."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from flectar.people.customers.models import Customer
from flectar.platform.projects.models import Project


@dataclass(frozen=True, slots=True)
class Action:
    label: str
    icon: str  # a lucide name
    url: str
    permission: str
    is_first: bool = False  # the page's one filled button


type Source = Callable[[Project, Customer], Iterable[Action]]

_sources: list[Source] = []


def register(*sources: Source) -> None:
    """Called once at the start with the functions that config/modules.py lists."""
    _sources.extend(source for source in sources if source not in _sources)


def actions(project: Project, customer: Customer, *, may: Callable[[str], bool]) -> list[Action]:
    if not customer.is_open_to_change:
        return []
    found = [action for source in _sources for action in source(project, customer) if may(action.permission)]
    return sorted(found, key=lambda action: action.is_first)
