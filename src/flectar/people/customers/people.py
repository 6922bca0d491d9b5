"""From the rows of a file to people: names put together, contacts made uniform, repeats joined, every loss reported."""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from django.utils.translation import gettext as _

from flectar.core.text import BadText, clean, fold
from flectar.people.customers import addresses, columns, tags
from flectar.people.customers.addresses import PostalAddress
from flectar.people.customers.columns import Says
from flectar.people.customers.contacts import BadContact, e164, plain_email, shortened
from flectar.people.customers.tabular import Row, Table, UnreadableFile

MAX_NAME = 200
MAX_NOTE = 5_000
HEADER_SEARCH = 10


class Outcome(StrEnum):
    SKIPPED = "skipped"
    """The row gave nobody."""
    PARTLY = "partly"
    """The person came in, a value of the row did not."""
    JOINED = "joined"
    """The row was the same person as an earlier row."""


@dataclass(frozen=True, slots=True)
class Remark:
    """What happened to a row that did not simply come in."""

    line: int
    outcome: Outcome
    reason: str
    cells: tuple[str, ...]


@dataclass(slots=True)
class Person:
    line: int
    cells: tuple[str, ...]
    name: str
    is_company: bool = False
    emails: list[str] = field(default_factory=list)
    phones: list[str] = field(default_factory=list)
    locale: str = ""
    notes: list[str] = field(default_factory=list)
    tags: list[str] = field(default_factory=list)
    kinds: dict[str, str] = field(default_factory=dict)  # of emails and phones, by what they are
    addresses: list[PostalAddress] = field(default_factory=list)
    photo: str = ""  # as base64
    answers: dict[str, str] = field(default_factory=dict)  # of the owner's own fields: meaning → as the file says it


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table with its header found and its columns understood."""

    headers: tuple[str, ...]
    says: tuple[str, ...]  # of Says, or columns.of_field
    rows: tuple[Row, ...]
    lines_before_header: int


@dataclass(frozen=True, slots=True)
class Reading:
    people: tuple[Person, ...]
    remarks: tuple[Remark, ...]
    rows: int


def understand(
    table: Table,
    says: Sequence[str] | None = None,
    *,
    is_known: Callable[[str], bool] = columns.is_known,
    guess: Callable[[Sequence[str]], tuple[str, ...]] = columns.guess,
) -> Sheet:
    """Find the header among the first rows; `says` is the owner's own choice of meanings, one a column. Files about
    something else than people bring what they know of headers."""
    start = _header_row(table.rows, is_known)
    if start is None:
        width = max(len(row.cells) for row in table.rows)
        headers = tuple(_("Column %(number)s") % {"number": number} for number in range(1, width + 1))
        guessed: tuple[str, ...] = columns.guess_from_content(row.cells for row in table.rows[:200])
        rows, before = table.rows, 0
    else:
        width = max(len(row.cells) for row in table.rows[start:])
        cells = table.rows[start].cells
        headers = tuple(shortened(cell, 80) for cell in cells) + ("",) * (width - len(cells))
        guessed = guess(headers)
        if not any(guessed):
            guessed = columns.guess_from_content(row.cells for row in table.rows[start + 1 : start + 200])
            guessed += (Says.NOTHING,) * (width - len(guessed))
        rows, before = table.rows[start + 1 :], start
    chosen: tuple[str, ...] = tuple(says) if says is not None else guessed
    if len(chosen) != len(headers):
        raise UnreadableFile(_("The columns changed since the preview. Upload the file again."))
    return Sheet(headers=headers, says=chosen, rows=rows, lines_before_header=before)


def _header_row(rows: Sequence[Row], is_known: Callable[[str], bool]) -> int | None:
    """The row with most known headers, below a title if there is one. None: the file begins with data."""
    known = [0 if _holds_data(row) else sum(map(is_known, row.cells)) for row in rows[:HEADER_SEARCH]]
    best = max(range(len(known)), key=lambda index: (known[index], -index))
    if known[best]:
        return best
    # Unknown words above emails or phone numbers are a header too, in a language we don't read.
    return 0 if not _holds_data(rows[0]) and any(map(_holds_data, rows[1:200])) else None


def _holds_data(row: Row) -> bool:
    return any("@" in cell or columns.looks_like_phone(cell) for cell in row.cells)


def read_people(sheet: Sheet, *, region: str, locales: Iterable[str] = ("en", "es")) -> Reading:
    people: list[Person] = []
    remarks: list[Remark] = []
    known_locales = tuple(locales)
    for row in sheet.rows:
        try:
            person, left_out = _person(row, sheet, region, known_locales)
        except _Unusable as unusable:
            cells = _without_photos(row.cells, sheet.says)
            remarks.append(Remark(row.line, Outcome.SKIPPED, str(unusable), cells))
            continue
        people.append(person)
        remarks.extend(Remark(row.line, Outcome.PARTLY, reason, person.cells) for reason in left_out)
    joined, joins = _join_repeats(people)
    remarks.extend(joins)
    remarks.sort(key=lambda remark: remark.line)
    return Reading(people=tuple(joined), remarks=tuple(remarks), rows=len(sheet.rows))


# --- One row ----------------------------------------------------------------------------------------------------------


class _Unusable(ValueError):
    """The row gives nobody; the sentence says why."""


def _person(row: Row, sheet: Sheet, region: str, locales: Sequence[str]) -> tuple[Person, list[str]]:
    if row.problem:
        raise _Unusable(row.problem)
    says = sheet.says
    values = _by_meaning(row, says)
    left_out: list[str] = []
    emails = _contacts(values[Says.EMAIL], _split_emails, plain_email, left_out)
    phones = _contacts(values[Says.PHONE], _split_phones, lambda raw: e164(raw, region), left_out)
    company = _first(values[Says.COMPANY])
    own_name = _own_name(values)
    notes = [note for note in values[Says.NOTE] if note]
    if own_name and company and fold(company) != fold(own_name):
        notes.append(_("Company: %(name)s") % {"name": company})
    name = own_name or company
    if not name and not emails and not phones:
        raise _Unusable(" ".join(left_out) or _("There is no name, email or phone."))
    if len(name) > MAX_NAME:
        raise _Unusable(_("The name is longer than %(limit)s characters.") % {"limit": MAX_NAME})
    if any(len(note) > MAX_NOTE for note in notes):
        raise _Unusable(_("The note is longer than %(limit)s characters.") % {"limit": f"{MAX_NOTE:,}"})
    person = Person(
        line=row.line,
        cells=_without_photos(row.cells, says),
        name=name or (emails + phones)[0],
        is_company=bool(company and not own_name),
        emails=emails,
        phones=phones,
        kinds=_kinds(row, sheet, region),
        addresses=_addresses(row, sheet, region, left_out),
        locale=_locale(_first(values[Says.LANGUAGE]), locales),
        notes=notes,
        tags=_tags(values[Says.TAGS], left_out),
        photo=_first(values[Says.PHOTO]),
        answers={meaning: found[0] for meaning, found in values.items() if meaning.startswith("field:") and found},
    )
    return person, left_out


def _without_photos(cells: tuple[str, ...], says: Sequence[str]) -> tuple[str, ...]:
    """What a report keeps of a row."""
    if Says.PHOTO not in says:
        return cells
    return tuple("" if meaning == Says.PHOTO else cell for cell, meaning in zip(cells, says, strict=False))


def _tags(cells: Iterable[str], left_out: list[str]) -> list[str]:
    """A spreadsheet's own list, or several columns. Google writes "* myContacts" for everybody: that says nothing."""
    found: dict[str, str] = {}
    for piece in (piece for cell in cells for piece in re.split(r":::|[;,|\n]", cell)):
        if not piece.strip() or piece.strip().startswith("*"):
            continue
        try:
            name = tags.plain(piece)
        except tags.BadTag as bad:
            left_out.append(str(bad))
            continue
        found.setdefault(fold(name), name)
    if len(found) > tags.MOST:
        left_out.append(_("%(limit)s tags on one customer are enough.") % {"limit": tags.MOST})
    return list(found.values())[: tags.MOST]


