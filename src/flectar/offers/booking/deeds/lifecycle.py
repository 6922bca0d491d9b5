"""Book, move, cancel, bring back: the writers of bookings, each by one protocol.

1. Look without a lock: most losers learn it here, cheaply.  2. Lock the resources, in the order of their ids.
3. Look again: the same function, now on facts that nobody can change.  4. Delete one's own old claims, insert the new
ones; the exclusion constraint has the last word.  5. History, audit, mails and facts in the same transaction.

The order of locks over all modules: resource, session, limit, coupon, booking.
"""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import wraps
from typing import Any
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

from django.db import IntegrityError, transaction

from flectar.core import clock
from flectar.core.events import announce
from flectar.core.jobs import together
from flectar.core.money import Money
from flectar.core.text import clean
from flectar.money.payments.asking import takes_payments
from flectar.offers.booking.availability import Reason
from flectar.offers.booking.deeds import approval, no_shows, states
from flectar.offers.booking.deeds.states import By, Kind, Status
from flectar.offers.booking.errors import (
    KeyUsedForAnother,
    NotChangeable,
    NotOnline,
    PriceChanged,
    SlotTaken,
    TooLateToChange,
    TooManyMoves,
    TryAgain,
)
from flectar.offers.booking.facts import (
    BookingCancelled,
    BookingConfirmed,
    BookingExpired,
    BookingHeld,
    BookingMoved,
    BookingRequested,
    TimeFreed,
)
from flectar.offers.booking.messages import notices
from flectar.offers.booking.models import (
    BookedExtra,
    Booking,
    BookingEvent,
    Coupon,
    Entitlement,
    Hold,
    Resource,
    Series,
    Service,
    ServiceExtra,
)
from flectar.offers.booking.models.bookings import unused_code
from flectar.offers.booking.prices import coupons, pricing, terms
from flectar.offers.booking.prices.pricing import Quote
from flectar.offers.booking.scheduling import claiming, locations, seats, stays
from flectar.offers.booking.scheduling.claiming import Pick
from flectar.offers.booking.scheduling.wish import Wish, visit
from flectar.people.customers.models import Customer
from flectar.platform.audit.log import record
from flectar.platform.projects.models import Location, Project

CHANGEABLE = (Status.CONFIRMED, Status.REQUESTED, Status.HELD)
"""What may be moved or cancelled, while it stands."""


@dataclass(frozen=True, slots=True)
class Asked:
    """One service of what somebody wants: with whom, what beside it, and where."""

    service: Service
    resource: Resource | None = None
    extras: Mapping[ServiceExtra, int] = field(default_factory=dict)
    location: Location | None = None


@dataclass(frozen=True, slots=True)
class Becomes:
    """What a booking is at first, and until when: decided before anything is written."""

    status: str
    hold_until: datetime | None = None
    claims_expire: datetime | None = None
    takes_time: bool = True
    is_offer: bool = False


def book(
    project: Project,
    service: Service,
    starts_at: datetime,
    customer: Customer,
    *,
    resource: Resource | None = None,
    extras: Mapping[ServiceExtra, int] | None = None,
    location: Location | None = None,
    party: int = 1,
    nights: int = 0,
    codes: Sequence[str] = (),
    source: str = Booking.Source.SITE,
    idempotency_key: str | None = None,
    note: str = "",
    locale: str = "",
    customer_zone: str = "",
    by_team: bool = False,
    is_forced: bool = False,
    reason: str = "",
    notify: bool = True,
    most_minor: int | None = None,
    offered_until: datetime | None = None,
    hold: Hold | None = None,
    series: Series | None = None,
) -> Booking:
    """A booking, or SlotTaken with the nearest free times. Of a stay of `nights` only the date of the start counts.

    It is confirmed, or asked for where the business accepts each one, or held where something is to be paid first.
    With an idempotency key a repeat returns the booking of the first time. `by_team` lifts notice, horizon, step and
    limits; `is_forced` books on top of whatever is there, and says so in the history.
    """
    return book_visit(
        project,
        [Asked(service, resource, extras or {}, location)],
        starts_at,
        customer,
        party=party,
        nights=nights,
        codes=codes,
        source=source,
        idempotency_key=idempotency_key,
        note=note,
        locale=locale,
        customer_zone=customer_zone,
        by_team=by_team,
        is_forced=is_forced,
        reason=reason,
        notify=notify,
        most_minor=most_minor,
        offered_until=offered_until,
        hold=hold,
        series=series,
    )[0]


