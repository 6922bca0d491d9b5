"""The rows of a list: whatever stands in them is text, unless the house made it."""

import re

from flectar.ui import cells
from flectar.ui.index import Column, Deed, Empty, Group, Index, Look, Row
from flectar.ui.rows import drawn_rows

ANA = '<b>Ana</b> & "Co"'


def listed(*, says: bool = False, **values):
    group = Group([Row("7", ANA, [cells.link(ANA, "/ana?a&b"), ANA], edit_url="/edit?a&b")])
    columns = (Column("Name", "name"), Column("<Note>", says=says))
    return Index("people", "People", Look(), columns, [group], Empty("Nobody"), **values), group


def test_what_people_typed_is_shown_and_never_run():
    index, group = listed(has_peek=True, deeds=[Deed("Export", "download", "/x")], says=True)

    html = drawn_rows(index, group, "?q=a&sort=b")

    assert set(re.findall(r"<(\w+)", html)) == {"tr", "td", "label", "input", "span", "a", "svg", "path", "rect"}
    assert html.count("&lt;b&gt;Ana&lt;/b&gt; &amp; &quot;Co&quot;") == 4
    assert 'data-edit="/edit?a&amp;b"' in html
    assert 'href="?q=a&amp;sort=b&amp;peek=7"' in html
    assert '<span class="only-cards says">&lt;Note&gt; </span>' in html


def test_a_list_without_deeds_and_glances_has_neither():
    index, group = listed()

    html = drawn_rows(index, group, "?")

    assert html.count("<td") == 2
    assert "checkbox" not in html
    assert "peek" not in html
