"""Many clients want what there is too little of, at one moment, over real connections of one process.

It serves as many of them at a time as the web server does; the others wait for their turn, and their time runs from
the moment at which all of them came.

Each race has a business of its own, so that nothing of the one before is in the way. A client that is refused with a
sentence has lost; anything else that goes wrong is an error, and there may be none.
"""

import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from copy import copy
from dataclasses import dataclass
from itertools import count
from threading import Barrier
from typing import Any

from bench.booking import Salon, Times, summed

CLIENTS = (12, 50)
AT_A_TIME = 4  # FLECTAR_WEB_THREADS, as it comes
WARM = 6
_numbers = count(1)


class Contest(Salon):
    """One person, an empty calendar, fifty customers, and what a race adds to it."""

    def __init__(self, clients: int) -> None:
        super().__init__(0, slug=f"race-{next(_numbers)}", people=1)
        from flectar.people.customers import directory

        with self.scope():
            self.people_who_want = [
                directory.find_or_create(
                    self.project, name=f"Client {n}", email=f"client-{n}@bench.example", collected_via="booking"
                )
                for n in range(clients + 1)
            ]
        self.when = self.at(40)
        self.sooner = self.at(10)  # for the one who is alone
        self.ready: dict[int, Any] = {}

    def want(self, number: int, when: Any = None, *, by_team: bool = True, **options: Any) -> Any:
        from flectar.offers.booking.deeds import lifecycle

        customer = copy(self.people_who_want[number])
        customer._prefetched_objects_cache = {}
        with self.scope():
            return lifecycle.book(
                self.project, self.service, when or self.when, customer, by_team=by_team, notify=False, **options
            )

    def change_service(self, **values: Any) -> None:
        from flectar.offers.booking.models import Service

        with self.scope():
            Service.objects.update(**values)
            self.service.refresh_from_db()


type Deed = Callable[[int], object]
type Start = Callable[[Contest, int], tuple[Deed, Deed]]


@dataclass(frozen=True)
class Race:
    """`start` gives what each client does, and the same done by somebody alone."""

    name: str
    places: int
    start: Start


@dataclass(frozen=True)
class Result:
    winners: int
    errors: int
    times: Times
    alone_ms: float


def run(race: Race, clients: int) -> Result:
    from django.db import connection

    from flectar.offers.booking.errors import BookingError

    contest = Contest(clients)
    deed, alone = race.start(contest, clients)
    begun = time.perf_counter()
    alone(clients)
    alone_ms = (time.perf_counter() - begun) * 1000
    found, won, errors = [], [], []

    def warm_up(_number: int) -> None:
        """As a server that has been up for a moment: its connections are open, its statements planned."""
        for _ in range(WARM):
            with suppress(BookingError):
                alone(clients)
        ready.wait(30)

    def client(number: int) -> None:
        try:
            deed(number)
            won.append(number)
        except BookingError:
            pass
        except Exception as error:  # an error is what the race is there to find
            errors.append(error)
        found.append((time.perf_counter() - come) * 1000)

    ready = Barrier(AT_A_TIME)
    with ThreadPoolExecutor(AT_A_TIME, thread_name_prefix="web") as pool:
        list(pool.map(warm_up, range(AT_A_TIME)))
        come = time.perf_counter()
        list(pool.map(client, range(clients)))
        ready.reset()
        list(pool.map(lambda _number: (connection.close(), ready.wait(30)), range(AT_A_TIME)))
    return Result(len(won), len(errors), summed(found), alone_ms)


def _slot(contest: Contest, clients: int) -> tuple[Deed, Deed]:
    return contest.want, lambda n: contest.want(n, contest.sooner)


def _pool(contest: Contest, clients: int) -> tuple[Deed, Deed]:
    from flectar.offers.booking.models import Resource

    with contest.scope():
        Resource.objects.update(kind=Resource.Kind.EQUIPMENT, units=6)
    return contest.want, lambda n: contest.want(n, contest.sooner)


def _seats(contest: Contest, clients: int) -> tuple[Deed, Deed]:
    from flectar.offers.booking.deeds import sessions

    contest.change_service(mode="session", capacity=10)
    with contest.scope():
        for when in (contest.sooner, contest.when):
            sessions.plan(contest.project, sessions.Plan(contest.service, when, 30, 10))
    return contest.want, lambda n: contest.want(n, contest.sooner)


def _coupon(contest: Contest, clients: int) -> tuple[Deed, Deed]:
    from flectar.offers.booking.models import Coupon

    with contest.scope():
        Coupon.objects.create(code="ONE", code_folded="one", percent=10, max_uses=1)
        Coupon.objects.create(code="OTHER", code_folded="other", percent=10)
    starts = [contest.at(40 + number) for number in range(clients)]
    return (
        lambda n: contest.want(n, starts[n], codes=["ONE"]),
        lambda n: contest.want(n, contest.sooner, codes=["OTHER"]),
    )


def _hold(contest: Contest, clients: int) -> tuple[Deed, Deed]:
    from django.conf import settings

    settings.TEST_PAYMENTS = True
    contest.change_service(pay="full")
    return (
        lambda n: contest.want(n, by_team=False),
        lambda n: contest.want(n, contest.sooner, by_team=False),
    )


def _approval(contest: Contest, clients: int) -> tuple[Deed, Deed]:
    from flectar.offers.booking.deeds import asking

    contest.change_service(approval="all", is_reserved_by_requests=False)
    asked = [contest.want(n, by_team=False) for n in range(clients)]
    asked.append(contest.want(clients, contest.sooner, by_team=False))

    def accept(number: int) -> object:
        with contest.scope():
            return asking.accept(asked[number], notify=False)

    return accept, accept


def _series(contest: Contest, clients: int) -> tuple[Deed, Deed]:
    from flectar.offers.booking.deeds import series

    def book(number: int, when: Any = None) -> object:
        with contest.scope():
            return series.book(
                contest.project, contest.service, when or contest.when, "FREQ=WEEKLY;COUNT=4",
                contest.people_who_want[number], by_team=True, notify=False,
            )  # fmt: skip

    return book, lambda n: book(n, contest.sooner)


RACES: Sequence[Race] = (
    Race("one place", 1, _slot),
    Race("a class of ten places", 10, _seats),
    Race("six things that are alike", 6, _pool),
    Race("a coupon for one use", 1, _coupon),
    Race("a place to be held and paid", 1, _hold),
    Race("requests for one time, accepted at once", 1, _approval),
    Race("a series of four weeks", 1, _series),
)
