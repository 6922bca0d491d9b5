"""What other modules put on a project's page: their services, people and next free time.

A module above this one writes a function from project to `Contribution` and names it in config/modules.py; this app
never imports it. The reader's language is active while it runs.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from flectar.core.money import Money
from flectar.platform.projects.models import Project


@dataclass(frozen=True, kw_only=True)
class FreeTime:
    starts_at: datetime
    url: str
    is_day: bool = False  # the hour says nothing: one arrives that day


@dataclass(frozen=True, kw_only=True)
class Service:
    name: str
    text: str = ""
    minutes: int | None = None
    price: Money | None = None  # None: not said; zero: free
    url: str = ""  # where to book it
    free: Sequence[FreeTime] = ()  # the next times, each with its own way to be booked


@dataclass(frozen=True, kw_only=True)
class ServiceGroup:
    name: str  # empty: no heading
    services: Sequence[Service]


@dataclass(frozen=True, kw_only=True)
class Person:
    name: str
    text: str = ""
    url: str = ""  # where to book with them


@dataclass(frozen=True, kw_only=True)
class Contribution:
    groups: Sequence[ServiceGroup] = ()
    people: Sequence[Person] = ()
    action_url: str = ""  # where the page's one button leads
    next_free: FreeTime | None = None
    valid_until: datetime | None = None  # when this stops being true by itself


type Source = Callable[[Project], Contribution]


@dataclass
class _Connected:
    sources: tuple[Source, ...] = field(default=())


_connected = _Connected()


def connect(sources: Sequence[Source]) -> None:
    """Called once, with the table of config/modules.py."""
    _connected.sources = tuple(sources)


def contributions(project: Project) -> Contribution:
    """All of them as one, in the order of the table."""
    parts = [source(project) for source in _connected.sources]
    ends = [part.valid_until for part in parts if part.valid_until]
    return Contribution(
        groups=[group for part in parts for group in part.groups],
        people=[person for part in parts for person in part.people],
        action_url=next((part.action_url for part in parts if part.action_url), ""),
        next_free=next((part.next_free for part in parts if part.next_free), None),
        valid_until=min(ends, default=None),
    )
