"""What a calendar file (.ics) says about being busy. Bytes in, busy stretches and an honest list of what was left out.

Nothing here touches the database. Every event that yields no busy time is named with its line and the reason. Time
zones come from the file in three dialects: names that everybody knows, the names of Windows, and rules written into the
file itself; the last are kept to this file, because two files may give one name to different rules.
"""

import re
from calendar import monthrange
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from functools import cache
from hashlib import sha256
from time import monotonic
from typing import Any, Final
from zoneinfo import ZoneInfo, available_timezones

from django.utils.translation import gettext as _

from flectar.core import clock

MAX_BYTES: Final = 10_000_000
MAX_EVENTS: Final = 20_000
MAX_SECONDS: Final = 20
MAX_BUSY: Final = 100_000
MAX_DATES: Final = 2_000
MAX_SERIES_OF_ONE_NAME: Final = 50
COUNTED_SINCE: Final = 1970
"""A rule that begins before is counted through by the day, which takes long."""
OWN_UID_END: Final = "@booking.flectar"
"""Files that we gave out come back in exports; a booking must not block itself."""


class NotACalendar(Exception):
    """The file cannot be read as a calendar. The sentence is fit to show."""


@dataclass(frozen=True, slots=True)
class Busy:
    uid: str
    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True, slots=True)
class Skipped:
    """One event that adds no busy time. `line` is where it begins in the file. `is_fault`: not because it blocks
    nothing, but because we cannot tell what it says."""

    line: int
    title: str
    why: str
    uid: str = ""
    is_fault: bool = False


@dataclass(frozen=True, slots=True)
class Nights:
    """When guests come and go, in minutes of the day: on the day of a change two stays meet and do not touch."""

    arrival: int
    departure: int


@dataclass(slots=True)
class Reading:
    busy: list[Busy] = field(default_factory=list)
    skipped: list[Skipped] = field(default_factory=list)
    events: int = 0
    series: int = 0
    recurring: int = 0
    all_day: int = 0


@dataclass(slots=True)
class _Block:
    line: int
    lines: list[str]
    title: str = ""
    event: Any = None


class _Skip(Exception):
    """This event adds nothing, because it cannot be read; the sentence says why."""

    is_fault = True


class _Free(_Skip):
    """It can be read, and blocks nothing."""

    is_fault = False


def check(data: bytes) -> None:
    """A quick look before the file is kept. Raises NotACalendar; `read` may still find more to refuse."""
    if "BEGIN:VCALENDAR" not in _text(data).upper():
        raise _not_a_calendar()


def is_whole(data: bytes) -> bool:
    """Whether it ends as a calendar ends: what was cut off on its way says nothing about the rest."""
    return _text(data).rstrip().upper().endswith("END:VCALENDAR")


def read(
    data: bytes,
    *,
    zone: ZoneInfo,
    first: datetime,
    until: datetime,
    mine: Collection[str] = (),
    is_own: Callable[[str], bool] = lambda uid: True,
    nights: Nights | None = None,
    on_progress: Callable[[int, int], None] = lambda done, total: None,
) -> Reading:
    """The busy time of the file within [first, until). Floating times and whole days are taken in `zone`.

    `mine` are email addresses, in small letters: what they have declined blocks nothing. `is_own` is asked whether a
    booking of this software is one of this business: those of others are busy time like any other. With `nights`, whole
    days are nights: from arrival on the first day to departure on the last.
    """
    timezones, blocks, reading = _split(_lines(_text(data)))
    rules = _Zones(timezones, zone)
    reading.events = len(blocks)
    series: dict[str, list[_Block]] = {}
    for block in blocks:
        try:
            block.event = _parse(block, rules)
            _refuse_what_never_blocks(block, is_own)
        except _Skip as why:
            reading.skipped.append(_left_out(block, why))
            continue
        series.setdefault(_uid(block), []).append(block)

    reading.series = len(series)
    give_up_at = monotonic() + MAX_SECONDS
    found: dict[tuple[str, datetime], Busy] = {}
    for done, (uid, members) in enumerate(series.items(), 1):
        try:
            if monotonic() > give_up_at or len(found) > MAX_BUSY:
                raise _Skip(_("The file takes too long to read; split it into smaller ones."))
            if sum("RRULE" in block.event for block in members) > MAX_SERIES_OF_ONE_NAME:
                raise _Skip(_("Too many series share its name."))
            spans = list(_occurrences(members, _Sense(zone, nights, mine), first, until))
            if not spans:
                raise _Free(_why_nothing(members, zone, first, mine))
            found.update({(uid, start): Busy(uid, start, end) for start, end in spans})
            reading.recurring += any("RRULE" in block.event or "RDATE" in block.event for block in members)
            reading.all_day += any(not isinstance(block.event["DTSTART"].dt, datetime) for block in members)
        except _Skip as why:
            reading.skipped.extend(_left_out(block, why) for block in members)
        on_progress(done, len(series))
    reading.busy = sorted(found.values(), key=lambda busy: (busy.starts_at, busy.uid))
    reading.skipped.sort(key=lambda skipped: skipped.line)
    return reading


