"""Colours by how they look: OKLCH in and out of sRGB, and the WCAG contrast between two of them.

A lightness runs from 0 to 1, a chroma from 0 to about 0.37, a hue from 0 to 360 degrees.
"""

import re
from collections.abc import Iterable
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


def _linear(channel: int) -> float:
    share = channel / 255
    return share / 12.92 if share <= 0.04045 else ((share + 0.055) / 1.055) ** 2.4


def _channel(linear: float) -> int:
    share = min(1.0, max(0.0, linear))
    return round(255 * (12.92 * share if share <= 0.0031308 else 1.055 * share ** (1 / 2.4) - 0.055))


def oklch(colour: Rgb) -> Oklch:
    red, green, blue = (_linear(channel) for channel in colour)
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
    while True:
        a, b = chroma * cos(radians(hue)), chroma * sin(radians(hue))
        long = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3
        medium = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3
        short = (lightness - 0.0894841775 * a - 1.291485548 * b) ** 3
        red = 4.0767416621 * long - 3.3077115913 * medium + 0.2309699292 * short
        green = -1.2684380046 * long + 2.6097574011 * medium - 0.3413193965 * short
        blue = -0.0041960863 * long - 0.7034186147 * medium + 1.707614701 * short
        if chroma < 0.001 or all(-0.0005 <= channel <= 1.0005 for channel in (red, green, blue)):
            return _channel(red), _channel(green), _channel(blue)
        chroma *= 0.97


@lru_cache(maxsize=4096)
def luminance(colour: Rgb) -> float:
    red, green, blue = (_linear(channel) for channel in colour)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: Rgb, other: Rgb) -> float:
    """The WCAG ratio, 1 to 21. Measured on rounded bytes, so what is tested is what is shown."""
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def solve(wish: Oklch, *, on: Iterable[Rgb], least: float, darker: bool) -> Rgb:
    """Keep hue and chroma; move the lightness only until the worst ground gives `least`."""
    grounds = tuple(on)
    lightness = min(0.99, max(0.01, wish.lightness))
    found = srgb(lightness, wish.chroma, wish.hue)
    while min(contrast(found, ground) for ground in grounds) < least and 0 < lightness < 1:
        lightness += -0.004 if darker else 0.004
        found = srgb(min(1.0, max(0.0, lightness)), wish.chroma, wish.hue)
    return found


def mix(one: Rgb, other: Rgb, share: float) -> Rgb:
    """`share` 0 is the first colour, 1 the second."""
    red, green, blue = (round(a * (1 - share) + b * share) for a, b in zip(one, other, strict=True))
    return red, green, blue


def relit(colour: Rgb, lightness: float, chroma: float = 1.0) -> Rgb:
    """The same hue at another lightness; `chroma` multiplies what it had."""
    was = oklch(colour)
    return srgb(lightness, was.chroma * chroma, was.hue)
