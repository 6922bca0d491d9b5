"""Puts typed values back into a form of a finished page, whichever view and template made it.

Only what a person types or chooses: hidden fields keep what the server has just written, passwords and files stay
empty. Values are escaped; nothing else of the page changes.
"""

import re
from collections.abc import Mapping, Sequence
from html import escape
from html.parser import HTMLParser
from urllib.parse import urljoin, urlsplit

type Values = Mapping[str, Sequence[str]]
type Attributes = list[tuple[str, str | None]]

_NOT_TYPED = {"hidden", "password", "file", "submit", "button", "reset", "image"}
_TICKED = {"checkbox", "radio"}


def refill(html: str, *, page: str, action: str, values: Values, note: str) -> str:
    """The page with the form that sends to `action` filled, and `note` (HTML) at its beginning. Of several such forms,
    the one that has most of the names. The page as it was, if none has any. `page` and `action` are paths."""
    reader = _Reader(html, page, action, values)
    reader.feed(html)
    reader.close()
    best = max(reader.forms, key=lambda form: len(form.names), default=None)
    if best is None or not best.names:
        return html
    for start, end, text in sorted([*best.edits, (best.begins, best.begins, note)], reverse=True):
        html = html[:start] + text + html[end:]
    return html


class _Form:
    """One form that may be the one: where it begins, which names were found in it, what would change."""

    def __init__(self, begins: int, values: Values) -> None:
        self.begins = begins
        self.left = {name: list(texts) for name, texts in values.items()}  # a name may stand in several lines
        self.names: set[str] = set()
        self.edits: list[tuple[int, int, str]] = []


class _Reader(HTMLParser):
    def __init__(self, html: str, page: str, action: str, values: Values) -> None:
        super().__init__()
        self.page, self.action, self.values = page, action, values
        self.forms: list[_Form] = []
        self._form: _Form | None = None
        self._area: tuple[int, str] | None = None  # where the text of a textarea begins, and what replaces it
        self._chosen: Sequence[str] | None = None  # of the select that is being read
        self._lines = [0, *(found.end() for found in re.finditer("\n", html))]

    def handle_starttag(self, tag: str, attrs: Attributes) -> None:
        has = dict(attrs)
        if tag == "form":
            self._form = None
            sends_to = urlsplit(urljoin(self.page, has.get("action") or self.page)).path
            if (has.get("method") or "").lower() == "post" and sends_to == self.action:
                self._form = _Form(self._ends(), self.values)
                self.forms.append(self._form)
        elif self._form is None:
            return
        elif tag == "option":
            if self._chosen is not None and has.get("value") is not None:
                self._write(tag, attrs, "selected", on=has["value"] in self._chosen)
        elif "disabled" in has or "readonly" in has:
            return
        elif tag == "input":
            self._input(attrs, has)
        elif tag == "textarea" and (typed := self._next(has.get("name"))) is not None:
            self._area = (self._ends(), typed)
        elif tag == "select" and has.get("name") in self.values:
            self._form.names.add(str(has["name"]))
            self._chosen = self.values[str(has["name"])]

    def _input(self, attrs: Attributes, has: dict[str, str | None]) -> None:
        kind, name = (has.get("type") or "text").lower(), has.get("name")
        if kind in _NOT_TYPED or not name:
            return
        if kind in _TICKED:
            if name in self.values and self._form:
                self._form.names.add(name)
            # A box that was not ticked was not sent: the form says so by the other names.
            self._write("input", attrs, "checked", on=(has.get("value") or "on") in self.values.get(name, ()))
        elif (typed := self._next(name)) is not None:
            self._write("input", attrs, "value", on=True, text=typed)

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea" and self._area and self._form:
            start, typed = self._area
            # The first line break after the tag is not part of the text.
            self._form.edits.append((start, self._here(), "\n" + escape(typed)))
            self._area = None
        elif tag == "select":
            self._chosen = None
        elif tag == "form":
            self._form = None

    def _next(self, name: str | None) -> str | None:
        """What was typed into the next field of this name."""
        if self._form is None or not name or not self._form.left.get(name):
            return None
        self._form.names.add(name)
        return self._form.left[name].pop(0)

    def _write(self, tag: str, attrs: Attributes, name: str, *, on: bool, text: str | None = None) -> None:
        """The tag anew, with this attribute or without it."""
        kept: Attributes = [each for each in attrs if each[0] != name]
        if on:
            kept.append((name, text))
        written = "".join(f" {key}" if value is None else f' {key}="{escape(value)}"' for key, value in kept)
        if self._form:
            self._form.edits.append((self._here(), self._ends(), f"<{tag}{written}>"))

    def _here(self) -> int:
        line, column = self.getpos()
        return self._lines[line - 1] + column

    def _ends(self) -> int:
        return self._here() + len(self.get_starttag_text() or "")
