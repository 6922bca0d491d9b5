"""Which unit meets which need: several needs of one start may want the same people, rooms and pools.

Pure, like `availability`, which asks it. A unit serves one need at a time; needs at different times may share it. Of a
floating pool only how many are in use at once counts: the others move together when it is taken (`claiming`).
"""

from collections import Counter
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from flectar.offers.booking.hours import Span, meet

SOME: Final = 0
"""Instead of the number of a unit: one of a floating pool, whichever."""

type Unit = tuple[Hashable, int]
type Dealt = dict[Hashable, list[int]]
"""Resource → numbers of its units, in the order in which they were chosen."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """`qty` of these units for these stretches, buffers inside. `units` are free then, the best first."""

    qty: int
    spans: Sequence[Span]
    units: Sequence[Unit]


@dataclass(frozen=True, slots=True)
class Pool:
    """A floating one: how many units there are, and what is claimed of them."""

    units: int
    claims: Sequence[Span]


type _Needs = frozenset[int]
type _State = tuple[
    int, int, frozenset[tuple[_Needs, int]], tuple[tuple[Hashable, tuple[tuple[_Needs, int], ...]], ...]
]


@dataclass(slots=True)
class _Left:
    """What is left: each unit with the needs that it can still meet, and of pools the room for needs at once."""

    units: dict[Unit, _Needs]
    room: dict[Hashable, dict[_Needs, int]]


@dataclass(slots=True)
class Table:
    """The wishes of one start, and what there is for them."""

    wanted: Sequence[Wanted]
    pools: Mapping[Hashable, Pool] = field(default_factory=dict)
    _clash: list[_Needs] = field(init=False)
    _failed: set[_State] = field(init=False, default_factory=set)

    def __post_init__(self) -> None:
        every = range(len(self.wanted))
        self._clash = [
            frozenset(
                j
                for j in every
                if i == j or any(meet(a, b) for a in self.wanted[i].spans for b in self.wanted[j].spans)
            )
            for i in every
        ]

    def is_enough(self) -> bool:
        left = self._all()
        return self._rest_is_met(0, self.wanted[0].qty, left) if self.wanted else True

    def deal(self) -> list[Dealt] | None:
        """For each wish its units, the best that leave enough for the others; None when there is no way."""
        if not self.is_enough():
            return None
        left, dealt = self._all(), []
        for index, one in enumerate(self.wanted):
            mine: Dealt = {}
            missing = one.qty
            for unit in one.units:
                while missing and self._has(left, unit, index):
                    after = self._without(left, unit, index)
                    if not self._rest_is_met(index, missing - 1, after):
                        break
                    left, missing = after, missing - 1
                    mine.setdefault(unit[0], []).append(unit[1])
            dealt.append(mine)
        return dealt

    def _all(self) -> _Left:
        able: dict[Unit, set[int]] = {}
        for index, one in enumerate(self.wanted):
            for unit in one.units:
                able.setdefault(unit, set()).add(index)
        return _Left(
            {unit: frozenset(needs) for unit, needs in able.items() if unit[1] != SOME},
            {who: self._room(pool, able.get((who, SOME), set())) for who, pool in self.pools.items()},
        )

    def _room(self, pool: Pool, able: set[int]) -> dict[_Needs, int]:
        """The needs that may run at once, and how many units are left for all of them together."""
        spans = {index: self.wanted[index].spans for index in able}
        bounds = sorted({minute for own in spans.values() for span in own for minute in span})
        bounds = sorted({*bounds, *(begin for begin, _ in pool.claims if bounds and bounds[0] < begin < bounds[-1])})
        room: dict[_Needs, int] = {}
        for at in bounds:
            running = frozenset(i for i, own in spans.items() if any(begin <= at < end for begin, end in own))
            free = pool.units - sum(begin <= at < end for begin, end in pool.claims)
            if running:
                room[running] = min(free, room.get(running, free))
        return room

    def _has(self, left: _Left, unit: Unit, index: int) -> bool:
        if unit[1] != SOME:
            return index in left.units[unit]
        return self._most(left.room[unit[0]], index) > 0

    @staticmethod
    def _most(room: Mapping[_Needs, int], index: int) -> int:
        return min((free for running, free in room.items() if index in running), default=0)

    def _without(self, left: _Left, unit: Unit, index: int) -> _Left:
        if unit[1] != SOME:
            return _Left({**left.units, unit: left.units[unit] - self._clash[index]}, left.room)
        return _Left(left.units, {**left.room, unit[0]: _less(left.room[unit[0]], index, 1)})

    def _rest_is_met(self, index: int, missing: int, left: _Left) -> bool:
        """Units that can meet the same needs are alike: only how many there are of each kind is tried."""
        return self._is_met(index, missing, Counter(left.units.values()), left.room)

    def _is_met(
        self, index: int, missing: int, kinds: Mapping[_Needs, int], room: Mapping[Hashable, dict[_Needs, int]]
    ) -> bool:
        if missing == 0:
            if index + 1 == len(self.wanted):
                return True
            later: Counter[_Needs] = Counter()
            for needs, count in kinds.items():
                later[frozenset(one for one in needs if one > index)] += count
            return self._is_met(index + 1, self.wanted[index + 1].qty, later, room)
        state = (
            index,
            missing,
            frozenset((needs, count) for needs, count in kinds.items() if needs and count),
            tuple((who, tuple(one.items())) for who, one in room.items()),
        )
        if state in self._failed:
            return False
        for needs, count in kinds.items():
            if index not in needs:
                continue
            for number in range(min(count, missing), 0, -1):
                rest = Counter(kinds)
                rest[needs] -= number
                rest[needs - self._clash[index]] += number
                if self._is_met(index, missing - number, rest, room):
                    return True
        for who, one in room.items():
            for number in range(min(self._most(one, index), missing), 0, -1):
                if self._is_met(index, missing - number, kinds, {**room, who: _less(one, index, number)}):
                    return True
        self._failed.add(state)
        return False


def _less(room: Mapping[_Needs, int], index: int, number: int) -> dict[_Needs, int]:
    return {running: free - number if index in running else free for running, free in room.items()}
