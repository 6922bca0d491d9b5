"""Numbers over time, drawn by the server: a line for the eye, a table for everybody, a file for whoever counts on.

`{% include "ui/parts/chart.html" with series=… %}` draws one; `ui/parts/chart_table.html` says a whole chart.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.functional import Promise

from flectar.core.spreadsheet import csv_bytes

WIDTH, HEIGHT, FOOT = 100, 34, 4


@dataclass(frozen=True, slots=True)
class Series:
    """`points` from the oldest to now; `said` are the same in words, one each."""

    label: str | Promise
    points: Sequence[int]
    said: Sequence[str]

    @property
    def line(self) -> str:
        """The path of the drawing. The highest point touches the top; nothing at all lies on the ground."""
        top = max(self.points) or 1
        step = WIDTH / max(len(self.points) - 1, 1)
        ground, room = HEIGHT - FOOT, HEIGHT - 2 * FOOT
        return "M" + "L".join(
            f"{n * step:.1f} {ground - room * point / top:.1f}" for n, point in enumerate(self.points)
        )

    @property
    def end(self) -> str:
        """A dot where the line ends."""
        return f"M{self.line.removeprefix('M').rpartition('L')[2]}h.01"


@dataclass(frozen=True, slots=True)
class Chart:
    """Series over the same steps: weeks, days."""

    step: str | Promise  # what a step is, the head of the first column
    steps: Sequence[str]
    series: Sequence[Series]

    @property
    def rows(self) -> list[tuple[str, list[str]]]:
        """Newest first."""
        whole = [(step, [one.said[n] for one in self.series]) for n, step in enumerate(self.steps)]
        return whole[::-1]

    def csv(self) -> bytes:
        header = [str(self.step), *(str(one.label) for one in self.series)]
        return csv_bytes(header, ([step, *said] for step, said in self.rows))
