"""Five characters to begin with, each a whole set of tokens. Two skins share at most two of their five marks:
type pair, distance between brand and accent, look of the hero, place of the loud field, shape.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from flectar.presence.sites.theme import Tokens

SANS = '"Avenir Next","Segoe UI",Roboto,system-ui,sans-serif'


@dataclass(frozen=True)
class Skin:
    label: str | Promise
    hint: str | Promise
    tokens: Tokens
    hero: str  # poster, split, scene or frame
    bar: str  # line or centre
    bar_tone: str
    foot_tone: str
    pair: str  # of typefaces: frontend/src/public/fonts/type-<pair>.css
    scene: str = ""  # what the motif draws in the hero

    def tokens_with(self, *, brand: str = "", accent: str = "", typeface: str = "", corners: str = "") -> Tokens:
        """The preset in the owner's colours, letters and corners; what is empty stays the preset's own."""
        coloured = replace(self.tokens, brand=brand or self.tokens.brand, accent=accent or self.tokens.accent)
        return replace(coloured, **_letters(typeface), **_SHAPES.get(corners, {}))


SKINS: Mapping[str, Skin] = MappingProxyType(
    {
        "salon": Skin(
            _("Poster"),
            _("Giant letters on a field of your colour"),
            Tokens(
                brand="#ff5a36",
                accent="#c7a4ff",
                ink=345,
                hue=12,
                warmth=0.012,
                paper=0.985,
                display='"Bricolage Grotesque Variable","Avenir Next Condensed","Arial Narrow",'
                '"Nimbus Sans Narrow","Poster Fallback",sans-serif',
                text='"Instrument Sans Variable",' + SANS,
                weight=800,
                stretch="75%",
                tracking="-.025em",
                leading=0.9,
                size=17,
                ratio=1.34,
                radius=0,
                button=99,
                rule=2,
                shape="0",
                picture="4/5",
                space=1.0,
                gutter=20,
                width=80,
                measure=36,
                motif="strands",
            ),
            hero="poster",
            bar="line",
            bar_tone="brand",
            foot_tone="ink",
            pair="poster",
        ),
        "table": Skin(
            _("Tiles"),
            _("A tiled wall, a centred name, dotted prices"),
            Tokens(
                brand="#1f3fa8",
                accent="#f3b02c",
                ink=266,
                hue=85,
                warmth=0.014,
                paper=0.972,
                display='"Kalnia Variable","Bookman Old Style","URW Bookman",Georgia,serif',
                text='"Alegreya Variable","Iowan Old Style",P052,"Palatino Linotype",Georgia,serif',
                weight=400,
                stretch="100%",
                tracking="-.01em",
                leading=1.08,
                size=19,
                ratio=1.25,
                radius=0,
                button=0,
                rule=1,
                shape="0",
                picture="1/1",
                space=1.05,
                gutter=20,
                width=68,
                measure=34,
                motif="tiles",
            ),
            hero="frame",
            bar="centre",
            bar_tone="",
            foot_tone="brand",
            pair="table",
        ),
        "house": Skin(
            _("Horizon"),
            _("A landscape, a light serif, much air"),
            Tokens(
                brand="#0d6470",
                accent="#eaa559",
                ink=215,
                hue=70,
                warmth=0.018,
                paper=0.968,
                display='"Newsreader Variable","Iowan Old Style",P052,"Palatino Linotype",Georgia,serif',
                text='"Hanken Grotesk Variable",' + SANS,
                weight=300,
                stretch="100%",
                tracking="-.025em",
                leading=1.02,
                size=17,
                ratio=1.3,
                radius=4,
                button=4,
                rule=1,
                shape="4px",
                picture="3/2",
                space=1.2,
                gutter=20,
                width=76,
                measure=35,
                motif="land",
            ),
            hero="scene",
            bar="line",
            bar_tone="",
            foot_tone="ink",
            pair="house",
            scene="dusk house",
        ),
        "clinic": Skin(
            _("Figure"),
            _("Round shapes, calm numbers, people who move"),
            Tokens(
                brand="#12553c",
                accent="#d4f04e",
                ink=160,
                hue=150,
                warmth=0.006,
                paper=0.99,
                display='"Figtree Variable",' + SANS,
                text='"Figtree Variable",' + SANS,
                weight=620,
                stretch="100%",
                tracking="-.035em",
                leading=1.04,
                size=17,
                ratio=1.26,
                radius=20,
                button=14,
                rule=1,
                shape="28px",
                picture="4/3",
                space=0.95,
                gutter=20,
                width=74,
                measure=36,
                motif="moves",
            ),
            hero="split",
            bar="line",
            bar_tone="",
            foot_tone="brand",
            pair="clinic",
            scene="reach",
        ),
        "plain": Skin(
            _("Letter"),
            _("Words on a quiet field, no pictures"),
            Tokens(
                brand="#2d3a8c",
                accent="#ffd166",
                ink=275,
                hue=265,
                warmth=0.004,
                paper=0.985,
                display='"Instrument Sans Variable",' + SANS,
                text='"Instrument Sans Variable",' + SANS,
                weight=650,
                stretch="100%",
                tracking="-.03em",
                leading=1.02,
                size=17,
                ratio=1.28,
                radius=8,
                button=8,
                rule=1,
                shape="8px",
                picture="4/3",
                space=1.05,
                gutter=20,
                width=72,
                measure=36,
                motif="",
            ),
            hero="poster",
            bar="line",
            bar_tone="brand",
            foot_tone="ink",
            pair="office",
        ),
    }
)

# Typefaces of one look in another, and how they speak.
PAIRS = [
    ("poster", _("Loud: narrow and heavy")),
    ("table", _("Bookish: two serifs")),
    ("house", _("Airy: a light serif over plain text")),
    ("clinic", _("Round and friendly")),
    ("office", _("Plain and firm")),
]
CORNERS = [("square", _("Square")), ("soft", _("Soft")), ("round", _("Round"))]
_SHAPES: Mapping[str, Mapping[str, Any]] = {
    "square": {"radius": 0, "button": 0, "shape": "0"},
    "soft": {"radius": 8, "button": 8, "shape": "8px"},
    "round": {"radius": 20, "button": 99, "shape": "28px"},
}


def _letters(pair: str) -> Mapping[str, Any]:
    """What a type pair brings along: faces, and the weight and spacing that suit them."""
    lender = next((skin.tokens for skin in SKINS.values() if skin.pair == pair), None)
    names = ("display", "text", "weight", "stretch", "tracking", "leading")
    return {name: getattr(lender, name) for name in names} if lender else {}


# A trade without a motif of its own gets type and fields: a drawing must come from the work.
SKIN_OF_KIND = {
    "salon": "salon",
    "clinic": "clinic",
    "studio": "clinic",
    "restaurant": "table",
    "stay": "house",
}


def skin_for(kind: str) -> str:
    return SKIN_OF_KIND.get(kind, "plain")
