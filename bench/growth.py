"""How free times and a booking grow with what is stored: 1,000 to 1,000,000 claims, 1 to 50 people.

The month ahead is filled alike; everything more lies in the past, ten minutes each, round the clock. The claims are
made by the database itself, under the product's own constraint and indexes.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import count

from bench.booking import RESOURCES, Salon, times
from bench.crowd import whole

SIZES = (1_000, 10_000, 100_000, 1_000_000)
PEOPLE = (1, 50)
PEOPLE_AMONG = 100_000
WRITES = 20

# A past booking owns a thousand claims each: what is read and written here are claims.
_PAST = """
INSERT INTO booking_claim (project_id, resource_id, unit, starts_at, ends_at, booking_id, is_forced)
SELECT %(project)s, (%(people)s::uuid[])[1 + n %% %(count)s], 1, at, at + interval '10 minutes',
       (%(owners)s::uuid[])[1 + n %% cardinality(%(owners)s::uuid[])], false
  FROM (SELECT n, date_trunc('day', now()) - (1 + n / %(count)s) * interval '10 minutes' AS at
          FROM generate_series(0, %(claims)s - 1) n) past
"""


@dataclass(frozen=True)
class Grown:
    month_ms: float
    day_ms: float
    write_ms: float


def sizes(most: int) -> Iterator[tuple[int, int]]:
    """Claims and people."""
    for claims in SIZES:
        if claims <= most:
            yield claims, RESOURCES
    for people in PEOPLE:
        yield min(most, PEOPLE_AMONG), people


def measured(claims: int, people: int) -> Grown:
    """Milliseconds at the median: a month of slots, a day of slots, a booking with its mail."""
    month = 22 * 16 * max(1, people * 8 // 10)  # eight of ten places of its working days
    ahead = min(claims // 2, month)
    salon = Salon(ahead, slug=f"bench-{claims}-{people}", people=people)
    _past(salon, claims - ahead)
    return Grown(
        times(30, lambda _: salon.free(salon.monday, 31)).p50_ms,
        times(60, lambda _: salon.free(salon.monday, 1)).p50_ms,
        times(WRITES, _booked(salon)).p50_ms,
    )


def _booked(salon: Salon) -> Callable[[int], object]:
    """Each booking at a start of its own, the first call's included: one person alone can do no two at once."""
    starts = (salon.at(number) for number in count(salon.next_slot))
    return lambda _: salon.book(next(starts), notify=True)


def _past(salon: Salon, claims: int) -> None:
    import psycopg

    from flectar.config import installation
    from flectar.offers.booking.models import Booking

    with salon.scope():
        owners = list(Booking.objects.values_list("pk", flat=True)[:1000])
    with psycopg.connect(installation.owner_database_url()) as owner:
        values = {
            "project": salon.project.pk, "people": salon.people, "count": len(salon.people), "owners": owners,
            "claims": claims,
        }  # fmt: skip
        owner.execute(whole(_PAST, "booking.Claim").encode(), values)
    with psycopg.connect(installation.owner_database_url(), autocommit=True) as owner:
        owner.execute("ANALYZE booking_claim, booking_booking")
