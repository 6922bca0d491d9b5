"""The events that an endpoint may choose from. The apps that announce them are above us and hand them down once."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext as _

TEST = "webhook.test"


@dataclass(frozen=True, slots=True)
class EventType:
    """`name` is thing and past tense: booking.confirmed. Part of our promise to programs: never renamed."""

    name: str
    label: str | Promise
    module: str = ""


_events: Sequence[EventType] = ()


def connect(events: Sequence[EventType]) -> None:
    """Called once, by config/apps.py."""
    global _events
    _events = events


def events() -> Sequence[EventType]:
    return _events


def label_of(name: str) -> str:
    """The name itself for an event that is no longer sent."""
    return _("A test") if name == TEST else next((str(each.label) for each in _events if each.name == name), name)
