"""Wall-clock times become instants in one place, by one rule for gaps and one for overlaps."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flectar.core import clock

MADRID = ZoneInfo("Europe/Madrid")
LORD_HOWE = ZoneInfo("Australia/Lord_Howe")
SAMOA = ZoneInfo("Pacific/Apia")
KATHMANDU = ZoneInfo("Asia/Kathmandu")

zones = st.sampled_from(
    [
        ZoneInfo(name)
        for name in (
            "Europe/Madrid",
            "Atlantic/Canary",
            "Australia/Lord_Howe",
            "Pacific/Apia",
            "Asia/Kathmandu",
            "America/St_Johns",
            "America/Sao_Paulo",
            "Africa/Casablanca",
            "Antarctica/Troll",
            "Asia/Tehran",
            "UTC",
        )
    ]
)
walls = st.datetimes(datetime(1980, 1, 1), datetime(2060, 1, 1))  # noqa: DTZ001 - wall-clock times have no zone


def wall(text: str) -> datetime:
    return datetime.fromisoformat(text)


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def exists(local: datetime, zone: ZoneInfo) -> bool:
    return local.replace(tzinfo=zone).astimezone(UTC).astimezone(zone).replace(tzinfo=None) == local


def test_an_ordinary_time_is_read_with_the_offset_of_that_day():
    assert clock.to_instant(wall("2026-01-15 10:00"), MADRID) == utc("2026-01-15 09:00")
    assert clock.to_instant(wall("2026-07-15 10:00"), MADRID) == utc("2026-07-15 08:00")


@pytest.mark.parametrize("time", ["02:00", "02:00:01", "02:30", "02:59:59.999999"])
def test_a_time_inside_a_gap_becomes_the_gaps_end(time: str):
    assert clock.to_instant(wall(f"2026-03-29 {time}"), MADRID) == utc("2026-03-29 01:00")


def test_the_last_moment_before_a_gap_and_its_end_stay_what_they_are():
    assert clock.to_instant(wall("2026-03-29 01:59:59"), MADRID) == utc("2026-03-29 00:59:59")
    assert clock.to_instant(wall("2026-03-29 03:00"), MADRID) == utc("2026-03-29 01:00")


def test_a_time_that_happens_twice_is_its_first_occurrence():
    assert clock.to_instant(wall("2026-10-25 02:30"), MADRID) == utc("2026-10-25 00:30")


def test_the_mark_for_the_second_occurrence_changes_nothing():
    assert clock.to_instant(wall("2026-10-25 02:30").replace(fold=1), MADRID) == utc("2026-10-25 00:30")


def test_a_zone_that_moves_by_half_an_hour():
    assert clock.to_instant(wall("2026-10-04 02:10"), LORD_HOWE) == utc("2026-10-03 15:30")
    assert clock.to_instant(wall("2026-04-05 01:45"), LORD_HOWE) == utc("2026-04-04 14:45")


def test_a_zone_with_a_quarter_hour_offset():
    assert clock.to_instant(wall("2026-05-01 09:00"), KATHMANDU) == utc("2026-05-01 03:15")


def test_a_day_that_a_country_skipped_is_an_instant():
    assert clock.to_instant(wall("2011-12-30 15:00"), SAMOA) == utc("2011-12-30 10:00")
    assert clock.day_bounds(date(2011, 12, 30), SAMOA) == (utc("2011-12-30 10:00"), utc("2011-12-30 10:00"))


@pytest.mark.parametrize(
    ("day", "zone", "hours"),
    [
        (date(2026, 3, 29), MADRID, 23),
        (date(2026, 10, 25), MADRID, 25),
        (date(2026, 7, 1), MADRID, 24),
        (date(2026, 10, 4), LORD_HOWE, 23.5),
        (date(2026, 4, 5), LORD_HOWE, 24.5),
        (date(2018, 11, 4), ZoneInfo("America/Sao_Paulo"), 23),  # midnight itself did not exist
    ],
)
def test_a_local_day_is_as_long_as_it_is(day: date, zone: ZoneInfo, hours: float):
    start, end = clock.day_bounds(day, zone)

    assert end - start == timedelta(hours=hours)


def test_a_time_with_a_zone_is_refused():
    with pytest.raises(ValueError, match="without a zone"):
        clock.to_instant(utc("2026-01-01 00:00"), MADRID)


@given(walls, zones)
def test_outside_gaps_a_time_comes_back_as_it_went(local: datetime, zone: ZoneInfo):
    back = clock.local(clock.to_instant(local, zone), zone).replace(tzinfo=None)

    assert back == local if exists(local, zone) else back > local


@given(walls, walls, zones)
def test_a_later_time_is_never_an_earlier_instant(one: datetime, other: datetime, zone: ZoneInfo):
    earlier, later = sorted([one, other])

    assert clock.to_instant(earlier, zone) <= clock.to_instant(later, zone)


@given(st.dates(date(1980, 1, 1), date(2060, 1, 1)), zones)
def test_the_days_of_a_calendar_touch_and_never_overlap(day: date, zone: ZoneInfo):
    _, end = clock.day_bounds(day, zone)
    start, _ = clock.day_bounds(day + timedelta(days=1), zone)

    assert end == start


@given(walls, zones)
def test_every_instant_lies_within_its_local_day(local: datetime, zone: ZoneInfo):
    instant = local.replace(tzinfo=UTC)
    start, end = clock.day_bounds(clock.local(instant, zone).date(), zone)

    assert start <= instant < end


def test_a_frozen_clock_stands_still_until_the_block_ends():
    with clock.frozen(utc("2026-11-23 23:30")):
        assert clock.now() == utc("2026-11-23 23:30")
        assert clock.today(MADRID) == date(2026, 11, 24)
        with clock.frozen(utc("2027-01-01 00:00")):
            assert clock.today(ZoneInfo("America/St_Johns")) == date(2026, 12, 31)
        assert clock.now() == utc("2026-11-23 23:30")

    assert clock.now().tzinfo is UTC
    assert clock.now() != utc("2026-11-23 23:30")


def test_a_clock_is_not_frozen_at_a_time_without_a_zone():
    with pytest.raises(ValueError, match="time zone"), clock.frozen(wall("2026-01-01 00:00")):
        pass
