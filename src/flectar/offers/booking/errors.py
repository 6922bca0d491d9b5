"""Why a deed was refused. Each carries values and a sentence that a customer may read and act on."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from flectar.core.money import Money, format_money
from flectar.offers.booking.availability import Reason


class BookingError(Exception):
    """A refusal; `str()` is fit to show."""


class SlotTaken(BookingError):
    """This start cannot be had. `nearest` are the closest free ones, perhaps none."""

    def __init__(self, starts_at: datetime, reason: Reason, nearest: Sequence[datetime] = ()) -> None:
        self.starts_at = starts_at
        self.reason = reason
        self.nearest = list(nearest)
        super().__init__(sentence(reason))


class NotOnline(BookingError):
    """The business takes this booking itself. Says nothing of why, nor of whom."""

    def __init__(self) -> None:
        super().__init__(_("This booking can't be made online. Call us and we will find a time."))


class TooLateToChange(BookingError):
    """The customer's own deadline has passed."""

    def __init__(self) -> None:
        super().__init__(_("It is too late to change this booking here. Call us and we will find a way."))


class TooManyMoves(BookingError):
    """The terms say how often a customer may move a booking."""

    def __init__(self) -> None:
        super().__init__(_("This booking cannot be moved once more. Call us and we will find a way."))


class PriceChanged(BookingError):
    """It costs more than what the customer was shown; nothing was booked."""

    def __init__(self, total: Money) -> None:
        self.total = total
        said = format_money(total, get_language() or "en")
        super().__init__(_("It comes to %(price)s. If that is right, book.") % {"price": said})


class PlacesTaken(BookingError):
    """Fewer places than are booked."""

    def __init__(self, taken: int) -> None:
        self.taken = taken
        super().__init__(
            ngettext(
                "%(count)s place is booked. Cancel a booking first, or keep as many places.",
                "%(count)s places are booked. Cancel bookings first, or keep as many places.",
                taken,
            )
            % {"count": taken}
        )


class ListFull(BookingError):
    """As many wait as the business lets wait."""

    def __init__(self) -> None:
        super().__init__(_("The waiting list is full. Choose another date, or call us."))


class OfferOver(BookingError):
    """The offer of a place was answered already, or its time is over."""

    def __init__(self) -> None:
        super().__init__(_("This offer is over: the place has gone to the next person. Wait again, or choose a date."))


class PlacesLeft(BookingError):
    """Whoever wants to wait could book."""

    def __init__(self) -> None:
        super().__init__(_("There are places: you need not wait. Book one now."))


class NotChangeable(BookingError):
    """It was cancelled, or is over."""

    def __init__(self) -> None:
        super().__init__(_("This booking can no longer be changed. Book a new time instead."))


class SeriesTaken(BookingError):
    """Some dates of a series cannot be had; nothing was saved. `conflicts` are series.Conflict."""

    def __init__(self, conflicts: Sequence[Any]) -> None:
        self.conflicts = list(conflicts)
        super().__init__(_("Not every date is free. Leave some out, or choose another time for them."))


class NotAllYours(BookingError):
    """A series is answered whole, by whoever sees all of it."""

    def __init__(self) -> None:
        super().__init__(_("Some of its dates are in a colleague’s calendar: whoever sees all of them answers it."))


class NothingLeft(BookingError):
    """Every date of a series was left out."""

    def __init__(self) -> None:
        super().__init__(_("Keep one date at least."))


class Closed(BookingError):
    """It is done, or nobody came: a mark would be a correction."""

    def __init__(self) -> None:
        super().__init__(_("This booking is closed. Correct it on its own page, with a reason."))


class TooEarly(BookingError):
    """Nobody can have come yet, or be missing yet."""

    def __init__(self) -> None:
        super().__init__(_("It is too early for that. Try again when the time of the booking has come."))


class TooLateToCorrect(BookingError):
    """Thirty days have passed."""

    def __init__(self) -> None:
        super().__init__(_("This booking is closed: corrections are possible for thirty days."))


class ChangedMeanwhile(BookingError):
    """Somebody else changed the booking between our look and our deed."""

    def __init__(self) -> None:
        super().__init__(_("This booking was changed a moment ago. Look at it again before you change it."))


class TryAgain(BookingError):
    """Too many people wait for one calendar."""

    def __init__(self) -> None:
        super().__init__(_("Many people are booking at this moment. Try again in a few seconds."))


class KeyUsedForAnother(BookingError):
    """One idempotency key, two different wishes."""

    def __init__(self) -> None:
        super().__init__(_("This key already belongs to another booking. Send a new key with a new booking."))


class NobodyDoesIt(BookingError):
    """The service has nobody assigned, or not the person asked for."""

    def __init__(self) -> None:
        super().__init__(_("Nobody is assigned to this service. Choose another person or another service."))


class NightsTaken(SlotTaken):
    """These nights cannot be had. `nearest` are check-ins from which as many nights can."""

    def __init__(self, starts_at: datetime, reason: Reason, nearest: Sequence[datetime] = ()) -> None:
        super().__init__(starts_at, reason, nearest)
        self.args = (sentence_for_nights(reason),)


def sentence(reason: Reason) -> str:
    """What to tell the person who wanted this time."""
    return {
        Reason.CLOSED: _("We are not open then. Choose one of these times."),
        Reason.PARTY: _("That is not a number of people we have room for. Choose another one, or call us."),
        Reason.ARRIVAL_DAY: _("Stays do not begin on that weekday then. Choose another day to arrive."),
        Reason.DEPARTURE_DAY: _("Stays do not end on that weekday then. Choose another day to leave."),
        Reason.MIN_NIGHTS: _("That is shorter than a stay can be then. Choose a later day to leave."),
        Reason.MAX_NIGHTS: _("That is longer than a stay can be then. Choose an earlier day to leave."),
        Reason.TOO_SOON: _("That is too soon for us to be ready. Choose a later time, or call us."),
        Reason.PAST_HORIZON: _("That is further ahead than we take bookings. Choose an earlier day."),
        Reason.CLOSURE: _("We are away at that time. Choose one of these times."),
        Reason.EXTERNAL: _("That time is not free. These are the nearest times."),
        Reason.BUFFER: _("That is too close to another appointment. These are the nearest times."),
        Reason.CLAIMED: _("Someone was quicker. These are the nearest times."),
        Reason.CAPACITY: _("There are not enough places left. Choose another time."),
        Reason.LIMIT: _("No more bookings are taken for that day. Choose another day."),
    }[reason]


def sentence_for_nights(reason: Reason) -> str:
    """The same of a stay, which has no nearest time of the day."""
    taken = _("Some of these nights are taken. Choose others.")
    return {
        Reason.CLOSED: _("These nights cannot be booked. Choose others."),
        Reason.TOO_SOON: _("That is too soon for us to be ready. Choose a later day, or call us."),
        Reason.CLOSURE: _("We are closed on some of these nights. Choose others."),
        Reason.EXTERNAL: taken,
        Reason.BUFFER: _("There is no time to make everything ready between two stays. Choose other nights."),
        Reason.CLAIMED: taken,
        Reason.CAPACITY: taken,
    }.get(reason) or sentence(reason)
