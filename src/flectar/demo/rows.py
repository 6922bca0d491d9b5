"""The rows of a year, collected and written at once: a newcomer waits for this.

Each is what the product's own deeds leave behind: a booking with its frozen price and terms, claims while it has its
time, a history in order, the uses of codes, and the payments of what had to be paid first.
"""

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from flectar.core import clock
from flectar.core.money import Money
from flectar.demo.people import Someone, row_id
from flectar.money.payments.models import LedgerIntent, PaymentIntent
from flectar.offers.booking.deeds import figures, states
from flectar.offers.booking.deeds.lifecycle import wall
from flectar.offers.booking.hours import instant_of
from flectar.offers.booking.models import (
    Attendee,
    BookedExtra,
    Booking,
    BookingEvent,
    Claim,
    Coupon,
    CouponUse,
    Entitlement,
    EntitlementUse,
    RequirementAnswer,
    Resource,
    Service,
    ServiceExtra,
    Session,
)
from flectar.offers.booking.prices import terms
from flectar.offers.booking.prices.pricing import Kind as LineKind
from flectar.offers.booking.prices.pricing import Quote
from flectar.offers.booking.scheduling.claiming import Pick
from flectar.people.customers.models import Customer, CustomerEmail, CustomerPhone, Via, sort_key
from flectar.platform.projects.links import site_path, speaking
from flectar.platform.projects.models import Project

Status, Kind, Attendance = Booking.Status, BookingEvent.Kind, Booking.Attendance
BY_TEAM = 0.15  # of the cancellations, so many are the business's own
LETTERS = "ACDEFGHJKMNPQRTWXY34679"


