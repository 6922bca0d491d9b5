"""The rows of a list as HTML. Made in Python: a template for each of fifty rows takes half the time of a page."""

from collections.abc import Iterator
from urllib.parse import urlencode

from django.utils.html import conditional_escape as esc
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from flectar.ui.icons import drawn
from flectar.ui.index import Group, Index, Row


def drawn_rows(index: Index, group: Group, here: str) -> SafeString:
    """`here` is the present query, `?` at least, to which the open row is added."""
    draw = _Drawing(index, here)
    return mark_safe("".join(draw.row(row) for row in group.rows))  # noqa: S308 - each part is escaped below


class _Drawing:
    """What all rows of a list share, said and escaped once."""

    def __init__(self, index: Index, here: str) -> None:
        self.index = index
        self.cells = [
            (
                format_html('<td class="p-{} {}">', column.place, column.kind),
                format_html('<span class="only-cards says">{} </span>', column.label) if column.says else "",
            )
            for column in index.columns
        ]
        self.select = _("Select %(name)s")
        self.glance = _("%(name)s at a glance")
        self.glance_title = esc(_("At a glance"))
        self.glance_icon = drawn("panel-right", "s")
        self.here = esc(here if here == "?" else f"{here}&")

    def row(self, row: Row) -> str:
        edit = f' data-edit="{esc(row.edit_url)}"' if row.edit_url else ""
        return f"<tr{edit}>{''.join(self._parts(row))}</tr>"

    def _parts(self, row: Row) -> Iterator[str]:
        if self.index.shows_boxes:
            yield (
                f'<td class="tick"><label><input class="check" type="checkbox" name="id" value="{esc(str(row.pk))}"'
                f' form="bulk" data-row autocomplete="off">'
                f'<span class="sr">{esc(self.select % {"name": row.name})}</span></label></td>'
            )
        for (opening, label), cell in zip(self.cells, row.cells, strict=True):
            yield f"{opening}{label if cell else ''}{esc(str(cell))}</td>"
        if self.index.has_peek:
            yield (
                f'<td class="more"><a class="btn quiet icon small" href="{self.here}{urlencode({"peek": row.pk})}"'
                f' data-peek="{esc(str(row.pk))}" title="{self.glance_title}"'
                f' aria-label="{esc(self.glance % {"name": row.name})}">{self.glance_icon}</a></td>'
            )
