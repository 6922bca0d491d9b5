"""Dates, lengths and sums as a reader of each language expects them."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.template import Context, Template, TemplateSyntaxError
from django.utils.translation import override

from flectar.core import clock
from flectar.core.money import Money
from flectar.ui import formats

MADRID = ZoneInfo("Europe/Madrid")
NOW = datetime(2026, 11, 24, 10, 10, tzinfo=UTC)


@pytest.mark.parametrize(
    ("language", "days", "said"),
    [
        ("en", -1, "Yesterday 11:10"),
        ("en", 0, "Today 11:10"),
        ("en", 1, "Tomorrow 11:10"),
        ("en", 2, "Thu 26 Nov, 11:10"),
        ("es", 0, "Hoy 11:10"),
        ("es", 2, "jue 26 nov, 11:10"),
    ],
)
def test_an_instant_is_said_by_its_nearness(language: str, days: int, said: str):
    with clock.frozen(NOW), override(language):
        assert formats.when(NOW + timedelta(days=days), MADRID) == said


def test_the_year_is_said_only_when_it_is_another():
    with clock.frozen(NOW), override("en"):
        assert formats.short_day(date(2026, 12, 1)) == "Tue 1 Dec"
        assert formats.short_day(date(2027, 12, 1)) == "Wed 1 Dec 2027"


@pytest.mark.parametrize(("language", "said"), [("en", "Tuesday 24 November"), ("es", "martes 24 de noviembre")])
def test_a_day_has_its_name(language: str, said: str):
    with override(language):
        assert formats.day(date(2026, 11, 24)) == said


@pytest.mark.parametrize(("minutes", "said"), [(45, "45 min"), (120, "2 h"), (150, "2 h 30 min"), (0, "0 min")])
def test_a_length_is_in_hours_and_minutes(minutes: int, said: str):
    with override("en"):
        assert formats.length(minutes) == said
        assert formats.length(timedelta(minutes=minutes)) == said


@pytest.mark.parametrize(("language", "said"), [("en", "€38.50"), ("es", "38,50 €")])
def test_a_sum_is_written_as_its_reader_writes_it(language: str, said: str):
    with override(language):
        assert render("{{ sum|money }}", sum=Money(3850, "EUR")) == said.replace(" €", "\u00a0€")


def test_an_instant_without_a_zone_has_no_day():
    with pytest.raises(TemplateSyntaxError):
        render("{{ at|day }}", at=NOW)


def test_nothing_is_written_as_nothing():
    assert render("[{{ no|money }}{{ no|when:zone }}{{ no|duration }}]", no=None, zone=MADRID) == "[]"


@pytest.mark.parametrize(
    ("names", "said"), [([], ""), (["Ana"], "Ana"), (["Ana", "Luis"], "Ana and Luis"), (["A", "B", "C"], "A, B and C")]
)
def test_names_are_joined_as_one_speaks(names: list[str], said: str):
    with override("en"):
        assert render("{{ names|joined }}", names=names) == said


def render(text: str, **values: object) -> str:
    return Template("{% load ui %}" + text).render(Context(values))
