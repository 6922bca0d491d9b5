"""The mails of a booking: to the customer with a calendar file and the link, to the business.

The deed keeps what was promised (`_promised`), and the words are found when the mail is sent, of the booking as it was
then (docs/decisions/0011). What tells of something goes out in any case; what calls for something (`_CALLS`) only
while it can be answered.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import prefetch_related_objects
from django.utils.translation import gettext as _
from django.utils.translation import override

from flectar.core import clock, crypto
from flectar.core.money import Money, format_money
from flectar.offers.booking import zones
from flectar.offers.booking.messages import check_in_codes, letters, told
from flectar.offers.booking.messages.invitation import Method, attachment, place_line
from flectar.offers.booking.models import Booking, Letter, Resource
from flectar.offers.booking.scheduling import locations
from flectar.platform.notifications.readers import Reader
from flectar.platform.notifications.telling import tell
from flectar.platform.outbox import Mail, post
from flectar.platform.outbox.catalogue import Overtaken, Words
from flectar.platform.projects.links import dashboard_url, site_url
from flectar.platform.projects.models import BusinessProfile, Location, Project
from flectar.ui import formats

LETTERS = "letters"
"""What the links are signed for that end letters."""


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


def series_booked(project: Project, bookings: Sequence[Booking]) -> None:
    """One mail about all the dates that were booked, or asked for, together. Held ones are told when they are paid."""
    first = bookings[0]
    if first.status == Booking.Status.CONFIRMED:
        _to_customer(project, first, "booking.confirmed", Method.REQUEST, together=bookings)
        _to_team(project, first, "booking.booked", "booking.team_confirmed", together=bookings)
    elif first.status == Booking.Status.REQUESTED:
        _to_customer(project, first, "booking.requested", None, together=bookings)
        _to_team(project, first, "booking.requested", "booking.team_requested", together=bookings)


def series_moved(project: Project, bookings: Sequence[Booking], *, before: datetime) -> None:
    """One mail about all the dates; `before` is when the first of them was."""
    _to_customer(project, bookings[0], "booking.moved", Method.REQUEST, before=before, together=bookings)
    _to_team(project, bookings[0], "booking.moved", "booking.team_moved", before=before, together=bookings)


def series_cancelled(project: Project, bookings: Sequence[Booking], *, by_team: bool, reason: str) -> None:
    more: dict[str, Any] = {"by_team": by_team, "together": bookings}
    said = reason if by_team else ""
    _to_customer(project, bookings[0], "booking.cancelled", Method.CANCEL, reason=said, **more)
    _to_team(project, bookings[0], "booking.cancelled", "booking.team_cancelled", reason=reason, **more)


def series_accepted(project: Project, bookings: Sequence[Booking]) -> None:
    """One mail about all the dates that were asked for: they are booked, or theirs once all is paid."""
    if bookings[0].status == Booking.Status.HELD:
        _to_customer(project, bookings[0], "booking.to_be_paid", None, together=bookings)
    else:
        series_booked(project, bookings)


def declined(project: Project, booking: Booking, *, reason: str, together: Sequence[Booking] = ()) -> None:
    _to_customer(project, booking, "booking.declined", None, reason=reason, together=together)


def reopened(project: Project, booking: Booking, *, together: Sequence[Booking] = ()) -> None:
    """A refusal was taken back: the customer, who read of it, waits for an answer again."""
    _to_customer(project, booking, "booking.reopened", None, together=together)


def proposed(project: Project, booking: Booking, *, before: datetime, reason: str = "") -> None:
    """The customer is asked whether another time suits them, and reads why."""
    _to_customer(project, booking, "booking.proposed", None, before=before, reason=reason)


def to_be_paid(project: Project, booking: Booking) -> None:
    """Accepted, and held until it is paid: the link leads to the payment."""
    _to_customer(project, booking, "booking.to_be_paid", None)


def expired(project: Project, booking: Booking, *, together: Sequence[Booking] = ()) -> None:
    _to_customer(project, booking, "booking.expired", None, together=together)


def paid_late(project: Project, booking: Booking) -> None:
    """The money goes back by itself; both sides are told once."""
    _to_customer(project, booking, "booking.paid_late", None)
    _to_team(project, booking, "booking.paid_late", "booking.team_paid_late")


def reminder(project: Project, booking: Booking) -> None:
    """Part of the service, not advertising: no consent is asked for. Once for each time that a booking has had."""
    _to_customer(project, booking, "booking.reminder", None)


def letter(project: Project, booking: Booking, which: Letter) -> None:
    """What the business writes after a visit, in its own words. Whether it may go `letters.may_go` has said."""
    key = letters.once(which, booking)
    _to_customer(project, booking, f"booking.{which.kind}", None, letter=str(which.pk), key=key)


def manage_url(project: Project, booking: Booking) -> str:
    """The customer's own page of the booking: who has the link may move or cancel."""
    return site_url(project, "booking:manage", language=booking.locale, token=booking.token)


