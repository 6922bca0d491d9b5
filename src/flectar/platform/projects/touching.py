"""What a change of the hours would lie on: apps above know it, config/apps.py connects them. It is shown before the
change is saved. The change that is tried writes rows and nothing else: it is taken back, and nobody must hear of it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from flectar.platform.projects.access import ProjectRequest, can

type Change = Callable[[], object]


@dataclass(frozen=True, slots=True)
class Touching:
    """`find` tries a change and takes it back; what it gives is false where nothing lies on it. `template` shows it as
    `touched` to who has the `permission`."""

    find: Callable[[Change], Any]
    template: str
    permission: str
    module: str


@dataclass(frozen=True, slots=True)
class Met:
    template: str
    touched: Any


_sources: Sequence[Touching] = ()


def connect(sources: Sequence[Touching]) -> None:
    """Called once, by config/apps.py."""
    global _sources
    _sources = sources


def met(request: ProjectRequest, change: Change) -> list[Met]:
    """Nothing where whoever asks has seen it and is sure. What the change itself raises comes through."""
    if request.POST.get("sure"):
        return []
    project = request.project
    asked = [one for one in _sources if one.module in project.modules and can(request.user, one.permission, project)]
    return [Met(one.template, found) for one in asked if (found := one.find(change))]
