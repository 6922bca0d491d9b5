"""A year of a business: nine months back, three ahead, busier on some days and in some months, with people who come
every month and people who come once. The dice are seeded with the business and the day: the same day, the same year.

Free times are asked for once a service and prices once a kind of sale; everything is written at once (rows.py).
"""

import math
import random
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from flectar.core import clock
from flectar.demo.business import Business, Class
from flectar.demo.business import Service as Written
from flectar.demo.diary import Diary
from flectar.demo.people import Crowd, Someone
from flectar.demo.rows import Outcome, Rows, Sale
from flectar.offers.booking.deeds import queries
from flectar.offers.booking.deeds.lifecycle import wall
from flectar.offers.booking.hours import instant_of, minute_of, minute_on
from flectar.offers.booking.models import (
    Coupon,
    Entitlement,
    Limit,
    Requirement,
    Resource,
    Service,
    ServiceExtra,
    Session,
)
from flectar.offers.booking.prices import pricing
from flectar.offers.booking.scheduling import stays
from flectar.offers.booking.scheduling.claiming import Pick
from flectar.offers.booking.scheduling.diaries import candidates
from flectar.offers.booking.scheduling.nights import Terms
from flectar.platform.projects.models import Project

BACK, AHEAD = 270, 90
STAYS_AHEAD = 270  # whoever takes a house for the summer asks in winter
DAY = timedelta(days=1)
type Slots = Mapping[date, Sequence[tuple[int, tuple[UUID, ...]]]]


@dataclass(slots=True)
class Offer:
    """What the business sells, as rows: by the names under which it is written down."""

    services: dict[str, Service] = field(default_factory=dict)
    resources: dict[str, Resource] = field(default_factory=dict)
    extras: dict[str, list[ServiceExtra]] = field(default_factory=dict)
    questions: dict[str, list[tuple[Requirement, tuple[str, ...]]]] = field(default_factory=dict)
    coupons: list[Coupon] = field(default_factory=list)
    limits: list[Limit] = field(default_factory=list)
    rates: set[tuple[UUID, UUID]] = field(default_factory=set)  # service and resource with a price of their own


