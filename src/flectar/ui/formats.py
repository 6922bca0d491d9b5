"""Dates, times, lengths and sums in the reader's language. The zone is always said, never guessed."""

from datetime import date, datetime, timedelta
from functools import cache
from typing import Protocol
from zoneinfo import ZoneInfo

import phonenumbers
from babel import Locale, dates
from django.utils.translation import get_language, gettext

from flectar.core import clock as clocks

# Plain "en" would write 4:30 PM and Nov 24; the house writes 16:30 and 24 Nov.
_FLAVOURS = {"en": "en_GB", "es": "es_ES"}
# The long day without a year is not among the patterns that Babel knows for Spanish.
_DAYS = {"en": "EEEE d MMMM", "es": "EEEE d 'de' MMMM"}


class HasZone(Protocol):
    @property
    def tz(self) -> ZoneInfo: ...


@cache
def _locale(language: str) -> Locale:
    return Locale.parse(_FLAVOURS.get(language, language), sep="-" if "-" in language else "_")


def locale() -> Locale:
    """The reader's."""
    return _locale(get_language() or "en")


def in_zone(instant: datetime, where: HasZone | ZoneInfo) -> datetime:
    return instant.astimezone(where if isinstance(where, ZoneInfo) else where.tz)


def clock(instant: datetime, where: HasZone | ZoneInfo) -> str:
    """16:30"""
    return f"{in_zone(instant, where):%-H:%M}"


def day(value: date) -> str:
    """Tuesday 24 November"""
    spoken = locale()
    return str(dates.format_date(value, _DAYS.get(spoken.language, "EEEE d MMMM"), locale=spoken))


def short_day(value: date) -> str:
    """Tue 24 Nov, with the year when it is not this one."""
    skeleton = "MMMEd" if value.year == clocks.now().year else "yMMMEd"
    return str(dates.format_skeleton(skeleton, value, locale=locale())).replace(",", "", 1)


def when(instant: datetime, where: HasZone | ZoneInfo) -> str:
    """Today 16:30 · Tomorrow 9:00 · Tue 24 Nov, 16:30"""
    local_day = in_zone(instant, where).date()
    days = (local_day - in_zone(clocks.now(), where).date()).days
    time = clock(instant, where)
    if days == 0:
        return gettext("Today %(time)s") % {"time": time}
    if days == 1:
        return gettext("Tomorrow %(time)s") % {"time": time}
    if days == -1:
        return gettext("Yesterday %(time)s") % {"time": time}
    return f"{short_day(local_day)}, {time}"


def until(instant: datetime, where: HasZone | ZoneInfo) -> str:
    """`when` inside a sentence: today 16:30 · tomorrow 9:00 · Tue 24 Nov, 16:30"""
    days = (in_zone(instant, where).date() - in_zone(clocks.now(), where).date()).days
    time = clock(instant, where)
    if days == 0:
        return gettext("today %(time)s") % {"time": time}
    if days == 1:
        return gettext("tomorrow %(time)s") % {"time": time}
    return when(instant, where)


def ago(instant: datetime) -> str:
    """20 minutes ago; in 3 days"""
    return str(dates.format_timedelta(instant - clocks.now(), add_direction=True, locale=locale(), threshold=1.1))


def length(minutes: int | timedelta) -> str:
    """45 min · 2 h · 2 h 30 min"""
    if isinstance(minutes, timedelta):
        minutes = int(minutes.total_seconds() // 60)
    hours, rest = divmod(minutes, 60)
    if not hours:
        return gettext("%(minutes)s min") % {"minutes": rest}
    if not rest:
        return gettext("%(hours)s h") % {"hours": hours}
    return gettext("%(hours)s h %(minutes)s min") % {"hours": hours, "minutes": rest}


def phone(number: str) -> str:
    """As it is dialled from anywhere: +34 960 00 01 41."""
    try:
        parsed = phonenumbers.parse(number, None)
    except phonenumbers.NumberParseException:
        return number
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.INTERNATIONAL)
