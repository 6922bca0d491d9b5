"""Many people want the same nights: one house has one guest, a pool has as many as it has rooms."""

from datetime import date, timedelta

import pytest

from flectar.core.tenancy import project_scope
from flectar.offers.booking.deeds import lifecycle
from flectar.offers.booking.errors import SlotTaken
from flectar.offers.booking.models import Booking, Claim, Resource, Service
from flectar.offers.booking.scheduling import stays
from tests import make as rows
from tests.offers.booking import make
from tests.races.test_booking import at_once, overlaps

ARRIVAL = date(2030, 11, 26)


@pytest.fixture
def place(transactional_db):
    return rows.project("salina", rows.organization("Salina SL", rows.user("eva@salina.example")), name="Salina")


def wishes(place, service: Service, arrivals: list[date], nights: int) -> list:
    people = [make.customer(place) for _ in arrivals]
    return [
        lambda who=who, day=day: lifecycle.book(
            place, service, stays.check_in(place, service, day), who, nights=nights, by_team=True, notify=False
        )
        for who, day in zip(people, arrivals, strict=True)
    ]


def test_twelve_guests_who_want_nights_that_overlap_make_one_stay(place):
    with project_scope(place.pk):
        deeds = wishes(place, make.stay_service(), [ARRIVAL + timedelta(days=n % 3) for n in range(12)], nights=3)

    results = at_once(place, deeds)

    assert sum(isinstance(one, Booking) for one in results) == 1, results
    assert sum(isinstance(one, SlotTaken) for one in results) == 11, results
    assert overlaps(place) == 0


def test_a_floating_pool_of_six_takes_all_it_has_room_for_though_units_must_change(place):
    """Three leave on the day before which three come: no unit is free throughout, and yet three more fit."""
    with project_scope(place.pk):
        rooms = make.house("Rooms", units=6, allocation=Resource.Allocation.FLOATING)
        service = make.stay_service(rooms)
        day = timedelta(days=1)
        for _ in range(3):
            make.stay(place, service, ARRIVAL - day, ARRIVAL + day)
        later = [make.stay(place, service, ARRIVAL + day, ARRIVAL + 3 * day) for _ in range(3)]
        for unit, booking in enumerate(later, start=4):
            Claim.objects.filter(booking=booking).update(unit=unit)
        deeds = wishes(place, service, [ARRIVAL] * 12, nights=2)

    results = at_once(place, deeds)

    assert sum(isinstance(one, Booking) for one in results) == 3, results
    assert sum(isinstance(one, SlotTaken) for one in results) == 9, results
    with project_scope(place.pk):
        assert set(Claim.objects.values_list("unit", flat=True)) == {1, 2, 3, 4, 5, 6}
