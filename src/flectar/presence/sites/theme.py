"""Twenty-five tokens in, one small style sheet out. Every pair of colours is solved, never hoped for.

Text keeps 10:1 on its worst ground, muted words and links 4.7, edges of controls 3.1, a colour field and its text 5.2.
Hue and chroma stay the owner's; only the lightness moves.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from flectar.presence.sites.colour import BLACK, WHITE, Oklch, Rgb, code, contrast, luminance, oklch, parse, solve, srgb

type Mode = Literal["auto", "light", "dark"]
type Palette = dict[str, Rgb]

STEPS = range(-1, 6)


@dataclass(frozen=True, kw_only=True)
class Tokens:
    """What gives a site its character."""

    # Colour
    brand: str
    accent: str
    ink: float  # hue of the text
    hue: float  # hue of the paper
    warmth: float  # chroma of the paper
    paper: float  # lightness of the paper
    mode: Mode = "auto"
    # Type
    display: str
    text: str
    weight: int
    stretch: str
    tracking: str
    leading: float
    size: int  # pixels of the running text
    ratio: float  # from one step of size to the next
    # Shape
    radius: int
    button: int  # radius of buttons
    rule: int  # thickness of dividing lines
    shape: str  # radius of pictures
    picture: str  # ratio of pictures
    # Space
    space: float
    gutter: int
    width: int
    measure: int
    # Picture
    motif: str

    def __post_init__(self) -> None:
        parse(self.brand)
        parse(self.accent)


def palette(tokens: Tokens, *, dark: bool = False) -> Palette:
    brand, ink, hue, warmth = oklch(parse(tokens.brand)), tokens.ink, tokens.hue, tokens.warmth
    if dark:
        bg, surface = srgb(0.185, warmth, hue), srgb(0.225, warmth, hue)
        tint = srgb(0.265, min(brand.chroma, 0.035), brand.hue)
    else:
        bg, surface = srgb(tokens.paper, warmth, hue), srgb(min(1, tokens.paper + 0.02), warmth * 0.4, hue)
        tint = srgb(0.935, min(brand.chroma * 0.26, 0.034), brand.hue)
    grounds, darker = (bg, surface, tint), not dark

    def words(lightness: float, chroma: float, hue: float, least: float) -> Rgb:
        return solve(Oklch(lightness, chroma, hue), on=grounds, least=least, darker=darker)

    found = {
        "bg": bg,
        "surface": surface,
        "tint": tint,
        "fg": words(0.95 if dark else 0.23, 0.008 if dark else 0.035, ink, 10),
        "muted": words(0.72 if dark else 0.5, 0.02, ink, 4.7),
        "link": words(*brand, 4.7),
        "line": srgb(0.33, warmth, hue) if dark else srgb(tokens.paper - 0.1, warmth * 1.5, hue),
        "edge": words(0.55, 0.02, ink, 3.1),
    }
    found["btn"], found["on-btn"] = button(tokens, grounds, dark=dark)
    found["brand"], found["on-brand"] = colour_field(tokens.brand, tokens)
    found["accent"], found["on-accent"] = colour_field(tokens.accent, tokens)
    found["well"] = well(found["accent"], found["on-accent"])
    found["ink"], found["on-ink"] = srgb(0.23, min(brand.chroma, 0.06), ink), srgb(0.965, warmth, hue)
    found["bad"], found["good"] = words(0.5, 0.19, 27, 4.7), words(0.5, 0.12, 150, 4.7)
    return found


def button(tokens: Tokens, grounds: tuple[Rgb, ...], *, dark: bool) -> tuple[Rgb, Rgb]:
    """A bright brand keeps its colour as a field and gets an ink button: coral stays coral, its label readable."""
    brand = oklch(parse(tokens.brand))
    if dark or luminance(srgb(*brand)) < 0.25:
        fill = solve(brand, on=grounds, least=3.1, darker=not dark)
    else:
        fill = srgb(0.23, 0.06, tokens.ink)
    label = most_readable(fill, srgb(0.99, 0.004, tokens.hue), srgb(0.17, 0.03, brand.hue))
    if contrast(fill, label) < 4.5:  # mid greys: plain black or white always reaches 4.58
        label = most_readable(fill, WHITE, BLACK)
    return fill, label


def most_readable(ground: Rgb, *words: Rgb) -> Rgb:
    return max(words, key=lambda colour: contrast(ground, colour))


def colour_field(wish: str, tokens: Tokens) -> tuple[Rgb, Rgb]:
    """A field and its text: dark or light words, whichever move the owner's colour least."""
    colour = oklch(parse(wish))
    ink, chalk = srgb(0.21, 0.05, tokens.ink), srgb(0.985, tokens.warmth, tokens.hue)
    if contrast(srgb(*colour), ink) >= contrast(srgb(*colour), chalk):
        return solve(colour, on=[ink], least=5.2, darker=False), ink
    return solve(colour, on=[chalk], least=5.2, darker=True), chalk


