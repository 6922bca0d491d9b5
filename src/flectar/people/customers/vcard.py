"""Address books as phones give them (vCard 2.1, 3.0, 4.0): turned into the same table as a CSV, photos included."""

import base64
import binascii
import quopri
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from flectar.people.customers.tabular import MAX_BYTES, MAX_ROWS, Row, Table, UnreadableFile, decode

_ADDRESS = ("Street", "Postal code", "City", "Region", "Country")
_HEADERS_BEFORE = ("Full name", "Company", "Email type", "Email", "Phone type", "Phone", "Address type", *_ADDRESS)
HEADERS = (*_HEADERS_BEFORE, "Language", "Note", "Tags", "Birthday", "vCard photo")
_SEVERAL = " ::: "
_PROPERTIES = {
    "FN": "Full name",
    "ORG": "Company",
    "EMAIL": "Email",
    "TEL": "Phone",
    "LANG": "Language",
    "NOTE": "Note",
    "CATEGORIES": "Tags",
    "BDAY": "Birthday",
    "PHOTO": "vCard photo",
}


_LISTS = {*_HEADERS_BEFORE[2:], "Tags"}


@dataclass(frozen=True, slots=True)
class _Line:
    """One property: its name without group, its parameters in capitals, its value as it stands."""

    name: str
    params: str
    value: str


def is_one(data: bytes) -> bool:
    return data[:200].lstrip(b"\xef\xbb\xbf\xff\xfe \r\n\t").replace(b"\x00", b"").upper().startswith(b"BEGIN:VCARD")


def read(data: bytes) -> Table:
    """A row a card, under the headers above. Raises UnreadableFile."""
    if len(data) > MAX_BYTES:
        raise UnreadableFile(
            _("The file is larger than %(limit)s MB. Split it and import the parts.") % {"limit": MAX_BYTES >> 20}
        )
    text, encoding = decode(data)
    rows = [Row(line=1, cells=HEADERS)]
    for number, lines in _cards(text):
        if len(rows) > MAX_ROWS:
            raise UnreadableFile(
                _("The file has more than %(limit)s rows. Split it and import the parts.") % {"limit": f"{MAX_ROWS:,}"}
            )
        rows.append(Row(line=number, cells=_cells(lines)))
    if len(rows) == 1:
        raise UnreadableFile(_("There is no whole card in this file. Export the contacts again."))
    return Table(encoding=encoding, delimiter="", rows=tuple(rows), empty_lines=0)


def _cards(text: str) -> Iterator[tuple[int, list[_Line]]]:
    """Each card with the line of the file where it begins. A card that never ends is none."""
    begins_at = 0
    card: list[_Line] | None = None
    for number, line in _unfolded(text):
        plain = line.strip().upper()
        if plain == "BEGIN:VCARD":
            begins_at, card = number, []
        elif plain == "END:VCARD" and card is not None:
            yield begins_at, card
            card = None
        elif card is not None and (found := _line(line)):
            card.append(found)


def _unfolded(text: str) -> Iterator[tuple[int, str]]:
    """A line that begins with a space goes on with the one before; so does one after "=" in quoted-printable."""
    begins_at, parts = 1, [""]
    for number, line in enumerate(text.splitlines(), 1):
        if line[:1] in (" ", "\t"):
            parts.append(line[1:])
        elif parts[-1].endswith("=") and "QUOTED-PRINTABLE" in parts[0].upper():
            parts.append(f"\n{line}")
        else:
            yield begins_at, "".join(parts)
            begins_at, parts = number, [line]
    yield begins_at, "".join(parts)


def _line(text: str) -> _Line | None:
    match = re.match(r'(?:[\w-]+\.)?([\w-]+)((?:;(?:"[^"]*"|[^":])*)?):(.*)', text, re.DOTALL)
    return _Line(match[1].upper(), match[2].upper(), match[3]) if match else None


