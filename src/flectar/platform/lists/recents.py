"""What somebody looked at last in a project: the palette offers it before anything is typed. Kept in the session."""

from typing import Any
from uuid import UUID

MOST = 5
_KEY = "recents"


def note(request: Any, kind: str, pk: UUID) -> None:
    """This page was just opened. Nothing is written while somebody stays on the same one."""
    everywhere = request.session.get(_KEY, {})
    before = everywhere.get(str(request.project.pk), [])
    after = [[kind, str(pk)], *[each for each in before if each != [kind, str(pk)]]][:MOST]
    if after != before:
        request.session[_KEY] = {**everywhere, str(request.project.pk): after}


def of(request: Any) -> list[tuple[str, UUID]]:
    """Newest first; what is gone meanwhile is for the reader to leave out."""
    return [(kind, UUID(pk)) for kind, pk in request.session.get(_KEY, {}).get(str(request.project.pk), [])]
