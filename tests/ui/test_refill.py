"""Putting typed values back into a finished page: what a person typed, and nothing else."""

import pytest

from flectar.ui.refill import refill

PAGE = """<p>é</p><form method="post" action="/other"><input name="name" value="theirs"></form>
<form method="post" class="stack">
<input type="hidden" name="version" value="7"><input type="hidden" name="csrfmiddlewaretoken" value="fresh">
<input name="name" value="old &amp; stale" required><input type="password" name="pass"><input type="file" name="logo">
<textarea name="notes">
old</textarea>
<select name="role"><option value="staff" selected>Staff</option><option value="admin">Admin</option></select>
<input type="checkbox" name="days" value="mon" checked><input type="checkbox" name="days" value="tue">
<input type="radio" name="how" value="a" checked><input type="radio" name="how" value="b">
<input name="line"><input name="line"><input name="fixed" value="1" readonly>
<button name="deed" value="save">Save</button></form>"""


def filled(**values: list[str]) -> str:
    return refill(PAGE, page="/here", action="/here", values=values, note="<b>note</b>")


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({"name": ['"><script>']}, '<input name="name" required value="&quot;&gt;&lt;script&gt;">'),
        ({"notes": ["</textarea><script>"]}, '<textarea name="notes">\n&lt;/textarea&gt;&lt;script&gt;</textarea>'),
        ({"role": ["admin"]}, '<option value="staff">Staff</option><option value="admin" selected>Admin</option>'),
        ({"days": ["tue"]}, 'name="days" value="mon"><input type="checkbox" name="days" value="tue" checked>'),
        ({"how": ["b"]}, '<input type="radio" name="how" value="a"><input type="radio" name="how" value="b" checked>'),
        ({"line": ["1", "2"]}, '<input name="line" value="1"><input name="line" value="2">'),
    ],
)  # fmt: skip
def test_each_kind_of_field_takes_what_was_typed(values: dict[str, list[str]], expected: str):
    assert expected in filled(**values)


def test_boxes_that_were_not_ticked_are_not_ticked():
    assert "checked" not in filled(name=["Ana"])


def test_what_the_server_wrote_stays():
    page = filled(name=["Ana"], version=["1"], csrfmiddlewaretoken=["old"], **{"pass": ["x"]}, fixed=["2"], logo=["x"])

    assert 'name="version" value="7"' in page
    assert 'value="fresh"' in page
    assert '<input type="password" name="pass">' in page
    assert 'name="fixed" value="1" readonly' in page
    assert '<input name="name" value="theirs">' in page


def test_the_note_stands_at_the_beginning_of_that_form():
    assert '<form method="post" class="stack"><b>note</b>' in filled(name=["Ana"])


def test_a_page_without_the_form_stays_as_it_was():
    assert refill(PAGE, page="/here", action="/gone", values={"name": ["Ana"]}, note="x") == PAGE
    assert filled(unknown=["Ana"]) == PAGE
