"""From the bytes of a CSV file to rows, whatever program wrote it. Knows nothing about people."""

import csv
import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from django.utils.translation import gettext as _

MAX_BYTES = 10 * 1024 * 1024
MAX_ROWS = 50_000
MAX_COLUMNS = 400
MAX_LINES_OF_A_ROW = 500
DELIMITERS = (",", ";", "\t", "|")

# The limit of the csv module is global and smaller than a long note; the size of the whole file is capped anyway.
csv.field_size_limit(MAX_BYTES)


class UnreadableFile(ValueError):
    """The whole file cannot be read. The sentence is fit to show."""


@dataclass(frozen=True, slots=True)
class Row:
    line: int
    """Line of the file where the row begins, counted from 1."""
    cells: tuple[str, ...]
    problem: str = ""
    """Why this row cannot be read, in words; empty when it can."""

    @property
    def is_empty(self) -> bool:
        return not any(cell.strip() for cell in self.cells)


@dataclass(frozen=True, slots=True)
class Table:
    encoding: str
    delimiter: str
    rows: tuple[Row, ...]
    """The header included, empty lines left out."""
    empty_lines: int


def read_table(data: bytes, *, knows: Callable[[str], bool] = lambda header: False) -> Table:
    """`knows` says whether a header is a known one: it decides between delimiters that both fit."""
    if len(data) > MAX_BYTES:
        raise UnreadableFile(
            _("The file is larger than %(limit)s MB. Split it and import the parts.") % {"limit": MAX_BYTES >> 20}
        )
    _refuse_other_formats(data)
    text, encoding = decode(data)
    if not text.strip():
        raise UnreadableFile(_("The file is empty."))
    declared, text, first_line = _declared_delimiter(text)
    delimiter = declared or _likely_delimiter(text, knows)
    rows: list[Row] = []
    empty_lines = 0
    for row in _rows(text, delimiter, first_line):
        if row.is_empty:
            empty_lines += 1
            continue
        if len(row.cells) > MAX_COLUMNS:
            raise UnreadableFile(
                _("Line %(line)s has more than %(limit)s columns.") % {"line": row.line, "limit": MAX_COLUMNS}
            )
        if len(rows) > MAX_ROWS:
            raise UnreadableFile(
                _("The file has more than %(limit)s rows. Split it and import the parts.") % {"limit": f"{MAX_ROWS:,}"}
            )
        rows.append(row)
    return Table(encoding=encoding, delimiter=delimiter, rows=tuple(rows), empty_lines=empty_lines)


def _refuse_other_formats(data: bytes) -> None:
    start = data[:512].lstrip(b"\xef\xbb\xbf \r\n\t").lower()
    if data[:4] in (b"PK\x03\x04", b"\xd0\xcf\x11\xe0"):
        raise UnreadableFile(_("This is a spreadsheet workbook. Save it as CSV in the program that made it."))
    if start.startswith((b"<!doctype", b"<html", b"<?xml")):
        raise UnreadableFile(_("This is a web page, not a CSV file. Export the contacts as CSV."))
    if start.startswith((b"{", b"%pdf", b"\x89png", b"\x1f\x8b")):
        raise UnreadableFile(_("This is not a CSV file. Export the contacts as CSV."))


# --- Encoding ---------------------------------------------------------------------------------------------------------
# Damaged characters become lone surrogates, so that only the rows that hold them are refused, each with its reason.

_BOMS = (
    (b"\xff\xfe\x00\x00", "utf-32-le"),  # before utf-16-le, whose mark it begins with
    (b"\x00\x00\xfe\xff", "utf-32-be"),
    (b"\xef\xbb\xbf", "utf-8"),
    (b"\xff\xfe", "utf-16-le"),
    (b"\xfe\xff", "utf-16-be"),
)


def decode(data: bytes) -> tuple[str, str]:
    """The text without its byte order mark, and the name of the encoding."""
    for bom, encoding in _BOMS:
        if data.startswith(bom):
            return _decode_leniently(data[len(bom) :], encoding), encoding
    if wide := _utf16_without_bom(data):
        return _decode_leniently(data, wide), wide
    try:
        return data.decode("utf-8"), "utf-8"
    except UnicodeDecodeError:
        pass
    text = data.decode("utf-8", "surrogateescape")
    damaged = sum("\udc80" <= char <= "\udcff" for char in text)
    if sum(char > "\x7f" for char in text) > 2 * damaged:
        # Mostly good UTF-8 with a few bad bytes: reading it as cp1252 would spoil every name.
        return text, "utf-8"
    return _decode_one_byte(data)


