"""Opens a demo business: its people, place, offer, customers, and six weeks of bookings around today."""

import random
from collections import defaultdict
from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from typing import Any

from allauth.account.models import EmailAddress
from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.utils.translation import override

from flectar.core import clock
from flectar.core.events import announce
from flectar.core.tenancy import project_scope
from flectar.core.text import fold
from flectar.demo import PASSWORD
from flectar.demo.business import Business
from flectar.demo.business import Person as TeamMember
from flectar.offers.booking import queries, told
from flectar.offers.booking.models import (
    Booking,
    BookingEvent,
    Claim,
    Resource,
    Schedule,
    ScheduleWindow,
    Service,
    ServiceNeed,
)
from flectar.offers.booking.models.bookings import unused_code
from flectar.people.customers import directory
from flectar.people.customers.models import Customer
from flectar.platform.accounts.models import User
from flectar.platform.audit.log import Actor, acting_as
from flectar.platform.legal import acceptance
from flectar.platform.notifications.models import Notification
from flectar.platform.organizations.models import Membership, Organization, Role
from flectar.platform.projects.facts import ProfileChanged, ProjectCreated
from flectar.platform.projects.models import BusinessProfile, OpeningHours, Project, SpecialDay
from flectar.presence.sites.models import Site

WEEKS_BACK, WEEKS_AHEAD = 3, 3


@transaction.atomic
def open_business(business: Business) -> None:
    """All of it or nothing; nothing if it is open already."""
    if Project.objects.filter(slug=business.slug).exists():
        return
    organization = Organization.objects.create(name=business.organization)
    users = {person.email: _user(person, organization, business.locale) for person in business.team if person.role}
    _agree(organization, users, business.locale)
    project = Project.objects.create(
        organization=organization,
        slug=business.slug,
        name=business.name,
        locale=business.locale,
        zone="Europe/Madrid",
        currency="EUR",
        is_demo=True,
    )
    with acting_as(Actor(kind="system", name="Demo", organization_id=organization.pk)), project_scope(project.pk):
        _profile(business)
        Site.objects.create(skin=business.skin, has_fonts=True, texts=business.translations)
        announce(ProjectCreated(project.pk))
        _offer(business, users)
        customers = _customers(business, project)
        _bookings(business, project, customers)
        _news(project, list(users.values()))
        announce(ProfileChanged(project.pk))


def _agree(organization: Organization, users: dict[str, User], locale: str) -> None:
    """Everybody to the terms, an owner to the data agreement: as if they had come in by the usual doors."""
    with override(locale), acting_as(Actor(kind="system", name="Demo", organization_id=organization.pk)):
        for user in users.values():
            acceptance.accept_terms(user.pk, user.name)
        owner = organization.members.filter(memberships__role=Role.OWNER).first()
        if owner is not None:
            held = acceptance.agreement_of(organization.pk)
            acceptance.accept_agreement(organization.pk, digest=held.digest, account_id=owner.pk, name=owner.name)


def _user(person: TeamMember, organization: Organization, locale: str) -> User:
    user = User.objects.create(
        email=person.email,
        password=_hashed(),
        first_name=person.first_name,
        last_name=person.last_name,
        locale=locale,
    )
    EmailAddress.objects.create(user=user, email=user.email, primary=True, verified=True)
    Membership.objects.create(organization=organization, user=user, role=person.role)
    return user


@cache
def _hashed() -> str:
    """Once for all: each takes a fifth of a second, as it should."""
    return make_password(PASSWORD)


def _profile(business: Business) -> None:
    BusinessProfile.objects.create(
        kind=business.kind,
        tagline=business.tagline,
        description=business.description,
        street=business.street,
        postal_code=business.postal_code,
        city=business.city,
        region=business.region,
        country="ES",
        latitude=business.latitude,
        longitude=business.longitude,
        phone=business.phone,
        email=business.email,
        legal_name=business.legal_name,
        tax_id=business.tax_id,
        privacy_contact=business.email,
    )
    OpeningHours.objects.bulk_create(
        OpeningHours(weekday=weekday, start_min=start, len_min=length)
        for weekday, windows in business.hours.items()
        for start, length in windows
    )
    today = clock.now().date()
    for month, day, note in business.holidays:
        coming = date(today.year, month, day)
        SpecialDay.objects.create(
            day=coming if coming >= today else coming.replace(year=today.year + 1), windows=[], note=note
        )