def _left_out(block: _Block, why: _Skip) -> Skipped:
    uid = _uid(block) if block.event is not None else _written_uid(block)
    return Skipped(block.line, block.title, str(why), uid, why.is_fault)


def _written_uid(block: _Block) -> str:
    """Of an event that could not be read."""
    for line in block.lines:
        name, _colon, value = line.partition(":")
        if name.upper() == "UID":
            return value.strip()[:200]
    return ""


def _not_a_calendar() -> NotACalendar:
    return NotACalendar(_("This is not a calendar file: it does not begin with BEGIN:VCALENDAR."))


def _text(data: bytes) -> str:
    if len(data) > MAX_BYTES:
        raise NotACalendar(_("The file is larger than 10 MB. Export a shorter period."))
    encodings = ["utf-16"] if data[:2] in (b"\xff\xfe", b"\xfe\xff") else ["utf-8-sig", "cp1252", "latin-1"]
    for encoding in encodings:
        try:
            return data.decode(encoding).replace("\0", "")
        except UnicodeDecodeError:
            continue
    raise NotACalendar(_("The file's letters cannot be read. Save it as UTF-8."))


def _lines(text: str) -> Iterator[tuple[int, str]]:
    """Unfolded lines with the number of the line they begin on."""
    begun, whole = 0, ""
    for number, line in enumerate(re.split(r"\r\n|\r|\n", text), 1):
        if line[:1] in (" ", "\t") and begun:
            whole += line[1:]
            continue
        if whole.strip():
            yield begun, whole
        begun, whole = number, line
    if whole.strip():
        yield begun, whole


def _split(lines: Iterator[tuple[int, str]]) -> tuple[list[list[str]], list[_Block], Reading]:
    timezones: list[list[str]] = []
    events: list[_Block] = []
    reading = Reading()
    is_calendar = False
    inside: _Block | None = None
    kind = ""
    for number, line in lines:
        word = line.strip().upper()
        if inside is None:
            if word == "BEGIN:VCALENDAR":
                is_calendar = True
            elif word.startswith("BEGIN:V"):
                kind, inside = word.removeprefix("BEGIN:"), _Block(number, [line])
            continue
        inside.lines.append(line)
        if word.startswith("SUMMARY") and ":" in line and not inside.title:
            inside.title = line.partition(":")[2].replace("\\,", ",").replace("\\;", ";")[:80]
        if word == f"END:{kind}":
            if kind == "VTIMEZONE":
                timezones.append(inside.lines)
            elif kind == "VEVENT":
                events.append(inside)
            elif kind in ("VTODO", "VJOURNAL"):
                reading.skipped.append(Skipped(inside.line, inside.title, _("A task or a note, not an event.")))
            inside = None
    if not is_calendar:
        raise _not_a_calendar()
    if inside is not None and kind == "VEVENT":
        reading.skipped.append(Skipped(inside.line, inside.title, _("The file ends in the middle of this event.")))
    if len(events) > MAX_EVENTS:
        raise NotACalendar(_("The file holds more than 20,000 events. Export a shorter period."))
    return timezones, events, reading


