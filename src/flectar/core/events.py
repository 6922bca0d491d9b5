"""Facts: how a lower app tells the apps above it what happened. Same transaction, in the listed order."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

type Reactions = Mapping[type, Sequence[Callable[[Any], None]]]

_reactions: Reactions = {}


def connect(reactions: Reactions) -> None:
    """Called once, with the table of config/reactions.py."""
    global _reactions
    _reactions = reactions


def announce(fact: object) -> None:
    """Tell whoever listens. A reaction that fails fails the deed: put slow or outside work into a job."""
    for react in _reactions.get(type(fact), ()):
        react(fact)