def _to_customer(
    project: Project,
    booking: Booking,
    event: str,
    method: Method | None,
    *,
    key: str = "",
    letter: str = "",
    **more: Any,
) -> None:
    prefetch_related_objects([booking.customer], "emails")
    email = booking.customer.email
    if not email:
        return
    mail = Mail(
        event,
        (booking.customer.name, email),
        booking.locale,
        _promised(booking, **more) | {"method": method, "to": email, "letter": letter},
        dedupe_key=key or f"{event}:{booking.pk}:{booking.version}",
    )
    post([mail], project)


def _whose(booking: Booking) -> set[UUID]:
    return {booking.resource.account_id} if booking.resource.account_id else set()


def _to_team(project: Project, booking: Booking, kind: str, event: str, **more: Any) -> None:
    """Behind the bells and by mail, as each of the team chose."""

    def letter(reader: Reader) -> Mail:
        return Mail(
            event,
            reader.to,
            reader.locale,
            _promised(booking, **more) | {"is_for_team": True},
            dedupe_key=f"{event}:{booking.pk}:{booking.version}:{reader.user.email}",
        )

    tell(project, kind, told.facts_of(booking), letter=letter, calendar_of=_whose(booking))


# --- What was promised, and its words ---------------------------------------------------------------------------------

_PLAIN = (
    "status", "version", "service_name", "party", "nights", "price_snapshot", "policy_snapshot", "due_minor"
)  # fmt: skip
_TIMES = ("starts_at", "ends_at", "hold_until")
_CALLS = frozenset({"booking.reminder", "booking.proposed", "booking.to_be_paid"})
"""What asks the customer for something, and when the booking is another by then, for nothing."""
_FOR_THE_DOOR = frozenset({"booking.confirmed", "booking.moved", "booking.reminder"})
"""What carries the check-in codes: a class that moved gives other ones."""


def _promised(
    booking: Booking,
    *,
    before: datetime | None = None,
    reason: str = "",
    by_team: bool = False,
    together: Sequence[Booking] = (),
) -> dict[str, Any]:
    """As plain values. Names and addresses are not among them: they are read when the mail is sent."""
    times = {name: getattr(booking, name) for name in _TIMES}
    return {
        "booking": str(booking.pk),
        "customer": str(booking.customer_id),  # by this the letters of somebody who is erased are found
        "resource": str(booking.resource_id),
        "location": str(booking.location_id) if booking.location_id else None,
        **{name: getattr(booking, name) for name in _PLAIN},
        **{name: at.isoformat() if at else None for name, at in times.items()},
        "before": before.isoformat() if before else None,
        "reason": reason,
        "by_team": by_team,
        "together": [_promised(one) for one in together] if len(together) > 1 else [],
    }


def words_of(event: str) -> Callable[[Mapping[str, Any], str], Words]:
    """For the catalogue of mails."""

    def words(facts: Mapping[str, Any], locale: str) -> Words:
        found = (
            Booking.objects.select_related("customer", "resource", "location", "project", "service")
            .filter(pk=facts["booking"])
            .first()
        )
        if found is None or (event in _CALLS and _is_answered(found, facts)):
            raise Overtaken
        codes = check_in_codes.codes_of(found.project, found) if event in _FOR_THE_DOOR else []
        booking = _as_it_was(found, facts)
        said = _words(booking.project, booking, facts, locale)
        if codes:
            shown, pictures = check_in_codes.for_mail(codes, booking)
            context = {**said.context, "check_in": shown}
            said = replace(said, context=context, attachments=[*said.attachments, *pictures])
        if event == "booking.reminder":
            return replace(
                said, context={**said.context, **_own(letters.of_reminder(booking.service_id), said, locale)}
            )
        if facts.get("letter"):
            which = Letter.objects.filter(pk=facts["letter"]).first()
            if which is None or not letters.is_agreed(which, booking):
                raise Overtaken
            links = _links(booking.project, booking, which, locale)
            context = {**said.context, **_own(which, said, locale), **links}
            return replace(said, context=context, headers=_ways_out(links["end_url"]))
        return said

    return words


def _own(which: Letter | None, said: Words, locale: str) -> dict[str, Any]:
    project = said.context["project"]
    facts = {**said.context, "business": project.name}
    fallback = "" if which is None or which.kind == Letter.Kind.REMINDER else project.locale
    return letters.own_words(which, locale, facts, fallback=fallback)


def _links(project: Project, booking: Booking, which: Letter, locale: str) -> dict[str, str]:
    """Where a letter leads: to the review, or to booking again; and how it is ended."""
    again = site_url(project, "booking:book_time", language=locale, service=booking.service.slug)
    token = crypto.sign(LETTERS, f"{project.pk}.{booking.customer_id}")
    end = site_url(project, "booking:letters_end", language=locale, token=token) if which.needs_consent else ""
    return {"review_url": which.review_url, "again_url": again, "end_url": end}