def _with_another_code[**P, R](deed: Callable[P, R]) -> Callable[P, R]:
    """A code that exists already is drawn again, and all of it is done anew: its locks are gone with the refusal."""

    @wraps(deed)
    def tried(*args: P.args, **kwargs: P.kwargs) -> R:
        for _attempt in range(5):
            try:
                return deed(*args, **kwargs)
            except IntegrityError as error:
                if "booking_code_once" not in str(error):
                    raise
        raise TryAgain

    return tried


@_with_another_code
def book_visit(
    project: Project,
    asked: Sequence[Asked],
    starts_at: datetime,
    customer: Customer,
    *,
    party: int = 1,
    nights: int = 0,
    codes: Sequence[str] = (),
    source: str = Booking.Source.SITE,
    idempotency_key: str | None = None,
    note: str = "",
    locale: str = "",
    customer_zone: str = "",
    by_team: bool = False,
    is_forced: bool = False,
    reason: str = "",
    notify: bool = True,
    most_minor: int | None = None,
    offered_until: datetime | None = None,
    hold: Hold | None = None,
    series: Series | None = None,
) -> list[Booking]:
    """Several services one after another in one visit: all of them or none, a booking each.

    `most_minor`: what the customer was shown. PriceChanged if it is more by now. `offered_until`: kept for somebody
    who waited for it, and who has so long to say yes. `hold`: the visitor's own, which becomes the booking.
    """
    first = asked[0].service
    if first.mode == Service.Mode.STAY:
        starts_at = stays.check_in(project, first, starts_at.astimezone(project.tz).date())
    if idempotency_key and (known := _of_key(idempotency_key, first, starts_at, customer, nights)):
        return known
    if codes:
        coupons.must_be_left(codes)
    wish = wish_for(
        project,
        asked,
        starts_at,
        by_team=by_team,
        party=party,
        nights=nights,
        customer=customer,
        is_forced=is_forced,
        hold=hold,
    )
    with claiming_for(wish):
        if idempotency_key and (known := _of_key(idempotency_key, first, starts_at, customer, nights)):
            return known
        if hold is not None:
            claiming.let_go(hold)
        picked = wish.choose()
        quotes = quotes_for(wish, asked, [picks[0].resource for picks in picked], codes)
        total = sum(quote.total.minor for quote in quotes)
        if most_minor is not None and total > most_minor:
            raise PriceChanged(Money(total, project.currency))
        quotes = _with_what_follows(quotes, customer, source, by_team=by_team)
        due = sum(quote.due.minor for quote in quotes)
        becomes = decided(first, customer, by_team=by_team, due_minor=due)
        if offered_until is not None:
            becomes = Becomes(Status.REQUESTED, offered_until, offered_until, is_offer=True)
        together = uuid4() if len(asked) > 1 else None
        made = []
        for index, one in enumerate(asked):
            item = wish.items[index]
            booking = _write(
                wish,
                one,
                becomes,
                picked[index],
                quotes[index],
                starts_at=wish.starts_at + timedelta(minutes=item.offset),
                minutes=item.minutes,
                reason=reason,
                customer=customer,
                visit=together,
                series=series,
                note=clean(note).strip()[:1000],
                locale=(locale or customer.locale or project.locale)[:10],
                customer_zone=customer_zone,
                source=source,
                idempotency_key=idempotency_key if index == 0 else None,
            )
            made.append(booking)
        _announce_new(project, made, notify=notify)
    return made


def wish_for(
    project: Project,
    asked: Sequence[Asked],
    starts_at: datetime,
    *,
    by_team: bool = False,
    party: int = 1,
    nights: int = 0,
    customer: Customer | None = None,
    is_forced: bool = False,
    hold: Hold | None = None,
) -> Wish:
    first = asked[0]
    if first.service.mode == Service.Mode.STAY:
        return stays.wish(
            project,
            first.service,
            starts_at,
            nights,
            party=party,
            resource=first.resource,
            extras=first.extras,
            location=first.location,
            by_team=by_team,
            customer=customer,
            is_forced=is_forced,
            hold=hold,
        )
    if first.service.mode == Service.Mode.SESSION:
        return seats.wish(
            project,
            first.service,
            starts_at,
            resource=first.resource,
            extras=first.extras,
            by_team=by_team,
            party=party,
            customer=customer,
            is_forced=is_forced,
        )
    wanted = [(one.service, one.resource, dict(one.extras)) for one in asked]
    items = visit(wanted, party=party, location=first.location)
    options: dict[str, Any] = {
        "by_team": by_team,
        "is_limited": not by_team,
        "party": party,
        "customer": customer,
        "is_forced": is_forced,
        "hold": hold,
    }
    wish = Wish(project, items, starts_at, location=first.location, **options)
    for place in () if first.location else locations.apart(items[0].chosen):
        items = visit(wanted, party=party, location=place)
        wish = Wish(project, items, starts_at, location=place, **options)
        if wish.is_free():
            break
    return wish


