"""The file of a former system, row by row: which column says what, and what each row says. No database."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from flectar.core.money import BadAmount, Money
from flectar.core.text import BadText, clean, fold
from flectar.people.customers.contacts import BadContact, e164, plain_email, shortened
from flectar.people.customers.people import Outcome, Remark, Sheet, understand
from flectar.people.customers.tabular import Row, UnreadableFile, read_table

MAX_ROWS = 20_000
MAX_MINUTES = 36 * 60


class Says(StrEnum):
    START = "start"
    DATE = "date"
    TIME = "time"
    END = "end"
    MINUTES = "minutes"
    SERVICE = "service"
    PERSON = "person"
    NAME = "name"
    FIRST = "first"
    LAST = "last"
    EMAIL = "email"
    PHONE = "phone"
    PRICE = "price"
    STATUS = "status"
    PARTY = "party"
    NOTE = "note"
    CODE = "code"
    NOTHING = ""


LABELS: Mapping[Says, str | Promise] = {
    Says.START: gettext_lazy("Day and time"),
    Says.DATE: gettext_lazy("Day"),
    Says.TIME: gettext_lazy("Time"),
    Says.END: gettext_lazy("End"),
    Says.MINUTES: gettext_lazy("Length in minutes"),
    Says.SERVICE: gettext_lazy("Service"),
    Says.PERSON: gettext_lazy("With whom, or where"),
    Says.NAME: gettext_lazy("Customer"),
    Says.FIRST: gettext_lazy("First name"),
    Says.LAST: gettext_lazy("Last name"),
    Says.EMAIL: gettext_lazy("Email"),
    Says.PHONE: gettext_lazy("Phone"),
    Says.PRICE: gettext_lazy("Price"),
    Says.STATUS: gettext_lazy("State"),
    Says.PARTY: gettext_lazy("People"),
    Says.NOTE: gettext_lazy("Note"),
    Says.CODE: gettext_lazy("Number in the former system"),
    Says.NOTHING: gettext_lazy("Leave out"),
}

# Read in order, the first that fits decides. Headers arrive without accents, case and signs.
_PATTERNS = tuple(
    (says, re.compile(pattern))
    for says, pattern in (
        (Says.EMAIL, r"\b(e ?mail|mail|correo)\b"),
        (Says.PHONE, r"\b(phone|tel|telefono|movil|mobile|cell|whatsapp)\b"),
        (Says.MINUTES, r"\b(duration|length|minutes|mins?|duracion|minutos)\b"),
        (Says.END, r"^(end( (date|time|at|date time))?|ends|until|fin|hora (de )?fin|hasta|termina)$"),
        (Says.DATE, r"^((booking|appointment|start) )?(date|day|fecha|dia)( de la (cita|reserva))?$"),
        (Says.TIME, r"^((start|booking|appointment) )?(time|hour|hora)( (de )?inicio)?$"),
        (
            Says.START,
            r"^(start( (at|date time))?|starts|when|date (and )?time|inicio|cuando|fecha y hora|desde|begin)$",
        ),
        (Says.SERVICE, r"^(services?( name)?|treatment|class|servicios?|tratamiento|clase|booking type|event type)$"),
        (
            Says.PERSON,
            r"^(staff( (name|member))?|employee|with|provider|practitioner|stylist|resource|room|table|con|empleado"
            r"|profesional|personal|trabajador|recurso|sala|mesa|calendar)$",
        ),
        (Says.FIRST, r"^((client|customer) )?(first( name)?|given name|nombre de pila)$"),
        (Says.LAST, r"^((client|customer) )?(last( name)?|surname|apellidos?)$"),
        (Says.NAME, r"^((client|customer|guest|full) ?)(name)?$|^(name|nombre|cliente|nombre (del )?cliente|huesped)$"),
        (Says.PRICE, r"\b(price|amount|total|cost|precio|importe|coste)\b"),
        (Says.STATUS, r"^((booking|appointment) )?(status|state|estado)$"),
        (Says.PARTY, r"^(party( size)?|people|guests|covers|pax|personas|comensales)$"),
        (Says.NOTE, r"^(notes?|comments?|remarks?|notas?|observaciones|comentarios?)$"),
        (
            Says.CODE,
            r"^((booking|appointment|reservation) )?(id|code|number|ref(erence)?|codigo|numero|referencia"
            r"|localizador)$",
        ),
    )
)


def meaning(header: str) -> Says:
    plain = " ".join(re.sub(r"[^a-z0-9]+", " ", fold(header)).split())
    return next((says for says, pattern in _PATTERNS if pattern.search(plain)), Says.NOTHING)


def is_known(header: str) -> bool:
    return meaning(header) is not Says.NOTHING


def guess(headers: Sequence[str]) -> tuple[str, ...]:
    """One meaning a column. "Nombre" beside "Apellidos" is the first name only."""
    found = [meaning(header) for header in headers]
    if Says.LAST in found and Says.FIRST not in found:
        found = [Says.FIRST if says is Says.NAME else says for says in found]
    return tuple(found)


class Becomes(StrEnum):
    """What the former system says of it."""

    STANDS = "stands"
    DONE = "done"
    NO_SHOW = "no_show"
    CANCELLED = "cancelled"


_STATES = (
    (Becomes.NO_SHOW, r"no.?show|no (se )?present|no asisti|no vino|did not come|ausent|absent|missed|falt"),
    (Becomes.CANCELLED, r"cancel|anulad|declin|rechaz|deleted|borrad"),
    (Becomes.DONE, r"done|complet|attended|finish|realizad|asisti|atendid|arrived|checked|paid|pagad"),
)


@dataclass(frozen=True, slots=True)
class Wanted:
    """One booking as the file tells it; times are those of the clock on the wall."""

    line: int
    cells: tuple[str, ...]
    start: datetime
    minutes: int | None
    service: str
    person: str
    name: str
    email: str
    phone: str
    becomes: Becomes
    price_minor: int | None
    party: int
    note: str
    code: str

    @property
    def contacts(self) -> list[str]:
        return [contact for contact in (self.email, self.phone) if contact]


@dataclass(slots=True)
class Reading:
    sheet: Sheet
    encoding: str
    wanted: list[Wanted] = field(default_factory=list)
    remarks: list[Remark] = field(default_factory=list)


def read(content: bytes, says: Sequence[str] | None, *, region: str, currency: str) -> Reading:
    """Raises UnreadableFile."""
    table = read_table(content, knows=is_known)
    sheet = understand(table, says, is_known=is_known, guess=guess)
    if len(sheet.rows) > MAX_ROWS:
        raise UnreadableFile(
            _("The file has more than %(limit)s rows. Split it and import the parts.") % {"limit": f"{MAX_ROWS:,}"}
        )
    reading = Reading(sheet, table.encoding)
    days = [cell for row in sheet.rows for cell, meant in zip(row.cells, sheet.says, strict=False) if meant in _DAYS]
    month_first = _is_month_first(days)
    for row in sheet.rows:
        left_out: list[str] = []
        try:
            wanted = _wanted(row, sheet.says, left_out, region=region, currency=currency, month_first=month_first)
        except (_Unusable, BadText) as unusable:
            reading.remarks.append(Remark(row.line, Outcome.SKIPPED, str(unusable), row.cells))
            continue
        reading.wanted.append(wanted)
        reading.remarks += [Remark(row.line, Outcome.PARTLY, reason, row.cells) for reason in left_out]
    return reading


_DAYS = (Says.START, Says.DATE)


class _Unusable(ValueError):
    """The row gives no booking; the sentence says why."""


def _wanted(
    row: Row, says: Sequence[str], left_out: list[str], *, region: str, currency: str, month_first: bool
) -> Wanted:
    if row.problem:
        raise _Unusable(row.problem)
    said: dict[str, str] = {}
    for cell, meant in zip(row.cells, says, strict=False):
        value = clean(cell).strip()
        if value and meant and meant not in said:
            said[meant] = value
    start = _start(said, month_first=month_first)
    if not said.get(Says.SERVICE):
        raise _Unusable(_("There is no service."))
    name = " ".join((said.get(Says.NAME) or f"{said.get(Says.FIRST, '')} {said.get(Says.LAST, '')}").split())[:200]
    email = _contact(plain_email, said.get(Says.EMAIL, ""), left_out)
    phone = _contact(lambda raw: e164(raw, region), said.get(Says.PHONE, ""), left_out)
    if not (name or email or phone):
        raise _Unusable(" ".join(left_out) or _("There is no customer: no name, email or phone."))
    state = fold(said.get(Says.STATUS, ""))
    return Wanted(
        line=row.line,
        cells=row.cells,
        start=start,
        minutes=_minutes(said, start, left_out, month_first=month_first),
        service=said[Says.SERVICE],
        person=said.get(Says.PERSON, ""),
        name=name or email or phone,
        email=email,
        phone=phone,
        becomes=next((one for one, pattern in _STATES if re.search(pattern, state)), Becomes.STANDS),
        price_minor=_price(said.get(Says.PRICE, ""), currency, left_out),
        party=_party(said.get(Says.PARTY, "")),
        note=said.get(Says.NOTE, "")[:1000],
        code=said.get(Says.CODE, "")[:80],
    )


def _contact(plain: Any, raw: str, left_out: list[str]) -> str:
    if not raw:
        return ""
    try:
        return str(plain(raw))
    except BadContact as bad:
        left_out.append(str(bad))
        return ""


# --- Days and times ---------------------------------------------------------------------------------------------------

_ISO = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})")
_LOCAL = re.compile(r"(\d{1,2})[-/.](\d{1,2})[-/.](\d{4}|\d{2})")
_TIME = re.compile(r"(\d{1,2})(?:[:.h](\d{2}))?(?::\d{2}(?:\.\d+)?)?\s*(am|pm|a\.m\.|p\.m\.)?", re.IGNORECASE)


def _is_month_first(cells: Iterable[str]) -> bool:
    """12/31/2025 says it; where nothing does, the day comes first."""
    pairs = [(int(found[1]), int(found[2])) for cell in cells if (found := _LOCAL.match(cell.strip()))]
    return any(second > 12 for _first, second in pairs) and not any(first > 12 for first, _second in pairs)


def _start(said: Mapping[str, str], *, month_first: bool) -> datetime:
    raw = said.get(Says.START) or f"{said.get(Says.DATE, '')} {said.get(Says.TIME, '')}".strip()
    if not raw:
        raise _Unusable(_("There is no day."))
    found = _moment(raw, month_first=month_first)
    if found is None and Says.START in said and Says.DATE in said:  # "Start" was only the hour
        found = _moment(f"{said[Says.DATE]} {said[Says.START]}", month_first=month_first)
    if found is None:
        raise _Unusable(_("“%(value)s” is not a day and a time.") % {"value": shortened(raw)})
    if not 2000 <= found.year <= 2100:
        raise _Unusable(_("%(year)s is not a year of a booking.") % {"year": found.year})
    return found


def _moment(raw: str, *, month_first: bool) -> datetime | None:
    text = raw.strip()
    if found := _ISO.match(text):
        year, month, day = map(int, found.groups())
    elif found := _LOCAL.match(text):
        first, second, year = map(int, found.groups())
        day, month = (second, first) if month_first else (first, second)
        year += 2000 if year < 100 else 0
    else:
        return None
    at = _time(text[found.end() :].strip(" T,"))
    try:
        return datetime.combine(date(year, month, day), at) if at else None
    except ValueError:
        return None


def _time(text: str) -> time | None:
    found = _TIME.match(text)
    if not found:
        return None
    hour, minute, half = int(found[1]), int(found[2] or 0), (found[3] or "").lower().replace(".", "")
    if half:
        hour = hour % 12 + (12 if half == "pm" else 0)
    try:
        return time(hour, minute)
    except ValueError:
        return None


def _minutes(said: Mapping[str, str], start: datetime, left_out: list[str], *, month_first: bool) -> int | None:
    found: int | None = None
    if raw := said.get(Says.MINUTES):
        match = re.fullmatch(r"(?:(\d+)\s*(?:h|:)\s*)?(\d+)?\s*(?:m|min|minutes|minutos)?\.?", raw.lower())
        found = int(match[1] or 0) * 60 + int(match[2] or 0) if match else None
    elif raw := said.get(Says.END):
        end = _moment(raw, month_first=month_first)
        if end is None and (at := _time(raw)):
            end = datetime.combine(start.date(), at)
            end += timedelta(days=1) if end <= start else timedelta()
        found = int((end - start).total_seconds() // 60) if end else None
    if found is not None and found >= 1:
        return found
    if raw:
        left_out.append(_("“%(value)s” is no length: the service's own is taken.") % {"value": shortened(raw)})
    return None


def _price(raw: str, currency: str, left_out: list[str]) -> int | None:
    text = re.sub(r"[^\d.,-]", "", raw)
    if not text:
        return None
    try:
        return max(0, Money.parse(text, currency).minor)
    except BadAmount:
        left_out.append(_("“%(value)s” is no price: the service's own is taken.") % {"value": shortened(raw)})
        return None


def _party(raw: str) -> int:
    found = re.match(r"\d{1,3}", raw)
    return max(1, int(found[0])) if found else 1
