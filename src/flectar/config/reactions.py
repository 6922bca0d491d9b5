"""Who reacts to which fact, in order, in the same transaction. The one table that lets lower apps speak upward."""

from flectar.core.events import Reactions


def reactions() -> Reactions:
    return {}