@dataclass(slots=True)
class Sale:
    """One booking before it is a row."""

    service: Service
    resource: Resource
    someone: Someone
    starts_at: datetime
    ends_at: datetime
    asked_at: datetime
    quote: Quote
    picks: Sequence[Pick] = ()
    party: int = 1
    nights: int | None = None
    extras: Mapping[ServiceExtra, int] = field(default_factory=dict)
    coupon: Coupon | None = None
    package: Entitlement | None = None
    session: Session | None = None
    seats: Sequence[int] = ()
    note: str = ""
    is_by_team: bool = False
    is_accepted: bool = False  # by the team, after it was asked for
    moved_from: datetime | None = None
    answers: Sequence[tuple[Any, str]] = ()


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of it: the roll of the dice, drawn whether or not its time has come."""

    cancelled_after: float | None = None  # part of the time between asking and beginning
    did_not_come: bool = False
    is_marked: bool = True  # by the team, not by the system a day later


class Rows:
    """Of one project, within its scope."""

    def __init__(self, project: Project, dice: random.Random, owner: str) -> None:
        self.project, self.dice, self.owner, self.now = project, dice, owner, clock.now()
        self._codes: set[str] = set()
        self._terms: dict[UUID, dict[str, Any]] = {}
        self._pages: dict[str, str] = {}
        self._last: dict[UUID, datetime] = {}
        self.people: dict[UUID, Someone] = {}
        self.sessions: list[Session] = []
        self.packages: list[Entitlement] = []
        self.bookings: list[Booking] = []
        self.claims: list[Claim] = []
        self._events: list[BookingEvent] = []
        self._others: dict[type[Any], list[Any]] = {}

    def new_id(self, at: datetime) -> UUID:
        return row_id(at, self.dice)

    def session(self, made: Session, picks: Sequence[Pick]) -> None:
        self.sessions.append(made)
        self._claim(picks, made.created_at, session_id=made.pk)

    def sell(self, sale: Sale, outcome: Outcome) -> Booking:
        """The booking with all that belongs to it; `holds` its time unless it was cancelled."""
        someone = sale.someone
        self.people[someone.pk] = someone
        someone.first_at = min(someone.first_at or sale.asked_at, sale.asked_at)
        booking = self._booking(sale)
        self._begin(booking, sale)
        gives_codes_back = False
        if outcome.cancelled_after is not None:
            gives_codes_back = self._cancel(booking, sale, outcome.cancelled_after)
        else:
            self._close(booking, outcome)
            self._claim(sale.picks, sale.asked_at, booking_id=booking.pk)
            self._seat(booking, sale)
        self._codes_of(booking, sale, CouponUse.State.RETURNED if gives_codes_back else CouponUse.State.TAKEN)
        for extra, qty in sale.extras.items():
            costs = sum(line.amount.minor for line in sale.quote.lines if line.source == extra.pk)
            self._add(
                BookedExtra(
                    booking_id=booking.pk, extra_id=extra.pk, name=extra.name, qty=qty, price_minor=costs,
                    add_min=extra.add_min * qty,
                )
            )  # fmt: skip
        for requirement, text in sale.answers:
            self._add(
                RequirementAnswer(
                    booking_id=booking.pk, requirement_id=requirement.pk, label=requirement.label, text=text,
                    wording=requirement.version, at=sale.asked_at,
                )
            )  # fmt: skip
        return booking

    def write(self) -> None:
        """In the order in which they refer to each other."""
        people = list(self.people.values())
        Customer.objects.bulk_create(
            Customer(
                pk=one.pk, name=one.name, sort_key=sort_key(one.name), locale=one.locale, collected_via=Via.BOOKING,
                collected_from="demo", created_at=one.first_at or self.now,
            )
            for one in people
        )  # fmt: skip
        CustomerEmail.objects.bulk_create(
            CustomerEmail(customer_id=one.pk, email=one.email, position=0) for one in people if one.email
        )
        CustomerPhone.objects.bulk_create(
            CustomerPhone(customer_id=one.pk, number=one.phone, position=0) for one in people if one.phone
        )
        Session.objects.bulk_create(self.sessions)
        Entitlement.objects.bulk_create(self.packages)
        Booking.objects.bulk_create(self.bookings)
        Claim.objects.bulk_create(self.claims)
        BookingEvent.objects.bulk_create(sorted(self._events, key=lambda event: event.at))
        for model, rows in self._others.items():
            model.objects.bulk_create(rows)
        figures.count_anew(self.project, [one.pk for one in people])

    # --- One booking --------------------------------------------------------------------------------------------------

    def _booking(self, sale: Sale) -> Booking:
        service, project = sale.service, self.project
        if service.pk not in self._terms:
            self._terms[service.pk] = terms.snapshot(service)
        booking = Booking(
            pk=self.new_id(sale.asked_at),
            code=self._code(),
            service=service,
            resource=sale.resource,
            location=sale.resource.location,
            customer_id=sale.someone.pk,
            starts_at=sale.starts_at,
            ends_at=sale.ends_at,
            tz=project.zone,
            local_start=wall(sale.starts_at, project),
            service_name=service.name,
            mode=service.mode,
            party=sale.party,
            nights=sale.nights,
            session=sale.session,
            price_snapshot=sale.quote.snapshot(),
            policy_snapshot=self._terms[service.pk],
            due_minor=0 if sale.is_by_team else sale.quote.due.minor,
            note=sale.note,
            locale=sale.someone.locale,
            source=Booking.Source.STAFF if sale.is_by_team else Booking.Source.SITE,
            status=Status.CONFIRMED,
            created_at=sale.asked_at,
        )
        self.bookings.append(booking)
        return booking

    def _begin(self, booking: Booking, sale: Sale) -> None:
        """Asked for and accepted, held and paid, or simply booked; perhaps moved since."""
        who = self._team if sale.is_by_team else self._visitor(sale.someone)
        facts = states.facts_of(booking)
        at = sale.asked_at
        if sale.is_accepted:
            self._happens(booking, Kind.REQUESTED, at, who, to=Status.REQUESTED, after=facts)
            at = min(at + timedelta(hours=3), self.now)
            self._happens(booking, Kind.CONFIRMED, at, self._team, was=Status.REQUESTED, to=Status.CONFIRMED)
        elif booking.due_minor:
            self._happens(booking, Kind.HELD, at, who, to=Status.HELD, after=facts)
            self._pay(booking, min(at + timedelta(minutes=4), self.now), sale)
        elif sale.moved_from is None:
            self._happens(booking, Kind.BOOKED, at, who, to=Status.CONFIRMED, after=facts)
        else:
            before = facts | {
                "starts_at": sale.moved_from.isoformat(),
                "ends_at": (sale.moved_from + (booking.ends_at - booking.starts_at)).isoformat(),
            }
            self._happens(booking, Kind.BOOKED, at, who, to=Status.CONFIRMED, after=before)
            booking.moves = 0 if sale.is_by_team else 1
            moved_at = at + (min(booking.starts_at, self.now) - at) * 0.4
            self._happens(
                booking,
                Kind.MOVED,
                moved_at,
                who,
                was=Status.CONFIRMED,
                to=Status.CONFIRMED,
                before=before,
                after=facts,
            )

    def _pay(self, booking: Booking, at: datetime, sale: Sale) -> None:
        minor = booking.due_minor
        booking.paid_minor = minor
        is_all = minor == booking.price.minor
        self._happens(booking, Kind.PAID, at, _SYSTEM, was=Status.HELD, to=Status.CONFIRMED, after={"minor": minor})
        self._add(
            PaymentIntent(
                subject="booking", subject_id=booking.pk, amount_minor=minor, currency=self.project.currency,
                purpose=PaymentIntent.Purpose.FULL if is_all else PaymentIntent.Purpose.DEPOSIT,
                label=f"{booking.service_name} · {booking.code}", state=PaymentIntent.State.CAPTURED,
                expires_at=sale.asked_at + timedelta(minutes=sale.service.hold_min), created_at=sale.asked_at,
                captured_at=at, return_path=self._own_page(booking),
            )
        )  # fmt: skip

    def _cancel(self, booking: Booking, sale: Sale, part: float) -> bool:
        """Whether its codes are free again."""
        last = self._last[booking.pk]
        at = last + max(timedelta(0), min(booking.starts_at, self.now) - last) * part
        is_by_team = part < BY_TEAM
        who = self._team if is_by_team else self._visitor(sale.someone)
        is_free = is_by_team or terms.is_in_time(booking, at)
        self._happens(
            booking, Kind.CANCELLED, at, who, was=Status.CONFIRMED, to=Status.CANCELLED, before=states.facts_of(booking)
        )
        booking.status = Status.CANCELLED
        fee = Money(0, booking.price.currency) if is_by_team else terms.cancellation_fee(booking, at)
        owed, back = terms.to_ask_for(booking, fee), terms.to_give_back(booking, fee)
        if owed.minor:
            self._owed(
                booking, LedgerIntent.Kind.FEE, owed.minor, at, deed=f"fee-{booking.version}", why="cancelled late"
            )
        if back.minor:
            booking.paid_minor -= back.minor
            deed = f"cancelled-{booking.version}"
            self._owed(booking, LedgerIntent.Kind.REFUND, back.minor, at, deed=deed, why="cancelled")
        return is_free

    def _close(self, booking: Booking, outcome: Outcome) -> None:
        """Done, not come, under way, or still to be."""
        starts_at, ends_at = booking.starts_at, booking.ends_at
        if starts_at > self.now:
            return
        if ends_at > self.now:
            at = starts_at - timedelta(minutes=4)
            booking.attendance, booking.arrived_at = Attendance.ARRIVED, at
            self._go(booking, Status.IN_PROGRESS, Kind.ARRIVED, at, self._team)
        elif outcome.did_not_come:
            booking.attendance = Attendance.NO_SHOW
            at = min(starts_at + timedelta(minutes=20), self.now)
            self._go(booking, Status.NO_SHOW, Kind.NO_SHOW, at, self._team)
            fee = terms.to_ask_for(booking, terms.no_show_fee(booking))
            if fee.minor:
                self._owed(booking, LedgerIntent.Kind.FEE, fee.minor, at, deed="no-show", why="did not come")
        elif outcome.is_marked:
            booking.attendance = Attendance.ATTENDED
            done_at = min(ends_at + timedelta(minutes=5), self.now)
            self._go(booking, Status.COMPLETED, Kind.COMPLETED, done_at, self._team)
            if booking.due_minor and booking.paid_minor < booking.price.minor:  # the rest, at the counter
                rest = booking.price.minor - booking.paid_minor
                booking.paid_minor = booking.price.minor
                self._happens(
                    booking,
                    Kind.PAID,
                    ends_at,
                    self._team,
                    was=booking.status,
                    to=booking.status,
                    after={"minor": rest},
                )
        elif ends_at + timedelta(days=1) <= self.now:
            self._go(booking, Status.COMPLETED, Kind.COMPLETED, ends_at + timedelta(days=1), _SYSTEM)

    def _go(self, booking: Booking, to: str, kind: str, at: datetime, who: "_Who") -> None:
        self._happens(booking, kind, at, who, was=booking.status, to=to)
        booking.status = to

    def _seat(self, booking: Booking, sale: Sale) -> None:
        for index, number in enumerate(sale.seats):
            self._add(
                Attendee(
                    booking_id=booking.pk, session_id=booking.session_id, number=number,
                    name=sale.someone.name if index == 0 else "", attendance=booking.attendance,
                    arrived_at=booking.arrived_at,
                )
            )  # fmt: skip

    def _codes_of(self, booking: Booking, sale: Sale, state: str) -> None:
        for line in sale.quote.lines:
            if line.kind == LineKind.DISCOUNT and sale.coupon is not None:
                self._add(
                    CouponUse(
                        coupon_id=sale.coupon.pk, booking_id=booking.pk, customer_id=sale.someone.pk, state=state,
                        off_minor=-line.amount.minor, at=sale.asked_at,
                    )
                )  # fmt: skip
            elif line.kind == LineKind.ENTITLEMENT and sale.package is not None:
                self._add(
                    EntitlementUse(
                        entitlement_id=sale.package.pk, booking_id=booking.pk, units=line.units, state=state,
                        amount_minor=-line.amount.minor, at=sale.asked_at,
                    )
                )  # fmt: skip

    def _claim(self, picks: Sequence[Pick], at: datetime, **owner: UUID) -> None:
        self.claims += [
            Claim(
                pk=self.new_id(at), resource_id=pick.resource.pk, unit=unit, starts_at=instant_of(begin),
                ends_at=instant_of(end), **owner,
            )
            for pick in picks
            for unit in pick.units
            for begin, end in pick.spans
        ]  # fmt: skip

    def _owed(self, booking: Booking, kind: str, minor: int, at: datetime, *, deed: str, why: str) -> None:
        self._add(
            LedgerIntent(
                key=f"booking:{booking.pk}:{deed}", kind=kind, subject="booking", subject_id=booking.pk,
                amount_minor=minor, currency=self.project.currency, reason=f"{booking.code} {why}",
                state=LedgerIntent.State.DONE, created_at=at, done_at=min(at + timedelta(minutes=2), self.now),
            )
        )  # fmt: skip

    def _happens(
        self,
        booking: Booking,
        kind: str,
        at: datetime,
        who: "_Who",
        *,
        was: str = "",
        to: str = "",
        before: dict[str, Any] | None = None,
        after: dict[str, Any] | None = None,
    ) -> None:
        booking.version += bool(was)
        if booking.pk in self._last:  # one thing after another
            at = max(at, self._last[booking.pk] + timedelta(seconds=1))
        self._last[booking.pk] = at
        self._events.append(
            BookingEvent(
                pk=self.new_id(at), booking_id=booking.pk, kind=kind, at=at, actor_kind=who[0], actor_name=who[1],
                from_status=was, to_status=to, before=before or {}, after=after or {},
            )
        )  # fmt: skip

    def _add(self, row: Any) -> None:
        self._others.setdefault(type(row), []).append(row)

    def _own_page(self, booking: Booking) -> str:
        if booking.locale not in self._pages:
            with speaking(self.project, booking.locale):
                self._pages[booking.locale] = site_path("booking:manage", token="-")  # noqa: S106 - stands for it
        return self._pages[booking.locale].removesuffix("-") + booking.token

    def _code(self) -> str:
        code = ""
        while not code or code in self._codes:
            code = "".join(self.dice.choices(LETTERS, k=7))
        self._codes.add(code)
        return code

    @property
    def _team(self) -> "_Who":
        return ("person", self.owner)

    def _visitor(self, someone: Someone) -> "_Who":
        return ("visitor", someone.name)


type _Who = tuple[str, str]
_SYSTEM: _Who = ("system", "")
