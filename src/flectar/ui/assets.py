"""Where the built scripts and sheets are. Their names carry a hash of their content, so they may be kept for ever."""

import json
from functools import cache
from pathlib import Path
from typing import Any

from django.core.checks import CheckMessage, Warning
from django.templatetags.static import static

DIST = Path(__file__).parent / "static" / "dist"


@cache
def _names() -> dict[str, str]:
    try:
        return dict(json.loads((DIST / "manifest.json").read_text()))
    except FileNotFoundError:
        return {}


def url(name: str) -> str:
    """The address of "app.css" and its like. Before the first build the plain name stands in: a page without a look."""
    return static(f"dist/{_names().get(name, name)}")


def has(name: str) -> bool:
    return name in _names()


def path(name: str) -> Path:
    """The file itself, for who serves or measures it."""
    return DIST / _names()[name]


def is_built(**_: Any) -> list[CheckMessage]:
    if _names():
        return []
    return [Warning("The front end is not built.", hint="Run `npm ci && node build.mjs` in frontend/.", id="ui.W001")]
