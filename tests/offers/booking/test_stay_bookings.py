"""Stays through the writers: booked, moved, cancelled and brought back; and hours in the same house between them."""

from datetime import timedelta

import pytest

from flectar.core import clock
from flectar.core.tenancy import project_scope
from flectar.offers.booking.availability import Reason
from flectar.offers.booking.deeds import lifecycle, queries
from flectar.offers.booking.errors import NightsTaken, SlotTaken
from flectar.offers.booking.models import Booking, Claim, Limit, Resource, ServiceExtra
from flectar.offers.booking.scheduling import stays
from tests import make as rows
from tests.offers.booking import make
from tests.offers.booking.make import at, dec

pytestmark = pytest.mark.usefixtures("monday_morning")


@pytest.fixture
def scope(salon):
    rows.hours(salon.pk, {day: [(540, 660)] for day in range(7)})
    with project_scope(salon.pk):
        yield salon


def booked(project, service, arrival: int, departure: int, **options) -> Booking:
    starts_at = stays.check_in(project, service, dec(arrival))
    options = {"party": 2, "notify": False, **options}
    return lifecycle.book(project, service, starts_at, make.customer(project), nights=departure - arrival, **options)


def test_a_stay_is_a_booking_from_check_in_to_check_out(scope):
    service = make.stay_service(buffer_before=60, buffer_after=120)

    booking = booked(scope, service, 11, 15)

    assert (booking.mode, booking.nights, booking.party, booking.status) == ("stay", 4, 2, "confirmed")
    assert (booking.starts_at, booking.ends_at) == (at(scope, "15:00", dec(11)), at(scope, "11:00", dec(15)))
    assert booking.local_start == "2026-12-11T15:00"
    claim = Claim.objects.get(booking=booking)
    assert (claim.starts_at, claim.ends_at) == (at(scope, "14:00", dec(11)), at(scope, "13:00", dec(15)))


def test_each_night_has_the_price_of_its_season(scope):
    service = make.stay_service(price_minor=14500)
    make.season(service, dec(13), dec(31), price_minor=20000)

    assert booked(scope, service, 11, 15).price.minor == 2 * 14500 + 2 * 20000


def test_only_the_date_of_a_start_counts(scope):
    service = make.stay_service()

    booking = lifecycle.book(scope, service, at(scope, "00:30", dec(11)), make.customer(scope), nights=2, notify=False)

    assert booking.starts_at == at(scope, "15:00", dec(11))


def test_back_to_back_is_booked_and_across_is_refused_with_other_arrivals(scope):
    """Scenario 39, the first half."""
    service = make.stay_service()
    booked(scope, service, 10, 12)
    booked(scope, service, 12, 15)

    with pytest.raises(NightsTaken) as refused:
        booked(scope, service, 11, 13)

    assert refused.value.reason is Reason.CLAIMED
    assert str(refused.value) == "Some of these nights are taken. Choose others."
    assert [one.astimezone(scope.tz).day for one in refused.value.nearest] == [7, 8, 15]
    assert Booking.objects.count() == Claim.objects.count() == 2


@pytest.mark.parametrize("cleaning", [0, 30, 60])
def test_hours_in_the_same_house_fit_between_two_stays(scope, cleaning):
    """Scenario 39, the second half: 11:30-14:30 on the 12th, between 11:00 and 15:00."""
    house = make.house()
    service = make.stay_service(house, buffer_after=cleaning)
    day_use = make.service(house, name="Lunch in the garden", duration_min=180, step_min=30)
    booked(scope, service, 10, 12)
    booked(scope, service, 12, 15)

    def lunch():
        return lifecycle.book(scope, day_use, at(scope, "11:30", dec(12)), make.customer(scope), notify=False)

    if cleaning == 60:
        with pytest.raises(SlotTaken):
            lunch()
        assert Booking.objects.count() == 2
    else:
        assert lunch().resource == house


def test_a_stay_is_not_sold_over_hours_that_are(scope):
    house = make.house()
    service = make.stay_service(house)
    make.booking(scope, make.service(house, name="Lunch", duration_min=180), at(scope, "13:00", dec(12)))

    with pytest.raises(NightsTaken):
        booked(scope, service, 11, 13)

    assert booked(scope, service, 10, 12).nights == 2


def test_an_hour_in_the_middle_of_a_long_stay_is_taken(scope):
    house = make.house()
    booked(scope, make.stay_service(house, max_nights=60), 2, 60)

    with pytest.raises(SlotTaken):
        make.booking(scope, make.service(house, name="Lunch"), at(scope, "12:00", dec(50)))


