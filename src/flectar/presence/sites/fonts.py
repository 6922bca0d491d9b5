"""The typefaces of a look: their rules for its style sheet, and the file to ask for before the sheet is read."""

import re
from functools import cache

from flectar.ui import assets


@cache
def rules(pair: str) -> str:
    """The `@font-face` rules of a type pair, their addresses absolute. Empty for no pair, or before the first build."""
    if not pair or not assets.has(sheet := f"type-{pair}.css"):
        return ""
    folder = assets.url(sheet).rpartition("/")[0]
    return re.sub(r'url\("?\./([^")]+)"?\)', rf"url({folder}/\1)", assets.path(sheet).read_text().strip())


@cache
def first_file(pair: str) -> str:
    """Where the headline's Latin letters are: worth asking for at once, as nothing else of the page is so large."""
    found = re.search(r"url\(([^)]+)\)", rules(pair))
    return found[1] if found else ""