def _offer(business: Business, users: dict[str, User]) -> None:
    services = {
        written.name: Service.objects.create(
            name=written.name,
            name_folded=fold(written.name),
            slug=fold(written.name).replace(" ", "-"),
            group=written.group,
            description=written.description,
            duration_min=written.minutes,
            price_minor=written.price,
            buffer_after=written.pause,
            step_min=15,
            position=position,
        )
        for position, written in enumerate(business.services)
    }
    for rank, person in enumerate(business.team):
        resource = Resource.objects.create(
            name=person.first_name,
            name_folded=fold(person.first_name),
            account=users.get(person.email),
            schedule=_schedule(person),
            rank=rank,
        )
        ServiceNeed.objects.bulk_create(ServiceNeed(service=services[name], resource=resource) for name in person.does)


def _schedule(person: TeamMember) -> Schedule | None:
    if person.hours is None:
        return None
    schedule = Schedule.objects.create(name=person.first_name)
    ScheduleWindow.objects.bulk_create(
        ScheduleWindow(schedule=schedule, weekday=weekday, start_min=start, len_min=length)
        for weekday, windows in person.hours.items()
        for start, length in windows
    )
    return schedule


def _customers(business: Business, project: Project) -> list[Customer]:
    found = []
    for number, name in enumerate(business.customers):
        customer = directory.find_or_create(
            project,
            name=name,
            email=f"{fold(name).replace(' ', '.')}@example.com" if number % 3 == 2 or number % 5 != 4 else "",
            phone=f"+3460000{number:04}" if number % 3 != 2 else "",
            locale=business.locale if number % 4 else "es",
            collected_via="booking",
        )
        found.append(customer)
        if note := business.notes.get(name):
            directory.note(customer, note)
    return found


def _bookings(business: Business, project: Project, customers: list[Customer]) -> None:
    """Booked some days before, as it happens; a few cancelled. Nobody is written to.

    Free times are asked for once a service and the rows written all at once, because a newcomer waits for this.
    """
    dice = random.Random(business.slug)  # noqa: S311 - the same demo on every machine
    diary = _Diary(project, dice)
    for offset in range(-7 * WEEKS_BACK, 7 * WEEKS_AHEAD):
        # Busy up to the day after tomorrow, with room further on for whoever tries it.
        wanted = dice.randint(11, 16) if offset <= 2 else dice.randint(2, 6)
        for _ in range(wanted):
            diary.book(project.today + timedelta(days=offset), dice.choice(diary.services), dice.choice(customers))
    diary.write()


