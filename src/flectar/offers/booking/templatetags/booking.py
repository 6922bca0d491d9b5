"""Small words of the booking pages: the wall clock where an hour comes twice, zones, days, maps."""

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from babel import dates
from django import template
from django.utils.html import format_html
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from flectar.core import clock
from flectar.core.money import Money, format_money
from flectar.offers.booking import zones
from flectar.offers.booking.availability import Reason
from flectar.offers.booking.calendars import subscriptions
from flectar.offers.booking.forms import summary
from flectar.offers.booking.messages import notices
from flectar.offers.booking.messages.invitation import address_line, place_line
from flectar.offers.booking.models import Booking, Limit, ScheduleWindow, Season, Subscription
from flectar.offers.booking.public import times
from flectar.offers.booking.public.months import range_of
from flectar.platform.projects.models import MINUTES_A_DAY, BusinessProfile, Location, Project
from flectar.ui import formats
from flectar.ui.formats import HasZone

register = template.Library()


@register.filter
def in_address(instant: datetime) -> str:
    return times.written(instant)


@register.filter
def wall(instant: datetime, where: HasZone | ZoneInfo) -> str:
    """16:30; in the night when an hour comes twice, with its offset: 2:30 (UTC+1)."""
    here = formats.in_zone(instant, where)
    twin = here.replace(fold=1 - here.fold)
    return f"{here:%-H:%M} ({utc_offset(instant, where)})" if twin.utcoffset() != here.utcoffset() else f"{here:%-H:%M}"


@register.filter
def utc_offset(instant: datetime | str | None, where: HasZone | ZoneInfo) -> str:
    """UTC+1"""
    return zones.offset(instant if isinstance(instant, datetime) else clock.now(), where)


@register.filter
def zone_said(zone: ZoneInfo, instant: datetime | str | None) -> str:
    """New York (UTC-5)"""
    return f"{zones.city(zone)} ({utc_offset(instant, zone)})"


@register.simple_tag
def own_clock(instant: datetime, where: HasZone | ZoneInfo, zone: ZoneInfo | None) -> str:
    """The visitor's clock in small, where it says something else than that of the business."""
    said = zones.own(instant, where, zone)
    return (
        format_html('<span class="vh"> {} </span><small class="own">{}</small>', _("your time"), said) if said else ""
    )


@register.filter
def local_date(instant: datetime, where: HasZone | ZoneInfo) -> date:
    return formats.in_zone(instant, where).date()


@register.simple_tag
def look_at(look: Any, **changes: object) -> str:
    """The calendar's address with something else in it."""
    return str(look.address(**changes))


@register.filter
def half(day: int) -> int:
    """The first half of the day with this number in a row of days: 1, 3, 5 …"""
    return day * 2 + 1


@register.filter
def weekday(day: date) -> str:
    """Tue"""
    return str(dates.format_date(day, "EEE", locale=formats.locale())).rstrip(".")


@register.filter
def full_when(instant: datetime, where: HasZone | ZoneInfo) -> str:
    """Tue 24 Nov, 16:30: with the date even today, because people keep the page."""
    return f"{formats.short_day(local_date(instant, where))}, {wall(instant, where)}"


@register.filter(name="address_line")
def _address_line(place: BusinessProfile | Location) -> str:
    return address_line(place)


@register.filter
def map_url(profile: BusinessProfile | Location) -> str:
    """A map of the place, without an account or a key; only a link, nothing is loaded from there."""
    if profile.latitude is not None and profile.longitude is not None:
        place = {"mlat": profile.latitude, "mlon": profile.longitude}
        return f"https://www.openstreetmap.org/?{urlencode(place)}#map=17/{profile.latitude}/{profile.longitude}"
    return f"https://www.openstreetmap.org/search?{urlencode({'query': address_line(profile)})}"


@register.filter
def google_url(booking: Booking, project: Project) -> str:
    """Google's own page with the booking filled in; only a link, nothing is loaded from there."""
    spans = "/".join(f"{at.astimezone(UTC):%Y%m%dT%H%M%SZ}" for at in (booking.starts_at, booking.ends_at))
    place = place_line(booking, BusinessProfile.objects.filter(project=project).first() or BusinessProfile())
    said = {
        "action": "TEMPLATE",
        "text": f"{booking.service_name} – {project.name}",
        "dates": spans,
        "details": notices.manage_url(project, booking),
        "location": place,
    }
    return f"https://calendar.google.com/calendar/render?{urlencode(said)}"


