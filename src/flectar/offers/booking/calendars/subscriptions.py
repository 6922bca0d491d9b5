"""Calendars that are read from an address again and again: taking one on, changing it, and what to say about it.
`following.py` reads them."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final
from urllib.parse import urlsplit
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from flectar.core import clock, crypto
from flectar.offers.booking.calendars import following, jobs
from flectar.offers.booking.models import Booking, CalendarSource, ExternalBusy, Resource, Subscription
from flectar.offers.booking.scheduling.claiming import lock_calendars
from flectar.platform.audit.log import record

Trouble = Subscription.Trouble
MOST: Final = 10


class TooMany(Exception):
    """Fit to show."""

    def __init__(self) -> None:
        super().__init__(_("One calendar follows %(count)s others at most.") % {"count": MOST})


class AlreadyThere(Exception):
    """Fit to show."""

    def __init__(self, name: str) -> None:
        super().__init__(_("This address is followed already: %(name)s.") % {"name": name})


class NameTaken(Exception):
    """Fit to show."""

    def __init__(self) -> None:
        super().__init__(_("Another calendar here has this name."))


def plain_address(text: str) -> str:
    """The address to call: `webcal` is how calendars say https."""
    text = text.strip()
    scheme, colon, rest = text.partition("://")
    if colon and scheme.lower() in ("webcal", "webcals"):
        return f"https://{rest}"
    return text if colon else f"https://{text}"


@transaction.atomic
def subscribe(person: Resource, url: str, *, name: str = "") -> Subscription:
    """Follow the calendar at this address (a plain one). Raises TooMany, AlreadyThere and NameTaken."""
    lock_calendars([person.pk])
    index = crypto.blind_index(url, "calendar address")
    mine = Subscription.objects.filter(source__resource=person).select_related("source")
    if twin := mine.filter(url_index=index).first():
        raise AlreadyThere(twin.source.name)
    if mine.count() >= MOST:
        raise TooMany
    host = urlsplit(url).hostname or ""
    source = CalendarSource(
        resource=person, kind=CalendarSource.Kind.FEED, name=_unused_name(person, name or _usual_name(host), bool(name))
    )
    source.save()
    made = Subscription.objects.create(source=source, url="-", url_index=index, host=host)
    made.url = crypto.seal_text(url, following.place(made))
    made.save(update_fields=["url"])
    record("calendar.subscribed", target=person, new={"name": source.name, "host": host})
    _read_soon(made)
    return made


@transaction.atomic
def change(subscription: Subscription, *, name: str, url: str = "") -> None:
    """Another name; another address too, if one is given: the busy time stays until that has been read. Raises
    AlreadyThere and NameTaken."""
    source = subscription.source
    lock_calendars([source.resource_id])
    others = CalendarSource.objects.filter(resource=source.resource_id, kind=source.kind).exclude(pk=source.pk)
    if others.filter(name=name).exists():
        raise NameTaken
    new = {}
    if name != source.name:
        new["name"] = name
    if url:
        index = crypto.blind_index(url, "calendar address")
        twin = Subscription.objects.filter(source__in=others, url_index=index).select_related("source").first()
        if twin:
            raise AlreadyThere(twin.source.name)
        subscription.url, subscription.url_index = crypto.seal_text(url, following.place(subscription)), index
        subscription.host = urlsplit(url).hostname or ""
        subscription.etag = subscription.last_modified = subscription.digest = ""
        subscription.save()
        new["host"] = subscription.host
        _read_soon(subscription)
    if not new:
        return
    record("calendar.changed", target=source.resource, old={"name": source.name}, new=new)
    source.name = name
    source.save(update_fields=["name"])


def read_now(subscription: Subscription) -> None:
    """At the next free moment, whatever its turn is."""
    _read_soon(subscription)


def _read_soon(subscription: Subscription) -> None:
    jobs.read_calendar.defer(
        _key=f"calendar {subscription.pk} now", of_project=subscription.project_id, subscription_id=subscription.pk
    )


def _usual_name(host: str) -> str:
    """What people call it."""
    for ending, name in _WELL_KNOWN.items():
        if host == ending or host.endswith(f".{ending}"):
            return name
    return host.removeprefix("www.")[:200]


_WELL_KNOWN = {
    "google.com": "Google",
    "icloud.com": "Apple",
    "outlook.com": "Outlook",
    "outlook.live.com": "Outlook",
    "office365.com": "Outlook",
    "airbnb.com": "Airbnb",
    "booking.com": "Booking.com",
    "vrbo.com": "Vrbo",
}


def _unused_name(person: Resource, name: str, is_chosen: bool) -> str:
    taken = set(person.calendar_sources.filter(kind=CalendarSource.Kind.FEED).values_list("name", flat=True))
    if name not in taken:
        return name
    if is_chosen:
        raise NameTaken
    return next(numbered for n in range(2, MOST + 2) if (numbered := f"{name} {n}") not in taken)


# --- Saying -----------------------------------------------------------------------------------------------------------


def standing_against(sources: Sequence[CalendarSource]) -> dict[UUID, list[Booking]]:
    """For each calendar of one resource, the coming bookings that lie in its busy time: for a person to decide."""
    found: dict[UUID, list[Booking]] = {source.pk: [] for source in sources}
    if not sources:
        return found
    now = clock.now()
    held = list(
        Booking.objects.holding_time()
        .filter(resource=sources[0].resource_id)
        .ending_after(now)
        .order_by("starts_at", "id")
    )
    if not held:
        return found
    last = max(booking.ends_at for booking in held)
    rows = ExternalBusy.objects.filter(source__in=found, ends_at__gt=now, starts_at__lt=last)
    busy: dict[UUID, list[tuple[datetime, datetime]]] = {pk: [] for pk in found}
    for source_id, starts_at, ends_at in rows.values_list("source", "starts_at", "ends_at"):
        busy[source_id].append((starts_at, ends_at))
    for pk, spans in busy.items():
        found[pk] = [
            booking
            for booking in held
            if any(starts_at < booking.ends_at and ends_at > booking.starts_at for starts_at, ends_at in spans)
        ]
    return found


def what_to_do(subscription: Subscription) -> tuple[str, str]:
    """What is wrong, and what its owner can do about it: two sentences, both empty when all is well."""
    host, status = {"host": subscription.host}, {"status": subscription.answered or ""}
    wait = _("We try again by ourselves.")
    anew = _("Copy the address from the other calendar once more and paste it here.")
    match subscription.trouble:
        case Trouble.NONE:
            return "", ""
        case Trouble.UNREACHABLE:
            return _("%(host)s does not answer.") % host, wait
        case Trouble.SLOW:
            return _("%(host)s takes too long to answer.") % host, wait
        case Trouble.BUSY:
            return _("%(host)s asks us to come back later.") % host, wait
        case Trouble.REFUSED:
            return _("%(host)s answers with an error (%(status)s).") % {**host, **status}, wait
        case Trouble.OURS:
            return _("A fault on our side stopped the reading."), wait
        case Trouble.CUT:
            return _("The calendar breaks off in the middle."), wait
        case Trouble.EMPTY:
            return _("The answer is empty."), wait
        case Trouble.SHRUNK:
            return (
                _("Almost every event has vanished from it at once. That may be a mistake there."),
                _("We look once more before we free the time."),
            )
        case Trouble.LARGE:
            return (
                _("The calendar is larger than 10 MB."),
                _("Remove old events there, or share a smaller calendar."),
            )
        case Trouble.DENIED:
            return (
                _("%(host)s does not let us read it.") % host,
                _("The calendar may not be shared any more. %(anew)s") % {"anew": anew},
            )
        case Trouble.MISSING:
            return (
                _("There is no calendar at this address any more."),
                _("The address may have been reset. %(anew)s") % {"anew": anew},
            )
        case Trouble.PAGE:
            return (
                _("The address shows a web page, not a calendar. Perhaps it asks to sign in."),
                _("Look for the secret or public address in iCal format: it often ends in .ics."),
            )
        case Trouble.REDIRECTS:
            return _("The address leads on to another one that we do not follow."), anew
        case Trouble.FORBIDDEN:
            return (
                _("The address is not on the public internet."),
                _("Use an address that anybody could open from outside."),
            )
        case _:
            return _("What is there is not a calendar."), anew