def _with_what_follows(quotes: list[Quote], customer: Customer, source: str, *, by_team: bool) -> list[Quote]:
    """After no-shows the owner may ask for the whole price first. NotOnline for the business's own programs; a visitor
    is not told: their wish becomes a request (approval.py), because anybody can type anybody's address."""
    follows = "" if by_team else no_shows.consequence(customer)
    if follows == no_shows.Does.NO_BOOKING and source != Booking.Source.SITE:
        raise NotOnline
    if follows == no_shows.Does.PREPAYMENT and takes_payments():
        return [replace(quote, due=quote.total) for quote in quotes]
    return quotes


def decided(service: Service, customer: Customer, *, by_team: bool, due_minor: int) -> Becomes:
    """Asked for, held or confirmed. The team's own bookings are confirmed: whoever stands at the counter decides."""
    now = clock.now()
    if not by_team and (service.mode == Service.Mode.REQUEST or approval.is_needed(service, customer)):
        until = now + timedelta(hours=service.request_hours)
        reserves = service.is_reserved_by_requests and service.mode != Service.Mode.REQUEST
        return Becomes(Status.REQUESTED, until, until, takes_time=reserves)
    if not by_team and due_minor > 0:
        until = now + timedelta(minutes=service.hold_min)
        return Becomes(Status.HELD, until, until)
    return Becomes(Status.CONFIRMED)


def quotes_for(wish: Wish, asked: Sequence[Asked], people: Sequence[Resource], codes: Sequence[str]) -> list[Quote]:
    """What each costs, with whom it really is. Codes belong to the first service of a visit; BadCode if one is none."""
    known, entitled = coupons.look_up_all(codes) if codes else ([], [])
    quotes = []
    for index, (item, one) in enumerate(zip(wish.items, asked, strict=True)):
        there = locations.here(wish.project, locations.place_of(people[index], wish.location))
        options: dict[str, Any] = {
            "starts_at": wish.starts_at + timedelta(minutes=item.offset),
            "minutes": item.minutes,
            "resource": people[index],
            "party": wish.party,
            "nights": wish.nights,
            "extras": {extra.pk: qty for extra, qty in one.extras.items()},
        }
        if index == 0 and (known or entitled):
            plain = pricing.quote(there, one.service, **options)
            both: list[Coupon | Entitlement] = [*known, *entitled]
            for code in both:
                coupons.must_fit(code, service=one.service, total=plain.total, customer=wish.customer)
            options |= {"coupons": known, "entitlements": entitled}
        quotes.append(pricing.quote(there, one.service, **options))
    return quotes


def _write(
    wish: Wish,
    asked: Asked,
    becomes: Becomes,
    picks: Sequence[Pick],
    quote: Quote,
    *,
    minutes: int,
    reason: str = "",
    **values: Any,
) -> Booking:
    """The booking, its extras, its claims, its codes and its first line of history."""
    project, service, starts_at = wish.project, asked.service, values["starts_at"]
    place = locations.place_of(picks[0].resource, wish.location)
    there = locations.here(project, place)
    booking: Booking = Booking.objects.create(
        code=unused_code(),
        project=project,
        service=service,
        resource=picks[0].resource,
        location=place,
        session=wish.session,
        ends_at=starts_at + timedelta(minutes=minutes),
        tz=there.zone,
        local_start=wall(starts_at, there),
        service_name=service.name,
        mode=service.mode,
        party=wish.party,
        nights=wish.nights or None,
        status=becomes.status,
        hold_until=becomes.hold_until,
        is_proposed=becomes.is_offer,
        price_snapshot=quote.snapshot(),
        due_minor=0 if wish.by_team else quote.due.minor,
        policy_snapshot=terms.snapshot(service),
        is_rule_bypassed=wish.is_forced,
        **values,
    )
    if becomes.takes_time and not wish.take(picks, booking, expires_at=becomes.claims_expire):
        raise SlotTaken(wish.starts_at, Reason.CLAIMED)
    if asked.extras:
        costs = {line.source: line.amount.minor for line in quote.lines if line.kind == pricing.Kind.EXTRA}
        BookedExtra.objects.bulk_create(
            BookedExtra(
                project=project,
                booking=booking,
                extra=extra,
                name=extra.name,
                qty=qty,
                price_minor=costs.get(extra.pk, 0),
                add_min=extra.add_min * qty,
            )
            for extra, qty in asked.extras.items()
        )
    coupons.take(booking, quote)
    states.remember(booking, _KINDS[becomes.status], after=states.facts_of(booking), reason=reason)
    if wish.is_forced:
        _remember_forced(booking, reason)
    return booking