@register.filter
def near(day: date, today: date) -> str:
    """Today · Tomorrow · Tuesday 24 November"""
    if day == today:
        return _("Today")
    if day == today + timedelta(days=1):
        return _("Tomorrow")
    return formats.day(day) if day.year == today.year else formats.short_day(day)


@register.filter
def spans(windows: Iterable[tuple[int, int]]) -> str:
    """9:00–13:00, 15:00–19:00"""
    return ", ".join(_span(start, length) for start, length in windows)


def _span(start: int, length: int) -> str:
    closes = (start + length) % MINUTES_A_DAY
    return f"{start // 60}:{start % 60:02}–{closes // 60}:{closes % 60:02}"


@register.filter
def nights_said(booking: Booking, project: Project) -> str:
    """Fri 11 Dec – Tue 15 Dec"""
    return range_of(local_date(booking.starts_at, project), local_date(booking.ends_at, project))


@register.filter
def season_dates(season: Season) -> str:
    """1 Jul – 31 Aug, with the year when it is not this one."""
    skeleton = "MMMd" if {season.first.year, season.last.year} == {clock.now().year} else "yMMMd"
    return str(dates.format_interval(season.first, season.last, skeleton, locale=formats.locale()))


@register.filter
def season_line(season: Season, project: Project) -> str:
    """€180 · 7–14 nights · arrival Sat · shorter stays fill gaps"""
    said = []
    if season.price_minor is not None:
        said.append(format_money(Money(season.price_minor, project.currency), get_language() or "en"))
    fewest, most = season.min_nights, season.max_nights
    if fewest and most:
        said.append(_("%(fewest)s–%(most)s nights") % {"fewest": fewest, "most": most})
    elif fewest:
        said.append(_("from %(count)s nights on") % {"count": fewest})
    elif most:
        said.append(_("%(count)s nights at most") % {"count": most})
    if season.arrival_days:
        said.append(_("arrival %(days)s") % {"days": ", ".join(_from_day(day) for day in sorted(season.arrival_days))})
    if season.departure_days:
        days = ", ".join(_from_day(day) for day in sorted(season.departure_days))
        said.append(_("departure %(days)s") % {"days": days})
    if season.fills_gaps:
        said.append(_("shorter stays fill gaps"))
    return " · ".join(said)


@register.filter
def wall_minutes(minutes: int) -> str:
    """Minutes after midnight: 16:00"""
    return f"{minutes // 60}:{minutes % 60:02}"


@register.filter
def week_line(windows: Iterable[ScheduleWindow]) -> str:
    """Mon–Wed 9:00–13:00, 15:00–19:00; Thu …"""
    days: dict[int, list[str]] = {}
    for window in windows:
        days.setdefault(window.weekday, []).append(_span(window.start_min, window.len_min))
    alike: list[tuple[int, int, list[str]]] = []
    for day, spans in sorted(days.items()):
        if alike and alike[-1][1] == day - 1 and alike[-1][2] == spans:
            alike[-1] = alike[-1][0], day, spans
        else:
            alike.append((day, day, spans))
    return "; ".join(
        f"{_from_day(first)}{f'–{_from_day(last)}' * (last > first)} {', '.join(spans)}" for first, last, spans in alike
    )


def _from_day(number: int) -> str:
    return weekday(_A_MONDAY + timedelta(days=number))


_A_MONDAY = date(2026, 11, 23)


@register.filter
def why_short(reason: Reason) -> str:
    """Taken · Closed: of one date among several."""
    return {
        Reason.CLOSED: _("We are closed then."),
        Reason.CLOSURE: _("We are away then."),
        Reason.PAST_HORIZON: _("We do not take bookings for that day yet."),
        Reason.TOO_SOON: _("That is too soon."),
        Reason.LIMIT: _("No more bookings are taken for that day."),
    }.get(reason) or _("This time is taken.")


@register.filter
def what_to_do(subscription: Subscription) -> tuple[str, str]:
    """What is wrong with a calendar that is followed, and what its owner can do."""
    return subscriptions.what_to_do(subscription)


@register.filter
def limit_reached(limit: Limit) -> str:
    return summary.reached(limit)
