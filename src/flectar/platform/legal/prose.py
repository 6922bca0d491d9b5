"""From a document's plain text to HTML, and what differs between two of them.

The text knows headings (`## `), lists (`- `), tables (`| a | b |`), paragraphs, `**strong**`, code in backticks and
`[words](address)`; everything else is shown as it is written.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher

from django.utils.html import conditional_escape, format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.text import slugify

_STRONG = re.compile(r"\*\*([^*]+)\*\*")
_CODE = re.compile(r"`([^`]+)`")
_LINK = re.compile(r"\[([^\]]+)\]\(((?:https?://|mailto:|/)[^)\s]*)\)")


@dataclass(frozen=True, slots=True)
class Heading:
    """For the list of contents."""

    id: str
    text: str


def headings(text: str) -> list[Heading]:
    return [Heading(_id(block), block[3:]) for block in blocks(text) if block.startswith("## ")]


def html(text: str) -> SafeString:
    return format_html_join("\n", "{}", ((_block(block),) for block in blocks(text)))


def blocks(text: str) -> list[str]:
    """Paragraphs, headings, lists and tables, each as one piece."""
    return [piece.strip() for piece in re.split(r"\n\s*\n", text) if piece.strip()]


def _block(block: str) -> SafeString:
    if block.startswith("## "):
        return format_html('<h2 id="{}">{}</h2>', _id(block), block[3:])
    lines = block.splitlines()
    if lines[0].startswith("- "):
        items = ((_inline(item),) for item in _items(lines))
        return format_html("<ul>{}</ul>", format_html_join("", "<li>{}</li>", items))
    if lines[0].startswith("|"):
        return _table(lines)
    return format_html("<p>{}</p>", _inline(" ".join(lines)))


def _items(lines: list[str]) -> list[str]:
    items: list[str] = []
    for line in lines:
        if line.startswith("- "):
            items.append(line[2:])
        else:
            items[-1] += f" {line.strip()}"
    return items


def _table(lines: list[str]) -> SafeString:
    head, *rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
    return format_html(
        '<div class="scroll" tabindex="0" role="region" aria-label="{}"><table class="table plain">'
        "<thead><tr>{}</tr></thead><tbody>{}</tbody></table></div>",
        head[0],
        format_html_join("", '<th scope="col">{}</th>', ((cell,) for cell in head)),
        format_html_join(
            "",
            "<tr>{}</tr>",
            (
                (format_html_join("", '<td class="wrap">{}</td>', ((_inline(cell),) for cell in row)),)
                for row in rows
                if not all(set(cell) <= {"-"} for cell in row)
            ),
        ),
    )


def _inline(text: str) -> SafeString:
    escaped = str(conditional_escape(text))
    strong = _CODE.sub(r"<code>\1</code>", _STRONG.sub(r"<strong>\1</strong>", escaped))
    # Only what conditional_escape has let through stands between the marks that we add.
    return mark_safe(_LINK.sub(r'<a class="link" href="\2">\1</a>', strong))  # noqa: S308 - escaped above


def _id(block: str) -> str:
    return slugify(block[3:])


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of words: "" is in both versions, "ins" only in the new one, "del" only in the old one."""

    mark: str
    text: str


@dataclass(frozen=True, slots=True)
class Difference:
    """A paragraph with what became of its words."""

    is_heading: bool
    pieces: list[Piece]

    @property
    def has_changed(self) -> bool:
        return any(piece.mark for piece in self.pieces)


def differences(old: str, new: str) -> list[Difference]:
    """Paragraph by paragraph, in the order of the new text; what is gone stands where it was."""
    before, after = blocks(old), blocks(new)
    found: list[Difference] = []
    for kind, i, i_end, j, j_end in SequenceMatcher(a=before, b=after, autojunk=False).get_opcodes():
        if kind == "replace" and i_end - i == j_end - j:
            found += [_words(one, other) for one, other in zip(before[i:i_end], after[j:j_end], strict=True)]
        elif kind == "equal":
            found += [_whole("", block) for block in after[j:j_end]]
        else:
            found += [_whole("del", block) for block in before[i:i_end]]
            found += [_whole("ins", block) for block in after[j:j_end]]
    return found


def _whole(mark: str, block: str) -> Difference:
    return Difference(block.startswith("## "), [Piece(mark, block.removeprefix("## "))])


def _words(old: str, new: str) -> Difference:
    is_heading = new.startswith("## ")
    before, after = old.removeprefix("## ").split(), new.removeprefix("## ").split()
    return Difference(is_heading, list(_pieces(before, after)))


def _pieces(before: list[str], after: list[str]) -> Iterator[Piece]:
    for kind, i, i_end, j, j_end in SequenceMatcher(a=before, b=after, autojunk=False).get_opcodes():
        if kind == "equal":
            yield Piece("", " ".join(after[j:j_end]))
            continue
        if i_end > i:
            yield Piece("del", " ".join(before[i:i_end]))
        if j_end > j:
            yield Piece("ins", " ".join(after[j:j_end]))
