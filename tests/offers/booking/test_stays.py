"""Stays on real rows: what fills a house, who takes a stay, and what the team may do that a guest may not."""

from datetime import date, timedelta

import pytest

from flectar.core import clock
from flectar.core.tenancy import project_scope
from flectar.offers.booking.availability import Reason
from flectar.offers.booking.errors import sentence_for_nights
from flectar.offers.booking.hours import instant_of
from flectar.offers.booking.models import (
    CalendarSource,
    Claim,
    ExternalBusy,
    NeedGroup,
    Resource,
    Season,
    Service,
    ServiceNeed,
)
from flectar.offers.booking.scheduling import stays
from tests.offers.booking import make
from tests.offers.booking.make import at, dec

pytestmark = pytest.mark.usefixtures("monday_morning")


@pytest.fixture
def scope(salon):
    with project_scope(salon.pk):
        yield salon


def tried(project, service, arrival: int, departure: int, **options):
    options = {"party": 2, **options}
    return stays.find(project, service, dec(arrival), departure - arrival, **options)


def test_a_stay_takes_from_check_in_less_preparation_to_check_out_plus_cleaning(scope):
    house = make.house()
    service = make.stay_service(house, check_in_min=16 * 60, check_out_min=10 * 60, buffer_before=30, buffer_after=120)

    [pick] = tried(scope, service, 10, 12)

    assert (pick.resource, pick.units) == (house, (1,))
    assert [instant_of(minute) for minute in pick.spans[0]] == [
        at(scope, "15:30", dec(10)), at(scope, "12:00", dec(12)),
    ]  # fmt: skip


def test_two_stays_stand_back_to_back_and_a_third_across_them_is_refused(scope):
    """Scenario 39."""
    service = make.stay_service()
    make.stay(scope, service, dec(10), dec(12))
    make.stay(scope, service, dec(12), dec(15))

    assert tried(scope, service, 11, 13) is Reason.CLAIMED
    assert [night.is_free for night in stays.calendar(scope, service, dec(9), 7)] == [True, *[False] * 5, True]


def test_a_floating_pool_moves_others_together_and_a_fixed_one_does_not(scope):
    """Scenario 27: A sleeps nights 1-2, B nights 3-4, somebody wants 2-3."""
    floating = make.house("Rooms", units=2, allocation=Resource.Allocation.FLOATING)
    fixed = make.house("Suites", units=2)
    for place in (floating, fixed):
        service = make.stay_service(place)
        make.stay(scope, service, dec(1), dec(3))
        make.stay(scope, service, dec(3), dec(5))
        Claim.objects.filter(resource=place, starts_at__gte=at(scope, "00:00", dec(3))).update(unit=2)

    assert tried(scope, make.stay_service(fixed), 2, 4) is Reason.CLAIMED
    make.stay(scope, make.stay_service(floating), dec(2), dec(4))

    assert sorted(Claim.objects.filter(resource=floating).values_list("unit", flat=True)) == [1, 1, 2]
    assert tried(scope, make.stay_service(floating), 2, 4) is Reason.CLAIMED


def test_a_hold_that_has_run_out_is_as_if_it_were_not_there(scope):
    service = make.stay_service()
    make.stay(scope, service, dec(10), dec(12))
    Claim.objects.update(expires_at=clock.now() + timedelta(minutes=10))

    assert tried(scope, service, 10, 12) is Reason.CLAIMED
    assert isinstance(tried(scope, service, 10, 12, now=clock.now() + timedelta(minutes=10)), list)


def test_a_stay_that_moves_does_not_stand_in_its_own_way(scope):
    service = make.stay_service()
    booking = make.stay(scope, service, dec(10), dec(12))

    assert isinstance(tried(scope, service, 11, 13, without=[booking.pk]), list)


def test_a_stay_of_a_year_is_seen_on_its_last_night(scope):
    service = make.stay_service()
    make.stay(scope, service, dec(1), dec(1) + timedelta(days=365))

    assert stays.find(scope, service, dec(364), 1, party=1, by_team=True) is Reason.CLAIMED
    assert isinstance(stays.find(scope, service, dec(366), 1, party=1, by_team=True), list)


def test_a_blocked_day_is_a_night_that_is_not_sold(scope):
    service = make.stay_service()
    make.closure(*clock.day_bounds(dec(12), scope.tz))

    assert isinstance(tried(scope, service, 10, 12), list)
    assert tried(scope, service, 12, 13) is Reason.CLOSURE
    assert isinstance(tried(scope, service, 13, 14), list)