def _decode_leniently(data: bytes, encoding: str) -> str:
    if encoding == "utf-8":
        return data.decode("utf-8", "surrogateescape")
    width = 4 if encoding.startswith("utf-32") else 2
    whole = data[: len(data) - len(data) % width]
    try:
        return whole.decode(encoding, "surrogatepass")
    except UnicodeDecodeError as error:
        raise UnreadableFile(_("The text of the file is damaged. Export it again, as CSV in UTF-8.")) from error


def _utf16_without_bom(data: bytes) -> str:
    """Western text in UTF-16 has a zero in every second byte."""
    sample = data[:2000]
    if len(sample) < 4 or b"\x00" not in sample:
        return ""
    odd, even = sample[1::2], sample[::2]
    if odd.count(0) > 0.6 * len(odd) and even.count(0) < 0.1 * len(even):
        return "utf-16-le"
    if even.count(0) > 0.6 * len(even) and odd.count(0) < 0.1 * len(odd):
        return "utf-16-be"
    return ""


_LATIN_LETTERS = frozenset("áéíóúàèìòùâêîôûäëïöüãõñçßåæøÁÉÍÓÚÀÈÌÒÙÂÊÎÔÛÄËÏÖÜÃÕÑÇÅÆØ")
_WINDOWS_SIGNS = frozenset("’‘“”–—€…·ºª¿¡«»°´")


def _decode_one_byte(data: bytes) -> tuple[str, str]:
    """Windows-1252, or Mac Roman when that gives plainly more letters (spreadsheets on older Macs)."""
    windows = data.decode("cp1252", "surrogateescape")
    mac = data.decode("mac_roman")
    windows_score = sum(char in _LATIN_LETTERS or char in _WINDOWS_SIGNS for char in windows if char > "\x7f")
    mac_score = sum(char in _LATIN_LETTERS for char in mac if char > "\x7f")
    return (mac, "mac-roman") if mac_score > windows_score else (windows, "cp1252")


# --- Rows -------------------------------------------------------------------------------------------------------------


def _declared_delimiter(text: str) -> tuple[str, str, int]:
    """Spreadsheets may write `sep=;` as the first line: the delimiter, the rest, and the line it begins on."""
    first, _newline, rest = text.partition("\n")
    word = first.strip().strip('"').lower()
    if word.startswith("sep=") and len(first.strip("\r\n").strip('"')) == len("sep=") + 1:
        return first.strip("\r\n").strip('"')[-1], rest, 2
    return "", text, 1


def _likely_delimiter(text: str, knows: Callable[[str], bool]) -> str:
    def merit(delimiter: str) -> tuple[int, int, int]:
        rows = [row.cells for row in _first(_rows(text[:200_000], delimiter, 1), 30) if not row.is_empty]
        widths = [len(cells) for cells in rows]
        usual = max(set(widths), key=widths.count) if widths else 1
        known = max((sum(knows(cell) for cell in cells) for cells in rows[:10]), default=0)
        return known, widths.count(usual) if usual > 1 else 0, usual

    return max(DELIMITERS, key=merit)


def _first(rows: Iterator[Row], count: int) -> list[Row]:
    return [row for row, _number in zip(rows, range(count), strict=False)]


def _rows(text: str, delimiter: str, first_line: int) -> Iterator[Row]:
    """Splits like csv, but a quote that never closes costs its own row only, not the rest of the file."""
    # newline="" splits at \r, \n and \r\n and keeps them, as csv wants it.
    lines = list(io.StringIO(text, newline=""))
    at = 0
    while at < len(lines):
        reader = csv.reader((lines[index] for index in range(at, len(lines))), delimiter=delimiter)
        base, resume_at = at, len(lines)
        while True:
            start = base + reader.line_num
            try:
                cells = next(reader)
            except StopIteration:
                break
            end = base + reader.line_num
            if _quote_never_closes(lines, start, end, delimiter):
                yield Row(
                    line=start + first_line,
                    cells=tuple(lines[start].rstrip("\r\n").split(delimiter)),
                    problem=_("A quotation mark opens here and is never closed."),
                )
                resume_at = start + 1
                break
            yield Row(line=start + first_line, cells=tuple(cells))
        at = resume_at


def _quote_never_closes(lines: list[str], start: int, end: int, delimiter: str) -> bool:
    if end - start > MAX_LINES_OF_A_ROW:
        return True
    if end < len(lines) or '"' not in "".join(lines[start:end]):
        return False
    # A further line becomes a row of its own unless the quote is still open.
    return len(list(csv.reader([*lines[start:end], "further"], delimiter=delimiter))) == 1