def _by_meaning(row: Row, says: Sequence[str]) -> dict[str, list[str]]:
    values: dict[str, list[str]] = {meaning: [] for meaning in (*Says, *says)}
    for cell, meaning in zip(row.cells, says, strict=False):
        if meaning == Says.NOTHING:
            continue
        try:
            value = _unguarded(clean(cell).strip())
        except BadText:
            raise _Unusable(
                _("“%(value)s” holds characters that can't be read.") % {"value": shortened(cell)}
            ) from None
        if value:
            values[meaning].append(value)
    return values


def _first(values: Sequence[str]) -> str:
    return values[0] if values else ""


def _own_name(values: dict[str, list[str]]) -> str:
    whole = _first(values[Says.NAME])
    parts = [*values[Says.FIRST], *values[Says.MIDDLE], *values[Says.LAST]]
    return " ".join((whole or " ".join(parts)).split())


def _split_emails(cell: str) -> list[str]:
    pieces = re.split(r"\s*(?::::|[;,\n])\s*|\s+/\s+|\s+(?=\S+@)", cell)
    # "Ana <ana@example.com>" says the address between the angle brackets.
    wanted = pieces if len(pieces) == 1 else [piece for piece in pieces if "@" in piece]
    return [re.sub(r"^.*<([^<>]+)>$", r"\1", piece) for piece in wanted]


