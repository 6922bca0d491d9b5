"""What keeps a person from closing their account, each in a sentence: told by the floors above."""

from collections.abc import Callable, Iterable, Sequence

from flectar.platform.accounts.models import User

_obstacles: Sequence[Callable[[User], Iterable[str]]] = ()


def connect(obstacles: Sequence[Callable[[User], Iterable[str]]]) -> None:
    """Called once, in config/apps.py."""
    global _obstacles
    _obstacles = obstacles


def of(user: User) -> list[str]:
    return [sentence for each in _obstacles for sentence in each(user)]


class CannotClose(Exception):
    """Something has to be settled first. Fit to show: `sentences`."""

    def __init__(self, sentences: list[str]) -> None:
        self.sentences = sentences
        super().__init__(" ".join(sentences))