class Year:
    """Of one project, within its scope."""

    def __init__(self, business: Business, project: Project, offer: Offer) -> None:
        self.business, self.project, self.offer = business, project, offer
        self.today, self.now = project.today, clock.now()
        self.first = self.today - timedelta(days=BACK)
        self.dice = random.Random(f"{business.slug} {self.today}")  # noqa: S311 - the same demo on every machine
        self.crowd = Crowd(business, self.dice, clock.day_bounds(self.first, project.tz)[0], BACK)
        self.diary = Diary(self.dice, offer.limits)
        owner = next(person for person in business.team if person.role == "owner")
        self.rows = Rows(project, self.dice, f"{owner.first_name} {owner.last_name}")
        self._quotes: dict[tuple[Any, ...], pricing.Quote] = {}
        self._free: dict[tuple[UUID, tuple[UUID, ...]], Slots] = {}
        self._sold = 0

    def fill(self) -> None:
        by_mode = defaultdict(list)
        for written in self.business.services:
            by_mode[self.offer.services[written.name].mode].append(written)
        self._buy_packages()
        if sessions := by_mode.pop(Service.Mode.SESSION, None):
            self._classes({one.name for one in sessions})
        for written in by_mode.pop(Service.Mode.STAY, []):
            self._stays(written)
        if others := [one for written in by_mode.values() for one in written]:
            self._appointments(others)
        self.rows.write()

    # --- By the hour --------------------------------------------------------------------------------------------------

    def _appointments(self, written: Sequence[Written]) -> None:
        weights = [one.weight for one in written]
        for number in range(BACK + AHEAD):
            day = self.first + number * DAY
            for _ in range(self._how_many(day)):
                self._book(number, day, self.dice.choices(written, weights)[0])

    def _how_many(self, day: date) -> int:
        rhythm, dice = self.business.rhythm, self.dice
        mean = rhythm.week.get(day.weekday(), 0) * rhythm.months[day.month - 1] * self._fading(day)
        # The last months are a little busier than the first: they are doing well.
        mean *= 0.85 + 0.25 * min(1, (day - self.first).days / BACK)
        return max(0, round(dice.gauss(mean, math.sqrt(mean) * 0.6))) if mean else 0

    def _fading(self, day: date) -> float:
        ahead = max(0, (day - self.today).days - 1)
        return math.exp(-ahead / self.business.rhythm.fades_after)

    def _book(self, number: int, day: date, written: Written) -> None:
        dice, service = self.dice, self.offer.services[written.name]
        someone = self.crowd.one(number)
        rhythm = self.business.rhythm
        party = dice.choices(list(rhythm.parties), list(rhythm.parties.values()))[0]
        party = party if service.mode == Service.Mode.COVERS else 1
        extras = self._some_extras(written)
        outcome = self._outcome()
        slots = self._slots(service, extras).get(day)
        if not slots:
            return
        item = self.diary.item(service, extras, party)
        for _ in range(6):
            start, able = dice.choice(slots)
            if self.diary.is_full(start, number, party):
                continue
            if picks := self.diary.room_at(item, start, able=able, likes=someone.likes):
                break
        else:
            return
        if outcome.cancelled_after is None:
            self.diary.take(picks)
            self.diary.count(start, number, party)
        starts_at = instant_of(start)
        between = (starts_at, starts_at + timedelta(minutes=item.minutes))
        sale = self._sale(service, picks[0].resource, someone, between, party=party, extras=extras)
        if not sale.is_by_team:
            is_new = someone.first_at is None
            sale.is_accepted = service.approval == Service.Approval.ALL or (
                service.approval == Service.Approval.NEW_CUSTOMERS and is_new
            )
        self.rows.sell(replace(sale, picks=picks, extras=extras), outcome)

    def _slots(self, service: Service, extras: Mapping[ServiceExtra, int]) -> Slots:
        """Every start of the year on which it is open long enough, with those who work then."""
        longer = {extra: qty for extra, qty in extras.items() if extra.add_min}
        key = (service.pk, tuple(extra.pk for extra in longer))
        if key not in self._free:
            found = queries.free_times(
                self.project, service, first_day=self.first, days=BACK + AHEAD, extras=longer, for_team=True,
                party=max(2, service.min_party) if service.mode == Service.Mode.COVERS else 1,
            )  # fmt: skip
            self._free[key] = {
                free.day: [(minute_of(slot.starts_at), slot.resource_ids) for slot in free.slots] for free in found
            }
        return self._free[key]

    # --- Classes ------------------------------------------------------------------------------------------------------

    def _classes(self, names: set[str]) -> None:
        repeats = {id(one): self.rows.new_id(self.now) for one in self.business.classes}
        closed = {(month, day) for month, day, _ in self.business.holidays}
        for number in range(BACK + AHEAD):
            day = self.first + number * DAY
            for one in self.business.classes:
                if one.weekday != day.weekday() or (day.month, day.day) in closed or one.service not in names:
                    continue
                if self.dice.random() < 0.5 - self.business.rhythm.months[day.month - 1]:
                    continue  # in August half of them rest
                self._class(number, day, one, repeats[id(one)])

    def _class(self, number: int, day: date, one: Class, repeats: UUID) -> None:
        service, leader = self.offer.services[one.service], self.offer.resources[one.who]
        hour, minute = one.at.split(":")
        start = minute_on(day, int(hour) * 60 + int(minute), self.project.tz)
        item = self.diary.item(service, {}, 1)
        picks = self.diary.room_at(item, start, only=leader)
        if picks is None:
            return
        self.diary.take(picks)
        starts_at = instant_of(start)
        planned_at = min(starts_at - timedelta(days=60), self.now - timedelta(days=20))
        session = Session(
            pk=self.rows.new_id(planned_at), service=service, resource=leader, starts_at=starts_at,
            ends_at=starts_at + timedelta(minutes=service.duration_min), tz=self.project.zone,
            local_start=wall(starts_at, self.project), capacity=service.capacity, repeats=repeats,
            created_at=planned_at,
        )  # fmt: skip
        self.rows.session(session, picks)
        drawn = one.drawn * self.business.rhythm.months[day.month - 1] * self._fading(day)
        wanted = min(service.capacity, round(service.capacity * self.dice.gauss(drawn, 0.12)))
        self._seats(number, session, service, max(0, wanted))

    def _seats(self, number: int, session: Session, service: Service, wanted: int) -> None:
        taken, seated = 0, set()
        for _ in range(wanted):
            someone, outcome = self.crowd.one(number), self._outcome()
            if someone in seated:
                someone = self.crowd.one(number)
            party = 2 if service.max_party > 1 and self.dice.random() < 0.06 else 1
            if someone in seated or taken + party > session.capacity:
                continue
            seated.add(someone)
            sale = self._sale(service, session.resource, someone, (session.starts_at, session.ends_at), party=party)
            seats: Sequence[int] = ()
            if outcome.cancelled_after is None:
                seats = range(taken + 1, taken + party + 1)
                taken += party
            self.rows.sell(replace(sale, session=session, seats=seats), outcome)

    # --- Nights -------------------------------------------------------------------------------------------------------

    def _stays(self, written: Written) -> None:
        """One guest after another, with nights between them where nobody came."""
        service, dice, rhythm = self.offer.services[written.name], self.dice, self.business.rhythm
        chosen = candidates(service)
        terms = stays.read(self.project, chosen, self.first, self.first).terms
        day, last = self.first, self.today + timedelta(days=STAYS_AHEAD)
        while day < last:
            fewest, most = terms.lengths(day)
            nights = min(most, max(fewest, dice.choice([3, 4, 4, 5, 5, 7, 7, 10, 14])))
            season = terms.season_on(day)
            if season is not None and season.arrival_days:
                nights = 7 * dice.choice([1, 1, 2])
            departure = day + nights * DAY
            wish = rhythm.months[day.month - 1] * self._fading(day) * (1 if season is None else 1.6)
            outcome, comes = self._outcome(), dice.random() < wish * 0.55
            if not (comes and terms.is_arrival_day(day) and terms.is_departure_day(departure)):
                day += DAY
                continue
            self._stay(written, chosen.people[0], (day, departure), terms, outcome)
            day = departure if outcome.cancelled_after is None else day + DAY

    def _stay(
        self, written: Written, place: Resource, between: tuple[date, date], terms: Terms, outcome: Outcome
    ) -> None:
        service, (day, departure) = self.offer.services[written.name], between
        rhythm, dice = self.business.rhythm, self.dice
        party = dice.choices(list(rhythm.parties), list(rhythm.parties.values()))[0]
        starts_at = stays.check_in(self.project, service, day)
        ends_at = stays.check_out(self.project, service, departure)
        extras = self._some_extras(written)
        nights = (departure - day).days
        someone = self.crowd.one((day - self.first).days)
        sale = self._sale(service, place, someone, (starts_at, ends_at), party=party, nights=nights, extras=extras)
        picks = [Pick(place, (terms.span(day, departure),))]
        if outcome.cancelled_after is None and self.diary.has_time(place, picks[0].spans):
            self.diary.take(picks)
        elif outcome.cancelled_after is None:
            return
        self.rows.sell(replace(sale, picks=picks, extras=extras), outcome)

    # --- What each sale has -------------------------------------------------------------------------------------------

    def _sale(
        self,
        service: Service,
        resource: Resource,
        someone: Someone,
        between: tuple[datetime, datetime],
        *,
        party: int = 1,
        nights: int = 0,
        extras: Mapping[ServiceExtra, int] | None = None,
    ) -> Sale:
        dice, (starts_at, ends_at) = self.dice, between
        asked_at = self._asked_at(starts_at, service)
        package = self._package(someone, service, asked_at, party)
        coupon = None if package else self._coupon(someone, service)
        quote = self._quote(
            service,
            starts_at,
            resource,
            party=party,
            nights=nights,
            extras=extras or {},
            coupon=coupon,
            package=package,
        )
        if coupon is not None and not quote.taken_off_by(coupon.pk):
            coupon = None
        remarks = self.business.remarks
        has_moved = dice.random() < 0.06 and not nights and service.mode == Service.Mode.APPOINTMENT
        note = dice.choice(remarks) if dice.random() < 0.09 and remarks else ""
        is_by_team = dice.random() < (0.3 if self.business.kind != "consultant" else 0.1)
        answers = [
            (requirement, dice.choice(texts))
            for requirement, texts in self.offer.questions.get(service.name, ())
            if texts and not requirement.is_sensitive
        ]
        return Sale(
            service=service,
            resource=resource,
            someone=someone,
            starts_at=starts_at,
            ends_at=ends_at,
            asked_at=asked_at,
            quote=quote,
            party=party,
            nights=nights or None,
            coupon=coupon,
            package=package,
            note=note,
            is_by_team=is_by_team,
            moved_from=starts_at + 7 * DAY if has_moved else None,
            answers=[] if is_by_team else answers,
        )

    def _asked_at(self, starts_at: datetime, service: Service) -> datetime:
        """Some days before, at an hour at which people are awake; of what is still to come, before now."""
        dice = self.dice
        least, most = self.business.rhythm.days_before
        days = dice.randint(least, most)
        at = time(dice.choice((8, 9, 10, 11, 12, 13, 16, 18, 19, 20, 21, 22)), dice.randrange(60))
        lately = dice.random() ** 2 * most
        local = starts_at.astimezone(self.project.tz).date() - days * DAY
        asked_at = clock.to_instant(datetime.combine(local, at), self.project.tz)
        asked_at = min(asked_at, starts_at - max(timedelta(minutes=service.notice_min), timedelta(minutes=40)))
        if asked_at >= self.now - timedelta(minutes=5):
            asked_at = self.now - timedelta(minutes=5) - lately * DAY
        return asked_at.replace(microsecond=0)

    def _outcome(self) -> Outcome:
        """Drawn whole, whether or not its time has come: the hour of the day changes no later roll."""
        dice, rhythm = self.dice, self.business.rhythm
        is_cancelled, part = dice.random() < rhythm.cancelled, dice.random()
        stayed_away, is_marked = dice.random() < rhythm.no_shows, dice.random() < 0.88
        return Outcome(part if is_cancelled else None, stayed_away, is_marked)

    def _some_extras(self, written: Written) -> dict[ServiceExtra, int]:
        rolls = [self.dice.random() for _ in written.extras]
        rows = self.offer.extras.get(written.name, [])
        for one, row, roll in zip(written.extras, rows, rolls, strict=True):
            if roll < one.share:
                return {row: 1}
        return {}

    def _coupon(self, someone: Someone, service: Service) -> Coupon | None:
        roll = self.dice.random()
        for written, coupon in zip(self.business.codes, self.offer.coupons, strict=True):
            if roll < written.share and service.price_minor:
                if coupon.code in someone.codes:
                    return None
                someone.codes.add(coupon.code)
                return coupon
            roll -= written.share
        return None

    def _quote(
        self,
        service: Service,
        starts_at: datetime,
        resource: Resource,
        *,
        party: int,
        nights: int,
        extras: Mapping[ServiceExtra, int],
        coupon: Coupon | None,
        package: Entitlement | None,
    ) -> pricing.Quote:
        """By `pricing.quote`; what costs the same is asked for once."""
        bought = package.name if package else ""
        at = starts_at if nights else None  # only nights have seasons here
        doer = resource.pk if (service.pk, resource.pk) in self.offer.rates else None
        key = (service.pk, doer, party, at, nights, tuple(extras), coupon and coupon.pk, bought)
        if key not in self._quotes:
            self._quotes[key] = pricing.quote(
                self.project,
                service,
                starts_at=starts_at,
                resource=resource,
                party=party,
                nights=nights,
                extras={extra.pk: qty for extra, qty in extras.items()},
                coupons=[coupon] if coupon else [],
                entitlements=[package] if package else [],
            )
        return self._quotes[key]

    # --- Packages -----------------------------------------------------------------------------------------------------

    def _buy_packages(self) -> None:
        """The most faithful buy one; who has used it up buys the next."""
        faithful = [one for one in self.crowd.people if one.since < 30]
        for written in self.business.packages:
            for someone in faithful[: written.buyers]:
                self._buy(someone, written.name, self.offer.services[written.service], written.units, self.first)
            faithful = faithful[written.buyers :]

    def _buy(self, someone: Someone, name: str, service: Service, units: int, day: date) -> None:
        at = clock.day_bounds(day, self.project.tz)[0] + timedelta(hours=10)
        self._sold += 1
        code = f"{name[:4].strip().upper()}-{self._sold:03}"
        package = Entitlement(
            pk=self.rows.new_id(at), kind=Entitlement.Kind.PACKAGE, name=name, code=code, code_folded=code.lower(),
            customer_id=someone.pk, service=service, units=units, created_at=at,
        )  # fmt: skip
        someone.bought.append([package, units])
        self.rows.packages.append(package)
        self.rows.people[someone.pk] = someone
        someone.first_at = min(someone.first_at or at, at)

    def _package(self, someone: Someone, service: Service, at: datetime, party: int) -> Entitlement | None:
        """With so many units left, of this service. Units of what is cancelled later are not counted again."""
        if not someone.bought:
            return None
        package, left = someone.bought[-1]
        if package.service_id != service.pk:
            return None
        if left < party:
            self._buy(someone, package.name, service, package.units, at.date())
            package, left = someone.bought[-1]
        someone.bought[-1][1] = left - party
        found: Entitlement = package
        return found
