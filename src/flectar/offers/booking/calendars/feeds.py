"""Addresses at which bookings can be read by a calendar program: making, changing and taking them back, and finding
what belongs to one. Whoever has the address reads the calendar: no cookie, no password.

An address works as long as whoever made it may see the bookings; what it shows never exceeds what they may see.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import Max, OuterRef, Q, QuerySet, Subquery
from django.urls import reverse
from django.utils.translation import gettext as _

from flectar.core import clock
from flectar.core.ids import new_token
from flectar.core.origins import platform_origin
from flectar.offers.booking import reach
from flectar.offers.booking.models import Booking, BookingEvent, Claim, Feed, Resource, Session
from flectar.offers.booking.models.bookings import LONGEST_STAY
from flectar.platform.audit.log import record
from flectar.platform.projects.access import can
from flectar.platform.projects.models import Project

MOST: Final = 20
PAST: Final = timedelta(days=30)
"""What is longer over is left out, and so is what was cancelled longer ago."""
NOTED_EVERY: Final = timedelta(minutes=15)


class TooMany(Exception):
    """Fit to show."""

    def __init__(self) -> None:
        super().__init__(_("There are %(count)s addresses already. Take one back first.") % {"count": MOST})


@transaction.atomic
def make(resource: Resource | None, *, name: str, shows: str, by: Any) -> tuple[Feed, str]:
    """For one calendar, or with None for all of them. The feed, and its address, which is not stored and cannot be
    shown again. Raises TooMany."""
    if Feed.objects.filter(resource=resource).count() >= MOST:
        raise TooMany
    token = new_token()
    feed: Feed = Feed.objects.create(
        resource=resource, name=name, shows=shows, digest=_digest(token), locale=by.locale, account=by
    )
    record("feed.made", target=feed, new={"name": name, "shows": shows, "whose": str(resource or "")})
    return feed, address(feed, token)


@transaction.atomic
def roll(feed: Feed) -> str:
    """Another address for the same calendar; the old one shows nothing from now on."""
    token = new_token()
    feed.digest, feed.last_used_at = _digest(token), None
    feed.save(update_fields=["digest", "last_used_at"])
    record("feed.rolled", target=feed)
    return address(feed, token)


@transaction.atomic
def revoke(feed: Feed) -> None:
    record("feed.revoked", target=feed, old={"name": feed.name, "whose": str(feed.resource or "")})
    feed.delete()


def address(feed: Feed, token: str) -> str:
    path = reverse("feeds:read", urlconf=settings.ROOT_URLCONF, kwargs={"project_id": feed.project_id, "token": token})
    return platform_origin() + path


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def find(project: Project, token: str) -> Feed | None:
    """The feed behind an address that works. Inside the project's scope."""
    feed: Feed | None = Feed.objects.select_related("account", "resource").filter(digest=_digest(token)).first()
    if feed is None or not feed.account.is_active or not can(feed.account, "bookings.read", project):
        return None
    if feed.resource is None and not can(feed.account, "bookings.export", project):
        return None
    whose = feed.resource.account_id if feed.resource else None
    if reach.is_limited(feed.account, project) and whose != feed.account_id:
        return None
    if feed.shows == Feed.Shows.ALL and not can(feed.account, "customers.read", project):
        feed.shows = Feed.Shows.SERVICE
    return feed


def note_use(feed: Feed) -> None:
    """To the quarter of an hour: a write for every reading would cost more than it tells."""
    now = clock.now()
    if feed.last_used_at is None or feed.last_used_at < now - NOTED_EVERY:
        Feed.objects.filter(pk=feed.pk).update(last_used_at=now)


# --- What belongs to it -----------------------------------------------------------------------------------------------

_SHOWN = (*Booking.HOLDING, Booking.Status.COMPLETED, Booking.Status.NO_SHOW, Booking.Status.CANCELLED)


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing in the calendar: a booking, or a class with all who come to it."""

    pk: UUID
    version: int
    starts_at: datetime
    ends_at: datetime
    created_at: datetime
    changed_at: datetime
    title: str
    person: str
    is_cancelled: bool
    is_tentative: bool
    booking: Booking | None = None


def entries(feed: Feed) -> Iterator[Entry]:
    """In the order of their beginnings."""
    since = clock.now() - PAST
    found = [*_bookings(feed, since), *_sessions(feed, since)]
    yield from sorted(found, key=lambda entry: (entry.starts_at, entry.pk))


def _bookings(feed: Feed, since: datetime) -> Iterator[Entry]:
    rows = Booking.objects.ending_after(since).filter(status__in=_SHOWN, session__isnull=True)
    if feed.resource_id is not None:
        rows = rows.filter(Q(resource=feed.resource_id) | Q(pk__in=_claimed(feed.resource_id, since)))
    changes = BookingEvent.objects.filter(booking=OuterRef("pk")).order_by().values("booking")
    rows = rows.annotate(changed_at=Subquery(changes.annotate(at_last=Max("at")).values("at_last")))
    shown = ["resource"] if feed.shows == Feed.Shows.TIMES else ["resource", "customer"]
    if feed.shows == Feed.Shows.ALL:
        shown += ["customer__emails", "customer__phones"]
    for booking in rows.prefetch_related(*shown):
        changed_at = booking.changed_at or booking.created_at
        if booking.is_hold_over or (booking.is_cancelled and changed_at < since):
            continue
        yield Entry(
            booking.pk,
            booking.version,
            booking.starts_at,
            booking.ends_at,
            booking.created_at,
            changed_at,
            booking.service_name,
            booking.resource.first_name,
            booking.is_cancelled,
            booking.status in (Booking.Status.REQUESTED, Booking.Status.HELD),
            booking,
        )


def _claimed(resource_id: UUID, since: datetime) -> QuerySet[Any]:
    """Bookings that use it besides another: the room of a treatment."""
    claims: QuerySet[Any] = Claim.objects.filter(
        resource=resource_id, starts_at__gt=since - LONGEST_STAY, booking__isnull=False
    )
    return claims.values("booking")


def _sessions(feed: Feed, since: datetime) -> Iterator[Entry]:
    rows = Session.objects.filter(ends_at__gt=since)
    if feed.resource_id is not None:
        rows = rows.filter(resource=feed.resource_id)
    taken = (
        Booking.objects.holding_time()
        .filter(session=OuterRef("pk"))
        .order_by()
        .values("session")
        .annotate(last=Max("created_at"))
    )
    for session in rows.select_related("service", "resource").annotate(last_booked=Subquery(taken.values("last"))):
        yield Entry(
            session.pk,
            session.version,
            session.starts_at,
            session.ends_at,
            session.created_at,
            max(session.created_at, session.last_booked or session.created_at),
            session.service.name,
            session.resource.first_name,
            session.is_cancelled,
            False,
        )
