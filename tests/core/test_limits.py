"""As many hits pass as the limit says, also when they come all at once."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from django.db import connection

from flectar.core import limits


def go_back(seconds: float) -> None:
    """As if the last hits had been that much earlier."""
    with connection.cursor() as cursor:
        cursor.execute("UPDATE core_rate_limit SET free_at = free_at - %s", [seconds])


def test_of_300_hits_at_once_exactly_20_pass(transactional_db: None):
    start = Barrier(30, timeout=30)

    def ten_hits(_: int) -> int:
        try:
            start.wait()
            return sum(limits.hit("door", limit=20, per_seconds=3600).allowed for _ in range(10))
        finally:
            connection.close()

    with ThreadPoolExecutor(30) as pool:
        passed = sum(pool.map(ten_hits, range(30)))

    assert passed == 20


def test_the_first_hits_pass_and_the_next_is_told_when(db: None):
    verdicts = [limits.hit("door", limit=3, per_seconds=60) for _ in range(4)]

    assert [verdict.allowed for verdict in verdicts] == [True, True, True, False]
    assert 19 < verdicts[3].retry_after <= 20


def test_a_refused_hit_costs_nothing(db: None):
    for _ in range(5):
        last = limits.hit("door", limit=3, per_seconds=60)

    assert last.retry_after <= 20


def test_the_limit_refills_evenly(db: None):
    for _ in range(3):
        limits.hit("door", limit=3, per_seconds=60)

    go_back(20)

    assert limits.hit("door", limit=3, per_seconds=60).allowed
    assert not limits.hit("door", limit=3, per_seconds=60).allowed


def test_waiting_as_told_is_enough(db: None):
    limits.hit("door", limit=1, per_seconds=60)
    refused = limits.hit("door", limit=1, per_seconds=60)

    go_back(refused.retry_after)

    assert limits.hit("door", limit=1, per_seconds=60).allowed


def test_a_long_quiet_saves_up_no_more_than_the_limit(db: None):
    limits.hit("door", limit=3, per_seconds=60)

    go_back(100_000)

    assert [limits.hit("door", limit=3, per_seconds=60).allowed for _ in range(4)] == [True, True, True, False]


def test_a_burst_is_smaller_than_the_limit(db: None):
    verdicts = [limits.hit("door", limit=60, per_seconds=60, burst=2).allowed for _ in range(3)]

    assert verdicts == [True, True, False]


def test_two_doors_are_counted_apart(db: None):
    limits.hit("door", limit=1, per_seconds=60)

    assert limits.hit("window", limit=1, per_seconds=60).allowed


def test_no_key_is_stored_in_clear(db: None):
    limits.hit("login 203.0.113.9", limit=1, per_seconds=60)

    with connection.cursor() as cursor:
        cursor.execute("SELECT key FROM core_rate_limit")
        (key,) = cursor.fetchone()
    assert "203.0.113.9" not in key


def test_counters_that_hold_nobody_back_are_forgotten(db: None):
    limits.hit("old", limit=1, per_seconds=60)
    go_back(61)
    limits.hit("new", limit=1, per_seconds=60)

    assert limits.forget_old() == 1
    assert not limits.hit("new", limit=1, per_seconds=60).allowed
