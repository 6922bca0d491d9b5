"""Amounts of money: whole minor units and a currency, never a float."""

import re
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Self

from django.utils.translation import gettext as _

# ISO 4217 exponents other than 2.
_EXPONENTS = {
    **dict.fromkeys(
        "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF".split(),
        0,
    ),
    **dict.fromkeys(["BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"], 3),
    "CLF": 4,
    "UYW": 4,
}

_SPACES = re.compile(r"\s")
_PLAIN = re.compile(r"(?P<sign>[+-]?)(?P<whole>[0-9]+)(?:[.,](?P<decimals>[0-9]+))?")
_GROUPED = re.compile(
    r"(?P<sign>[+-]?)(?P<whole>[0-9]{1,3}(?:(?P<group>[.,])[0-9]{3})(?:(?P=group)[0-9]{3})*)"
    r"(?:(?!(?P=group))[.,](?P<decimals>[0-9]+))?"
)
_MOST_DIGITS = 15


class BadAmount(ValueError):
    """What was typed is not an amount of this currency. Fit to show."""


def exponent(currency: str) -> int:
    """Decimal places of a currency (ISO 4217)."""
    return _EXPONENTS.get(currency, 2)


@dataclass(frozen=True, slots=True, order=False)
class Money:
    """`minor` counts the smallest unit: cents for EUR, yen for JPY, fils for KWD."""

    minor: int
    currency: str

    def __post_init__(self) -> None:
        if len(self.currency) != 3 or not self.currency.isupper():
            raise ValueError(f"{self.currency!r} is not an ISO 4217 code")

    @classmethod
    def parse(cls, text: str, currency: str) -> Self:
        """Read 12.50, 12,50, 1,234.50, 1.234,50 or 1 234,50; more decimals than the currency has are refused.

        A single mark is the decimal one: in EUR "1.234" is refused, because it may mean a thousand or one.
        """
        plain = _SPACES.sub("", text)
        found = _PLAIN.fullmatch(plain) or _GROUPED.fullmatch(plain)
        if found is None:
            raise BadAmount(_("“%(text)s” is not an amount.") % {"text": text[:40]})
        whole = re.sub(r"[.,]", "", found["whole"])
        decimals = found["decimals"] or ""
        places = exponent(currency)
        if len(decimals) > places:
            raise BadAmount(
                _("“%(text)s” has more decimals than %(currency)s has.") % {"text": text[:40], "currency": currency}
            )
        if len(whole) + places > _MOST_DIGITS:
            raise BadAmount(_("“%(text)s” is too large.") % {"text": text[:40]})
        minor = int(whole + decimals.ljust(places, "0"))
        return cls(-minor if found["sign"] == "-" else minor, currency)

    @property
    def amount(self) -> Decimal:
        """In whole units: 1250 cents are 12.50."""
        return Decimal(self.minor).scaleb(-exponent(self.currency))

    def __add__(self, other: "Money") -> "Money":
        self._same(other, "add")
        return Money(self.minor + other.minor, self.currency)

    def __sub__(self, other: "Money") -> "Money":
        self._same(other, "subtract")
        return Money(self.minor - other.minor, self.currency)

    def __mul__(self, times: int) -> "Money":
        return Money(self.minor * times, self.currency)

    def __lt__(self, other: "Money") -> bool:
        self._same(other, "compare")
        return self.minor < other.minor

    def __bool__(self) -> bool:
        return self.minor != 0

    def minus_percent(self, percent: int) -> "Money":
        """Round half up, so that a discount never costs the customer a cent."""
        kept = (Decimal(self.minor) * (100 - percent) / 100).to_integral_value(ROUND_HALF_UP)
        return Money(int(kept), self.currency)

    def _same(self, other: "Money", verb: str) -> None:
        if other.currency != self.currency:
            raise ValueError(f"cannot {verb} {other.currency} and {self.currency}")


def format_money(money: Money, locale: str) -> str:
    """As people of that locale write it: €38, €38.50, 38,50 €. Whole amounts drop their zeros."""
    from babel import Locale
    from babel.numbers import format_currency

    speech = Locale.parse(locale.replace("-", "_"))
    is_whole = money.amount == money.amount.to_integral_value()
    # The decimals are ISO's: Babel's own count differs for some currencies (IQD).
    decimals = "" if is_whole else "." + "0" * exponent(money.currency)
    pattern = speech.currency_formats["standard"].pattern.replace(".00", decimals)
    return format_currency(money.amount, money.currency, pattern, speech, currency_digits=False)