def _remember_forced(booking: Booking, reason: str) -> None:
    """On purpose, and for all to see who may read the log."""
    record("booking.forced", target=booking, new={**states.facts_of(booking), "reason": clean(reason).strip()[:300]})


_KINDS: dict[str, str] = {Status.REQUESTED: Kind.REQUESTED, Status.HELD: Kind.HELD, Status.CONFIRMED: Kind.BOOKED}


def _announce_new(project: Project, made: Sequence[Booking], *, notify: bool) -> None:
    for booking in made:
        if booking.hold_until is None:
            announce(BookingConfirmed(project.pk, booking.pk, is_new=True))
        else:
            is_asked_for = booking.status == Status.REQUESTED and not booking.is_proposed
            fact = BookingRequested if is_asked_for else BookingHeld
            announce(fact(project.pk, booking.pk, booking.hold_until))
    if not notify:
        return
    if made[0].status == Status.CONFIRMED:
        for booking in made:
            notices.confirmed(project, booking)
    elif made[0].status == Status.REQUESTED:
        for booking in made:
            notices.requested(project, booking)


def move(
    booking: Booking,
    starts_at: datetime,
    *,
    resource: Resource | None = None,
    location: Location | None = None,
    minutes: int | None = None,
    by_team: bool = False,
    is_forced: bool = False,
    reason: str = "",
    notify: bool = True,
) -> Booking:
    """The same booking at another time. A refusal leaves the old time as it was.

    Without `resource` the same person keeps it if free then, else somebody else who does the service; without
    `location` it stays where it is. `minutes`: for longer or shorter than it was sold, by the team; what it costs
    stays.
    """
    project = booking.project
    must_be_changeable(booking, by_team=by_team)
    if not by_team and is_moved_enough(booking):
        raise TooManyMoves
    where = location or booking.location
    wish = wish_to_move(
        booking,
        starts_at,
        resource=resource,
        location=where,
        minutes=minutes,
        by_team=by_team,
        is_forced=is_forced,
    )
    starts_at = wish.starts_at
    is_the_same = starts_at == booking.starts_at and where == booking.location and minutes in (None, booking.minutes)
    if is_the_same and (resource is None or resource.pk == booking.resource_id):
        return booking
    with claiming_for(wish, booking.resource_id):
        before = states.facts_of(booking)
        claiming.release(booking)  # or the units of a floating pool would be dealt out around the time that it leaves
        picks = wish.choose()[0]
        place = locations.place_of(picks[0].resource, where)
        there = locations.here(project, place)
        # A hold that is moved keeps its deadline: moving is no way to keep a time for ever.
        expires_at = booking.hold_until if booking.status in (Status.HELD, Status.REQUESTED) else None
        states.change(
            booking,
            starts_at=starts_at,
            ends_at=starts_at + timedelta(minutes=wish.minutes),
            local_start=wall(starts_at, there),
            tz=there.zone,
            resource=picks[0].resource,
            location=place,
            session=wish.session,
            moves=booking.moves + (0 if by_team else 1),
            is_rule_bypassed=is_forced,
        )
        takes_time = not wish.only_asks and not _waits_without_time(booking)
        if takes_time and not wish.take(picks, booking, expires_at=expires_at):
            raise SlotTaken(starts_at, Reason.CLAIMED)
        states.remember(
            booking,
            Kind.MOVED,
            from_status=booking.status,
            before=before,
            after=states.facts_of(booking),
            reason=reason,
        )
        if is_forced:
            _remember_forced(booking, reason)
        announce(BookingMoved(project.pk, booking.pk))
        tell_freed(booking, before)
        if notify:
            notices.moved(project, booking, before=datetime.fromisoformat(before["starts_at"]))
    return booking


