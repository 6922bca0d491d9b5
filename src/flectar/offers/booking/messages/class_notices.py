"""Who is told what of classes and waiting lists."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db.models import prefetch_related_objects
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, override

from flectar.offers.booking import zones
from flectar.offers.booking.messages.invitation import where_line
from flectar.offers.booking.models import Session, Waiting
from flectar.offers.booking.scheduling import locations
from flectar.platform.notifications.telling import tell
from flectar.platform.outbox import send_mail
from flectar.platform.projects.links import site_url
from flectar.platform.projects.models import BusinessProfile, Project
from flectar.ui import formats


def waits(entry: Waiting) -> None:
    _mail(entry, "waiting.joined")


def offered(entry: Waiting) -> None:
    """A place is kept for them: the link says yes or no."""
    _mail(entry, "waiting.offered")


def offer_lapsed(entry: Waiting) -> None:
    _mail(entry, "waiting.lapsed")


def waits_in_vain(entry: Waiting) -> None:
    """The class does not take place."""
    _mail(entry, "waiting.over")


def waiting_url(entry: Waiting) -> str:
    return site_url(entry.project, "booking:waiting", language=entry.locale, token=entry.token)


def too_few(session: Session) -> str:
    """The reason that everybody who booked reads."""
    with override(session.project.locale):
        return _("Too few people have booked.")


def short(session: Session, *, booked: int) -> None:
    """The team reads that few have booked, and what became of it."""
    facts = {
        "session": str(session.pk),
        "service": session.service.name,
        "starts_at": session.starts_at.isoformat(),
        "booked": booked,
        "least": session.least,
        "is_cancelled": session.is_cancelled_if_few,
    }
    tell(session.project, "class.short", facts)


def _mail(entry: Waiting, event: str) -> None:
    prefetch_related_objects([entry.customer], "emails")
    email = entry.customer.email
    if not email:
        return
    project = entry.project
    profile = BusinessProfile.objects.filter(project=project).first() or BusinessProfile()
    with override(entry.locale):
        facts = facts_of(entry) | {"address": where_line(entry.place, profile), "link": waiting_url(entry)}
    send_mail(
        event=event,
        to=(entry.customer.name, email),
        locale=entry.locale,
        context={**facts, "rows": rows_of(facts)},
        project=project,
        dedupe_key=f"{event}:{entry.pk}",
        reply_to=profile.email,
        sender_name=project.name,
    )


def facts_of(entry: Waiting) -> dict[str, Any]:
    """Plain words in the language that is on: what is waited for, and what is offered. Times are those of the place,
    and beside them the customer's own where it says something else."""
    project, offer, zone = locations.here(entry.project, entry.place), entry.offer, zones.read(entry.customer_zone)
    starts_at = offer.starts_at if offer else entry.session.starts_at if entry.session else None
    return {
        "service": entry.service.name,
        "when": _at(starts_at, project) if starts_at else days_of(entry, project),
        "own_time": zones.in_full(starts_at, project, zone) if starts_at else "",
        "party": ngettext("%(count)s person", "%(count)s people", entry.party) % {"count": entry.party},
        "until": _at(offer.hold_until, project) if offer and offer.hold_until else "",
    }


def rows_of(facts: Mapping[str, Any]) -> list[tuple[str, str]]:
    rows = [
        (_("Service"), facts["service"]),
        (_("When"), facts["when"]),
        (_("Your time"), facts["own_time"]),
        (_("For"), facts["party"]),
        (_("Where"), facts["address"]),
    ]
    return [(label, value) for label, value in rows if value]


def days_of(entry: Waiting, project: Project) -> str:
    """Tue 24 Nov to Thu 26 Nov, or the one day."""
    bounds = (entry.earliest or entry.created_at, entry.latest or entry.created_at)
    first, last = (formats.short_day(one.astimezone(project.tz).date()) for one in bounds)
    return first if first == last else _("%(first)s to %(last)s") % {"first": first, "last": last}


def _at(instant: datetime, project: Project) -> str:
    """A mail is read tomorrow, too: no "today" in it."""
    return f"{formats.short_day(instant.astimezone(project.tz).date())}, {formats.clock(instant, project)}"
