"""A calendar as a file that programs read again and again (RFC 5545, RFC 7986). Written by hand: thousands of events in
a few milliseconds.

Times are UTC: each entry happens once, so no rule of a time zone is needed, and Google, Apple and Outlook read them
alike. Nothing in it depends on when it is written: the same bookings give the same bytes, and so the same ETag.
"""

import hashlib
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime

from django.utils.translation import gettext as _
from django.utils.translation import override

from flectar.offers.booking.calendars.calendar_file import OWN_UID_END
from flectar.offers.booking.calendars.feeds import Entry
from flectar.offers.booking.models import Feed
from flectar.platform.projects.links import dashboard_url
from flectar.platform.projects.models import Project
from flectar.ui import formats


def written(project: Project, feed: Feed, entries: Iterable[Entry]) -> bytes:
    """In the language of whoever made the address."""
    with override(feed.locale):
        return "".join(f"{_folded(line)}\r\n" for line in _lines(project, feed, entries)).encode()


def fingerprint(content: bytes) -> str:
    """By which a program knows that nothing has changed."""
    return hashlib.sha256(content).hexdigest()[:32]


def name_of(project: Project, feed: Feed) -> str:
    """What calendar programs call it."""
    return f"{feed.resource.first_name} – {project.name}" if feed.resource else project.name


def _lines(project: Project, feed: Feed, entries: Iterable[Entry]) -> Iterator[str]:
    name = _text(name_of(project, feed))
    yield "BEGIN:VCALENDAR"
    yield "VERSION:2.0"
    yield "PRODID:-//Flectar Base//Bookings//EN"
    yield "CALSCALE:GREGORIAN"
    yield f"NAME:{name}"
    yield f"X-WR-CALNAME:{name}"
    yield f"X-WR-TIMEZONE:{project.zone}"
    yield "REFRESH-INTERVAL;VALUE=DURATION:PT15M"
    yield "X-PUBLISHED-TTL:PT15M"
    for entry in entries:
        yield from _event(project, feed, entry)
    yield "END:VCALENDAR"


def _event(project: Project, feed: Feed, entry: Entry) -> Iterator[str]:
    yield "BEGIN:VEVENT"
    yield f"UID:{entry.pk}{OWN_UID_END}"
    yield f"SEQUENCE:{entry.version - 1}"
    yield f"DTSTAMP:{_stamp(entry.changed_at)}"
    yield f"CREATED:{_stamp(entry.created_at)}"
    yield f"LAST-MODIFIED:{_stamp(entry.changed_at)}"
    yield f"DTSTART:{_stamp(entry.starts_at)}"
    yield f"DTEND:{_stamp(entry.ends_at)}"
    yield f"SUMMARY:{_text(_title(feed, entry))}"
    if feed.shows != Feed.Shows.TIMES and entry.booking is not None:
        url = dashboard_url(project, "booking:booking", booking_id=entry.pk)
        yield f"DESCRIPTION:{_text(_description(feed, entry, url))}"
        yield f"URL:{url}"
    yield f"STATUS:{_status(entry)}"
    yield f"TRANSP:{'TRANSPARENT' if entry.is_cancelled else 'OPAQUE'}"
    yield "END:VEVENT"


def _status(entry: Entry) -> str:
    if entry.is_cancelled:
        return "CANCELLED"
    return "TENTATIVE" if entry.is_tentative else "CONFIRMED"


def _title(feed: Feed, entry: Entry) -> str:
    if feed.shows == Feed.Shows.TIMES:
        title = _("Busy")
    elif entry.booking is None:
        title = entry.title
    elif feed.shows == Feed.Shows.ALL:
        title = f"{entry.booking.customer.name}, {entry.title}"
    else:
        title = f"{entry.booking.customer.name.split(' ', 1)[0]}, {entry.title}"
    return title if feed.resource_id is not None else f"{entry.person}: {title}"


def _description(feed: Feed, entry: Entry, url: str) -> str:
    booking = entry.booking
    lines = []
    if booking is not None and feed.shows == Feed.Shows.ALL:
        lines = [formats.phone(booking.customer.phone), booking.customer.email, booking.note, booking.code]
    return "\n".join([*filter(None, lines), url])


def _stamp(instant: datetime) -> str:
    return f"{instant.astimezone(UTC):%Y%m%dT%H%M%SZ}"


_ESCAPED = str.maketrans({"\\": "\\\\", ";": "\\;", ",": "\\,", "\n": "\\n", "\r": None})


def _text(text: str) -> str:
    """No other control character belongs into a calendar."""
    plain = "".join(letter for letter in text if letter in "\n\t" or letter.isprintable())
    return plain.translate(_ESCAPED)


def _folded(line: str) -> str:
    """At most 75 bytes a line, and no letter cut in two."""
    if len(line) <= 75 and len(line.encode()) <= 75:
        return line
    parts, part, size = [], "", 0
    for letter in line:
        length = len(letter.encode())
        if size + length > 75:
            parts.append(part)
            part, size = "", 1  # the blank that says that it goes on
        part, size = part + letter, size + length
    return "\r\n ".join([*parts, part])