def _waits_without_time(booking: Booking) -> bool:
    """A request where requests keep no time: moved, it keeps none either."""
    is_asked_for = booking.status == Status.REQUESTED and not booking.is_proposed
    return is_asked_for and not (booking.service.is_reserved_by_requests or booking.session_id)


def wish_to_move(
    booking: Booking,
    starts_at: datetime,
    *,
    resource: Resource | None = None,
    location: Location | None = None,
    minutes: int | None = None,
    by_team: bool = False,
    is_forced: bool = False,
) -> Wish:
    """A moved booking keeps what its extras use up, where it is, and the length that was sold unless the team says
    another.

    NotChangeable for another length of nights, or of a place in a class.
    """
    if minutes is not None and (booking.nights is not None or booking.session_id):
        raise NotChangeable
    extras = {one.extra: one.qty for one in booking.extras.select_related("extra__stock") if one.extra.stock_id}
    if booking.nights is not None:
        return stays.wish(
            booking.project,
            booking.service,
            starts_at,
            booking.nights,
            party=booking.party,
            resource=resource,
            extras=extras,
            location=location or booking.location,
            by_team=by_team,
            customer=booking.customer,
            moving=[booking],
            is_forced=is_forced,
        )
    if booking.session_id:
        return seats.wish(
            booking.project,
            booking.service,
            starts_at,
            resource=resource,
            by_team=by_team,
            party=booking.party,
            customer=booking.customer,
            moving=[booking],
            is_forced=is_forced,
        )
    wanted = [(booking.service, resource, extras)]
    length, where = minutes or booking.minutes, location or booking.location
    items = visit(wanted, party=booking.party, minutes=length, location=where)
    return Wish(
        booking.project,
        items,
        starts_at,
        by_team=by_team,
        is_limited=not by_team,
        party=booking.party,
        customer=booking.customer,
        moving=[booking],
        is_forced=is_forced,
    )


def cancel(booking: Booking, *, by_team: bool = False, reason: str = "", notify: bool = True) -> Booking:
    """Give the time back. Cancelling what is cancelled changes nothing."""
    if booking.is_cancelled:
        return booking
    must_be_changeable(booking, by_team=by_team)
    with holding(booking):
        before = states.facts_of(booking)
        states.go(
            booking,
            Status.CANCELLED,
            Kind.CANCELLED,
            By.TEAM if by_team else By.CUSTOMER,
            before=before,
            reason=reason,
        )
        claiming.release(booking)
        coupons.give_back(booking, at=clock.now(), always=by_team)
        announce(BookingCancelled(booking.project.pk, booking.pk))
        tell_freed(booking, before)
        if notify:
            notices.cancelled(booking.project, booking, by_team=by_team, reason=reason)
    return booking


def restore(booking: Booking, *, notify: bool = True) -> Booking:
    """Undo a cancellation, by the team: the same booking, if its time is still free."""
    if booking.is_confirmed:
        return booking
    if not booking.is_cancelled:
        raise NotChangeable
    reclaim(booking, Status.CONFIRMED, Kind.RESTORED, By.TEAM)
    announce(BookingConfirmed(booking.project.pk, booking.pk))
    if notify:
        notices.confirmed(booking.project, booking)
    return booking


@transaction.atomic
def reclaim(booking: Booking, to: str, kind: str, by: By, *, hold_until: datetime | None = None, **values: Any) -> None:
    """Give a booking that has lost its time the same time again, and the state with it. SlotTaken if it is gone."""
    wish = wish_to_move(booking, booking.starts_at, resource=booking.resource, by_team=True)
    wish.is_limited = by != By.TEAM  # notice and horizon were kept when it was booked; limits may be full by now
    with claiming_for(wish):
        picks = wish.choose()[0]
        states.go(booking, to, kind, by, after=states.facts_of(booking), hold_until=hold_until, **values)
        if not wish.take(picks, booking, expires_at=hold_until):
            raise SlotTaken(booking.starts_at, Reason.CLAIMED)
        coupons.keep(booking)


