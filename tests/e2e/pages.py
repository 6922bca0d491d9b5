"""Every page that a browser can open. Add yours here: tests/e2e/test_pages.py looks at each at two widths, in light
and dark, with and without script, and fails on any accessibility, console, policy, origin or width fault.

`path` may name `{project}` and whatever the world offers by name (tests/e2e/world.py).
"""

from typing import NamedTuple


class Page(NamedTuple):
    name: str
    path: str
    who: str = "lucia"  # whose browser: lucia (the owner), or "" for nobody
    host: str = "platform"  # or "site": the salon's public host
    status: int = 200


PAGES = [
    Page("not found", "/nowhere-at-all", who="", status=404),
]
