"""Reading the calendars that are followed.

A reading is three steps: look in the project's scope, fetch and read outside of it, note in the scope what came of it.
A calendar that fails keeps the busy time it had, whatever it answers; one from which almost everything has vanished is
believed when it says so twice.
"""

import random
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import transaction

from flectar.core import clock, crypto
from flectar.core.tenancy import project_scope
from flectar.offers.booking.calendars import calendar_file, fetching, rota
from flectar.offers.booking.calendars.calendar_file import Nights, NotACalendar, Reading
from flectar.offers.booking.calendars.fetching import Refused
from flectar.offers.booking.models import Booking, CalendarSource, Resource, Service, Session, Subscription
from flectar.offers.booking.scheduling.claiming import lock_calendars
from flectar.platform.notifications.telling import tell

Trouble = Subscription.Trouble

EVERY: Final = timedelta(minutes=15)
SLOWEST: Final = timedelta(hours=6)
"""However often it has failed."""
LONGEST_WAIT: Final = timedelta(days=1)
"""However long the other side asks us to stay away."""
AHEAD: Final = timedelta(days=750)
"""Farther than any service can be booked."""
STALE: Final = timedelta(days=15)
"""As the days go by, new ones come into view behind `AHEAD`: then it is read anew, changed or not."""
KEPT_SHARE: Final = 0.2
TOLD_AFTER: Final = timedelta(hours=24)
KEPT_REMARKS: Final = 50


@dataclass(frozen=True, slots=True)
class _Task:
    """What the reading needs to know, taken out of the scope."""

    sealed: str
    url: str
    etag: str
    last_modified: str
    digest: str  # empty: it is to be read even if nothing has changed
    zone: ZoneInfo
    first: datetime
    mine: frozenset[str]
    nights: Nights | None
    looks_again: bool  # because almost everything had vanished the last time


@dataclass(frozen=True, slots=True)
class _Found:
    """What came of it; `reading` is None when it says what it said before."""

    answer: fetching.Answer
    digest: str
    reading: Reading | None


def read(project_id: UUID, subscription_id: UUID) -> datetime | None:
    """One reading. When the next one is due; None when nobody follows it any more."""
    with project_scope(project_id):
        found = Subscription.objects.select_related("source__resource__account", "project").filter(pk=subscription_id)
        subscription = found.first()
        if subscription is None:
            return None
        if not subscription.project.has("booking") or not subscription.project.is_open:
            return clock.now() + SLOWEST
        task = _task(subscription)
    try:
        answer = fetching.fetch(task.url, etag=task.etag, last_modified=task.last_modified)
        digest = sha256(answer.content).hexdigest() if answer.content is not None else ""
        reading = None
        if answer.content is not None and digest != task.digest:
            reading = _read(project_id, answer.content, task)
    except Refused as refused:
        return _note_failure(project_id, subscription_id, task, refused)
    except NotACalendar:
        return _note_failure(project_id, subscription_id, task, Refused(Trouble.OTHER))
    return _note(project_id, subscription_id, task, _Found(answer, digest, reading))


def _task(subscription: Subscription) -> _Task:
    project = subscription.project
    account = subscription.source.resource.account
    first = clock.day_bounds(project.today, project.tz)[0]
    is_current = (
        subscription.zone == project.zone
        and subscription.covers_until is not None
        and subscription.covers_until > first + AHEAD - STALE
        and subscription.trouble != Trouble.SHRUNK
    )
    return _Task(
        sealed=subscription.url,
        url=crypto.open_text(subscription.url, place(subscription)),
        etag=subscription.etag if is_current else "",
        last_modified=subscription.last_modified if is_current else "",
        digest=subscription.digest if is_current else "",
        zone=project.tz,
        first=first,
        mine=frozenset([account.email.lower()] if account else []),
        nights=_nights(subscription.source.resource),
        looks_again=subscription.trouble == Trouble.SHRUNK,
    )


def _nights(resource: Resource) -> Nights | None:
    """What Airbnb and Booking.com write for a house: days that are nights."""
    if resource.kind not in Resource.LONG:
        return None
    stays = Service.objects.filter(mode=Service.Mode.STAY, needs__resource=resource)
    found = stays.order_by("check_in_min").values_list("check_in_min", "check_out_min").first()
    return Nights(*found) if found else None


_OUR_UID = re.compile(rb"([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})@booking\.flectar", re.IGNORECASE)


def _read(project_id: UUID, content: bytes, task: _Task) -> Reading:
    """Bookings of this business that come back by way of another calendar block nothing: they hold their time here."""
    named = {UUID(match.decode()) for match in _OUR_UID.findall(content)}
    with project_scope(project_id):
        own = {
            f"{pk}{calendar_file.OWN_UID_END}"
            for model in (Booking, Session)
            for pk in model.objects.filter(pk__in=named).values_list("pk", flat=True)
        }
    mine = {*task.mine, *_names_of_calendar(content)}
    return calendar_file.read(
        content,
        zone=task.zone,
        first=task.first,
        until=task.first + AHEAD,
        mine=mine,
        is_own=own.__contains__,
        nights=task.nights,
    )


