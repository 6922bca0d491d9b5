"""Rows as CSV that spreadsheet programs open rightly: accents whole, and no cell that is run as a formula."""

import csv
import io
from collections.abc import Iterable, Sequence


def csv_bytes(header: Sequence[str], rows: Iterable[Sequence[str]]) -> bytes:
    """UTF-8 with a mark in front, which spreadsheets need to show accents; commas, CRLF (RFC 4180)."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow([guarded(cell) for cell in header])
    writer.writerows([guarded(cell) for cell in row] for row in rows)
    # A character that has no place in UTF-8 is written as a sign in its place.
    return b"\xef\xbb\xbf" + out.getvalue().encode("utf-8", "replace")


def guarded(cell: str) -> str:
    """A spreadsheet calculates what begins like a formula; an apostrophe in front makes it text. The import takes
    the apostrophe off again."""
    return f"'{cell}" if cell.startswith(("=", "+", "-", "@", "\t", "\r")) else cell
