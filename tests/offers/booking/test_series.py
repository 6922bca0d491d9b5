"""Bookings that repeat: by the clock on the wall, every date looked at, all of them or none."""

from datetime import UTC, date, datetime, timedelta

import pytest

from flectar.core import clock
from flectar.offers.booking.deeds import series
from flectar.offers.booking.errors import SeriesTaken
from flectar.offers.booking.models import Booking, Series
from tests.offers.booking import make
from tests.offers.booking.make import at

pytestmark = pytest.mark.django_db
FRIDAY = date(2026, 3, 20)


@pytest.fixture(autouse=True)
def march():
    with clock.frozen(datetime(2026, 3, 16, 7, 0, tzinfo=UTC)):
        yield


@pytest.fixture
def cut(in_salon):
    return make.service(make.staff("Noa"), horizon_days=200)


def book(project, cut, rule="FREQ=WEEKLY;COUNT=4", **options):
    return series.book(project, cut, at(project, "10:00", FRIDAY), rule, make.customer(project), **options)


def test_ten_oclock_stays_ten_oclock_when_the_clocks_change(in_salon, cut):
    made = book(in_salon, cut)

    assert [one.local_start[-5:] for one in made] == ["10:00"] * 4
    assert [f"{one.starts_at:%d %H:%M}" for one in made] == ["20 09:00", "27 09:00", "03 08:00", "10 08:00"]
    assert len({one.series_id for one in made}) == 1


def test_a_date_that_is_taken_saves_nothing_and_is_named(in_salon, cut):
    seventh = FRIDAY + timedelta(weeks=6)
    make.booking(in_salon, cut, at(in_salon, "10:00", seventh))

    with pytest.raises(SeriesTaken) as refused:
        book(in_salon, cut, "FREQ=WEEKLY;COUNT=12")
    assert [one.day for one in refused.value.conflicts] == [seventh]
    assert refused.value.conflicts[0].nearest
    assert Booking.objects.count() == 1
    assert not Series.objects.exists()

    assert len(book(in_salon, cut, "FREQ=WEEKLY;COUNT=12", skip={seventh})) == 11
    assert Booking.objects.count() == 12


def test_one_date_may_have_another_time(in_salon, cut):
    second = FRIDAY + timedelta(weeks=1)
    make.booking(in_salon, cut, at(in_salon, "10:00", second))

    made = book(in_salon, cut, instead={second: at(in_salon, "12:00", second)})

    assert [one.local_start[-5:] for one in made] == ["10:00", "12:00", "10:00", "10:00"]


def test_a_repeat_with_the_same_key_is_the_same_series(in_salon, cut):
    who = make.customer(in_salon)
    deed = lambda: series.book(  # noqa: E731 - done twice below
        in_salon, cut, at(in_salon, "10:00", FRIDAY), "FREQ=WEEKLY;COUNT=3", who, idempotency_key="k"
    )

    assert [one.pk for one in deed()] == [one.pk for one in deed()]


def test_this_and_following_move_by_the_wall_and_all_or_none(in_salon, cut):
    made = book(in_salon, cut)
    second = Booking.objects.with_people().get(pk=made[1].pk)

    series.move(second, at(in_salon, "11:00", FRIDAY + timedelta(weeks=1)), "following", notify=False)
    assert sorted(Booking.objects.values_list("local_start", flat=True))[0].endswith("10:00")
    assert [one[-5:] for one in sorted(Booking.objects.values_list("local_start", flat=True))[1:]] == ["11:00"] * 3

    make.booking(in_salon, cut, at(in_salon, "15:00", FRIDAY + timedelta(weeks=3)))
    second.refresh_from_db()
    with pytest.raises(SeriesTaken):
        series.move(second, at(in_salon, "15:00", FRIDAY + timedelta(weeks=1)), "following", notify=False)
    assert Booking.objects.filter(local_start__endswith="15:00").count() == 1


def test_all_that_are_to_come_are_cancelled_together(in_salon, cut):
    made = book(in_salon, cut)
    with clock.frozen(at(in_salon, "09:00", FRIDAY + timedelta(weeks=1))):
        gone = series.cancel(Booking.objects.with_people().get(pk=made[2].pk), "all", by_team=True, notify=False)

    assert len(gone) == 3
    assert Booking.objects.get(pk=made[0].pk).is_confirmed


def test_a_rule_without_an_end_stops_at_sixty():
    starts = series.dates_of("FREQ=DAILY", datetime(2026, 3, 20, 9, tzinfo=UTC), clock.ZoneInfo("Europe/Madrid"))

    assert len(starts) == series.MOST_DATES
