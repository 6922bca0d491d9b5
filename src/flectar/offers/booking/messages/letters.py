"""The business's own words: what they may say of a booking, when they go out, and to whom.

A reminder keeps the time that its service says (`Service.remind_min`); a letter gives it other words. What follows a
visit waits until the quiet hours are over, goes to nobody who did not come, and asks for a yes where it is not part of
the service (docs/use/bookings.md).
"""

import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override

from flectar.core import clock
from flectar.offers.booking.models import Booking, Letter, QuietHours, Service
from flectar.people.customers.queries import has_consent
from flectar.platform.audit.log import changes, record

CONSENT = "news-email"
"""The question of the consent ledger on which letters rest that are not part of the service."""
PLACES: Mapping[str, Any] = {
    "first_name": gettext_lazy("first name"),
    "customer": gettext_lazy("whole name"),
    "service": gettext_lazy("service"),
    "day": gettext_lazy("day"),
    "time": gettext_lazy("time"),
    "person": gettext_lazy("with whom"),
    "address": gettext_lazy("where"),
    "business": gettext_lazy("your name"),
    "code": gettext_lazy("code"),
}
_PLACE = re.compile(r"\{(\w+)\}")


def unknown_places(text: str) -> list[str]:
    """What stands in braces and is not in PLACES."""
    return [name for name in _PLACE.findall(text) if name not in PLACES]


def filled(text: str, facts: Mapping[str, Any]) -> str:
    return _PLACE.sub(lambda found: str(facts.get(found[1], found[0])), text)


def own_words(letter: Letter | None, locale: str, facts: Mapping[str, Any], *, fallback: str = "") -> dict[str, Any]:
    """For the context of a mail: `own_subject` and `own_text` by paragraphs. Empty where the letter has no words in
    this language, nor in that of the business."""
    words = letter.words if letter else {}
    said = words.get(locale) or words.get(fallback) or {}
    known = {**facts, "first_name": str(facts["customer"]).split(" ", 1)[0], "business": facts.get("business", "")}
    paragraphs = [one.strip() for one in re.split(r"\n\s*\n", filled(said.get("text", ""), known)) if one.strip()]
    return {"own_subject": filled(said.get("subject", ""), known), "own_text": paragraphs}


def suggested(kind: str, locale: str) -> dict[str, str]:
    """Words to begin with."""
    with override(locale):
        match kind:
            case Letter.Kind.REMINDER:
                return {
                    "subject": _("Until {day}, {time}"),
                    "text": _("Hello {first_name},\n\nwe expect you on {day} at {time} for {service}."),
                }
            case Letter.Kind.REVIEW:
                return {
                    "subject": _("How was it, {first_name}?"),
                    "text": _("Thank you for coming.\n\nA few words about {service} help others to find us."),
                }
            case _:
                return {
                    "subject": _("Thank you for your visit"),
                    "text": _("Hello {first_name},\n\nthank you for coming. We would like to see you again soon."),
                }


def of_reminder(service_id: Any) -> Letter | None:
    """The service's own words, else those for all."""
    found = Letter.objects.filter(_of(service_id), kind=Letter.Kind.REMINDER, is_on=True)
    letter: Letter | None = found.order_by("service_id").first()  # NULL stands last
    return letter


def after(service_id: Any) -> list[Letter]:
    """What is sent after a visit for this service."""
    found = Letter.objects.filter(_of(service_id), is_on=True).exclude(kind=Letter.Kind.REMINDER)
    return list(found.order_by("after_hours", "pk"))


def asks_for_consent(service: Service) -> bool:
    """Whether the booking page has a reason to ask."""
    return any(letter.needs_consent for letter in after(service.pk))


def due_at(letter: Letter, booking: Booking) -> datetime:
    """So many hours after the end, or when the quiet hours are over."""
    return after_quiet(booking.ends_at + timedelta(hours=letter.after_hours), booking.where)


def after_quiet(at: datetime, zone: ZoneInfo) -> datetime:
    """That moment, or the end of the quiet hours around it, on the clock of that zone."""
    quiet, wall = quiet_hours(), at.astimezone(zone)
    if not quiet.has(wall.time()):
        return at
    is_evening = quiet.begins > quiet.ends and wall.time() >= quiet.begins
    morning = datetime.combine(wall.date() + timedelta(days=is_evening), quiet.ends)
    # In the hour that comes twice they may have ended once already: they do not begin anew.
    return max(at, clock.to_instant(morning, zone))


def quiet_hours() -> QuietHours:
    """The project's, else the defaults."""
    return QuietHours.objects.first() or QuietHours()


def may_go(letter: Letter, booking: Booking) -> bool:
    """To somebody who was there, may be written to and, where that is needed, has agreed."""
    came = (Booking.Status.CONFIRMED, Booking.Status.IN_PROGRESS, Booking.Status.COMPLETED)
    if booking.status not in came or booking.attendance == Booking.Attendance.NO_SHOW or not booking.is_over:
        return False
    if not letter.is_on or letter.service_id not in (None, booking.service_id):
        return False
    return booking.customer.is_open_to_change and is_agreed(letter, booking)


def is_agreed(letter: Letter, booking: Booking) -> bool:
    """Asked once more when it is sent: a no holds for what is on its way, too."""
    return not letter.needs_consent or has_consent(booking.customer_id, CONSENT)


def once(letter: Letter, booking: Booking) -> str:
    """What is sent no second time under this key: a letter for a booking; asking for a review, once in three months."""
    if letter.kind == Letter.Kind.REVIEW:
        quarter = (clock.now().month - 1) // 3 + 1
        return f"booking.review:{booking.customer_id}:{clock.now():%Y}-{quarter}"
    return f"booking.letter:{letter.pk}:{booking.pk}"


# --- The owner --------------------------------------------------------------------------------------------------------


@transaction.atomic
def save(letter: Letter, values: Mapping[str, Any]) -> Letter:
    is_new = letter._state.adding
    old, new = changes({} if is_new else {name: getattr(letter, name) for name in values}, values)
    for name, value in values.items():
        setattr(letter, name, value)
    letter.save()
    if is_new or new:
        # That the words changed, never the words.
        kept = {name: str(value) for name, value in new.items() if name != "words"}
        before = {name: str(value) for name, value in old.items() if name != "words"}
        record("letter.created" if is_new else "letter.changed", target=letter, old=before, new=kept)
    return letter


@transaction.atomic
def set_quiet_hours(values: Mapping[str, Any]) -> bool:
    """Whether anything changed. Letters whose time has been worked out look again when it comes."""
    quiet = quiet_hours()
    old, new = changes({name: str(getattr(quiet, name)) for name in values}, {k: str(v) for k, v in values.items()})
    if not new:
        return False
    for name, value in values.items():
        setattr(quiet, name, value)
    quiet.save()
    record("quiet_hours.changed", old=old, new=new)
    return True


@transaction.atomic
def remove(letter: Letter) -> None:
    record("letter.removed", target=letter, old={"kind": letter.kind})
    letter.delete()


def _of(service_id: Any) -> Q:
    return Q(service=None) | Q(service=service_id)
