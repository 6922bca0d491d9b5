"""The paper that a motif draws on: its size, its colours, its chance and the words of its scene."""

from dataclasses import dataclass
from random import Random

from flectar.presence.sites.colour import code, mix, relit
from flectar.presence.sites.theme import Palette


@dataclass(frozen=True)
class Sheet:
    chance: Random
    width: int
    height: int
    colours: Palette
    scene: frozenset[str]

    def paint(self, name: str) -> str:
        return code(self.colours[name])

    def shade(self, name: str, lightness: float, chroma: float = 1.0) -> str:
        return code(relit(self.colours[name], lightness, chroma))

    def between(self, one: str, other: str, share: float) -> str:
        return code(mix(self.colours[one], self.colours[other], share))
