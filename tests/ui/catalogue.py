"""Every text of the product, found without a gettext binary, and what a language still lacks of it.

`python -m tests.ui.catalogue es` prints the missing entries, ready to be filled in; with an app's name behind it,
only those of that app.
"""

import io
import sys
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import NamedTuple

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_python
from babel.messages.pofile import write_po
from django.template.base import Lexer, TokenType
from django.utils.translation.template import templatize

from flectar.config.launcher.catalogues import join

SOURCE = Path(__file__).resolve().parents[2] / "src" / "flectar"
LOCALE = SOURCE / "locale"

_CONTEXT = ((1, "c"), 2)
_CONTEXT_PLURAL = ((1, "c"), 2, 3)
KEYWORDS = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": _CONTEXT,
    "pgettext_lazy": _CONTEXT,
    "npgettext": _CONTEXT_PLURAL,
    "npgettext_lazy": _CONTEXT_PLURAL,
}


class Text(NamedTuple):
    id: str | tuple[str, str]
    context: str | None
    file: Path
    line: int


def pages() -> list[Path]:
    return sorted([*SOURCE.rglob("templates/**/*.html"), *SOURCE.rglob("templates/**/*.txt")])


def texts() -> Iterator[Text]:
    """Of the Python files as they are, of the templates through Django's own translation to Python."""
    for file in sorted(SOURCE.rglob("*.py")):
        yield from _read(file, file.read_text())
    for file in pages():
        code = templatize(file.read_text(), origin=str(file))
        # What is no text becomes filler, indented as the page is: that is no Python until it stands at the left.
        yield from _read(file, "\n".join(line.lstrip() for line in code.split("\n")))


def _read(file: Path, code: str) -> Iterator[Text]:
    stream = io.BytesIO(code.encode())
    for line, function, found, _ in extract_python(stream, KEYWORDS, [], {"encoding": "utf-8"}):
        words = [found] if isinstance(found, str) else [word for word in found if word is not None]
        context = words.pop(0) if "pgettext" in function else None
        if not words or not words[0]:
            continue
        is_plural = function.startswith("n") and len(words) > 1
        yield Text((words[0], words[1]) if is_plural else words[0], context, file, line)


def known(language: str) -> Catalog:
    return join(LOCALE / language / "LC_MESSAGES", language)


def missing(language: str) -> list[Text]:
    catalogue = known(language)
    return [text for text in texts() if catalogue.get(text.id, text.context) is None]


class Bare(HTMLParser):
    """Words that stand in a page without a translation tag."""

    SAID = frozenset({"alt", "aria-label", "placeholder", "title", "label"})

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self._silent = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._silent += tag in ("style", "script")
        self.found += [value for name, value in attrs if name in self.SAID and value]

    def handle_endtag(self, tag: str) -> None:
        self._silent -= tag in ("style", "script")

    def handle_data(self, data: str) -> None:
        if not self._silent:
            self.found.append(data)


def bare(page: Path) -> list[str]:
    """Pieces of text outside every translation tag. What a tag prints is not looked at."""
    plain, is_translated = [], False
    for token in Lexer(page.read_text()).tokenize():
        if token.token_type == TokenType.BLOCK:
            name = token.contents.split()[0]
            is_translated = (is_translated or name == "blocktranslate") and name != "endblocktranslate"
        elif token.token_type == TokenType.TEXT and not is_translated:
            plain.append(token.contents)
    text = "".join(plain)
    if page.suffix == ".txt":
        return [line for line in text.splitlines() if line.strip()]
    parser = Bare()
    parser.feed(text)
    return parser.found


def main() -> None:
    language = sys.argv[1] if len(sys.argv) > 1 else "es"
    app = sys.argv[2] if len(sys.argv) > 2 else ""
    lacking = Catalog(locale=language)
    for text in missing(language):
        place = text.file.relative_to(SOURCE)
        if not app or app in place.parts:
            lacking.add(text.id, context=text.context, locations=[(str(place), text.line)])
    write_po(sys.stdout.buffer, lacking, omit_header=True, sort_by_file=True, width=120)


if __name__ == "__main__":
    main()
