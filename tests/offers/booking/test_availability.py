"""The scenarios of the booking design that speak of one start: Madrid, Mon–Fri 09:00–17:00, step 30, 60 minutes."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flectar.core import clock
from flectar.offers.booking.availability import Diary, Need, Reason, Rules, free_starts, nearest, why_empty, why_not
from flectar.offers.booking.hours import Window, ceil_minute, instant_of, merged, minute_of, opened

MADRID = ZoneInfo("Europe/Madrid")
WORKING_WEEK: dict[int, list[Window]] = {weekday: [(540, 480)] for weekday in range(5)}
TUESDAY = date(2026, 11, 24)
HOUR = Rules(duration=60, step=30)


def at(text: str, day: date = TUESDAY, zone: ZoneInfo = MADRID) -> int:
    hour, minute = map(int, text.split(":"))
    return minute_of(clock.to_instant(datetime.combine(day, time(hour, minute)), zone))


def span(start: str, end: str, day: date = TUESDAY) -> tuple[int, int]:
    return at(start, day), at(end, day)


def diary(day: date = TUESDAY, weekly=WORKING_WEEK, zone=MADRID, special=None, **facts) -> Diary:
    return Diary("Ana", opened(weekly, special or {}, zone, day - timedelta(days=1), 3), **facts)


def listed(diary: Diary, rules: Rules = HOUR, day: date = TUESDAY, zone: ZoneInfo = MADRID, days: int = 1) -> list[str]:
    first, until = at("00:00", day, zone), at("00:00", day + timedelta(days=days), zone)
    return [f"{instant_of(start).astimezone(zone):%H:%M}" for start in diary.free_starts(rules, first, until)]


def test_an_empty_day_offers_every_half_hour():
    times = listed(diary())

    assert times[0] == "09:00"
    assert times[-1] == "16:00"
    assert len(times) == 15


def test_what_ends_at_ten_does_not_touch_what_starts_at_ten():
    times = listed(diary(claims=[span("10:00", "11:00")]))

    assert times[:2] == ["09:00", "11:00"]


def test_a_buffer_after_needs_free_time_after():
    rules = Rules(duration=60, step=30, after=15)
    busy = diary(claims=[span("10:00", "11:00")])

    assert "09:00" not in listed(busy, rules)
    assert why_not([Need([busy])], rules, at("09:00")) is Reason.BUFFER


def test_a_buffer_after_may_run_past_closing():
    assert listed(diary(), Rules(duration=60, step=30, after=15))[-1] == "16:00"


def test_buffers_kept_inside_hours_shorten_the_day_at_both_ends():
    times = listed(diary(), Rules(duration=60, step=30, before=15, after=15, buffers_inside_hours=True))

    assert times[0] == "09:30"
    assert times[-1] == "15:30"


def test_a_buffer_before_may_begin_before_opening():
    assert listed(diary(), Rules(duration=60, step=30, before=15))[0] == "09:00"


def test_buffers_of_two_services_add_up():
    first_with_its_buffer = [span("09:00", "10:10")]  # ends 10:00, ten minutes after
    rules = Rules(duration=60, step=10, before=10)
    busy = diary(claims=first_with_its_buffer)

    assert why_not([Need([busy])], rules, at("10:10")) is Reason.BUFFER
    assert why_not([Need([busy])], rules, at("10:20")) is None


def test_an_earlier_bookings_buffer_is_seen_by_the_list_and_by_the_check():
    busy = diary(claims=[span("08:00", "09:20")])

    assert listed(busy)[0] == "09:30"
    assert why_not([Need([busy])], HOUR, at("09:00")) is Reason.CLAIMED


def test_a_buffer_may_not_reach_into_a_closure():
    rules = Rules(duration=60, step=30, after=15)
    closed = diary(closures=[span("17:00", "18:00")])

    assert listed(closed, rules)[-1] == "15:30"
    assert why_not([Need([closed])], rules, at("16:00")) is Reason.CLOSURE


def test_time_busy_elsewhere_is_not_offered():
    busy = diary(external=[span("12:00", "12:30")])

    assert why_not([Need([busy])], HOUR, at("11:30")) is Reason.EXTERNAL
    assert why_not([Need([busy])], HOUR, at("12:30")) is None


@pytest.mark.parametrize(("now", "first"), [("10:07", "12:30"), ("10:30", "12:30"), ("10:31", "13:00")])
def test_notice_counts_from_now(now, first):
    earliest = at(now) + 120

    assert listed(diary(), Rules(duration=60, step=30, earliest=earliest))[0] == first


def test_notice_is_elapsed_time_over_a_clock_change():
    now = datetime(2026, 3, 28, 22, 30, tzinfo=UTC)  # 23:30 in Madrid, the night that loses an hour
    earliest = ceil_minute(now + timedelta(minutes=180))

    assert f"{instant_of(earliest).astimezone(MADRID):%H:%M %Z}" == "03:30 CEST"


def test_seconds_never_let_a_start_slip_under_the_notice():
    assert ceil_minute(datetime(2026, 11, 24, 10, 0, 1, tzinfo=UTC)) == at("11:01")


def test_the_horizon_ends_with_a_whole_day():
    rules = Rules(duration=60, step=30, latest=at("00:00", TUESDAY + timedelta(days=1)))

    assert len(listed(diary(), rules)) == 15
    assert why_not([Need([diary(TUESDAY + timedelta(days=1))])], rules, at("09:00", TUESDAY + timedelta(days=1))) is (
        Reason.PAST_HORIZON
    )


def test_kathmandu_starts_on_its_own_half_hours():
    zone = ZoneInfo("Asia/Kathmandu")
    first = diary(zone=zone).free_starts(HOUR, at("00:00", zone=zone), at("23:00", zone=zone))[0]

    assert instant_of(first) == datetime(2026, 11, 24, 3, 15, tzinfo=UTC)


NIGHTS: dict[int, list[Window]] = {5: [(1320, 360)]}  # Saturday 22:00, six hours on the wall


def test_the_night_that_loses_an_hour_has_five_starts():
    saturday = date(2026, 3, 28)
    night = diary(saturday, NIGHTS)

    times = listed(night, Rules(duration=60, step=60), saturday, days=2)

    assert times == ["22:00", "23:00", "00:00", "01:00", "03:00"]


def test_the_night_that_gains_an_hour_has_seven_starts():
    saturday = date(2026, 10, 24)
    night = diary(saturday, NIGHTS)

    times = listed(night, Rules(duration=60, step=60), saturday, days=2)

    assert times == ["22:00", "23:00", "00:00", "01:00", "02:00", "02:00", "03:00"]


def test_a_window_that_opens_inside_the_gap_opens_at_its_end():
    sunday = date(2026, 3, 29)
    window = opened({6: [(150, 210)]}, {}, MADRID, sunday, 1)

    assert instant_of(window[0][0]) == datetime(2026, 3, 29, 1, 0, tzinfo=UTC)


def test_an_afternoon_on_a_change_day_is_not_shifted():
    zone = ZoneInfo("America/New_York")
    window = opened({6: [(780, 300)]}, {}, zone, date(2026, 3, 8), 1)

    assert [instant_of(bound) for bound in window[0]] == [
        datetime(2026, 3, 8, 17, 0, tzinfo=UTC),
        datetime(2026, 3, 8, 22, 0, tzinfo=UTC),
    ]


def test_lord_howe_moves_by_half_an_hour_exactly():
    zone = ZoneInfo("Australia/Lord_Howe")
    window = opened({6: [(540, 480)]}, {}, zone, date(2026, 10, 4), 1)

    assert instant_of(window[0][0]) == datetime(2026, 10, 3, 22, 0, tzinfo=UTC)  # +11:00 since that night


def test_hours_past_midnight_belong_to_the_day_that_opened():
    friday = date(2026, 11, 27)
    night = diary(friday, {4: [(1320, 240)]})
    rules = Rules(duration=90, step=30)

    assert listed(night, rules, friday)[-1] == "23:30"
    assert listed(night, rules, friday + timedelta(days=1)) == ["00:00", "00:30"]


def test_a_special_day_replaces_the_weekday():
    sunday = date(2026, 11, 29)

    assert listed(diary(special={TUESDAY: []})) == []
    assert listed(diary(sunday, special={sunday: [(600, 120)]}), day=sunday) == ["10:00", "10:30", "11:00"]


def test_two_touching_windows_let_a_long_service_pass():
    split: dict[int, list[Window]] = {1: [(540, 240), (780, 240)]}

    assert "12:30" in listed(diary(weekly=split))


def test_a_start_between_the_steps_is_refused():
    assert why_not([Need([diary()])], HOUR, at("09:10")) is Reason.CLOSED


def test_every_group_must_be_met_by_somebody():
    ana = Diary("Ana", opened(WORKING_WEEK, {}, MADRID, TUESDAY, 1))
    room = Diary("Room 1", ana.hours, claims=[span("09:00", "12:00")])

    free = free_starts([Need([ana]), Need([room])], HOUR, at("00:00"), at("23:00"))

    assert min(free) == at("12:00")
    assert free[at("12:00")] == (("Ana",), ("Room 1",))
    assert why_not([Need([ana]), Need([room])], HOUR, at("09:00")) is Reason.CLAIMED


def test_anybody_in_a_group_will_do():
    ana, ben = diary(claims=[span("09:00", "12:00")]), diary()
    ben.who = "Ben"

    free = free_starts([Need([ana, ben])], HOUR, at("00:00"), at("23:00"))

    assert free[at("09:00")] == (("Ben",),)
    assert free[at("12:00")] == (("Ana", "Ben"),)


def test_a_full_day_is_not_called_closed():
    full = diary(claims=[span("09:00", "17:00")])
    day = at("00:00"), at("23:59")

    assert why_empty([Need([full])], HOUR, *day) is Reason.CLAIMED
    assert why_empty([Need([diary(special={TUESDAY: []})])], HOUR, *day) is Reason.CLOSED
    assert why_empty([Need([diary(closures=[day])])], HOUR, *day) is Reason.CLOSURE
    assert why_empty([Need([diary()])], Rules(60, 30, earliest=day[1] + 60), *day) is Reason.TOO_SOON


def test_the_nearest_times_come_in_the_order_of_the_clock():
    assert nearest([540, 600, 660, 900], wanted=630, count=3) == [540, 600, 660]


def spans(limit: int):
    return st.lists(
        st.tuples(st.integers(0, limit), st.integers(1, 300)).map(lambda pair: (pair[0], sum(pair))), max_size=8
    ).map(sorted)


diaries = st.builds(
    Diary,
    who=st.just("Ana"),
    hours=spans(2000),
    claims=spans(2000),
    closures=spans(2000),
    external=spans(2000),
)
rules = st.builds(
    Rules,
    duration=st.integers(1, 200),
    step=st.integers(1, 60),
    before=st.integers(0, 60),
    after=st.integers(0, 60),
    buffers_inside_hours=st.booleans(),
    earliest=st.integers(-100, 900),
    latest=st.integers(900, 2300),
)


def _is_free(diary: Diary, rules: Rules, start: int) -> bool:
    """The rules once more, minute by minute, written to be read rather than to be fast."""
    core = range(start, start + rules.duration)
    whole = range(start - rules.before, start + rules.duration + rules.after)
    is_open = {minute for opens, closes in diary.hours for minute in range(opens, closes)}
    busy = {
        minute for kind in (diary.claims, diary.closures, diary.external) for s, e in kind for minute in range(s, e)
    }
    return (
        rules.earliest <= start < rules.latest
        and any(opens <= start < closes and (start - opens) % rules.step == 0 for opens, closes in diary.hours)
        and all(minute in is_open for minute in (whole if rules.buffers_inside_hours else core))
        and not any(minute in busy for minute in whole)
    )


@given(diaries, rules)
@settings(max_examples=150, deadline=None)
def test_listed_means_bookable_and_unlisted_means_refused(diary, rules):
    listed = set(diary.free_starts(rules, 0, 2400))

    is_open = merged(diary.hours)
    probes = {*range(0, 2400, 7), *listed, *(bound for pair in is_open for bound in pair if bound < 2400)}
    for start in probes:
        assert (start in listed) == (diary.why_not(rules, start) is None) == _is_free(diary, rules, start)


@given(diaries, rules, st.integers(0, 2000), st.integers(0, 500))
@settings(max_examples=100, deadline=None)
def test_a_part_of_the_list_is_the_list_of_the_part(diary, rules, first, length):
    whole = diary.free_starts(rules, 0, 2600)

    assert diary.free_starts(rules, first, first + length) == [s for s in whole if first <= s < first + length]