class _Zones:
    """The zone names of one file, whatever they mean there."""

    def __init__(self, timezones: list[list[str]], default: ZoneInfo) -> None:
        self.default = default
        self._written = {_tzid(lines): lines for lines in timezones}
        self._known: dict[str, tzinfo | None] = {}

    def __call__(self, name: str) -> tzinfo:
        if name not in self._known:
            self._known[name] = self._look_up(name)
        zone = self._known[name]
        if zone is None:
            raise _Skip(_("Its time zone “%(name)s” is not known.") % {"name": name})
        return zone

    def _look_up(self, name: str) -> tzinfo | None:
        from icalendar import Timezone
        from icalendar.timezone.windows_to_olson import WINDOWS_TO_OLSON

        parts = name.strip("/").split("/")
        candidates = ["/".join(parts[n:]) for n in range(len(parts))]
        # Exchange numbers the zones of one file: “W. Europe Standard Time 1”.
        windows = WINDOWS_TO_OLSON.get(name) or WINDOWS_TO_OLSON.get(re.sub(r" \d+$", "", name), "")
        for candidate in (*candidates, windows):
            if found := _zones_by_small_name().get(candidate.lower()):
                return ZoneInfo(found)
        if name not in self._written:
            return None
        try:
            rules: Any = Timezone.from_ical("\r\n".join(self._written[name]))
            zone = rules.to_tz(lookup_tzid=False)
            datetime(2026, 1, 1, tzinfo=zone).utcoffset()
        except Exception:  # whatever is wrong with rules from outside, the zone is simply not known
            return None
        return zone if isinstance(zone, tzinfo) else None


@cache
def _zones_by_small_name() -> dict[str, str]:
    return {name.lower(): name for name in available_timezones()}


def _tzid(lines: list[str]) -> str:
    return next((line.partition(":")[2].strip() for line in lines if line.upper().startswith("TZID")), "")


_TZID = re.compile(r';TZID=("[^"]*"|[^;:]*)', re.IGNORECASE)
_DATED: Final = ("DTSTART", "DTEND", "RECURRENCE-ID", "EXDATE", "RDATE")


def _parse(block: _Block, zones: _Zones) -> Any:
    """The event with every time aware. The library sees no zone names: it keeps those of all files in one place."""
    from icalendar import Event

    names: dict[str, str] = {}
    lines = []
    for line in block.lines:
        key = re.split("[;:]", line, maxsplit=1)[0].upper()
        head, colon, value = line.partition(":")
        quoted = re.match(r'([^":]|"[^"]*")*', line)
        if quoted:  # a quoted zone name may hold a colon
            head, colon, value = line[: quoted.end()], ":", line[quoted.end() + 1 :]
        if key in _DATED and (match := _TZID.search(head)):
            names[key] = match[1].strip('"')
            line = _TZID.sub("", head) + colon + value
        if key in ("EXDATE", "RDATE") and not value.strip():
            continue  # an empty list of dates, as some programs write it
        lines.append(line)
    try:
        event: Any = Event.from_ical("\r\n".join(lines))
        for key, error in event.errors:
            if key in (*_DATED, "DURATION", "RRULE"):
                raise _Skip(_("Its %(field)s cannot be read: %(error)s") % {"field": key, "error": str(error)[:120]})
        for key, value in event.items():
            if isinstance(value, list) and key not in ("EXDATE", "RDATE", "RRULE", "ATTENDEE"):
                event[key] = value[0]  # said twice where the standard allows once
        for key in _DATED:
            _make_aware(event, key, names.get(key), zones)
    except _Skip:
        raise
    except Exception as error:
        raise _Skip(_("It cannot be read: %(error)s") % {"error": str(error)[:120]}) from error
    if "DTSTART" not in event:
        raise _Skip(_("It has no start, or its start is not a date."))
    _make_plain(event)
    return event


