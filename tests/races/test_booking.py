"""Many people want one time: real threads, real commits, one winner."""

from collections.abc import Callable
from datetime import UTC, datetime
from threading import Barrier, Thread

import pytest
from django.db import connection

from flectar.core.tenancy import project_scope
from flectar.offers.booking.deeds import lifecycle
from flectar.offers.booking.errors import BookingError, SlotTaken
from flectar.offers.booking.models import Booking, Claim, Service
from flectar.people.customers.models import Customer
from flectar.platform.outbox.models import Message
from flectar.platform.projects.models import Project
from tests import make as rows
from tests.offers.booking import make

SLOT = datetime(2030, 11, 26, 15, 0, tzinfo=UTC)  # a Tuesday, 16:00 in Madrid


@pytest.fixture
def place(transactional_db) -> Project:
    return rows.project("nacar", rows.organization("Nácar SL", rows.user("lucia@nacar.example")), name="Nácar")


def at_once(place: Project, deeds: list[Callable[[], object]]) -> list[object]:
    """Run all deeds at the same moment, each in its own thread, scope and connection; their results or errors."""
    barrier = Barrier(len(deeds), timeout=30)
    results: list[object] = [None] * len(deeds)

    def run(index: int) -> None:
        try:
            with project_scope(place.pk):
                barrier.wait()
                results[index] = deeds[index]()
        except BaseException as error:
            results[index] = error
        finally:
            connection.close()

    threads = [Thread(target=run, args=(index,)) for index in range(len(deeds))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    return results


def overlaps(place: Project) -> int:
    with project_scope(place.pk), connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM booking_claim a JOIN booking_claim b ON a.resource_id = b.resource_id AND a.id < b.id"
            " AND a.starts_at < b.ends_at AND b.starts_at < a.ends_at"
        )
        return int(cursor.fetchone()[0])


def test_fifty_clients_on_one_slot_make_one_booking(place):
    with project_scope(place.pk):
        service = make.service(make.staff("Noa Vidal"), horizon_days=730, buffer_after=15)
        Service.objects.update(horizon_days=730)
        people = [make.customer(place) for _ in range(50)]
    deeds = [lambda who=who: lifecycle.book(place, service, SLOT, who, by_team=True) for who in people]

    results = at_once(place, deeds)

    winners = [result for result in results if isinstance(result, Booking)]
    losers = [result for result in results if isinstance(result, SlotTaken)]
    assert len(winners) == 1, results
    assert len(losers) == 49, [result for result in results if not isinstance(result, Booking | SlotTaken)][:3]
    with project_scope(place.pk):
        assert Booking.objects.count() == Claim.objects.count() == 1
        assert Message.objects.filter(event="booking.confirmed").count() == 1


def test_three_people_who_do_it_take_three_of_twelve(place):
    with project_scope(place.pk):
        service = make.service(*(make.staff(name) for name in ("Ana", "Ben", "Eva")))
        people = [make.customer(place) for _ in range(12)]
    deeds = [lambda who=who: lifecycle.book(place, service, SLOT, who, by_team=True, notify=False) for who in people]

    results = at_once(place, deeds)

    assert sum(isinstance(result, Booking) for result in results) == 3
    assert sum(isinstance(result, SlotTaken) for result in results) == 9
    assert overlaps(place) == 0
    with project_scope(place.pk):
        assert len(set(Claim.objects.values_list("resource_id", flat=True))) == 3


def test_twelve_moves_to_one_slot_move_one_and_leave_the_others(place):
    with project_scope(place.pk):
        service = make.service(make.staff("Noa Vidal"), duration_min=10, step_min=10)
        start = datetime(2030, 11, 25, 8, 0, tzinfo=UTC)
        booked = [
            make.booking(place, service, start.replace(hour=8 + number // 6, minute=10 * (number % 6)))
            for number in range(12)
        ]
        before = {one.pk: one.starts_at for one in booked}

    results = at_once(place, [lambda one=one: lifecycle.move(one, SLOT, by_team=True, notify=False) for one in booked])

    assert sum(isinstance(result, Booking) for result in results) == 1, results
    assert sum(isinstance(result, SlotTaken) for result in results) == 11
    with project_scope(place.pk):
        kept = [one for one in Booking.objects.all() if one.starts_at == before[one.pk]]
        assert len(kept) == 11
        assert Claim.objects.count() == 12
        assert all(Claim.objects.get(booking=one).starts_at == one.starts_at for one in Booking.objects.all())


def test_one_key_from_many_clicks_is_one_booking(place):
    with project_scope(place.pk):
        service = make.service(make.staff("Noa Vidal"), make.staff("Iker Sanz"))
        who: Customer = make.customer(place)
    deed = lambda: lifecycle.book(place, service, SLOT, who, by_team=True, notify=False, idempotency_key="k")  # noqa: E731

    results = at_once(place, [deed] * 12)

    assert {result.pk for result in results if isinstance(result, Booking)} == {results[0].pk}, results
    with project_scope(place.pk):
        assert Booking.objects.count() == 1


def test_cancelling_moving_and_booking_at_once_leave_one_truth(place):
    with project_scope(place.pk):
        service = make.service(make.staff("Noa Vidal"))
        one = make.booking(place, service, SLOT)
        looks = [Booking.objects.with_people().get(pk=one.pk) for _ in range(6)]
        people = [make.customer(place) for _ in range(6)]
    later = SLOT.replace(hour=13)
    deeds = [lambda look=look: lifecycle.cancel(look, by_team=True, notify=False) for look in looks[:3]]
    deeds += [lambda look=look: lifecycle.move(look, later, by_team=True, notify=False) for look in looks[3:]]
    deeds += [lambda who=who: lifecycle.book(place, service, SLOT, who, by_team=True, notify=False) for who in people]

    results = at_once(place, deeds)

    assert all(isinstance(result, Booking | BookingError) for result in results), results
    assert overlaps(place) == 0
    with project_scope(place.pk):
        for booking in Booking.objects.all():
            claims = list(booking.claims.values_list("starts_at", flat=True))
            assert claims == ([booking.starts_at] if booking.is_confirmed else [])
