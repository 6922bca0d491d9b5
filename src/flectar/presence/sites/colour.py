"""Colours by how they look: OKLCH in and out of sRGB, and the WCAG contrast between two of them.

A lightness runs from 0 to 1, a chroma from 0 to about 0.37, a hue from 0 to 360 degrees.
"""

import re
from collections.abc import Callable, Iterable
from functools import lru_cache
from math import atan2, cos, degrees, hypot, radians, sin
from typing import NamedTuple

HEX = re.compile(r"#[0-9a-fA-F]{6}")

WHITE = (255, 255, 255)
BLACK = (0, 0, 0)

type Rgb = tuple[int, int, int]


class Oklch(NamedTuple):
    lightness: float
    chroma: float
    hue: float


def parse(code: str) -> Rgb:
    """`#rrggbb` only: a name or a short code is refused, because the result is written into a style sheet."""
    if not HEX.fullmatch(code):
        raise ValueError(f"{code!r} is not a colour; write six hexadecimal digits after #, as in #1f3fa8")
    return int(code[1:3], 16), int(code[3:5], 16), int(code[5:7], 16)


def code(colour: Rgb) -> str:
    return "#{:02x}{:02x}{:02x}".format(*colour)


def _linearised(channel: int) -> float:
    share = channel / 255
    return share / 12.92 if share <= 0.04045 else ((share + 0.055) / 1.055) ** 2.4


_LINEAR = tuple(_linearised(channel) for channel in range(256))


def _channel(linear: float) -> int:
    share = min(1.0, max(0.0, linear))
    return round(255 * (12.92 * share if share <= 0.0031308 else 1.055 * share ** (1 / 2.4) - 0.055))


def oklch(colour: Rgb) -> Oklch:
    red, green, blue = (_LINEAR[channel] for channel in colour)
    long = (0.4122214708 * red + 0.5363325363 * green + 0.0514459929 * blue) ** (1 / 3)
    medium = (0.2119034982 * red + 0.6806995451 * green + 0.1073969566 * blue) ** (1 / 3)
    short = (0.0883024619 * red + 0.2817188376 * green + 0.6299787005 * blue) ** (1 / 3)
    lightness = 0.2104542553 * long + 0.793617785 * medium - 0.0040720468 * short
    a = 1.9779984951 * long - 2.428592205 * medium + 0.4505937099 * short
    b = 0.0259040371 * long + 0.7827717662 * medium - 0.808675766 * short
    return Oklch(lightness, hypot(a, b), degrees(atan2(b, a)) % 360)


@lru_cache(maxsize=4096)
def srgb(lightness: float, chroma: float, hue: float) -> Rgb:
    """The nearest colour a screen can show: chroma is lowered until it fits, lightness and hue stay."""
    a, b = cos(radians(hue)), sin(radians(hue))
    long, medium, short = (
        0.3963377774 * a + 0.2158037573 * b,
        -0.1055613458 * a - 0.0638541728 * b,
        -0.0894841775 * a - 1.291485548 * b,
    )

    def shown(chroma: float) -> tuple[float, float, float]:
        one, two, three = lightness + chroma * long, lightness + chroma * medium, lightness + chroma * short
        one, two, three = one * one * one, two * two * two, three * three * three
        return (
            4.0767416621 * one - 3.3077115913 * two + 0.2309699292 * three,
            -1.2684380046 * one + 2.6097574011 * two - 0.3413193965 * three,
            -0.0041960863 * one - 0.7034186147 * two + 1.707614701 * three,
        )

    def fits(step: int) -> bool:
        less = chroma * 0.97**step
        return less < 0.001 or (min(light := shown(less)) >= -0.0005 and max(light) <= 1.0005)

    red, green, blue = shown(chroma * 0.97 ** _first(fits, 230))
    return _channel(red), _channel(green), _channel(blue)


def _first(holds: Callable[[int], bool], last: int) -> int:
    """The first step at which it holds, found by halving: what holds at one step holds at the next. `last` if none."""
    if holds(0):
        return 0
    low, high = 0, last
    while high - low > 1:
        middle = (low + high) // 2
        if holds(middle):
            high = middle
        else:
            low = middle
    return high


@lru_cache(maxsize=4096)
def luminance(colour: Rgb) -> float:
    red, green, blue = colour
    return 0.2126 * _LINEAR[red] + 0.7152 * _LINEAR[green] + 0.0722 * _LINEAR[blue]


def contrast(one: Rgb, other: Rgb) -> float:
    """The WCAG ratio, 1 to 21. Measured on rounded bytes, so what is tested is what is shown."""
    first, second = luminance(one) + 0.05, luminance(other) + 0.05
    return first / second if first > second else second / first


def solve(wish: Oklch, *, on: Iterable[Rgb], least: float, darker: bool) -> Rgb:
    """Keep hue and chroma; move the lightness only until the worst ground gives `least`."""
    grounds, lightness = tuple(on), min(0.99, max(0.01, wish.lightness))
    step = -0.004 if darker else 0.004

    def moved(steps: int) -> Rgb:
        return srgb(min(1.0, max(0.0, lightness + steps * step)), wish.chroma, wish.hue)

    def is_readable(steps: int) -> bool:
        found = moved(steps)
        return all(contrast(found, ground) >= least for ground in grounds)

    return moved(_first(is_readable, 250))


def mix(one: Rgb, other: Rgb, share: float) -> Rgb:
    """`share` 0 is the first colour, 1 the second."""
    red, green, blue = (round(a * (1 - share) + b * share) for a, b in zip(one, other, strict=True))
    return red, green, blue


def relit(colour: Rgb, lightness: float, chroma: float = 1.0) -> Rgb:
    """The same hue at another lightness; `chroma` multiplies what it had."""
    was = oklch(colour)
    return srgb(lightness, was.chroma * chroma, was.hue)
