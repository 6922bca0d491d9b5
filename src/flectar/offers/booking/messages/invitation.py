"""Bookings as a calendar file. The UID stays and SEQUENCE rises with each change: calendars update their entry."""

from collections.abc import Sequence
from datetime import UTC, timedelta
from enum import StrEnum
from typing import Any

from flectar.core import clock
from flectar.offers.booking.models import Booking
from flectar.platform.outbox import Attachment
from flectar.platform.projects.models import BusinessProfile, Location, Project


class Method(StrEnum):
    PUBLISH = "PUBLISH"
    """A plain download."""
    REQUEST = "REQUEST"
    """Put this in the calendar, or change what is there."""
    CANCEL = "CANCEL"


def calendar_file(
    project: Project,
    bookings: Sequence[Booking],
    method: Method,
    *,
    profile: BusinessProfile | None,
    link: str = "",
    attendee: str = "",
) -> bytes:
    """The .ics of one booking, or of the dates of a series, with the address and, for the customer, the link to move
    or cancel."""
    from icalendar import Calendar

    file: Any = Calendar()
    file.add("PRODID", "-//Flectar Base//Bookings//EN")
    file.add("VERSION", "2.0")
    file.add("METHOD", method)
    for booking in bookings:
        file.add_component(_event(project, booking, method, profile=profile, link=link, attendee=attendee))
    content: bytes = file.to_ical()
    return content


def _event(
    project: Project, booking: Booking, method: Method, *, profile: BusinessProfile | None, link: str, attendee: str
) -> Any:
    from icalendar import Event, vCalAddress, vText

    event: Any = Event()
    event.add("UID", booking.uid)
    event.add("SEQUENCE", booking.version - 1)
    event.add("DTSTAMP", clock.now())
    event.add("DTSTART", booking.starts_at.astimezone(UTC))
    event.add("DTEND", booking.ends_at.astimezone(UTC))
    event.add("SUMMARY", f"{booking.service_name} – {project.name}")
    event.add("STATUS", "CANCELLED" if booking.is_cancelled else "CONFIRMED")
    if where := place_line(booking, profile):
        event.add("LOCATION", where)
    if link:
        event.add("URL", link)
        event.add("DESCRIPTION", link)
    if profile and profile.email and method is not Method.PUBLISH:
        organizer = vCalAddress(f"mailto:{profile.email}")
        organizer.params["CN"] = vText(project.name)
        event["ORGANIZER"] = organizer
        if attendee:
            guest = vCalAddress(f"mailto:{attendee}")
            guest.params["PARTSTAT"] = vText("ACCEPTED")
            guest.params["RSVP"] = vText("FALSE")
            event["ATTENDEE"] = guest
    if not booking.is_cancelled and method is not Method.CANCEL:
        event.add_component(_reminder(booking))
    return event


def _reminder(booking: Booking) -> Any:
    from icalendar import Alarm

    alarm: Any = Alarm()
    alarm.add("ACTION", "DISPLAY")
    alarm.add("DESCRIPTION", booking.service_name)
    alarm.add("TRIGGER", timedelta(hours=-2))
    return alarm


def attachment(
    project: Project,
    bookings: Sequence[Booking],
    method: Method,
    *,
    profile: BusinessProfile | None,
    link: str,
    attendee: str,
) -> Attachment:
    return Attachment(
        name=f"{bookings[0].code}.ics",
        content_type=f"text/calendar; method={method}; charset=utf-8",
        content=calendar_file(project, bookings, method, profile=profile, link=link, attendee=attendee),
    )


def place_line(booking: Booking, profile: BusinessProfile | None) -> str:
    """Where this customer has to go."""
    return where_line(booking.location, profile)


def where_line(place: Location | None, profile: BusinessProfile | None) -> str:
    """Ruzafa, Carrer de Cadis 41, 46006 Valencia"""
    if place is None:
        return address_line(profile)
    where = address_line(profile if place.is_first and profile is not None else place)
    return ", ".join(part for part in (place.name, where) if part)


def address_line(profile: BusinessProfile | Location | None) -> str:
    """Carrer de Cadis 41, 46006 Valencia"""
    if profile is None:
        return ""
    town = " ".join(part for part in (profile.postal_code, profile.city) if part)
    return ", ".join(part for part in (profile.street, town) if part)
