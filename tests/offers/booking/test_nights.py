"""Stays by the night, as dates over minutes: arrival from 15:00, departure until 11:00 in Madrid, unless said."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flectar.core import clock
from flectar.offers.booking.availability import Reason
from flectar.offers.booking.hours import minute_of
from flectar.offers.booking.scheduling import nights
from flectar.offers.booking.scheduling.nights import Group, Place, Season, Taken, Terms

MADRID = ZoneInfo("Europe/Madrid")
TERMS = Terms(MADRID)
SATURDAY = 5


def dec(day: int) -> date:
    return date(2026, 12, 1) + timedelta(days=day - 1)


def at(day: date, text: str) -> int:
    hour, minute = map(int, text.split(":"))
    return minute_of(clock.to_instant(datetime.combine(day, time(hour, minute)), MADRID))


def taken(arrival: int, departure: int, unit: int = 1, terms: Terms = TERMS) -> Taken:
    return Taken(unit, *terms.span(dec(arrival), dec(departure)))


def house(*claims: Taken, **facts) -> list[Group]:
    return [Group([Place("house", claims=claims, **facts)])]


def left_on(groups: list[Group], arrival: int, terms: Terms = TERMS) -> list[int]:
    return [day.day for day in nights.departures(groups, terms, dec(arrival))]


def why(groups: list[Group], arrival: int, departure: int, terms: Terms = TERMS) -> Reason | None:
    return nights.why_not(groups, terms, dec(arrival), dec(departure))


def test_stays_stand_back_to_back():
    groups = house(taken(10, 12), taken(15, 18))

    assert left_on(groups, 12) == [13, 14, 15]
    assert why(groups, 12, 15) is None
    assert why(groups, 11, 13) is Reason.CLAIMED


def test_a_date_with_a_taken_night_can_still_be_a_departure():
    groups = house(taken(12, 14))

    arrivals, departure = nights.calendar(groups, TERMS, dec(11), 2)

    assert (arrivals.is_free, arrivals.may_arrive, arrivals.may_leave) == (True, True, True)
    assert (departure.is_free, departure.may_arrive, departure.may_leave) == (False, False, True)
    assert departure.reason is Reason.CLAIMED


def test_cleaning_and_preparation_must_fit_between_two_stays():
    terms = Terms(MADRID, before=60, after=4 * 60)
    groups = house(taken(10, 12, terms=terms))

    assert why(groups, 12, 14, terms) is Reason.BUFFER
    assert why(groups, 13, 14, terms) is None
    assert (
        why(house(taken(10, 12, terms=Terms(MADRID, after=180))), 12, 14, Terms(MADRID, before=60, after=180)) is None
    )


@pytest.mark.parametrize(("cleaning", "fits"), [(0, True), (30, True), (60, False)])
def test_day_use_fits_between_the_one_that_leaves_and_the_one_that_comes(cleaning, fits):
    day_use = Taken(1, at(dec(12), "11:30"), at(dec(12), "14:30"))
    terms = Terms(MADRID, after=cleaning)

    assert (why(house(day_use), 10, 12, terms) is None) is fits
    assert why(house(day_use), 12, 15, terms) is None
    assert why(house(Taken(1, at(dec(12), "11:30"), at(dec(12), "15:30"))), 12, 15) is Reason.CLAIMED


def test_the_night_when_clocks_go_forward_is_one_night_of_nineteen_hours():
    start, end = TERMS.span(date(2026, 3, 28), date(2026, 3, 29))

    assert end - start == 19 * 60


@pytest.mark.parametrize(
    ("arrival", "departure", "reason"),
    [
        (10, 11, Reason.MIN_NIGHTS),
        (10, 12, None),
        (10, 14, None),
        (10, 15, Reason.MAX_NIGHTS),
        (10, 10, Reason.MIN_NIGHTS),
    ],
)
def test_a_stay_has_a_least_and_a_greatest_length(arrival, departure, reason):
    assert why(house(), arrival, departure, Terms(MADRID, min_nights=2, max_nights=4)) is reason


def test_the_season_of_the_arrival_says_how_long_and_on_which_day():
    christmas = Season(dec(19), dec(31), min_nights=7, max_nights=14, arrival_days=frozenset({SATURDAY}))
    terms = Terms(MADRID, min_nights=2, seasons=(christmas,))

    assert why(house(), 18, 20, terms) is None
    assert why(house(), 19, 21, terms) is Reason.MIN_NIGHTS
    assert why(house(), 19, 26, terms) is None
    assert why(house(), 20, 27, terms) is Reason.ARRIVAL_DAY
    assert why(house(), 26, 41, terms) is Reason.MAX_NIGHTS


def test_the_season_of_the_departure_says_on_which_day_it_may_be():
    terms = Terms(MADRID, seasons=(Season(dec(19), dec(31), departure_days=frozenset({SATURDAY})),))

    assert why(house(), 18, 20, terms) is Reason.DEPARTURE_DAY
    assert why(house(), 18, 26, terms) is None
    assert left_on(house(), 18, terms) == [19, 26, *range(1, 16)]


def test_of_two_seasons_the_shorter_holds():
    long, short = Season(dec(1), dec(31), min_nights=3), Season(dec(5), dec(8), min_nights=1)

    assert Terms(MADRID, seasons=(long, short)).season_on(dec(6)) is short
    assert Terms(MADRID, seasons=(short, long)).season_on(dec(6)) is short
    assert Terms(MADRID, seasons=(short, long)).season_on(dec(9)) is long


def test_a_shorter_stay_may_fill_a_gap_and_only_whole():
    season = Season(dec(1), dec(31), min_nights=5, arrival_days=frozenset({SATURDAY}), fills_gaps=True)
    terms = Terms(MADRID, seasons=(season,))
    groups = house(taken(5, 8), taken(11, 20))

    assert left_on(groups, 8, terms) == [11]
    assert why(groups, 8, 11, terms) is None
    assert why(groups, 8, 10, terms) is Reason.ARRIVAL_DAY
    assert why(groups, 9, 11, terms) is Reason.ARRIVAL_DAY
    assert why(house(taken(5, 8), taken(15, 20)), 8, 15, terms) is Reason.ARRIVAL_DAY


def test_what_is_left_before_the_first_guest_is_a_gap_too():
    season = Season(dec(1), dec(31), min_nights=5, fills_gaps=True)
    terms = Terms(MADRID, seasons=(season,), earliest=at(dec(3), "10:00"))

    assert left_on(house(taken(5, 8)), 3, terms) == [5]
    assert left_on(house(taken(5, 8)), 2, terms) == []


def test_notice_and_horizon_bound_the_arrival():
    terms = Terms(MADRID, earliest=at(dec(10), "15:01"), latest=dec(20))

    assert why(house(), 10, 12, terms) is Reason.TOO_SOON
    assert why(house(), 11, 12, terms) is None
    assert why(house(), 20, 30, terms) is None
    assert why(house(), 21, 22, terms) is Reason.PAST_HORIZON


def test_closures_and_other_calendars_take_nights_too():
    away = TERMS.slept(dec(12), dec(14))

    assert why(house(closures=[away]), 10, 12) is None
    assert why(house(closures=[away]), 11, 13) is Reason.CLOSURE
    assert why(house(external=[away]), 13, 15) is Reason.EXTERNAL
    assert why(house(external=[away]), 14, 15) is None


def test_a_fixed_pool_needs_one_unit_that_is_free_throughout():
    claims = (taken(1, 3, unit=1), taken(3, 5, unit=2))

    assert why(house(*claims, units=2), 2, 4) is Reason.CLAIMED
    assert why(house(*claims, units=2, is_floating=True), 2, 4) is None
    assert why(house(*claims, taken(2, 4), units=2, is_floating=True), 2, 4) is Reason.CLAIMED


def test_the_unit_that_loses_the_least_free_time_is_given():
    claims = (taken(1, 3, unit=1), taken(5, 9, unit=1))

    chosen = nights.choose(house(*claims, units=2), TERMS, dec(3), dec(5))

    assert [(one.place.who, one.units) for one in chosen] == [("house", (1,))]


def test_every_group_must_be_met_and_any_place_of_a_group_will_do():
    room_1, room_2, cot = Place("room 1", claims=[taken(5, 9)], rank=1), Place("room 2", rank=2), Place("cot", units=2)
    groups = [Group([room_1, room_2]), Group([cot], qty=2)]

    assert [one.place.who for one in nights.choose(groups, TERMS, dec(1), dec(5))] == ["room 1", "cot"]
    assert [one.units for one in nights.choose(groups, TERMS, dec(4), dec(8))] == [(1,), (1, 2)]
    cot.claims = [taken(7, 8, unit=2)]
    cot._lanes.clear()
    assert nights.choose(groups, TERMS, dec(4), dec(8)) is Reason.CLAIMED
    assert nights.choose([], TERMS, dec(4), dec(8)) is Reason.CLOSED


# --- What is listed can be had, and nothing else ----------------------------------------------------------------------

DAYS = 12
stays = st.tuples(st.integers(1, DAYS), st.integers(1, 4))


@st.composite
def pools(draw) -> tuple[Place, Terms]:
    units = draw(st.integers(1, 3))
    is_floating = draw(st.booleans())
    season = Season(
        dec(draw(st.integers(1, 6))),
        dec(draw(st.integers(6, DAYS))),
        min_nights=draw(st.none() | st.integers(1, 4)),
        max_nights=draw(st.none() | st.integers(4, 6)),
        arrival_days=draw(st.frozensets(st.integers(0, 6), max_size=3)),
        departure_days=draw(st.frozensets(st.integers(0, 6), max_size=3)),
        fills_gaps=draw(st.booleans()),
    )
    terms = Terms(
        MADRID,
        before=draw(st.sampled_from([0, 120])),
        after=draw(st.sampled_from([0, 90, 24 * 60])),
        min_nights=draw(st.integers(1, 3)),
        max_nights=draw(st.integers(3, 5)),
        seasons=(season,) if draw(st.booleans()) else (),
        earliest=at(dec(draw(st.integers(1, 3))), "12:00"),
        latest=dec(draw(st.integers(8, DAYS))),
    )
    claims: list[Taken] = []
    for arrival, length in draw(st.lists(stays, max_size=6)):
        span = terms.span(dec(arrival), dec(arrival + length))
        free = [n for n in range(1, units + 1) if not any(c.unit == n and _meet(c[1:], span) for c in claims)]
        if free:
            claims.append(Taken(draw(st.sampled_from(free)), *span))
    blocked = [terms.slept(dec(a), dec(a + n)) for a, n in draw(st.lists(stays, max_size=1))]
    return Place("pool", units=units, is_floating=is_floating, claims=claims, closures=blocked), terms


def _meet(one, other) -> bool:
    return one[0] < other[1] and other[0] < one[1]


def could_be_slept(place: Place, span, unit: int | None = None) -> bool:
    """Said again, as simply as it can be said."""
    if any(_meet(span, blocked) for blocked in place.closures):
        return False
    if place.is_floating:
        moments = [span[0], *(claim.start for claim in place.claims if _meet(claim[1:], span))]
        return all(sum(c.start <= max(m, span[0]) < c.end for c in place.claims) < place.units for m in moments)
    units = [unit] if unit else range(1, place.units + 1)
    return any(not any(c.unit == n and _meet(c[1:], span) for c in place.claims) for n in units)


def could_be_had(place: Place, terms: Terms, arrival: date, departure: date) -> bool:
    length, season = (departure - arrival).days, terms.seasons[0] if terms.seasons else Season(date.max, date.max)
    here, there = season.first <= arrival <= season.last, season.first <= departure <= season.last
    fewest = (here and season.min_nights) or terms.min_nights
    most = max(fewest, (here and season.max_nights) or terms.max_nights)
    in_time = terms.slept(arrival, departure)[0] >= terms.earliest and arrival <= terms.latest
    if not in_time or length > most or not could_be_slept(place, terms.span(arrival, departure)):
        return False
    if here and season.fills_gaps and length < fewest:
        is_first = terms.slept(arrival - nights.DAY, departure)[0] < terms.earliest
        for unit in [None] if place.is_floating else range(1, place.units + 1):
            earlier, later = terms.span(arrival - nights.DAY, departure), terms.span(arrival, departure + nights.DAY)
            if (
                could_be_slept(place, terms.span(arrival, departure), unit)
                and (is_first or not could_be_slept(place, earlier, unit))
                and not could_be_slept(place, later, unit)
            ):
                return True
    return (
        length >= fewest
        and (not here or not season.arrival_days or arrival.weekday() in season.arrival_days)
        and (not there or not season.departure_days or departure.weekday() in season.departure_days)
    )


@settings(max_examples=150, deadline=None)
@given(pools())
def test_what_is_listed_can_be_had_and_nothing_else(drawn):
    place, terms = drawn
    groups = [Group([place])]
    for arrival in range(1, DAYS + 1):
        listed = nights.departures(groups, terms, dec(arrival))
        possible = [dec(arrival + n) for n in range(1, 8) if could_be_had(place, terms, dec(arrival), dec(arrival + n))]
        assert listed == possible
        for n in range(1, 8):
            reason = nights.why_not(groups, terms, dec(arrival), dec(arrival + n))
            assert (reason is None) == (dec(arrival + n) in possible)
    for night in nights.calendar(groups, terms, dec(1), DAYS):
        assert night.may_arrive == bool(nights.departures(groups, terms, night.day))
        assert (night.reason is None) == night.may_arrive


@settings(max_examples=150, deadline=None)
@given(pools(), st.integers(1, DAYS))
def test_whoever_is_let_in_has_a_unit_of_their_own(drawn, arrival):
    place, terms = drawn
    for departure in nights.departures([Group([place])], terms, dec(arrival)):
        span = terms.span(dec(arrival), departure)
        [chosen] = nights.choose([Group([place])], terms, dec(arrival), departure)
        if chosen.units:
            assert not any(claim.unit in chosen.units and _meet(claim[1:], span) for claim in place.claims)
        else:
            assert place.is_floating
