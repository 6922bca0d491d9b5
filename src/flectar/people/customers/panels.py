"""What other modules say beside a customer's timeline: sections of the page, added through `register` by config."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from flectar.people.customers.models import Customer
from flectar.platform.projects.models import Project


@dataclass(frozen=True, slots=True)
class Panel:
    template: str  # shown with `panel`
    permission: str
    facts: Mapping[str, Any]
    said: str = ""  # a few words under the name


type Source = Callable[[Project, Customer], Iterable[Panel]]

_sources: list[Source] = []


def register(*sources: Source) -> None:
    """Called once at the start with the functions that config/apps.py lists."""
    _sources.extend(source for source in sources if source not in _sources)


def panels(project: Project, customer: Customer, *, may: Callable[[str], bool]) -> list[Panel]:
    return [panel for source in _sources for panel in source(project, customer) if may(panel.permission)]
