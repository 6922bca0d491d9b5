"""Who comes: some every month, most once or twice, some from abroad. Drawn from the dice, so the same every time."""

import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import accumulate
from typing import Any
from uuid import UUID

from flectar.core.text import fold
from flectar.demo.business import Business
from flectar.demo.names import FIRST, FIRST_ABROAD, LAST, LAST_ABROAD

OFTEN = 30  # as often as this beside somebody who comes once, at most


@dataclass(slots=True, eq=False)
class Someone:
    pk: UUID
    name: str
    email: str
    phone: str
    locale: str
    since: int  # the day of the demo's year from which on they may come
    likes: int  # which of those who could do it they ask for
    first_at: datetime | None = None
    codes: set[str] = field(default_factory=set)
    bought: list[Any] = field(default_factory=list)  # their packages, the newest last


def row_id(at: datetime, dice: random.Random) -> UUID:
    """As the database makes them (version 7): it begins with the moment."""
    bits = int(at.timestamp() * 1000) << 80 | dice.getrandbits(76)
    return UUID(int=bits & ~(0b11 << 62) | 7 << 76 | 0b10 << 62)


class Crowd:
    """Everybody who may come; `one()` draws, regulars more often."""

    def __init__(self, business: Business, dice: random.Random, first: datetime, days: int) -> None:
        self._dice = dice
        self.people = list(_drawn(business, dice, first, days))
        heavy = [min(OFTEN, dice.paretovariate(business.rhythm.regulars)) for _ in self.people]
        known = len(business.customers)
        self._weights = list(accumulate(weight + (8 if n < known else 0) for n, weight in enumerate(heavy)))

    def one(self, day: int) -> Someone:
        """Somebody who has heard of the business by that day."""
        for _ in range(6):
            found = self._dice.choices(self.people, cum_weights=self._weights)[0]
            if found.since <= day:
                return found
        return self.people[0]


def _drawn(business: Business, dice: random.Random, opened: datetime, days: int) -> Sequence[Someone]:
    rhythm = business.rhythm
    home = [(name, business.locale == "es" or rhythm.english < 0.5) for name in business.customers]
    names = [*home, *((name, False) for name in business.abroad)]
    used = {name for name, _ in names}
    while len(names) < rhythm.people:
        is_abroad = dice.random() < rhythm.english
        first, last = (FIRST_ABROAD, LAST_ABROAD) if is_abroad else (FIRST, LAST)
        name = f"{dice.choice(first)} {dice.choice(last)}"
        if name not in used:
            used.add(name)
            names.append((name, not is_abroad))
    people = []
    for number, (name, is_spanish) in enumerate(names):
        way = dice.random()  # by which they can be reached
        since = 0 if number < len(home) or dice.random() < 0.35 else dice.randrange(days)
        people.append(
            Someone(
                pk=row_id(opened, dice),
                name=name,
                email=f"{fold(name).replace(' ', '.')}@example.com" if way < 0.85 else "",
                phone=_phone(number, name in business.abroad) if way > 0.3 else "",
                locale="es" if is_spanish else "en",
                since=since,
                likes=dice.randrange(4),
            )
        )
    return people


def _phone(number: int, is_american: bool) -> str:
    """From ranges that nobody has: 600 00 …, and 555-01… of New York."""
    return f"+12125550{100 + number % 100}" if is_american else f"+3460000{number:04}"
