"""A visitor's own clock beside that of the business. Never instead of it: one comes at the time of the place.

What was chosen stands in the address (`zone=America/New_York`), as everything of the flow does, and then with the
booking. No cookie: the script knows the browser's zone anyway, and without script it is chosen from a list.
"""

from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo, available_timezones

from babel import dates
from django.utils.translation import get_language

from flectar.core import clock
from flectar.core.text import fold
from flectar.platform.projects import choices
from flectar.platform.projects.access import ProjectRequest
from flectar.ui import formats
from flectar.ui.formats import HasZone

NAME, LIST = "zone", "zones"
LONGEST = 64


def read(text: str) -> ZoneInfo | None:
    """What an address or a browser says; nonsense is as if it were not there."""
    return ZoneInfo(text) if len(text) <= LONGEST and text in available_timezones() else None


def differ(instant: datetime, where: HasZone | ZoneInfo, zone: ZoneInfo) -> bool:
    return instant.astimezone(zone).utcoffset() != formats.in_zone(instant, where).utcoffset()


def own(instant: datetime, where: HasZone | ZoneInfo, zone: ZoneInfo | None) -> str:
    """10:00 · Mon 23 Nov, 22:00, where the day is another one; empty where both clocks say the same."""
    if zone is None or not differ(instant, where, zone):
        return ""
    there = instant.astimezone(zone)
    is_same_day = there.date() == formats.in_zone(instant, where).date()
    return f"{there:%-H:%M}" if is_same_day else f"{formats.short_day(there.date())}, {there:%-H:%M}"


def in_full(instant: datetime, where: HasZone | ZoneInfo, zone: ZoneInfo | None) -> str:
    """Tue 24 Nov, 10:00 (New York), for a mail; empty where both clocks say the same."""
    if zone is None or not differ(instant, where, zone):
        return ""
    there = instant.astimezone(zone)
    return f"{formats.short_day(there.date())}, {there:%-H:%M} ({city(zone)})"


def city(zone: ZoneInfo) -> str:
    """America/New_York → New York, in the reader's language."""
    if "/" not in zone.key:
        return zone.key
    return str(dates.get_timezone_location(zone, locale=formats.locale(), return_city=True)) or zone.key


def offset(instant: datetime, where: HasZone | ZoneInfo) -> str:
    """UTC+1 · UTC-3:30"""
    minutes = int((formats.in_zone(instant, where).utcoffset() or timedelta()).total_seconds()) // 60
    hours, rest = divmod(abs(minutes), 60)
    return f"UTC{'-' if minutes < 0 else '+'}{hours}{f':{rest:02}' if rest else ''}"


def grouped() -> Any:
    """By part of the world, each under the name of its city and with its offset of now."""
    return _grouped(get_language() or "en", clock.now().replace(minute=0, second=0, microsecond=0))


@lru_cache(maxsize=8)
def _grouped(_language: str, now: datetime) -> Any:
    found = []
    for area, names in choices.zones():
        zones = {city(zone): zone for zone in (ZoneInfo(name) for name, _label in names)}  # aliases are one city
        said = [(zone.key, f"{name} ({offset(now, zone)})") for name, zone in zones.items()]
        found.append((area, sorted(said, key=lambda choice: fold(choice[1]))))
    return found


def page(request: ProjectRequest, zone: ZoneInfo | None) -> dict[str, Any]:
    """What a page shows of it. The way to the list, and the list itself, only where there is a page to come back to."""
    if request.method not in ("GET", "HEAD"):
        return {"zone": zone}
    kept = [(name, text) for name, texts in request.GET.lists() for text in texts if name not in (NAME, LIST)]
    chosen = [(NAME, zone.key)] if zone else []
    return {
        "zone": zone,
        "zone_fields": kept,
        "zone_way": f"?{urlencode([*kept, *chosen, (LIST, '1')])}#{NAME}",
        "zones": grouped() if LIST in request.GET else (),
    }