class _Diary:
    """What is booked so far, in memory. The database's own rule has the last word when it is written."""

    def __init__(self, project: Project, dice: random.Random) -> None:
        self.project, self.dice = project, dice
        self.services = list(Service.objects.active().in_order())
        self.people: dict[Any, Resource] = {person.pk: person for person in Resource.objects.all()}
        first, days = project.today - timedelta(weeks=WEEKS_BACK), 7 * (WEEKS_BACK + WEEKS_AHEAD)
        self.free = {
            (service.pk, free.day): free.slots
            for service in self.services
            for free in queries.free_times(project, service, first_day=first, days=days, for_team=True)
        }
        # By person and day in UTC; nobody here works past that midnight.
        self.taken: dict[tuple[Any, date], list[tuple[datetime, datetime]]] = defaultdict(list)
        self.claims: list[Claim] = []
        self.events: list[BookingEvent] = []
        self.bookings: list[Booking] = []

    def book(self, day: date, service: Service, customer: Customer) -> None:
        places = [
            (slot.starts_at, person)
            for slot in self.free[service.pk, day]
            for person in slot.resource_ids
            if self._has_time(self.people[person], *_claimed(service, slot.starts_at))
        ]
        if not places:
            return
        starts_at, person_id = self.dice.choice(places)
        asked_on = day - timedelta(days=self.dice.randint(2, 9))
        asked = time(self.dice.randint(9, 20), self.dice.randint(0, 59))
        asked_at = min(clock.to_instant(datetime.combine(asked_on, asked), self.project.tz), clock.now())
        is_cancelled = self.dice.random() < 0.07
        booking = Booking(
            code=unused_code(),
            service=service,
            resource=self.people[person_id],
            customer=customer,
            status=Booking.Status.CANCELLED if is_cancelled else Booking.Status.CONFIRMED,
            version=2 if is_cancelled else 1,
            starts_at=starts_at,
            ends_at=starts_at + timedelta(minutes=service.duration_min),
            tz=self.project.zone,
            local_start=f"{starts_at.astimezone(self.project.tz):%Y-%m-%dT%H:%M}",
            service_name=service.name,
            price_snapshot={"minor": service.price_minor, "currency": self.project.currency},
            policy_snapshot={"change_notice_min": service.change_notice_min},
            locale=customer.locale or self.project.locale,
            source=self.dice.choice([Booking.Source.SITE, Booking.Source.SITE, Booking.Source.STAFF]),
            created_at=asked_at,
        )
        self.bookings.append(booking)
        self._remember(booking, BookingEvent.Kind.BOOKED, asked_at)
        if is_cancelled:
            self._remember(booking, BookingEvent.Kind.CANCELLED, min(asked_at + timedelta(hours=20), clock.now()))
        else:
            begin, end = _claimed(service, starts_at)
            self.taken[person_id, begin.date()].append((begin, end))
            self.claims.append(Claim(booking=booking, resource=booking.resource, starts_at=begin, ends_at=end))

    def write(self) -> None:
        Booking.objects.bulk_create(self.bookings)
        # Their ids are known only now.
        for claim in self.claims:
            claim.booking = claim.booking
        for event in self.events:
            event.booking = event.booking
        Claim.objects.bulk_create(self.claims)
        BookingEvent.objects.bulk_create(self.events)

    def _has_time(self, person: Resource, begin: datetime, end: datetime) -> bool:
        return not any(start < end and begin < until for start, until in self.taken[person.pk, begin.date()])

    def _remember(self, booking: Booking, kind: BookingEvent.Kind, at: datetime) -> None:
        facts = {
            "starts_at": booking.starts_at.astimezone(UTC).isoformat(),
            "ends_at": booking.ends_at.astimezone(UTC).isoformat(),
            "resource": str(booking.resource_id),
            "with": booking.resource.name,
        }
        was_there = kind == BookingEvent.Kind.CANCELLED
        self.events.append(
            BookingEvent(
                booking=booking,
                kind=kind,
                at=at,
                actor_kind="system",
                actor_name="Demo",
                from_status=Booking.Status.CONFIRMED if was_there else "",
                to_status=Booking.Status.CANCELLED if was_there else Booking.Status.CONFIRMED,
                before=facts if was_there else {},
                after={} if was_there else facts,
            )
        )


def _news(project: Project, team: Sequence[User]) -> None:
    """What has happened lately, behind everybody's bell; the older half is read."""
    now = clock.now()
    coming = Booking.objects.holding_time().filter(starts_at__gt=now).listed_with_people().order_by("starts_at", "id")
    for user in team:
        for number, booking in enumerate(coming[:4]):
            at = now - timedelta(minutes=25 + 210 * number)
            Notification.objects.create(
                user=user,
                kind="booking.moved" if number == 2 else "booking.booked",
                facts=told.facts_of(booking),
                at=at,
                read_at=at if number > 1 else None,
            )


def _claimed(service: Service, starts_at: datetime) -> tuple[datetime, datetime]:
    """The booking's time with its pauses."""
    before = timedelta(minutes=service.buffer_before)
    return starts_at - before, starts_at + timedelta(minutes=service.duration_min + service.buffer_after)
