"""What a visitor and an owner download. Sizes are of the brotli files that the server sends."""

import re

import pytest

from flectar.ui import assets

KB = 1000


def sent(name: str) -> int:
    """Bytes on the wire of an entry and of everything that it imports at once."""
    first = assets.path(name)
    files, waiting = set(), [first]
    while waiting:
        file = waiting.pop()
        if file in files:
            continue
        files.add(file)
        waiting += [file.parent / found for found in re.findall(r'(?:from|import)"(\./[^"]+\.js)"', file.read_text())]
    return sum(file.with_name(f"{file.name}.br").stat().st_size for file in files)


@pytest.mark.parametrize(
    ("name", "most"),
    [("embed.js", 2 * KB), ("public.js", 15 * KB), ("public.css", 20 * KB), ("app.js", 30 * KB), ("app.css", 30 * KB)],
)
def test_each_entry_keeps_its_budget(name: str, most: int):
    assert assets.is_built() == [], "build the front end first: cd frontend && npm ci && node build.mjs"
    assert 0 < sent(name) <= most


def test_htmx_waits_for_a_page_that_needs_it():
    page = assets.path("app.js").read_text()
    assert re.search(r'import\("\./c/htmx\.esm-\w+\.js"\)', page)
    assert not re.search(r'from"\./c/htmx', page)
