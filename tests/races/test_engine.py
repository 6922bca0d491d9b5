"""Many at once for pools, rooms, holds, requests, limits and series: exact results, no error, no deadlock."""

from collections import Counter
from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection

from flectar.core import clock
from flectar.core.tenancy import project_scope
from flectar.core.text import fold
from flectar.offers.booking.availability import Reason
from flectar.offers.booking.deeds import asking, lifecycle, series
from flectar.offers.booking.deeds.states import Status
from flectar.offers.booking.errors import SeriesTaken, SlotTaken
from flectar.offers.booking.models import Booking, Claim, Limit, Resource, Service, ServiceNeed
from tests.offers.booking import make
from tests.races.test_booking import SLOT, at_once, place

__all__ = ["place"]
CROWDS = pytest.mark.parametrize("crowd", [12, 50])


def thing(name, **values):
    return Resource.objects.create(name=name, name_folded=fold(name), **{"kind": "table", **values})


def kinds(results):
    return Counter(type(one).__name__ for one in results)


def doubled() -> int:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM booking_claim a JOIN booking_claim b ON a.resource_id = b.resource_id"
            " AND a.unit = b.unit AND a.id < b.id AND a.starts_at < b.ends_at AND b.starts_at < a.ends_at"
        )
        return int(cursor.fetchone()[0])


@CROWDS
@pytest.mark.parametrize("allocation", ["fixed", "floating"])
def test_a_pool_of_six_takes_six_and_tells_the_others_what_is_left(place, crowd, allocation):
    with project_scope(place.pk):
        service = make.service(thing("Tables", units=6, allocation=allocation), horizon_days=730, mode="covers")
        people = [make.customer(place) for _ in range(crowd)]
    deeds = [lambda who=who: lifecycle.book(place, service, SLOT, who, by_team=True, notify=False) for who in people]

    results = at_once(place, deeds)

    assert kinds(results) == {"Booking": 6, "SlotTaken": crowd - 6}, results
    with project_scope(place.pk):
        assert sorted(Claim.objects.values_list("unit", flat=True)) == [1, 2, 3, 4, 5, 6]


@CROWDS
def test_a_person_and_a_room_in_opposite_orders_have_one_winner_and_no_deadlock(place, crowd):
    with project_scope(place.pk):
        ana, room = make.staff("Ana"), thing("Room", kind="room")
        one, other = make.service(ana), make.service(room)
        ServiceNeed.objects.create(service=one, group_no=2, resource=room)
        ServiceNeed.objects.create(service=other, group_no=2, resource=ana)
        people = [make.customer(place) for _ in range(crowd)]
    deeds = [
        lambda who=who, service=(one, other)[number % 2]: lifecycle.book(
            place, service, SLOT, who, by_team=True, notify=False
        )
        for number, who in enumerate(people)
    ]

    assert kinds(at_once(place, deeds)) == {"Booking": 1, "SlotTaken": crowd - 1}


@CROWDS
def test_a_hold_that_has_just_run_out_goes_to_one(place, crowd):
    now = clock.now()
    with project_scope(place.pk):
        service = make.service(make.staff("Noa"))
        first = make.booking(place, service, SLOT)
        Booking.objects.update(status=Status.HELD, hold_until=now)
        Claim.objects.update(expires_at=now)
        people = [make.customer(place) for _ in range(crowd)]
    deeds = [lambda who=who: lifecycle.book(place, service, SLOT, who, by_team=True, notify=False) for who in people]

    assert kinds(at_once(place, deeds)) == {"Booking": 1, "SlotTaken": crowd - 1}
    with project_scope(place.pk):
        assert Booking.objects.get(pk=first.pk).status == Status.EXPIRED
        assert Claim.objects.count() == 1


@CROWDS
def test_of_many_requests_for_one_time_all_accepted_at_once_one_is(place, crowd):
    with project_scope(place.pk):
        service = make.service(make.staff("Noa"), approval="all", is_reserved_by_requests=False, horizon_days=730)
        with clock.frozen(SLOT - timedelta(days=1)):
            made = [lifecycle.book(place, service, SLOT, make.customer(place), notify=False).pk for _ in range(crowd)]
        asked = [Booking.objects.with_people().get(pk=pk) for pk in made]

    def accept(one):
        with clock.frozen(SLOT - timedelta(days=1)):
            return asking.accept(one, notify=False)

    assert kinds(at_once(place, [lambda one=one: accept(one) for one in asked])) == {
        "Booking": 1,
        "SlotTaken": crowd - 1,
    }
    with project_scope(place.pk):
        assert Booking.objects.filter(status=Status.CONFIRMED).count() == Claim.objects.count() == 1


@CROWDS
def test_the_last_places_of_a_limited_day_are_given_once(place, crowd):
    """Twelve people who could each do it, but the day takes five."""
    with project_scope(place.pk):
        Service.objects.all().delete()
        service = make.service(*(make.staff(f"Person {n}") for n in range(12)), horizon_days=730)
        Limit.objects.create(service=service, per=Limit.Per.DAY, most=5)
        people = [make.customer(place) for _ in range(crowd)]

    def book(who):
        with clock.frozen(SLOT - timedelta(days=1)):
            return lifecycle.book(place, service, SLOT, who, notify=False)

    results = at_once(place, [lambda who=who: book(who) for who in people])

    assert kinds(results) == {"Booking": 5, "SlotTaken": crowd - 5}, results


@CROWDS
@pytest.mark.parametrize("whose", ["the business", "the pool"])
def test_the_last_bookings_of_a_limited_day_are_given_once_whatever_is_booked(place, crowd, whose):
    """Two services that share a pool with room for everybody; the day takes five."""
    with project_scope(place.pk):
        pool = thing("Tables", units=60)
        services = [make.service(pool, horizon_days=730, mode="covers") for _ in range(2)]
        Limit.objects.create(resource=pool if whose == "the pool" else None, per=Limit.Per.DAY, most=5)
        people = [make.customer(place) for _ in range(crowd)]

    def book(number, who):
        with clock.frozen(SLOT - timedelta(days=1)):
            return lifecycle.book(place, services[number % 2], SLOT, who, notify=False)

    results = at_once(place, [lambda n=n, who=who: book(n, who) for n, who in enumerate(people)])

    assert kinds(results) == {"Booking": 5, "SlotTaken": crowd - 5}, results
    assert {one.reason for one in results if isinstance(one, SlotTaken)} == {Reason.LIMIT}


def test_series_that_meet_are_whole_or_not_there(place):
    monday = SLOT.date() - timedelta(days=1)
    with project_scope(place.pk):
        service = make.service(make.staff("Noa"), horizon_days=730)
        people = [make.customer(place) for _ in range(12)]

    def book(who, first: date):
        start = datetime(first.year, first.month, first.day, 15, tzinfo=UTC)
        return series.book(place, service, start, "FREQ=DAILY;COUNT=4", who, by_team=True, notify=False)

    deeds = [lambda who=who, n=n: book(who, monday + timedelta(days=n % 3)) for n, who in enumerate(people)]
    results = at_once(place, deeds)

    assert all(isinstance(one, list | SeriesTaken | SlotTaken) for one in results), results
    won = [one for one in results if isinstance(one, list)]
    assert len(won) == 1, "each of the twelve meets each other"
    with project_scope(place.pk):
        assert Booking.objects.count() == 4
        assert doubled() == 0
