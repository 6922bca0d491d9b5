"""The mails of a booking: to the customer with a calendar file and the link, to the business. Written with the deed."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db.models import prefetch_related_objects
from django.utils.translation import gettext as _
from django.utils.translation import override

from flectar.core.money import Money, format_money
from flectar.offers.booking import locations, told
from flectar.offers.booking.invitation import Method, attachment, place_line
from flectar.offers.booking.models import Booking
from flectar.platform.notifications.readers import Reader
from flectar.platform.notifications.telling import tell
from flectar.platform.outbox import send_mail
from flectar.platform.projects.links import dashboard_url, site_url
from flectar.platform.projects.models import BusinessProfile, Project
from flectar.ui import formats


def confirmed(project: Project, booking: Booking) -> None:
    _to_customer(project, booking, "booking.confirmed", Method.REQUEST)
    _to_team(project, booking, "booking.booked", "booking.team_confirmed")


def moved(project: Project, booking: Booking, *, before: datetime) -> None:
    _to_customer(project, booking, "booking.moved", Method.REQUEST, before=before)
    _to_team(project, booking, "booking.moved", "booking.team_moved", before=before)


def cancelled(project: Project, booking: Booking, *, by_team: bool, reason: str) -> None:
    _to_customer(
        project, booking, "booking.cancelled", Method.CANCEL, reason=reason if by_team else "", by_team=by_team
    )
    _to_team(project, booking, "booking.cancelled", "booking.team_cancelled", reason=reason, by_team=by_team)


def requested(project: Project, booking: Booking) -> None:
    """The team is asked; the customer reads on the page that an answer follows, and by mail when it comes."""
    _to_customer(project, booking, "booking.requested", None)
    _to_team(project, booking, "booking.requested", "booking.team_requested")


def declined(project: Project, booking: Booking, *, reason: str) -> None:
    _to_customer(project, booking, "booking.declined", None, reason=reason)


def proposed(project: Project, booking: Booking, *, before: datetime) -> None:
    """The customer is asked whether another time suits them."""
    _to_customer(project, booking, "booking.proposed", None, before=before)


def to_be_paid(project: Project, booking: Booking) -> None:
    """Accepted, and held until it is paid: the link leads to the payment."""
    _to_customer(project, booking, "booking.to_be_paid", None)


def expired(project: Project, booking: Booking) -> None:
    _to_customer(project, booking, "booking.expired", None)


def paid_late(project: Project, booking: Booking) -> None:
    """The money goes back by itself; both sides are told once."""
    _to_customer(project, booking, "booking.paid_late", None)
    _to_team(project, booking, "booking.paid_late", "booking.team_paid_late")


def reminder(project: Project, booking: Booking) -> None:
    """Part of the service, not advertising: no consent is asked for. Once for each time that a booking has had."""
    _to_customer(project, booking, "booking.reminder", None)


def manage_url(project: Project, booking: Booking) -> str:
    """The customer's own page of the booking: who has the link may move or cancel."""
    return site_url(project, "booking:manage", language=booking.locale, token=booking.token)


def _to_customer(project: Project, booking: Booking, event: str, method: Method | None, **more: Any) -> None:
    prefetch_related_objects([booking.customer], "emails", "phones")
    email = booking.customer.email
    if not email:
        return
    profile = BusinessProfile.objects.filter(project=project).first() or BusinessProfile()
    link = manage_url(project, booking)
    send_mail(
        event=event,
        to=(booking.customer.name, email),
        locale=booking.locale,
        context=_context(project, booking, booking.locale, profile, link=link, **more),
        project=project,
        attachments=[attachment(project, booking, method, profile=profile, link=link, attendee=email)]
        if method
        else [],
        dedupe_key=f"{event}:{booking.pk}:{booking.version}",
        reply_to=profile.email,
        sender_name=project.name,
    )


def _to_team(project: Project, booking: Booking, kind: str, event: str, **more: Any) -> None:
    """Behind the bells and by mail, as each of the team chose."""
    link = dashboard_url(project, "booking:booking", booking_id=booking.pk)

    def letter(reader: Reader) -> None:
        send_mail(
            event=event,
            to=reader.to,
            locale=reader.locale,
            context=_context(project, booking, reader.locale, None, link=link, **more),
            project=project,
            dedupe_key=f"{event}:{booking.pk}:{booking.version}:{reader.user.email}",
            reply_to=booking.customer.email,
        )

    tell(project, kind, told.facts_of(booking), letter=letter)


def _context(
    project: Project,
    booking: Booking,
    locale: str,
    profile: BusinessProfile | None,
    *,
    link: str,
    before: datetime | None = None,
    reason: str = "",
    by_team: bool = False,
) -> dict[str, Any]:
    """Plain words in the reader's language: the stored context of a mail is JSON. Times are those of where it is."""
    project = locations.here(project, booking.location)
    place = locations.address(booking.location, profile) if profile else None
    with override(locale):
        facts = {
            "day": formats.day(booking.starts_at.astimezone(project.tz).date()),
            "short_day": formats.short_day(booking.starts_at.astimezone(project.tz).date()),
            "time": formats.clock(booking.starts_at, project),
            "until": _end(booking, project),
            "zone": project.zone,
            "service": booking.service_name,
            "length": booking.length_said,
            "person": booking.resource.name,
            "price": format_money(booking.price, locale) if booking.price else "",
            "code": booking.code,
            "party": str(booking.party) if booking.party > 1 else "",
            "hold_until": _day_and_time(booking.hold_until, project) if booking.hold_until else "",
            "due": format_money(Money(booking.due_minor, booking.price.currency), locale) if booking.due_minor else "",
            "customer": booking.customer.name,
            "email": booking.customer.email,
            "phone": formats.phone(booking.customer.phone),
            "note": booking.note,
            "address": place_line(booking, profile) if profile or booking.location else "",
            "business_phone": formats.phone(place.phone or profile.phone) if place and profile else "",
            "link": link,
            "before": _day_and_time(before, project) if before else "",
            "changeable_until": _day_and_time(booking.changeable_until, project),
            "reason": reason,
            "by_team": by_team,
            "is_cancelled": booking.is_cancelled,
            "is_for_team": profile is None,
        }
        return {**facts, "rows": rows_of(facts)}


def rows_of(facts: Mapping[str, Any]) -> list[tuple[str, str]]:
    """The table of a mail: what, when, where, and for the team who."""
    rows = [
        (_("Service"), f"{facts['service']}, {facts['length']}"),
        (_("When"), f"{facts['short_day']}, {facts['time']}–{facts['until']}"),
        (_("With"), facts["person"]),
        (_("People"), facts["party"]),
        (_("Price"), facts["price"]),
        (_("Where"), facts["address"]),
        (_("Customer"), ", ".join(part for part in (facts["customer"], facts["phone"], facts["email"]) if part)),
        (_("Note"), facts["note"]),
        (_("Code"), facts["code"]),
    ]
    for_team = {_("Customer"), _("Note")}
    return [(label, value) for label, value in rows if value and (facts["is_for_team"] or label not in for_team)]


def _end(booking: Booking, project: Project) -> str:
    """17:45; of a stay with its day, behind the dash."""
    return f" {_day_and_time(booking.ends_at, project)}" if booking.nights else formats.clock(booking.ends_at, project)


def _day_and_time(instant: datetime, project: Project) -> str:
    return f"{formats.short_day(instant.astimezone(project.tz).date())}, {formats.clock(instant, project)}"
