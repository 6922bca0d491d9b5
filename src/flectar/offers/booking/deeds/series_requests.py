"""A series that somebody asks for: one request, which the team answers whole.

Each date is a booking of its own; what has been answered, moved or cancelled by itself meanwhile is not asked any more.
"""

from datetime import timedelta

from django.db import transaction
from django.db.models import Q

from flectar.offers.booking.deeds import asking
from flectar.offers.booking.deeds.series import Conflict
from flectar.offers.booking.deeds.states import Status
from flectar.offers.booking.errors import NotAllYours, SeriesTaken, SlotTaken
from flectar.offers.booking.messages import notices
from flectar.offers.booking.models import Booking, BookingQuerySet
from flectar.offers.booking.scheduling import locations

SAME_DEADLINE = timedelta(hours=1)


def dates_of(booking: Booking) -> list[Booking]:
    """Every date of its series, in order, whatever became of it; none of a booking that stands alone."""
    if booking.series_id is None:
        return []
    return list(Booking.objects.with_people().filter(series=booking.series_id).order_by("starts_at", "id"))


def must_be_seen_whole(booking: Booking, mine: Q) -> None:
    """`mine` is what its reader may see at all (reach.py). NotAllYours if a date of the series is beyond it."""
    together = Booking.objects.filter(series=booking.series_id) if booking.series_id and mine else None
    if together is not None and together.filter(mine).count() < together.count():
        raise NotAllYours


def accept(booking: Booking, *, notify: bool = True) -> list[Booking]:
    """All that are still asked for, or none: SeriesTaken names the dates that somebody else has by now. One mail.

    Accepted with another date of its series a moment ago: nothing more to do.
    """
    wanted = _open(booking)
    if booking.series_id and not wanted:
        found = [one for one in dates_of(booking) if one.status in (Status.CONFIRMED, Status.HELD)]
        if booking in found:
            return found
    if len(wanted) < 2:
        return [asking.accept(booking, notify=notify)]
    conflicts: list[Conflict] = []
    with transaction.atomic():
        for one in wanted:
            try:
                asking.accept(one, notify=False)
            except SlotTaken as taken:
                day = one.starts_at.astimezone(locations.there(one).tz).date()
                conflicts.append(Conflict(day, taken.reason, tuple(taken.nearest)))
        if conflicts:
            raise SeriesTaken(conflicts)
        if notify:
            notices.series_accepted(booking.project, wanted)
    return wanted


def decline(booking: Booking, *, reason: str = "", notify: bool = True) -> list[Booking]:
    """All that are still asked for, and one mail."""
    wanted = _open(booking)
    if len(wanted) < 2:
        return [asking.decline(booking, reason=reason, notify=notify)]
    with transaction.atomic():
        for one in wanted:
            asking.decline(one, reason=reason, notify=False)
        if notify:
            notices.declined(booking.project, wanted[0], reason=reason, together=wanted)
    return wanted


def reopen(booking: Booking, *, notify: bool = True) -> list[Booking]:
    """Undo a refusal, of all dates or of none: SlotTaken if somebody has one of them by now."""
    gone = [one for one in dates_of(booking) if one.status == Status.DECLINED]
    if len(gone) < 2:
        return [asking.reopen(booking, notify=notify)]
    with transaction.atomic():
        for one in gone:
            asking.reopen(one, notify=False)
        if notify:
            notices.reopened(booking.project, gone[0], together=gone)
    return gone


def ending_with(booking: Booking) -> list[Booking]:
    """The dates whose time to be answered or paid runs out together with this one's: the customer hears of it once."""
    if booking.series_id is None or booking.hold_until is None:
        return [booking]
    about = (booking.hold_until - SAME_DEADLINE, booking.hold_until + SAME_DEADLINE)
    among = (Status.REQUESTED, Status.HELD, Status.EXPIRED)
    return [
        one
        for one in dates_of(booking)
        if one.status in among and one.hold_until and about[0] < one.hold_until < about[1]
    ]


def _open(booking: Booking) -> list[Booking]:
    if booking.series_id is None:
        return [booking]
    found: BookingQuerySet = asking.waiting().filter(series=booking.series_id)
    return list(found.with_people().order_by("starts_at", "id"))