def well(accent: Rgb, words: Rgb) -> Rgb:
    """The ground of a form that stands on the accent field: further from the words than the field itself."""
    lightness, chroma, hue = oklch(accent)
    if luminance(words) < 0.2:
        return srgb(lightness + (1 - lightness) * 0.72, chroma * 0.4, hue)
    return srgb(lightness * 0.7, chroma * 0.8, hue)


def sizes(tokens: Tokens) -> Iterator[str]:
    """Seven fluid sizes, `--s0` to `--s6`. A phone keeps a gentler ratio than a desk."""
    for step in STEPS:
        phone = tokens.size / 16 * min(tokens.ratio, 1.2) ** step
        desk = tokens.size * 1.06 / 16 * tokens.ratio**step
        slope = (desk - phone) / (80 - 22.5) * 100
        fluid = f"{phone - slope * 0.225:.2f}rem + {slope:.2f}vw"
        low, high = sorted((phone, desk))
        yield f"--s{step + 1}:clamp({low:.2f}rem,{fluid},{high:.2f}rem)"


@lru_cache(maxsize=256)
def style_sheet(tokens: Tokens) -> str:
    """The custom properties that the block sheet reads, in its lowest layer."""
    light, dark = palette(tokens), palette(tokens, dark=True)
    declarations = [f"--{name}:{_light_dark(light[name], dark[name])}" for name in light]
    declarations += [
        f"--display:{tokens.display}",
        f"--text:{tokens.text}",
        f"--dw:{tokens.weight}",
        f"--dx:{tokens.stretch}",
        f"--dt:{tokens.tracking}",
        f"--dl:{tokens.leading}",
        f"--r:{tokens.radius}px",
        f"--rb:{tokens.button}px",
        f"--rule:{tokens.rule}px",
        f"--sp:{tokens.space}rem",
        f"--gutter:clamp({tokens.gutter}px,4.5vw,{tokens.gutter * 3}px)",
        f"--width:{tokens.width}rem",
        f"--measure:{tokens.measure}rem",
        f"--ratio:{tokens.picture}",
        f"--shape:{tokens.shape}",
        *sizes(tokens),
    ]
    if tokens.mode != "auto":
        declarations.insert(0, f"color-scheme:{tokens.mode}")
    return "@layer theme{:root{" + ";".join(declarations) + "}}"


def _light_dark(light: Rgb, dark: Rgb) -> str:
    return code(light) if light == dark else f"light-dark({code(light)},{code(dark)})"


@dataclass(frozen=True)
class Shades:
    """The owner's colour beside what the page makes of it: shown in the dashboard, so that nobody has to guess."""

    wish: str
    field: str
    on_field: str
    button: str
    on_button: str
    link: str
    link_in_the_dark: str


@lru_cache(maxsize=1024)
def shades(tokens: Tokens) -> Shades:
    light, dark = palette(tokens), palette(tokens, dark=True)
    return Shades(
        wish=tokens.brand,
        field=code(light["brand"]),
        on_field=code(light["on-brand"]),
        button=code(light["btn"]),
        on_button=code(light["on-btn"]),
        link=code(light["link"]),
        link_in_the_dark=code(dark["link"]),
    )
