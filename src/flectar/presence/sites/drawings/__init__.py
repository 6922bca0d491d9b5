"""Pictures without photographs: one motif per trade, drawn from the theme's colours and a seed.

Strands (hair, textiles), tiles (food, crafts), land (stays, outdoors), moves (health, sport). The same words always
give the same bytes, 2 to 5 kB each, so that a stored drawing can be named by its content.
"""

from collections.abc import Callable
from random import Random

from flectar.presence.sites.drawings.land import land
from flectar.presence.sites.drawings.moves import moves
from flectar.presence.sites.drawings.sheet import Sheet
from flectar.presence.sites.drawings.strands import strands
from flectar.presence.sites.drawings.tiles import tiles
from flectar.presence.sites.theme import Tokens, palette

MOTIFS: dict[str, Callable[[Sheet], str]] = {"strands": strands, "tiles": tiles, "land": land, "moves": moves}


def draw(tokens: Tokens, *, seed: str, width: int, height: int, scene: str = "") -> str:
    """`scene` is a handful of words that the motif knows, such as "dusk house" or "walk dark"."""
    # The seed only has to repeat itself: nothing here is secret.
    chance = Random(f"{tokens.motif}{seed}")  # noqa: S311 - a drawing, no secret
    sheet = Sheet(chance, width, height, palette(tokens), frozenset(scene.split()))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}" '
        f'preserveAspectRatio="xMidYMid slice">{MOTIFS[tokens.motif](sheet)}</svg>\n'
    )
