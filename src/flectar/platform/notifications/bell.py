"""What stands behind one person's bell: how many lines are new, the newest ones in words, and marking them read."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from flectar.core import clock
from flectar.platform.notifications.kinds import kinds
from flectar.platform.notifications.models import Notification, NotificationQuerySet
from flectar.platform.projects.access import can
from flectar.platform.projects.models import Project

MOST_COUNTED = 99


@dataclass(frozen=True, slots=True)
class Line:
    pk: UUID
    icon: str
    title: str
    detail: str
    at: datetime
    is_new: bool


def of_person(user: Any) -> NotificationQuerySet:
    """In the project that is being served. Kinds that no app declares any more are left out."""
    return Notification.objects.filter(user=user, is_shown=True, kind__in=kinds())


def unread_of(request: Any) -> NotificationQuerySet | None:
    """What the bell counts on a page of a project; None where it is not shown."""
    if request.project is None or not can(request.user, "home.read", request.project):
        return None
    return of_person(request.user).unread()


def new_count(user: Any) -> int:
    """As far as it is worth counting."""
    return of_person(user).unread()[: MOST_COUNTED + 1].count()


def lines(project: Project, found: Iterable[Notification]) -> list[Line]:
    """In the reader's language."""
    written = []
    for one in found:
        kind = kinds()[one.kind]
        said = kind.say(one.facts, project)
        written.append(Line(one.pk, kind.icon, said.title, said.detail, one.at, one.read_at is None))
    return written


def mark_read(user: Any, pks: Sequence[UUID] | None = None) -> int:
    """These of theirs, or all."""
    mine = of_person(user).unread()
    return (mine if pks is None else mine.filter(pk__in=pks)).update(read_at=clock.now())
