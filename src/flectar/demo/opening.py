"""Opens a demo business: its people, place, offer, customers, and six weeks of bookings around today."""

import random
from datetime import date, datetime, time, timedelta

from allauth.account.models import EmailAddress
from django.db import transaction

from flectar.core import clock
from flectar.core.events import announce
from flectar.core.tenancy import project_scope
from flectar.core.text import fold
from flectar.demo import PASSWORD
from flectar.demo.business import Business
from flectar.demo.business import Person as TeamMember
from flectar.offers.booking import lifecycle, queries
from flectar.offers.booking.errors import BookingError
from flectar.offers.booking.models import Booking, Resource, Schedule, ScheduleWindow, Service, ServiceNeed
from flectar.people.customers import directory
from flectar.people.customers.models import Customer
from flectar.platform.accounts.models import User
from flectar.platform.audit.log import Actor, acting_as
from flectar.platform.organizations.models import Membership, Organization
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
        announce(ProfileChanged(project.pk))


def _user(person: TeamMember, organization: Organization, locale: str) -> User:
    user = User.objects.create_user(
        person.email, PASSWORD, first_name=person.first_name, last_name=person.last_name, locale=locale
    )
    EmailAddress.objects.create(user=user, email=user.email, primary=True, verified=True)
    Membership.objects.create(organization=organization, user=user, role=person.role)
    return user


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
    """Booked some days before, as it happens; a few cancelled. Nobody is written to."""
    dice = random.Random(business.slug)  # noqa: S311 - the same demo on every machine
    services = list(Service.objects.active().in_order())
    today = project.today
    for offset in range(-7 * WEEKS_BACK, 7 * WEEKS_AHEAD):
        day = today + timedelta(days=offset)
        wanted = dice.randint(5, 9) if offset <= 3 else dice.randint(1, 5)
        for _ in range(wanted):
            _book_one(project, dice, day, dice.choice(services), dice.choice(customers))


def _book_one(project: Project, dice: random.Random, day: date, service: Service, customer: Customer) -> None:
    asked_at = clock.to_instant(
        datetime.combine(day - timedelta(days=dice.randint(2, 9)), time(dice.randint(9, 20), dice.randint(0, 59))),
        project.tz,
    )
    with clock.frozen(min(asked_at, clock.now())):
        slots = [slot for free in queries.free_times(project, service, first_day=day, days=1) for slot in free.slots]
        if not slots:
            return
        source = dice.choice([Booking.Source.SITE, Booking.Source.SITE, Booking.Source.STAFF])
        try:
            booking = lifecycle.book(
                project,
                service,
                dice.choice(slots).starts_at,
                customer,
                source=source,
                locale=customer.locale or project.locale,
                notify=False,
            )
            if dice.random() < 0.07:
                lifecycle.cancel(booking, by_team=True, notify=False)
        except BookingError:
            return
