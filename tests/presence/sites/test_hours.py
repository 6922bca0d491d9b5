"""Opening hours as a person would say them."""

from datetime import date

import pytest
from django.utils.translation import override

from flectar.presence.sites.hours import Line, span, special_lines, week_of, weekly_lines

DAY, EVENING = (600, 600), (1200, 360)


@pytest.fixture(autouse=True)
def english():
    with override("en"):
        yield


def said(*rows: tuple[int, int, int]) -> list[tuple[str, tuple[str, ...]]]:
    return [(line.days, line.windows) for line in weekly_lines(week_of(rows))]


def test_days_with_the_same_hours_stand_together_and_closed_days_last():
    hours = [*((day, *DAY) for day in (1, 2, 3, 4)), (5, 570, 330)]

    assert said(*hours) == [
        ("Tuesday to Friday", ("10:00–20:00",)),
        ("Saturday", ("9:30–15:00",)),
        ("Sunday, Monday", ()),
    ]


def test_a_pause_makes_two_windows_in_the_order_of_the_clock():
    assert said((0, 960, 240), (0, 600, 240))[0] == ("Monday", ("10:00–14:00", "16:00–20:00"))


def test_the_week_is_round():
    assert said((6, *DAY), (0, *DAY), (5, *DAY))[0][0] == "Saturday to Monday"


def test_days_apart_are_named_one_by_one():
    assert said((0, *DAY), (2, *DAY), (4, *DAY))[0][0] == "Monday, Wednesday, Friday"


def test_every_day_the_same_is_one_line():
    assert said(*((day, *DAY) for day in range(7))) == [("Every day", ("10:00–20:00",))]


def test_no_hours_at_all_say_nothing():
    assert said() == []


@pytest.mark.parametrize(
    ("start", "length", "words"),
    [
        (1200, 360, "20:00–2:00"),
        (1200, 240, "20:00–24:00"),
        (0, 1440, "Day and night"),
        (600, 1440, "10:00–10:00"),
        (5, 60, "0:05–1:05"),
    ],
)
def test_a_window_may_pass_midnight(start, length, words):
    assert span(start, length) == words


def test_special_days_come_with_their_date_from_today_to_six_weeks_ahead():
    today = date(2026, 11, 23)
    days = [
        (date(2026, 12, 8), [], "Inmaculada"),
        (date(2026, 11, 22), [], "yesterday"),
        (date(2026, 11, 23), [(600, 60), (540, 30)], ""),
        (date(2027, 1, 8), [], "too far"),
    ]

    assert special_lines(days, today) == [
        Line("Mon 23 Nov", ("9:00–9:30", "10:00–11:00")),
        Line("Tue 8 Dec", (), "Inmaculada"),
    ]


def test_spanish_says_it_in_spanish():
    with override("es"):
        assert said(*((day, *DAY) for day in range(5)))[0][0] == "Lunes a viernes"