def test_whole_days_of_another_calendar_are_guests_who_need_cleaning_too(scope):
    house = make.house()
    service = make.stay_service(house, buffer_after=5 * 60)
    source = CalendarSource.objects.create(resource=house, name="other")
    starts_at, ends_at = clock.day_bounds(dec(12), scope.tz)
    ExternalBusy.objects.create(resource=house, source=source, uid="1", starts_at=starts_at, ends_at=ends_at)

    assert isinstance(tried(scope, service, 14, 15), list)
    assert tried(scope, service, 13, 14) is Reason.EXTERNAL
    assert tried(scope, service, 12, 13) is Reason.EXTERNAL


def test_the_house_need_not_be_open_at_night(scope):
    service = make.stay_service()

    assert isinstance(tried(scope, service, 5, 7), list)  # Saturday and Sunday, when the business is closed


@pytest.mark.parametrize("party", [0, 5])
def test_a_party_must_be_welcome(scope, party):
    assert tried(scope, make.stay_service(), 10, 12, party=party) is Reason.PARTY


def test_people_are_put_where_they_fit(scope):
    small, large = make.house("Studio", rank=1, seats_max=2), make.house("Loft", rank=2, seats_min=2, seats_max=6)
    service = make.stay_service(small, large, max_party=8)

    assert tried(scope, service, 10, 12, party=2)[0].resource == small
    assert tried(scope, service, 10, 12, party=3)[0].resource == large
    assert tried(scope, service, 10, 12, party=7) is Reason.PARTY
    assert tried(scope, service, 10, 12, party=2, resource=large)[0].resource == large


def test_several_groups_and_quantities_are_met_together(scope):
    service = make.stay_service(make.house("Room"))
    beds = make.house("Beds", units=3, kind=Resource.Kind.EQUIPMENT)
    ServiceNeed.objects.create(service=service, resource=beds, group_no=2)
    NeedGroup.objects.create(service=service, group_no=2, qty=1, is_per_person=True)

    picks = tried(scope, service, 10, 12, party=3)

    assert [(pick.resource.name, pick.units) for pick in picks] == [("Room", (1,)), ("Beds", (1, 2, 3))]
    assert tried(scope, service, 10, 12, party=4) is Reason.CLAIMED


def test_the_team_is_not_bound_by_seasons_notice_or_horizon_but_by_what_is_taken(scope):
    service = make.stay_service(notice_min=2880, horizon_days=30, min_nights=3)
    make.season(service, dec(1), dec(31), arrival_days=[5], min_nights=7)
    make.stay(scope, service, dec(20), dec(22))

    assert tried(scope, service, 9, 16) is Reason.ARRIVAL_DAY
    assert tried(scope, service, 12, 15) is Reason.MIN_NIGHTS
    assert tried(scope, service, 32, 33) is Reason.PAST_HORIZON
    for arrival, departure in [(-6, -5), (9, 10), (400, 401)]:
        assert isinstance(tried(scope, service, arrival, departure, by_team=True), list)
    assert tried(scope, service, 20, 21, by_team=True) is Reason.CLAIMED


def test_nothing_that_takes_it_is_closed_and_no_nights_are_too_few(scope):
    service = make.stay_service()
    Resource.objects.update(is_active=False)

    assert tried(scope, service, 10, 12) is Reason.CLOSED
    assert tried(scope, service, 10, 10) is Reason.MIN_NIGHTS
    assert tried(scope, service, 10, 400) is Reason.MAX_NIGHTS


def test_a_month_is_read_in_three_questions(scope, django_assert_num_queries):
    service = make.stay_service(*(make.house(f"Room {n}") for n in range(5)))
    for n in range(5):
        make.stay(scope, service, dec(3 * n + 1), dec(3 * n + 3))

    with django_assert_num_queries(3):
        stays.calendar(scope, service, dec(1), 62)


def test_a_season_that_is_over_asks_for_nothing(scope):
    service = make.stay_service()
    make.season(service, dec(1), dec(5), min_nights=5)

    assert tried(scope, service, 5, 6) is Reason.MIN_NIGHTS
    assert isinstance(tried(scope, service, 6, 7), list)
    assert Season.objects.count() == Service.objects.count() == 1


def test_a_reason_is_a_sentence_for_whoever_wanted_the_nights():
    assert all(sentence_for_nights(reason).endswith(".") for reason in Reason)
    assert sentence_for_nights(Reason.MIN_NIGHTS).startswith("That is shorter than a stay")


def test_instants_are_those_of_the_wall_on_the_night_when_clocks_change(scope):
    booking = make.stay(scope, make.stay_service(), date(2026, 3, 28), date(2026, 3, 29))

    assert (booking.nights, booking.minutes) == (1, 19 * 60)