def _split_phones(cell: str) -> list[str]:
    return [piece for piece in re.split(r"\s*(?::::|[;,\n])\s*|\s+/\s+|\s+[yo]\s+|\s+or\s+", cell) if piece]


def _contacts(
    cells: Iterable[str], split: Callable[[str], list[str]], plain: Callable[[str], str], left_out: list[str]
) -> list[str]:
    found: list[str] = []
    for cell in cells:
        for piece in split(cell):
            try:
                value = plain(piece)
            except BadContact as bad:
                left_out.append(str(bad))
                continue
            if value not in found:
                found.append(value)
    return found


_ADDRESS = {
    Says.STREET: "street",
    Says.POSTCODE: "postal_code",
    Says.CITY: "city",
    Says.REGION: "region",
    Says.COUNTRY: "country",
}


def _kinds(row: Row, sheet: Sheet, region: str) -> dict[str, str]:
    """A label says the kinds of the column behind it; else its header does."""
    found: dict[str, str] = {}
    labels: list[str] = []
    for cell, meaning, header in zip(row.cells, sheet.says, sheet.headers, strict=False):
        if meaning == Says.LABEL:
            labels = cell.split(":::")
        elif meaning in (Says.EMAIL, Says.PHONE):
            is_email = meaning == Says.EMAIL
            for place, piece in enumerate((_split_emails if is_email else _split_phones)(_unguarded(cell.strip()))):
                said = labels[place] if place < len(labels) else header
                if kind := columns.kind(said):
                    try:
                        found.setdefault(plain_email(piece) if is_email else e164(piece, region), kind)
                    except BadContact:
                        continue  # said already where the values are read
            labels = []
    return {value: kind for value, kind in found.items() if "@" not in value or kind != "mobile"}


def _addresses(row: Row, sheet: Sheet, region: str, left_out: list[str]) -> list[PostalAddress]:
    """Columns side by side are one address; where one of them comes again the next address begins."""
    groups: list[dict[str, str]] = []
    labels = ""
    for cell, meaning, header in zip(row.cells, sheet.says, sheet.headers, strict=False):
        if meaning == Says.LABEL:
            labels = cell
        elif (part := _ADDRESS.get(Says(meaning)) if meaning in _ADDRESS else None) is not None:
            if not groups or part in groups[-1]:
                groups.append({"labels": labels or header})
            groups[-1][part] = _unguarded(cell.strip())
        elif meaning in (Says.EMAIL, Says.PHONE):
            labels = ""
    found = []
    for group in groups:
        kinds = group.pop("labels").split(":::")
        several = {part: [one.strip() for one in cell.split(":::")] for part, cell in group.items()}
        for place in range(max(map(len, several.values()))):
            values = {part: cells[place] if place < len(cells) else "" for part, cells in several.items()}
            if not any(value for part, value in values.items() if part != "country"):
                continue
            values["kind"] = columns.kind(kinds[place] if place < len(kinds) else "")
            try:
                found.append(addresses.plain(values, region=region))
            except (BadContact, BadText) as bad:
                left_out.append(str(bad))
    return addresses.each_once(found)


