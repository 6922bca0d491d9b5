"""Who and what is taken so far, in memory: the database's own rule has the last word when it is written.

The candidates and the stretches of time are the engine's own (`wish.visit`), so that what is written in bulk takes
exactly what `lifecycle.book` would have taken.
"""

import random
from bisect import bisect_left, insort
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from uuid import UUID

from flectar.offers.booking.hours import Span
from flectar.offers.booking.models import Limit, Resource, Service, ServiceExtra
from flectar.offers.booking.scheduling.claiming import Pick
from flectar.offers.booking.scheduling.diaries import Item
from flectar.offers.booking.scheduling.limits import QUARTER_MIN
from flectar.offers.booking.scheduling.wish import visit


class Diary:
    def __init__(self, dice: random.Random, limits: Sequence[Limit]) -> None:
        self._dice = dice
        self._limits = limits
        self._taken: defaultdict[tuple[UUID, int], list[Span]] = defaultdict(list)
        self._used: Counter[tuple[UUID, int]] = Counter()
        self._items: dict[tuple[UUID, tuple[UUID, ...], int], Item] = {}

    def item(self, service: Service, extras: Mapping[ServiceExtra, int], party: int) -> Item:
        """What the engine says that this needs."""
        key = (service.pk, tuple(extra.pk for extra in extras), party)
        if key not in self._items:
            self._items[key] = visit([(service, None, dict(extras))], party=party)[0]
        return self._items[key]

    def room_at(
        self, item: Item, start: int, *, able: Sequence[UUID] = (), likes: int = 0, only: Resource | None = None
    ) -> list[Pick] | None:
        """Who and what could take it at that minute, all at one location; `able` are those of the team who work then,
        `only` is wished."""
        picks: list[Pick] = []
        for group in item.chosen.needed:
            where = next((pick.resource.location_id for pick in picks if pick.resource.location_id), None)
            group = group.at(where) if where else group
            spans = tuple(part.with_buffers(start) for part in item.parts_of(group))
            left = group.qty
            for one in self._in_order(group.members, able, likes, only):
                units = [n for n in range(1, one.units + 1) if self._is_free(one.pk, n, spans)][:left]
                if units:
                    picks.append(Pick(one, spans, tuple(units)))
                    left -= len(units)
                if not left:
                    break
            if left:
                return None
        return picks

    def take(self, picks: Sequence[Pick]) -> None:
        for pick in picks:
            for unit in pick.units:
                for span in pick.spans:
                    insort(self._taken[pick.resource.pk, unit], span)

    def has_time(self, resource: Resource, spans: Sequence[Span]) -> bool:
        """Whether its one unit is free throughout."""
        return self._is_free(resource.pk, 1, spans)

    def is_full(self, start: int, day: int, party: int) -> bool:
        """By the business's limits."""
        return any(
            self._used[limit.pk, _bucket(limit, start, day)] + _counted(limit, party) > limit.most
            for limit in self._limits
        )

    def count(self, start: int, day: int, party: int) -> None:
        for limit in self._limits:
            self._used[limit.pk, _bucket(limit, start, day)] += _counted(limit, party)

    def _in_order(
        self, members: Sequence[Resource], able: Sequence[UUID], likes: int, only: Resource | None
    ) -> Sequence[Resource]:
        """The smallest table that seats them; of the team whoever is liked, mostly."""
        if only is not None and any(one.pk == only.pk for one in members):
            return [only]
        if members[0].kind != Resource.Kind.STAFF:
            return sorted(members, key=lambda one: (one.seats_max or 0, one.rank))
        working = [one for one in members if not able or one.pk in able]
        turn = likes if self._dice.random() < 0.7 else self._dice.randrange(4)
        return working[turn % len(working) :] + working[: turn % len(working)] if working else []

    def _is_free(self, resource: UUID, unit: int, spans: Sequence[Span]) -> bool:
        taken = self._taken[resource, unit]
        for begin, end in spans:
            after = bisect_left(taken, (begin, begin))
            if after < len(taken) and taken[after][0] < end:
                return False
            if after and taken[after - 1][1] > begin:
                return False
        return True


def _bucket(limit: Limit, start: int, day: int) -> int:
    return start // QUARTER_MIN if limit.per == Limit.Per.QUARTER else day


def _counted(limit: Limit, party: int) -> int:
    return party if limit.counts_people else 1