def _make_plain(event: Any) -> None:
    """What programs write against the standard and everybody understands: always so that no busy time is lost."""
    start, end, rule = event["DTSTART"].dt, event.get("DTEND"), event.get("RRULE")
    if end is not None and end.dt == start and not isinstance(start, datetime):
        end.dt += timedelta(days=1)  # the day itself, counted as its own end
    if rule and not isinstance(rule, list) and "UNTIL" in rule:
        rule.pop("COUNT", None)
        if isinstance(start, datetime):
            rule["UNTIL"] = [
                until
                if isinstance(until, datetime)
                else datetime.combine(until, time.max, start.tzinfo).astimezone(UTC)
                for until in rule["UNTIL"]
            ]


def _make_aware(event: Any, key: str, name: str | None, zones: _Zones) -> None:
    if key not in event:
        return
    zone = zones(name) if name else zones.default
    values = event[key] if isinstance(event[key], list) else [event[key]]
    for value in values:
        for item in getattr(value, "dts", [value]):
            item.dt = _aware(item.dt, zone)


def _aware(value: Any, zone: tzinfo) -> Any:
    if isinstance(value, tuple):
        return tuple(_aware(part, zone) for part in value)
    if isinstance(value, datetime) and value.tzinfo is None:
        return value.replace(tzinfo=zone)
    return value


def _uid(block: _Block) -> str:
    named = str(block.event.get("UID", "")).strip()
    return named[:200] or sha256("\n".join(block.lines).encode()).hexdigest()[:32]


def _refuse_what_never_blocks(block: _Block, is_own: Callable[[str], bool]) -> None:
    event = block.event
    uid = str(event.get("UID", "")).strip().lower()
    if uid.endswith(OWN_UID_END) and is_own(uid):
        raise _Free(_("A booking made here; it already holds its time."))
    if "RECURRENCE-ID" in event:
        return  # a changed occurrence must reach its series, even when it is cancelled
    if "RRULE" not in event and "RDATE" not in event and (why := _why_free(event)):
        raise _Free(why)
    start, end = event["DTSTART"].dt, event["DTEND"].dt if "DTEND" in event else None
    if end is not None:
        if isinstance(start, datetime) != isinstance(end, datetime):
            raise _Skip(_("It begins on a whole day and ends at a time, or the reverse."))
        if end < start:
            raise _Skip(_("It ends before it begins."))
    for key in ("RDATE", "EXDATE"):
        values = event[key] if isinstance(event.get(key), list) else [event.get(key)]
        if sum(len(getattr(value, "dts", ())) for value in values) > MAX_DATES:
            raise _Skip(_("It names more dates than anybody keeps."))
    if "RRULE" in event:
        _refuse_endless_rule(event)


def _refuse_endless_rule(event: Any) -> None:
    """The library counts a rule through, however long that takes: so no rule may take long."""
    rule = event["RRULE"]
    if isinstance(rule, list):
        raise _Skip(_("It has several rules of repetition."))
    frequency = str(rule.get("FREQ", [""])[0]).upper()
    often = [len(rule.get(part, [1])) for part in ("BYHOUR", "BYMINUTE", "BYSECOND")]
    if frequency in ("SECONDLY", "MINUTELY", "HOURLY") or max(often) > 1:
        raise _Skip(_("It repeats several times a day, which no appointment does."))
    if any(int(step) < 1 for step in rule.get("INTERVAL", [1])):
        raise _Skip(_("Its repetition never moves on."))
    if frequency in ("DAILY", "WEEKLY") and event["DTSTART"].dt.year < COUNTED_SINCE:
        raise _Skip(_("It repeats since before 1970, which is longer than we can count."))
    if "BYMONTHDAY" in rule and "BYMONTH" in rule and not _is_ever(rule["BYMONTH"], rule["BYMONTHDAY"]):
        raise _Skip(_("Its repetition names a day that never comes."))