def check(
    project: Project,
    service: Service,
    starts_at: datetime,
    *,
    resource: Resource | None = None,
    extras: Mapping[ServiceExtra, int] | None = None,
    party: int = 1,
    nights: int = 0,
    key: str = "",
) -> None:
    """SlotTaken if a customer could not book this now. A key that has booked already is always fine."""
    if key and Booking.objects.filter(idempotency_key=key).exists():
        return
    wish = wish_for(project, [Asked(service, resource, extras or {})], starts_at, party=party, nights=nights)
    try:
        wish.must_be_free()
    except SlotTaken as taken:
        taken.nearest = wish.nearest()
        raise


# --- The write protocol -----------------------------------------------------------------------------------------------


@contextmanager
def claiming_for(wish: Wish, *also: UUID) -> Iterator[None]:
    """Look, lock, and after a refusal (when the locks are gone) say which times are left. Limits are counted once,
    behind their lock: pages have counted them before, and hardly anybody comes so far in vain."""
    try:
        wish.must_be_free(counts=False)
        with lapsing({*wish.resources, *also}, wish.sessions):
            yield
    except SlotTaken as taken:
        taken.nearest = wish.nearest()
        raise


@contextmanager
def lapsing(resources: set[UUID], sessions: Collection[UUID] = ()) -> Iterator[None]:
    """The locks of `claiming`; whose hold has run out reads so in its row."""
    with claiming.locked(resources, sessions) as lapsed:
        for gone in states.expire(lapsed) if lapsed else ():
            coupons.give_back(gone, at=clock.now(), always=True)
            announce(BookingExpired(gone.project.pk, gone.pk))
            if gone.session_id:  # whoever waits for the place goes before whoever has just come
                tell_freed(gone, states.facts_of(gone))
        with together():
            yield


@contextmanager
def holding(booking: Booking) -> Iterator[None]:
    """The locks under which this booking's time, or its places in a class, may change hands."""
    if booking.session_id:
        with lapsing(set(), {booking.session_id}):
            yield
    else:
        with lapsing({booking.resource_id}):
            yield


def _of_key(key: str, service: Service, starts_at: datetime, customer: Customer, nights: int) -> list[Booking] | None:
    """The booking of the first time with this key, and those of the same visit."""
    found = Booking.objects.filter(idempotency_key=key).select_related("resource", "service", "customer")
    known: Booking | None = found.first()
    if known is None:
        return None
    # The booking may have been moved since: its history, not its present time, says what was wished for.
    events = known.events.filter(kind__in=_KINDS.values()).order_by("at", "id")
    begins, ends = events.values_list("after__starts_at", "after__ends_at").first() or ("", "")
    if (known.service_id, begins) != (service.pk, starts_at.astimezone(UTC).isoformat()):
        raise KeyUsedForAnother
    if nights and _nights_between(begins, ends, ZoneInfo(known.tz)) != nights:
        raise KeyUsedForAnother
    if known.customer_id != customer.pk:
        raise KeyUsedForAnother
    if known.visit is None:
        return [known]
    others = Booking.objects.with_people().filter(visit=known.visit).exclude(pk=known.pk).order_by("starts_at", "id")
    return [known, *others]


def _nights_between(begins: str, ends: str, zone: ZoneInfo) -> int:
    first, last = (datetime.fromisoformat(one).astimezone(zone).date() for one in (begins, ends))
    return (last - first).days


def must_be_changeable(booking: Booking, *, by_team: bool) -> None:
    """NotChangeable when it is over; TooLateToChange for a customer past the deadline."""
    if booking.status not in CHANGEABLE or booking.is_hold_over:
        raise NotChangeable
    if not by_team and booking.is_confirmed and clock.now() >= booking.changeable_until:
        raise TooLateToChange


def is_moved_enough(booking: Booking) -> bool:
    """Whether its terms let the customer move it no more."""
    most = booking.policy_snapshot.get("most_moves")
    return most is not None and booking.moves >= int(most)


def tell_freed(booking: Booking, before: dict[str, Any]) -> None:
    """Somebody may wait for this time."""
    announce(
        TimeFreed(
            booking.project.pk,
            booking.service.pk,
            datetime.fromisoformat(before["starts_at"]),
            datetime.fromisoformat(before["ends_at"]),
        )
    )


def wall(instant: datetime, project: Project) -> str:
    """What a clock of the business shows."""
    return f"{instant.astimezone(project.tz):%Y-%m-%dT%H:%M}"


__all__ = ["Asked", "BookingEvent", "book", "book_visit", "cancel", "check", "move", "restore"]
