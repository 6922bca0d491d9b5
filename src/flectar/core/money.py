"""Amounts of money: whole minor units and a currency, never a float."""

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from typing import Self

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
        """Read "12.50" or "12,50"; more decimals than the currency has are refused, not rounded."""
        plain = text.strip().replace(" ", "").replace("\u00a0", "")
        if "," in plain and "." in plain:
            thousands = "," if plain.rindex(".") > plain.rindex(",") else "."
            plain = plain.replace(thousands, "")
        try:
            amount = Decimal(plain.replace(",", "."))
        except InvalidOperation as error:
            raise BadAmount(f"“{text}” is not an amount") from error
        scaled = amount.scaleb(exponent(currency)) if amount.is_finite() else Decimal("NaN")
        if not amount.is_finite() or scaled != scaled.to_integral_value() or abs(scaled) >= 10**15:
            raise BadAmount(f"“{text}” is not an amount in {currency}")
        return cls(int(scaled), currency)

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
    from babel.numbers import format_currency

    places = 0 if money.amount == money.amount.to_integral_value() else exponent(money.currency)
    return (
        format_currency(
            money.amount.quantize(Decimal(1).scaleb(-places)),
            money.currency,
            locale=locale.replace("-", "_"),
            currency_digits=False,
            format=None,
            decimal_quantization=False,
        ).replace("\u00a0", "\u00a0")
        if places
        else format_currency(
            money.amount,
            money.currency,
            locale=locale.replace("-", "_"),
            format=_whole_pattern(locale),
            currency_digits=False,
        )
    )


def _whole_pattern(locale: str) -> str:
    from babel import Locale

    pattern = Locale.parse(locale.replace("-", "_")).currency_formats["standard"].pattern
    return str(pattern).replace(".00", "")