def _is_ever(months: list[Any], days: list[Any]) -> bool:
    return any(abs(int(day)) <= monthrange(2024, int(month))[1] for month in months for day in days)


def _why_free(event: Any, mine: Collection[str] = ()) -> str:
    if str(event.get("STATUS", "")).upper() == "CANCELLED":
        return _("It is cancelled.")
    if str(event.get("TRANSP", "")).upper() == "TRANSPARENT":
        return _("It is marked as free, not busy.")
    if str(event.get("X-MICROSOFT-CDO-BUSYSTATUS", "")).upper() == "FREE":
        return _("It is marked as free, not busy.")
    if mine and _is_declined(event, mine):
        return _("It was declined.")
    return ""


def _is_declined(event: Any, mine: Collection[str]) -> bool:
    said = event.get("ATTENDEE", [])
    for attendee in said if isinstance(said, list) else [said]:
        address = str(attendee).lower().removeprefix("mailto:")
        if address in mine and str(getattr(attendee, "params", {}).get("PARTSTAT", "")).upper() == "DECLINED":
            return True
    return False


@dataclass(frozen=True, slots=True)
class _Sense:
    """How the events of one file are to be understood."""

    zone: ZoneInfo
    nights: Nights | None
    mine: Collection[str]

    def bounds(self, event: Any) -> tuple[datetime, datetime]:
        start, end = event.start, event.end
        if self.nights and not isinstance(start, datetime):
            return self._at(start, self.nights.arrival), self._at(end, self.nights.departure)
        return _instant(start, self.zone), _instant(end, self.zone)

    def _at(self, day: date, minutes: int) -> datetime:
        return clock.to_instant(datetime.combine(day, time.min) + timedelta(minutes=minutes), self.zone)


def _occurrences(
    members: list[_Block], sense: _Sense, first: datetime, until: datetime
) -> Iterator[tuple[datetime, datetime]]:
    import recurring_ical_events
    from icalendar import Calendar

    calendar = Calendar()
    uid = _uid(members[0])
    is_by_length = any("DURATION" in block.event for block in members)
    for block in members:
        block.event["UID"] = uid
        calendar.add_component(block.event)
    try:
        for event in recurring_ical_events.of(calendar).between(first, until):
            if _why_free(event, sense.mine):
                continue
            start, end = sense.bounds(event)
            if isinstance(event.start, datetime) and (is_by_length or end <= start):
                # Two hours are two hours, also over a change of the clocks; and what begins in the hour that never
                # comes begins after it.
                end = max(end, start + (event.end - event.start))
            if start < end and start < until and end > first:
                yield _whole_minutes(start, end)
    except Exception as error:
        raise _Skip(_("Its repetition cannot be read: %(error)s") % {"error": str(error)[:120]}) from error


def _instant(value: date, zone: ZoneInfo) -> datetime:
    if isinstance(value, datetime):
        return value.astimezone(UTC)
    return clock.to_instant(datetime.combine(value, time.min), zone)


def _whole_minutes(start: datetime, end: datetime) -> tuple[datetime, datetime]:
    """Outwards, so that no second of busy time is lost."""
    later = end + timedelta(seconds=59, microseconds=999_999)
    return start.replace(second=0, microsecond=0), later.replace(second=0, microsecond=0)


def _why_nothing(members: list[_Block], zone: ZoneInfo, first: datetime, mine: Collection[str]) -> str:
    event = members[0].event
    if all(_why_free(block.event, mine) for block in members):
        return _why_free(event, mine)
    if event.start == event.end:
        return _("It has no length.")
    try:
        is_over = "RRULE" not in event and _instant(event.end, zone) <= first
    except (OverflowError, TypeError, ValueError):
        is_over = False
    return _("It is over.") if is_over else _("It has no time within the period that is imported.")