def _unguarded(value: str) -> str:
    """Our own export guards a cell that a spreadsheet would calculate with an apostrophe; take it off again."""
    return value[1:] if re.match(r"'[=+\-@]", value) else value


_LANGUAGES = {"english": "en", "ingles": "en", "spanish": "es", "espanol": "es", "castellano": "es"}


def _locale(said: str, locales: Sequence[str]) -> str:
    plain = fold(said)
    code = _LANGUAGES.get(plain, plain.replace("_", "-").partition("-")[0])
    return code if code in locales else ""


# --- Repeats ----------------------------------------------------------------------------------------------------------


def same_name(one: str, other: str) -> bool:
    """Whether two names can be one person's: the words of the shorter stand in the longer, initials allowed."""
    shorter, longer = sorted((_words(one), _words(other)), key=len)
    return bool(shorter) and all(any(_same_word(word, candidate) for candidate in longer) for word in shorter)


def _words(name: str) -> list[str]:
    return re.findall(r"\w+", fold(name))


def _same_word(one: str, other: str) -> bool:
    return one == other or (len(one) == 1 and other.startswith(one)) or (len(other) == 1 and one.startswith(other))


def _join_repeats(people: Iterable[Person]) -> tuple[list[Person], list[Remark]]:
    """An email is one person's. A phone is too, unless the names differ: families share one."""
    kept: dict[int, Person] = {}
    remarks: list[Remark] = []
    by_email: dict[str, Person] = {}
    by_phone: dict[str, list[Person]] = {}
    for person in people:
        same = {by_email[email].line: by_email[email] for email in person.emails if email in by_email}
        if not same:
            sharing = (other for phone in person.phones for other in by_phone.get(phone, ()))
            same = {other.line: other for other in sharing if _may_be_one(other, person)}
        kept[person.line] = person
        # One row may tie together people who looked apart until now: all become the first.
        first, *repeats = [*(same[line] for line in sorted(same)), person]
        for repeat in repeats:
            reason = _("Joined with line %(line)s: the same person.") % {"line": first.line}
            remarks.append(Remark(repeat.line, Outcome.JOINED, reason, repeat.cells))
            _join(first, repeat)
            del kept[repeat.line]
            for phone in repeat.phones:
                by_phone[phone] = [other for other in by_phone.get(phone, ()) if other is not repeat]
        for email in first.emails:
            by_email[email] = first
        for phone in first.phones:
            if first not in by_phone.setdefault(phone, []):
                by_phone[phone].append(first)
    return list(kept.values()), remarks


def _may_be_one(one: Person, other: Person) -> bool:
    return same_name(one.name, other.name) or _is_stand_in(one) or _is_stand_in(other)


def _is_stand_in(person: Person) -> bool:
    """The name is only the email or the phone, for want of one."""
    return person.name in person.emails or person.name in person.phones


def _join(kept: Person, repeat: Person) -> None:
    if _is_stand_in(kept) and not _is_stand_in(repeat):
        kept.name, kept.is_company = repeat.name, repeat.is_company
    elif not _is_stand_in(repeat) and not same_name(kept.name, repeat.name):
        kept.notes.append(_("Also called %(name)s") % {"name": repeat.name})
    kept.emails += [email for email in repeat.emails if email not in kept.emails]
    kept.phones += [phone for phone in repeat.phones if phone not in kept.phones]
    kept.notes += [note for note in repeat.notes if note not in kept.notes]
    kept.kinds = repeat.kinds | kept.kinds
    kept.addresses = addresses.each_once([*kept.addresses, *repeat.addresses])
    kept.photo = kept.photo or repeat.photo
    kept.answers = repeat.answers | kept.answers
    kept.tags += [tag for tag in repeat.tags if fold(tag) not in map(fold, kept.tags)]
    kept.locale = kept.locale or repeat.locale