def _ways_out(end_url: str) -> dict[str, str]:
    """The button of the mail program itself (RFC 2369, and with one tap RFC 8058)."""
    if not end_url:
        return {}
    return {"List-Unsubscribe": f"<{end_url}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"}


def _is_answered(booking: Booking, facts: Mapping[str, Any]) -> bool:
    """Paid, answered, moved, cancelled, run out or begun: nothing is left to do."""
    is_same = (booking.status, booking.starts_at.isoformat()) == (facts["status"], facts["starts_at"])
    return not is_same or booking.is_hold_over or booking.starts_at <= clock.now()


def _as_it_was(booking: Booking, facts: Mapping[str, Any]) -> Booking:
    """At the deed; never saved."""
    for name in _PLAIN:
        setattr(booking, name, facts[name])
    for name in _TIMES:
        setattr(booking, name, datetime.fromisoformat(facts[name]) if facts[name] else None)
    if str(booking.resource_id) != facts["resource"]:
        booking.resource = Resource.objects.get(pk=facts["resource"])
    if facts["location"] != (str(booking.location_id) if booking.location_id else None):
        booking.location = Location.objects.filter(pk=facts["location"]).first()
    return booking


def _all_of(facts: Mapping[str, Any]) -> list[Booking]:
    """The dates of a series that one mail is about, as they were."""
    promised = {one["booking"]: one for one in facts.get("together", ())}
    found = Booking.objects.select_related("customer", "resource", "location").filter(pk__in=promised)
    return [_as_it_was(one, promised[str(one.pk)]) for one in found.order_by("starts_at", "id")]


def _words(project: Project, booking: Booking, facts: Mapping[str, Any], locale: str) -> Words:
    before = datetime.fromisoformat(facts["before"]) if facts["before"] else None
    together = _all_of(facts)
    more = {"before": before, "reason": facts["reason"], "by_team": facts["by_team"], "together": together}
    if facts.get("is_for_team"):
        link = dashboard_url(project, "booking:booking", booking_id=booking.pk)
        context = _context(project, booking, locale, None, link=link, **more)
        return Words({**context, "project": project}, reply_to=booking.customer.email)
    profile = BusinessProfile.objects.filter(project=project).first() or BusinessProfile()
    link = manage_url(project, booking)
    context = _context(project, booking, locale, profile, link=link, **more)
    files = []
    if facts["method"]:
        method = Method.PUBLISH if together else Method(facts["method"])  # an invitation names one event (RFC 5546)
        dates = together or [booking]
        files = [attachment(project, dates, method, profile=profile, link=link, attendee=facts["to"])]
    return Words({**context, "project": project}, files, reply_to=profile.email)


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
    together: Sequence[Booking] = (),
) -> dict[str, Any]:
    """Plain words in the reader's language. Times are those of where it is."""
    project = locations.here(project, booking.location)
    place = locations.address(booking.location, profile) if profile else None
    with override(locale):
        facts = {
            "day": formats.day(booking.starts_at.astimezone(project.tz).date()),
            "short_day": formats.short_day(booking.starts_at.astimezone(project.tz).date()),
            "time": formats.clock(booking.starts_at, project),
            "until": _end(booking, project),
            "zone": project.zone,
            "own_time": _own_time(booking, project) if profile else "",
            "service": booking.service_name,
            "length": booking.length_said,
            "person": booking.resource.name,
            "price": _whole(together or [booking], locale),
            "dates": [_day_and_time(one.starts_at, project) for one in together],
            "code": booking.code,
            "party": str(booking.party) if booking.party > 1 else "",
            "hold_until": _day_and_time(booking.hold_until, project) if booking.hold_until else "",
            "due": _due(together or [booking], locale),
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
        (_("When"), "" if facts.get("dates") else f"{facts['short_day']}, {facts['time']}–{facts['until']}"),
        (_("Dates"), "; ".join(facts.get("dates", ()))),
        (_("Your time"), "" if facts.get("dates") else facts.get("own_time", "")),
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


def _due(bookings: Sequence[Booking], locale: str) -> str:
    due = Money(sum(one.due_minor for one in bookings), bookings[0].price.currency)
    return format_money(due, locale) if due else ""


def _whole(bookings: Sequence[Booking], locale: str) -> str:
    """What they cost together; nothing is said of what costs nothing."""
    total = Money(sum(one.price.minor for one in bookings), bookings[0].price.currency)
    return format_money(total, locale) if total else ""


def _own_time(booking: Booking, project: Project) -> str:
    """Where the customer's clock says something else."""
    return "" if booking.nights else zones.in_full(booking.starts_at, project, zones.read(booking.customer_zone))


def _end(booking: Booking, project: Project) -> str:
    """17:45; of a stay with its day, behind the dash."""
    return f" {_day_and_time(booking.ends_at, project)}" if booking.nights else formats.clock(booking.ends_at, project)


def _day_and_time(instant: datetime, project: Project) -> str:
    return f"{formats.short_day(instant.astimezone(project.tz).date())}, {formats.clock(instant, project)}"
