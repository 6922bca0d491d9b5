"""The mails of bookings, each with facts to preview it by."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, override

from flectar.core import clock
from flectar.offers.booking.messages import letters
from flectar.offers.booking.messages.class_notices import rows_of as waiting_rows
from flectar.offers.booking.messages.notices import rows_of, words_of
from flectar.offers.booking.models import Letter
from flectar.platform.outbox.catalogue import MailEvent
from flectar.platform.projects.models import Project
from flectar.ui import formats


def _sample(**more: Any) -> Callable[[], Mapping[str, Any]]:
    def facts() -> dict[str, Any]:
        starts_at: datetime = clock.now() + timedelta(days=1)
        plain = {
            "day": formats.day(starts_at.date()),
            "short_day": formats.short_day(starts_at.date()),
            "time": "16:30",
            "until": "17:45",
            "zone": "Europe/Madrid",
            "own_time": f"{formats.short_day(starts_at.date())}, 10:30 (New York)",
            "service": _("Curl cut"),
            "length": formats.length(75),
            "person": "Noa Vidal",
            "price": "58 €",
            "code": "H7KQ3PM",
            "customer": "Marta Ferrer",
            "email": "marta@ferrer.example",
            "phone": "+34 600 00 01 42",
            "note": "",
            "address": "Carrer de Cadis 41, 46006 Valencia",
            "business_phone": "+34 960 00 01 41",
            "link": "https://example.com/booking/…",
            "before": f"{formats.short_day(starts_at.date())}, 10:00",
            "changeable_until": f"{formats.short_day(starts_at.date())}, 15:30",
            "reason": "",
            "party": "",
            "due": "20 €",
            "hold_until": f"{formats.short_day(starts_at.date())}, 12:00",
            "by_team": False,
            "is_cancelled": False,
            "is_for_team": False,
            **more,
        }
        return {**plain, "rows": rows_of(plain)}

    return facts


def _waiting_sample() -> Mapping[str, Any]:
    at = clock.now() + timedelta(days=1)
    facts = {
        "service": _("Yoga"),
        "when": f"{formats.short_day(at.date())}, 18:00",
        "own_time": f"{formats.short_day(at.date())}, 12:00 (New York)",
        "party": ngettext("%(count)s person", "%(count)s people", 1) % {"count": 1},
        "until": f"{formats.short_day(at.date())}, 12:00",
        "address": "Carrer de Cadis 41, 46006 Valencia",
        "link": "https://example.com/waiting/…",
    }
    return {**facts, "rows": waiting_rows(facts)}


def _of_booking(event: str, label: Any, **more: Any) -> MailEvent:
    return MailEvent(event, label, _sample(**more), words=words_of(event))


_OWN = {
    "own_subject": gettext_lazy("Thank you for your visit"),
    "own_text": [gettext_lazy("Thank you for coming. We would like to see you again soon.")],
    "again_url": "https://example.com/book/…",
    "review_url": "https://example.com/review/…",
    "end_url": "https://example.com/letters/…",
}


def sample_of_a_letter(project: Project, letter: Letter, locale: str) -> dict[str, Any]:
    """A letter as the reader would get it, with made-up facts."""
    with override(locale):
        facts = {**_OWN, **_sample()()}
        facts["review_url"] = letter.review_url
        if not letter.needs_consent:
            facts["end_url"] = ""
        known = {**facts, "business": project.name}
        fallback = "" if letter.kind == Letter.Kind.REMINDER else project.locale
        return {**facts, **letters.own_words(letter, locale, known, fallback=fallback)}


MAILS = (
    MailEvent("waiting.joined", gettext_lazy("To the customer: on the waiting list"), _waiting_sample),
    MailEvent("waiting.offered", gettext_lazy("To the customer: a place is free"), _waiting_sample),
    MailEvent("waiting.lapsed", gettext_lazy("To the customer: offer not answered"), _waiting_sample),
    MailEvent("waiting.over", gettext_lazy("To the customer: waited in vain"), _waiting_sample),
    _of_booking("booking.confirmed", gettext_lazy("To the customer: booked")),
    _of_booking("booking.reminder", gettext_lazy("To the customer: reminder")),
    MailEvent(
        "booking.my_bookings",
        gettext_lazy("To the customer: link to their bookings"),
        lambda: {"customer": "Marta Ferrer", "link": "https://example.com/bookings/…"},
    ),
    _of_booking("booking.follow_up", gettext_lazy("To the customer: afterwards"), **_OWN),
    _of_booking("booking.review", gettext_lazy("To the customer: asking for a review"), **_OWN),
    _of_booking("booking.moved", gettext_lazy("To the customer: moved")),
    _of_booking("booking.cancelled", gettext_lazy("To the customer: cancelled"), is_cancelled=True),
    _of_booking("booking.team_confirmed", gettext_lazy("To the team: booked"), is_for_team=True),
    _of_booking("booking.team_moved", gettext_lazy("To the team: moved"), is_for_team=True),
    _of_booking("booking.requested", gettext_lazy("To the customer: request received")),
    _of_booking("booking.declined", gettext_lazy("To the customer: request declined")),
    _of_booking("booking.reopened", gettext_lazy("To the customer: request looked at again")),
    _of_booking("booking.proposed", gettext_lazy("To the customer: another time proposed")),
    _of_booking("booking.to_be_paid", gettext_lazy("To the customer: accepted, to be paid")),
    _of_booking("booking.expired", gettext_lazy("To the customer: not completed in time")),
    _of_booking("booking.paid_late", gettext_lazy("To the customer: paid too late")),
    _of_booking("booking.team_requested", gettext_lazy("To the team: request"), is_for_team=True),
    _of_booking("booking.team_paid_late", gettext_lazy("To the team: paid too late"), is_for_team=True),
    _of_booking("booking.team_cancelled", gettext_lazy("To the team: cancelled"), is_for_team=True, is_cancelled=True),
)
