"""What keeps a person from closing their account, each in a sentence: told by the floors above."""

from collections.abc import Callable, Iterable, Sequence

from django.db import transaction

from flectar.platform.accounts.models import User

_obstacles: Sequence[Callable[[User], Iterable[str]]] = ()


def connect(obstacles: Sequence[Callable[[User], Iterable[str]]]) -> None:
    """Called once, in config/apps.py."""
    global _obstacles
    _obstacles = obstacles


@transaction.atomic
def of(user: User) -> list[str]:
    """Whoever answers may lock what it looks at, so that it still holds when the deed follows."""
    return [sentence for each in _obstacles for sentence in each(user)]


class CannotClose(Exception):
    """Something has to be settled first. Fit to show: `sentences`."""

    def __init__(self, sentences: list[str]) -> None:
        self.sentences = sentences
        super().__init__(" ".join(sentences))
