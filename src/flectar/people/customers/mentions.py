"""Notes that call somebody of the team: "@Lucía, her patch test is due"."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flectar.core.text import fold
from flectar.people.customers.models import Customer, CustomerNote
from flectar.platform.notifications.readers import may, members
from flectar.platform.notifications.telling import tell
from flectar.platform.projects.models import Project

LONGEST_EXCERPT = 200


@dataclass(frozen=True, slots=True)
class Handle:
    """How somebody is called in a note: the first name where it is theirs alone, else the whole name."""

    user: Any
    name: str


def handles(project: Project) -> Sequence[Handle]:
    """Of everybody on the team who may read notes."""
    people = [member.user for member in members(project) if may(member, "customers.read", project)]
    first_names = [fold(person.first_name) for person in people]
    found = []
    for person in people:
        is_alone = person.first_name and first_names.count(fold(person.first_name)) == 1
        if name := (person.first_name if is_alone else person.name):
            found.append(Handle(person, name))
    return found


def called(project: Project, text: str) -> list[Any]:
    """Whom the text calls. Accents and capitals do not matter; an address of mail calls nobody."""
    if "@" not in text:
        return []
    plain = fold(text)
    return [
        one.user
        for one in handles(project)
        if any(
            re.search(rf"(?<!\w)@{re.escape(fold(name))}(?!\w)", plain) for name in {one.name, one.user.name} if name
        )
    ]


def call(project: Project, customer: Customer, note: CustomerNote, *, but: Sequence[Any] = ()) -> None:
    """Tell whoever the note calls, except those whom it called before it was changed."""
    people = [person for person in called(project, note.body) if person not in but]
    if people:
        excerpt = note.body if len(note.body) <= LONGEST_EXCERPT else note.body[: LONGEST_EXCERPT - 1] + "…"
        facts = {
            "customer": str(customer.pk),
            "name": customer.name,
            "by": note.author.name if note.author else "",
            "excerpt": excerpt,
        }
        tell(project, "customer.mentioned", facts, only={person.pk for person in people})
