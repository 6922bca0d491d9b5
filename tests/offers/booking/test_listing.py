"""The list stays quick in a business of a hundred thousand bookings: each view is served by the index of starts."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.http import QueryDict
from django.test.utils import CaptureQueriesContext

from flectar.core import clock
from flectar.core.tenancy import project_scope
from flectar.offers.booking.deeds import listing
from flectar.offers.booking.models import Booking, Resource
from flectar.ui.index import Look
from tests.offers.booking import make
from tests.offers.booking.make import TUESDAY, at
from tests.plans import index_conditions, plan

pytestmark = pytest.mark.usefixtures("monday_morning")


@pytest.fixture
def busy(in_salon):
    service = make.service(make.staff("Noa Vidal"))
    for hour in (10, 11, 12, 13):
        make.booking(in_salon, service, at(in_salon, f"{hour}:00"))
    return in_salon


@pytest.mark.parametrize("view", listing.VIEWS)
def test_each_view_is_read_in_the_order_of_starts(busy, view):
    order = ("starts_at", "id") if view == "upcoming" else ("-starts_at", "-id")
    page = listing.matching(busy, Look(view=view)).order_by(*order)[:26]

    # Those of one status have an index of their own, in the same order.
    assert "booking_by_start" in plan(page) or "booking_by_status_and_start" in plan(page)
    assert "Sort" not in plan(page)


@pytest.mark.parametrize("view", ["upcoming", "past"])
def test_the_years_before_and_behind_are_skipped(busy, view):
    order = ("starts_at", "id") if view == "upcoming" else ("-starts_at", "-id")

    assert "starts_at" in index_conditions(listing.matching(busy, Look(view=view)).order_by(*order)[:26])


def test_those_a_list_of_bookings_is_for_are_found_by_their_ids_and_project(busy):
    """The policy alone does not tell the planner how large the project is."""
    with CaptureQueriesContext(connection) as asked:
        list(Booking.objects.listed_with_people())

    for table in ("customers_customer", "booking_resource"):
        [sql] = [each["sql"] for each in asked if f'FROM "{table}"' in each["sql"]]
        assert f'"{table}"."project_id" = ' in sql


def test_a_page_that_shows_all_is_not_counted_again(salon, signed_in, busy):
    signed_in.get("/nacar/bookings")
    with CaptureQueriesContext(connection) as asked:
        response = signed_in.get("/nacar/bookings")

    assert "4 bookings" in response.content.decode()
    assert 'Upcoming<span class="n">4</span>' in response.content.decode()
    assert not any("count(*)" in each["sql"] and '"booking_booking"."ends_at" >' in each["sql"] for each in asked)


def test_a_stay_that_began_long_ago_is_still_to_come_until_it_ends(busy):
    before, now = list(listing.upcoming()), clock.now()
    stay = before[-1]
    long_ago = {"nights": 20, "starts_at": now - timedelta(days=14), "ends_at": now + timedelta(days=6)}
    Booking.objects.filter(pk=stay.pk).update(**long_ago)

    assert list(listing.upcoming()) == [stay, *before[:-1]]

    Booking.objects.filter(pk=stay.pk).update(ends_at=now)

    assert list(listing.upcoming()) == before[:-1]


def test_a_day_of_the_calendar_is_read_through_the_index_of_starts(busy):
    start, end = clock.day_bounds(TUESDAY, busy.tz)

    assert index_conditions(Booking.objects.overlapping(start, end).order_by("starts_at", "id")).count("starts_at") == 2


def test_a_booking_is_never_longer_than_readers_look_back(busy):
    booking = Booking.objects.first()
    booking.ends_at = booking.starts_at + timedelta(days=2, minutes=1)

    with pytest.raises(IntegrityError, match="booking_length"), transaction.atomic():
        booking.save()

    assert Booking.objects.get(pk=booking.pk).minutes == 60


def test_a_page_asks_as_often_for_four_bookings_as_for_none(salon, signed_in, busy):
    signed_in.get("/nacar/bookings?view=past")  # the device is written down once
    with CaptureQueriesContext(connection) as none:
        signed_in.get("/nacar/bookings?view=past")
    with CaptureQueriesContext(connection) as four:
        signed_in.get("/nacar/bookings")

    assert len(four) == len(none)
    with project_scope(salon.pk):
        look = listing.read(QueryDict())
        found = listing.matching(salon, look)
        assert list(listing.page(salon, look, found, people=list(Resource.objects.all())).days)
