"""Money is whole minor units: what people type becomes exactly that, or a refusal they understand."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flectar.core.money import BadAmount, Money, exponent, format_money


def euros(cents: int) -> Money:
    return Money(cents, "EUR")


@pytest.mark.parametrize(("currency", "places"), [("EUR", 2), ("JPY", 0), ("KWD", 3), ("CLF", 4), ("ISK", 0)])
def test_a_currency_has_the_decimals_of_the_standard(currency: str, places: int):
    assert exponent(currency) == places


@pytest.mark.parametrize("code", ["eur", "EURO", "", "€"])
def test_a_currency_is_a_code_of_three_capitals(code: str):
    with pytest.raises(ValueError, match="ISO 4217"):
        Money(1, code)


@pytest.mark.parametrize(
    ("typed", "cents"),
    [
        ("12.50", 1250),
        ("12,50", 1250),
        ("12,5", 1250),
        ("12", 1200),
        (" 12 ", 1200),
        ("0", 0),
        ("-3,20", -320),
        ("+3.20", 320),
        ("1,234.50", 123450),
        ("1.234,50", 123450),
        ("1 234,50", 123450),
        ("1\u00a0234,50", 123450),
        ("1\u202f234,50", 123450),
        ("1.234.567", 123456700),
        ("1,234,567.89", 123456789),
        ("007", 700),
        ("9999999999999.99", 999999999999999),
    ],
)
def test_an_amount_is_read_as_people_write_it(typed: str, cents: int):
    assert Money.parse(typed, "EUR") == euros(cents)


@pytest.mark.parametrize(("typed", "currency", "minor"), [("1250", "JPY", 1250), ("1.234", "KWD", 1234)])
def test_an_amount_is_read_with_its_currencys_decimals(typed: str, currency: str, minor: int):
    assert Money.parse(typed, currency) == Money(minor, currency)


@pytest.mark.parametrize(
    ("typed", "currency"),
    [
        ("12.505", "EUR"),
        ("1.234", "EUR"),  # a thousand or one: nobody knows
        ("12.5", "JPY"),
        ("1.2345", "KWD"),
        ("", "EUR"),
        (" ", "EUR"),
        ("-", "EUR"),
        (".", "EUR"),
        (".50", "EUR"),
        ("12.", "EUR"),
        ("abc", "EUR"),
        ("12,50.00", "EUR"),
        ("1,2,3.50", "EUR"),
        ("1.23.45", "EUR"),
        ("1,234,56", "EUR"),
        ("--1", "EUR"),
        ("1e3", "EUR"),
        ("1e999999999", "EUR"),
        ("1_000", "EUR"),
        ("NaN", "EUR"),
        ("sNaN", "EUR"),
        ("Infinity", "EUR"),
        ("٣", "EUR"),
        ("12\x00", "EUR"),
        ("99999999999999", "EUR"),
        ("9" * 100_000, "EUR"),
    ],
)
def test_what_is_not_an_amount_is_refused(typed: str, currency: str):
    with pytest.raises(BadAmount):
        Money.parse(typed, currency)


@given(st.text(max_size=30))
def test_any_text_is_an_amount_or_a_refusal(typed: str):
    try:
        Money.parse(typed, "EUR")
    except BadAmount:
        return


@given(st.integers(-(10**14), 10**14), st.sampled_from(["EUR", "JPY", "KWD", "CLF"]), st.sampled_from([".", ","]))
def test_what_is_written_out_is_read_back(minor: int, currency: str, mark: str):
    money = Money(minor, currency)

    assert Money.parse(f"{money.amount:f}".replace(".", mark), currency) == money


@pytest.mark.parametrize(
    ("minor", "currency", "locale", "written"),
    [
        (3800, "EUR", "en", "€38"),
        (3850, "EUR", "en", "€38.50"),
        (3800, "EUR", "es", "38\u00a0€"),
        (3850, "EUR", "es", "38,50\u00a0€"),
        (123456789, "EUR", "en", "€1,234,567.89"),
        (123456789, "EUR", "es-ES", "1.234.567,89\u00a0€"),
        (-550, "EUR", "en", "-€5.50"),
        (0, "EUR", "es", "0\u00a0€"),
        (1250, "JPY", "en", "¥1,250"),
        (1250, "JPY", "es", "1.250\u00a0JPY"),
        (1250, "KWD", "en", "KWD1.250"),
        (1234567891, "KWD", "es", "1.234.567,891\u00a0KWD"),
        (12000, "KWD", "en", "KWD12"),
        (1500, "IQD", "es", "1,500\u00a0IQD"),
    ],
)
def test_an_amount_is_written_as_its_readers_write_it(minor: int, currency: str, locale: str, written: str):
    assert format_money(Money(minor, currency), locale) == written


@pytest.mark.parametrize(
    ("cents", "percent", "left"), [(1000, 20, 800), (5, 50, 3), (15, 10, 14), (999, 33, 669), (4000, 100, 0), (1, 0, 1)]
)
def test_a_discount_rounds_half_up(cents: int, percent: int, left: int):
    assert euros(cents).minus_percent(percent) == euros(left)


def test_amounts_add_subtract_multiply_and_compare():
    assert euros(1250) + euros(50) == euros(1300)
    assert euros(1250) - euros(1300) == euros(-50)
    assert euros(1250) * 3 == euros(3750)
    assert euros(1) < euros(2)
    assert not euros(0)
    assert euros(-1)


@pytest.mark.parametrize("combine", [lambda a, b: a + b, lambda a, b: a - b, lambda a, b: a < b])
def test_two_currencies_do_not_mix(combine):
    with pytest.raises(ValueError, match="JPY and EUR"):
        combine(euros(1), Money(1, "JPY"))