def _names_of_calendar(content: bytes) -> set[str]:
    """Google names a person's calendar by the person's address: what that address has declined is not busy."""
    found = re.search(rb"^X-WR-CALNAME:(\S+@\S+)\s*$", content, re.MULTILINE | re.IGNORECASE)
    return {found[1].decode(errors="replace").lower()} if found else set()


def _locked(subscription_id: UUID, task: _Task) -> Subscription | None:
    """The row, behind the lock of its resource as everywhere; None if it went away or has another address by now."""
    source = CalendarSource.objects.filter(subscription=subscription_id).first()
    if source is None:
        return None
    lock_calendars([source.resource_id])
    found: Subscription | None = (
        Subscription.objects.select_for_update(of=("self",))
        .select_related("source__resource", "project")
        .filter(pk=subscription_id, url=task.sealed)
        .first()
    )
    return found


def _note(project_id: UUID, subscription_id: UUID, task: _Task, found: _Found) -> datetime | None:
    reading = found.reading
    with project_scope(project_id):
        subscription = _locked(subscription_id, task)
        if subscription is None:
            return clock.now()
        now = clock.now()
        if reading is not None:
            if not task.looks_again and _is_suspicious(subscription, reading, now):
                return _fail(subscription, Refused(Trouble.SHRUNK))
            faults = [one for one in reading.skipped if one.is_fault]
            rota.follow(
                subscription.source, reading.busy, unread={one.uid for one in faults if one.uid}, since=task.first
            )
            subscription.digest, subscription.zone = found.digest, task.zone.key
            subscription.covers_until = task.first + AHEAD
            subscription.events = reading.events
            subscription.unread = [[one.line, one.title, one.why] for one in faults[:KEPT_REMARKS]]
        if found.answer.content is not None:
            subscription.etag, subscription.last_modified = found.answer.etag, found.answer.last_modified
        if subscription.told_at:
            tell(subscription.project, "calendar.back", _facts(subscription))
        subscription.trouble, subscription.answered, subscription.failures = Trouble.NONE, None, 0
        subscription.failing_since = subscription.told_at = None
        subscription.checked_at = subscription.succeeded_at = now
        subscription.next_at = now + EVERY * _jitter()
        subscription.save()
        CalendarSource.objects.filter(pk=subscription.source_id).update(synced_at=now)
        return subscription.next_at


def _is_suspicious(subscription: Subscription, reading: Reading, now: datetime) -> bool:
    """Almost all that lies ahead has vanished at once. The second time it is believed."""
    before = subscription.source.busy.filter(ends_at__gt=now).count()
    after = sum(one.ends_at > now for one in reading.busy)
    return bool(before) and after < before * KEPT_SHARE


def _note_failure(project_id: UUID, subscription_id: UUID, task: _Task, refused: Refused) -> datetime | None:
    with project_scope(project_id):
        subscription = _locked(subscription_id, task)
        return _fail(subscription, refused) if subscription else clock.now()


def _fail(subscription: Subscription, refused: Refused) -> datetime:
    """The busy time stays as it was."""
    now = clock.now()
    subscription.trouble, subscription.answered = refused.trouble, refused.answered
    subscription.failures += 1
    subscription.failing_since = subscription.failing_since or now
    subscription.checked_at = now
    if subscription.told_at is None and now - subscription.failing_since >= TOLD_AFTER:
        subscription.told_at = now
        tell(subscription.project, "calendar.failing", _facts(subscription))
    wait = EVERY if refused.trouble == Trouble.SHRUNK else min(EVERY * 2 ** min(subscription.failures - 1, 8), SLOWEST)
    wait = max(wait * _jitter(), min(refused.wait or timedelta(0), LONGEST_WAIT))
    subscription.next_at = now + wait
    subscription.save()
    return subscription.next_at


def falter(subscription_id: UUID) -> datetime | None:
    """A fault of ours, and every attempt was in vain. Later again. Inside the scope."""
    subscription = (
        (Subscription.objects.select_for_update(of=("self",)).select_related("source__resource", "project"))
        .filter(pk=subscription_id)
        .first()
    )
    return _fail(subscription, Refused(Trouble.OURS, wait=SLOWEST)) if subscription else None


def _jitter() -> float:
    """So that a thousand calendars do not ask in the same second."""
    return random.uniform(0.85, 1.15)  # noqa: S311 - not a secret


def _facts(subscription: Subscription) -> dict[str, str]:
    source = subscription.source
    return {
        "calendar": source.name,
        "person": source.resource.first_name,
        "subscription": str(subscription.pk),
        "since": subscription.failing_since.isoformat() if subscription.failing_since else "",
    }


# --- The address ------------------------------------------------------------------------------------------------------


def place(subscription: Subscription) -> str:
    """What its sealed address is bound to."""
    return f"calendar {subscription.project_id} {subscription.pk}"


def under_the_active_key() -> Iterator[int]:
    """Each row by itself and locked. As the owner of the tables, who sees every project."""
    for pk in list(Subscription._base_manager.order_by("pk").values_list("pk", flat=True)):
        with transaction.atomic():
            row = Subscription._base_manager.select_for_update().filter(pk=pk).first()
            if row is None:
                continue
            row.url = crypto.rewrap_text(row.url, place(row))
            row.save(update_fields=["url"])
        yield 1