def _cells(lines: Sequence[_Line]) -> tuple[str, ...]:
    values: dict[str, list[str]] = {header: [] for header in HEADERS}
    for line in sorted(lines, key=_is_less_wanted):
        header = _PROPERTIES.get(line.name, "")
        if header == "vCard photo":
            values[header] += _photo(line)
        elif line.name == "ADR":
            for name, value in zip(("Address type", *_ADDRESS), (_type(line), *_address(line)), strict=True):
                values[name].append(value)
        elif header and (value := _plain(line)):
            values[header].append(value)
            if header in ("Email", "Phone"):
                values[f"{header} type"].append(_type(line))
    if not values["Full name"]:
        values["Full name"] = [_from_parts(line) for line in lines if line.name == "N"]
    name, company = "".join(values["Full name"][:1]), "".join(values["Company"][:1])
    if name == company:  # a company, as phones write one
        values["Full name"] = []
    return tuple(_SEVERAL.join(found) if header in _LISTS else "".join(found[:1]) for header, found in values.items())


def _is_less_wanted(line: _Line) -> bool:
    """What is marked as preferred comes first; vCard 4 writes PREF=1, the older ones TYPE=PREF or PREF."""
    return line.name in ("EMAIL", "TEL", "ADR") and not re.search(r"[;=,]PREF\b", line.params)


def _type(line: _Line) -> str:
    return next((word.lower() for word in re.findall(r"\b(CELL|WORK|HOME)\b", line.params)), "")


def _address(line: _Line) -> tuple[str, ...]:
    """Street, postcode, city, region, country: of box;further;street;city;region;postcode;country."""
    parts = [*map(_unescaped, re.split(r"(?<!\\);", _decoded(line))), *[""] * 7]
    box, further, street, city, region, postcode, country = (" ".join(part.split()) for part in parts[:7])
    return ", ".join(part for part in (street, further, box) if part), postcode, city, region, country


def _plain(line: _Line) -> str:
    raw = _decoded(line)
    if line.name == "BDAY":  # 19880509, 1988-05-09T00:00:00Z; --0509 is a birthday without a year, and no date
        match = re.match(r"(\d{4})-?(\d{2})-?(\d{2})", raw)
        return "-".join(match.groups()) if match else ""
    if line.name == "ORG":
        return ", ".join(part for part in map(_unescaped, re.split(r"(?<!\\);", raw)) if part)
    if line.name == "CATEGORIES":
        return ", ".join(map(_unescaped, re.split(r"(?<!\\),", raw)))
    return _unescaped(raw)


def _from_parts(line: _Line) -> str:
    """Family;given;middle;prefix;suffix."""
    parts = [*map(_unescaped, re.split(r"(?<!\\);", _decoded(line))), "", "", ""]
    return " ".join(part for part in (parts[1], parts[2], parts[0]) if part)


def _decoded(line: _Line) -> str:
    if "QUOTED-PRINTABLE" not in line.params:
        return line.value
    charset = re.search(r"CHARSET=\"?([\w-]+)", line.params)
    try:
        return quopri.decodestring(line.value.encode()).decode(charset[1] if charset else "utf-8", "replace")
    except (LookupError, UnicodeError):
        return ""


def _unescaped(text: str) -> str:
    return re.sub(r"\\(.)", lambda found: "\n" if found[1] in "nN" else found[1], text).strip()


def _photo(line: _Line) -> list[str]:
    """As base64; an address on the web is nothing that we fetch."""
    value = line.value.strip()
    if value.lower().startswith("data:"):
        value = value.partition(",")[2]
    elif "ENCODING=B" not in line.params and ";BASE64" not in line.params:
        return []
    return ["".join(value.split())]


def photo_bytes(cell: str) -> bytes:
    """Nothing for what is no base64."""
    try:
        return base64.b64decode(cell, validate=True)
    except (binascii.Error, ValueError):
        return b""