def test_a_floating_pool_moves_others_together_under_the_lock(scope):
    """Scenario 27 through the writers."""
    rooms = make.house("Rooms", units=2, allocation=Resource.Allocation.FLOATING)
    service = make.stay_service(rooms)
    first, second = booked(scope, service, 1, 3), booked(scope, service, 3, 5)
    Claim.objects.filter(booking=second).update(unit=2)

    third = booked(scope, service, 2, 4)

    units = {claim.booking_id: claim.unit for claim in Claim.objects.all()}
    assert units[first.pk] == units[second.pk] != units[third.pk]


def test_a_stay_moves_over_its_own_nights_and_keeps_its_length(scope):
    service = make.stay_service()
    booking = booked(scope, service, 10, 13)

    lifecycle.move(booking, at(scope, "00:00", dec(11)), notify=False)

    assert (booking.starts_at, booking.ends_at) == (at(scope, "15:00", dec(11)), at(scope, "11:00", dec(14)))
    assert [claim.starts_at for claim in Claim.objects.all()] == [at(scope, "15:00", dec(11))]


def test_a_stay_that_cannot_move_stays_where_it_is(scope):
    service = make.stay_service()
    booking = booked(scope, service, 10, 13)
    booked(scope, service, 14, 16)

    with pytest.raises(NightsTaken):
        lifecycle.move(booking, at(scope, "15:00", dec(12)), notify=False)

    booking.refresh_from_db()
    assert booking.starts_at == at(scope, "15:00", dec(10))
    assert Claim.objects.filter(booking=booking, starts_at=booking.starts_at).exists()


def test_a_cancelled_stay_comes_back_if_its_nights_are_free(scope):
    service = make.stay_service(change_notice_min=0)
    booking = booked(scope, service, 10, 13)
    lifecycle.cancel(booking, by_team=True, notify=False)
    other = booked(scope, service, 10, 11)

    with pytest.raises(SlotTaken):
        lifecycle.restore(booking, notify=False)
    lifecycle.cancel(other, by_team=True, notify=False)
    lifecycle.restore(booking, notify=False)

    assert Claim.objects.get().booking == booking


def test_the_team_books_on_top_on_purpose(scope):
    service = make.stay_service()
    booked(scope, service, 10, 13)

    double = booked(scope, service, 11, 12, by_team=True, is_forced=True)

    assert double.is_rule_bypassed
    assert Claim.objects.get(booking=double).unit == 2


def test_what_extras_use_up_must_be_there_on_all_nights(scope):
    cots = make.house("Cots", kind=Resource.Kind.EQUIPMENT)
    service = make.stay_service(make.house("Room 1"), make.house("Room 2"))
    cot = ServiceExtra.objects.create(service=service, name="Cot", stock=cots, is_per_night=True, price_minor=500)
    booked(scope, service, 10, 12, extras={cot: 1})

    with pytest.raises(NightsTaken):
        booked(scope, service, 11, 13, extras={cot: 1})

    assert booked(scope, service, 12, 14, extras={cot: 1}).price.minor == 2 * (14500 + 500)


def test_a_limit_holds_for_arrivals(scope):
    service = make.stay_service(make.house("Room 1"), make.house("Room 2"))
    Limit.objects.create(service=service, per=Limit.Per.DAY, most=1)
    booked(scope, service, 10, 12)

    with pytest.raises(NightsTaken) as refused:
        booked(scope, service, 10, 12)

    assert refused.value.reason is Reason.LIMIT
    assert not queries.free_times(scope, service, first_day=dec(10), days=1)[0].slots


def test_the_first_free_night_is_the_next_free_time(scope):
    service = make.stay_service()
    booked(scope, service, -7, 5)

    assert queries.next_free(scope, service) == at(scope, "15:00", dec(5))
    assert queries.next_free(scope, make.stay_service(make.house("Off", is_active=False))) is None


def test_a_request_for_a_stay_that_ran_out_gives_the_nights_back(scope):
    service = make.stay_service(approval="all", request_hours=24)
    asked = booked(scope, service, 10, 12)
    assert asked.status == "requested"

    with pytest.raises(NightsTaken):
        booked(scope, service, 10, 12)
    with clock.frozen(clock.now() + timedelta(hours=25)):
        assert booked(scope, service, 10, 12).status == "requested"

    asked.refresh_from_db()
    assert asked.status == "expired"
